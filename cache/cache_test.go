package cache

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var (
	errDown  = errors.New("no route to host")
	errGone  = errors.New("not found")
	bg       = context.Background()
	downOnly = func(err error) bool { return errors.Is(err, errDown) || errors.Is(err, context.DeadlineExceeded) }
)

// answer is a fetch that always has the same result, and counts itself.
func answer(n *int, v string, err error) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { *n++; return v, err }
}

func get(t *testing.T, c *Cache[string], key string, fetch func(context.Context) (string, error)) (string, Info) {
	t.Helper()
	v, info, err := c.Get(bg, key, fetch)
	if err != nil {
		t.Fatalf("Get(%q): %v", key, err)
	}
	return v, info
}

type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func newClock() *clock { return &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func TestFreshnessFollowsTheClock(t *testing.T) {
	clk := newClock()
	c := New(Options[string]{TTL: time.Minute, Now: clk.now})
	n := 0
	steps := []struct {
		name    string
		do      func()
		fetches int
		age     time.Duration
	}{
		{"first", func() {}, 1, 0},
		{"at once", func() {}, 1, 0},
		{"just fresh", func() { clk.t = clk.t.Add(time.Minute - 1) }, 1, time.Minute - 1},
		{"expired", func() { clk.t = clk.t.Add(1) }, 2, 0},
		{"touched", func() { clk.t = clk.t.Add(2 * time.Minute); c.Touch("k") }, 2, 0},
		{"invalidated", func() { c.Invalidate("k") }, 3, 0},
		{"clock set back a little", func() { clk.t = clk.t.Add(-time.Second) }, 3, 0},
		{"clock set back a lot", func() { clk.t = clk.t.Add(-time.Hour) }, 4, 0},
		{"removed", func() { c.Remove("k") }, 5, 0},
		{"set", func() { c.Remove("k"); c.Set("k", "v") }, 5, 0},
		{"set as of long ago", func() { c.SetAt("k", "v", clk.t.Add(-time.Hour)) }, 6, 0},
		{"set of unknown age", func() { c.SetAt("k", "v", time.Time{}) }, 7, 0},
		{"prefix", func() { c.InvalidatePrefix("k") }, 8, 0},
		{"another prefix", func() { c.InvalidatePrefix("l") }, 8, 0},
	}
	for _, s := range steps {
		s.do()
		before := n
		_, info := get(t, c, "k", answer(&n, "v", nil))
		if n != s.fetches || info.Age != s.age || info.Cached != (n == before) {
			t.Errorf("%s: %d fetches, %+v; want %d and age %v", s.name, n, info, s.fetches, s.age)
		}
	}
	if s := c.Stats(); s.Misses != 8 || s.Hits != int64(len(steps))-8 || s.Entries != 1 {
		t.Errorf("stats: %+v", s)
	}
}

func TestOutageServesWhatThereIs(t *testing.T) {
	clk := newClock()
	c := New(Options[string]{TTL: time.Minute, Now: clk.now, Stale: downOnly})
	n := 0
	get(t, c, "k", answer(&n, "old", nil))
	clk.t = clk.t.Add(1000 * time.Hour)
	for _, tc := range []struct {
		err   error
		stale bool
	}{{errDown, true}, {fmt.Errorf("GET: %w", errDown), true}, {errGone, false}} {
		v, info, err := c.Get(bg, "k", answer(&n, "", tc.err))
		if tc.stale {
			if v != "old" || err != nil || !info.Stale || info.Age != 1000*time.Hour || !errors.Is(info.Err, errDown) {
				t.Errorf("%v: %q %+v %v", tc.err, v, info, err)
			}
		} else if !errors.Is(err, tc.err) || v != "" {
			t.Errorf("%v: %q %v", tc.err, v, err)
		}
	}
	if _, _, err := c.Get(bg, "never seen", answer(&n, "", errDown)); !errors.Is(err, errDown) {
		t.Errorf("nothing to serve: %v", err)
	}
	if v, info, ok := c.Peek("k"); !ok || v != "old" || !info.Stale {
		t.Errorf("Peek after a definite error: %q %+v %v", v, info, ok)
	}
	if _, info := get(t, c, "k", answer(&n, "new", nil)); info.Stale {
		t.Error("stale after the service came back")
	}
}

func TestFailuresAreRememberedBriefly(t *testing.T) {
	clk := newClock()
	c := New(Options[string]{TTL: time.Minute, Negative: 2 * time.Second, Now: clk.now, Stale: downOnly})
	n := 0
	ask := func() error { _, _, err := c.Get(bg, "k", answer(&n, "", errGone)); return err }
	for range 3 {
		if err := ask(); !errors.Is(err, errGone) {
			t.Fatal(err)
		}
	}
	if n != 1 {
		t.Errorf("%d fetches within the memory of a failure", n)
	}
	clk.t = clk.t.Add(2 * time.Second)
	ask()
	if n != 2 {
		t.Errorf("%d fetches after it", n)
	}
	c.Invalidate("k")
	ask()
	if n != 3 {
		t.Errorf("%d fetches after an invalidation", n)
	}
	cancelled := func(context.Context) (string, error) { n++; return "", context.Canceled }
	c.Get(bg, "c", cancelled)
	c.Get(bg, "c", cancelled)
	if n != 5 {
		t.Error("a cancelled fetch was remembered")
	}
	for i := range 3 * failuresKept {
		c.Get(bg, fmt.Sprint(i), answer(&n, "", errGone))
	}
	if len(c.failed) > failuresKept {
		t.Errorf("%d failures kept", len(c.failed))
	}
}

func TestOutageIsNotTriedForEveryKey(t *testing.T) {
	clk := newClock()
	c := New(Options[string]{TTL: time.Minute, Outage: 10 * time.Second, Now: clk.now, Stale: downOnly})
	n := 0
	for i := range 100 {
		c.Set(fmt.Sprint(i), "old")
	}
	clk.t = clk.t.Add(time.Hour)
	walk := func() {
		for i := range 100 {
			if v, info := get(t, c, fmt.Sprint(i), answer(&n, "", errDown)); v != "old" || !info.Stale || !errors.Is(info.Err, errDown) {
				t.Fatalf("%q %+v", v, info)
			}
		}
	}
	walk()
	if n != 1 || !c.Stats().Outage {
		t.Errorf("a walk in an outage made %d fetches", n)
	}
	c.Invalidate("7")
	get(t, c, "7", answer(&n, "", errDown))
	if n != 2 {
		t.Error("what was invalidated was not tried")
	}
	clk.t = clk.t.Add(11 * time.Second)
	walk()
	if n != 4 { // the first that expired, and the invalidated one
		t.Errorf("%d fetches after the outage was to be tried again", n)
	}
	get(t, c, "not seen before", answer(&n, "new", nil))
	if get(t, c, "9", answer(&n, "new", nil)); n != 6 || c.Stats().Outage {
		t.Error("the outage goes on after the service answered")
	}
}

func TestManyAskersShareOneFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options[string]{TTL: time.Minute})
		var fetches atomic.Int32
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				v, _, err := c.Get(bg, "k", func(context.Context) (string, error) {
					fetches.Add(1)
					time.Sleep(time.Second)
					return "v", nil
				})
				if v != "v" || err != nil {
					t.Errorf("%q %v", v, err)
				}
			})
		}
		wg.Wait()
		if s := c.Stats(); fetches.Load() != 1 || s.Misses != 1 || s.Shared != 39 || s.Running != 0 {
			t.Errorf("%d fetches, %+v", fetches.Load(), s)
		}
	})
}

func TestRefreshAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options[string]{TTL: time.Minute, Ahead: 10 * time.Second})
		n := 0
		get(t, c, "k", answer(&n, "one", nil))
		time.Sleep(49 * time.Second)
		get(t, c, "k", answer(&n, "two", nil))
		synctest.Wait()
		if n != 1 {
			t.Fatal("refreshed too early")
		}
		time.Sleep(2 * time.Second)
		if v, _ := get(t, c, "k", answer(&n, "two", nil)); v != "one" {
			t.Errorf("waited for the refresh: %q", v)
		}
		synctest.Wait()
		if v, info, _ := c.Peek("k"); n != 2 || v != "two" || info.Age != 0 {
			t.Errorf("%d fetches, %q %+v", n, v, info)
		}
	})
}

func TestUpdateKeepsFreshness(t *testing.T) {
	clk := newClock()
	c := New(Options[string]{TTL: time.Minute, Now: clk.now})
	add := func(s string) string { return s + "+" }
	if c.Update("k", add) {
		t.Error("updated what is not there")
	}
	c.Set("k", "v")
	clk.t = clk.t.Add(30 * time.Second)
	if !c.Update("k", add) {
		t.Error("not updated")
	}
	if v, info, _ := c.Peek("k"); v != "v+" || info.Age != 30*time.Second || info.Stale {
		t.Errorf("%q %+v", v, info)
	}
	c.Invalidate("k")
	c.Update("k", add)
	if v, info, _ := c.Peek("k"); v != "v++" || !info.Stale {
		t.Errorf("%q %+v", v, info)
	}
	if c.Add("k", "x", clk.t) || !c.Add("l", "x", clk.t) || c.Touch("m") {
		t.Error("Add or Touch")
	}
}

func TestRangeAndPrefixes(t *testing.T) {
	c := New(Options[string]{TTL: time.Minute})
	for _, k := range []string{"a/1", "a/2", "b/1"} {
		c.Set(k, k)
	}
	seen := map[string]bool{}
	c.Range(func(key, v string, _ Info) bool {
		c.Invalidate(key) // calling back is allowed
		seen[key] = key == v
		return true
	})
	if len(seen) != 3 || !seen["a/1"] || !seen["b/1"] {
		t.Errorf("%v", seen)
	}
	visits := 0
	c.Range(func(string, string, Info) bool { visits++; return false })
	if visits != 1 {
		t.Errorf("%d visits", visits)
	}
	if n := c.RemovePrefix("a/"); n != 2 {
		t.Errorf("removed %d", n)
	}
	if _, _, ok := c.Peek("a/1"); ok {
		t.Error("still there")
	}
	if n := c.RemovePrefix(""); n != 1 || c.Stats().Entries != 0 {
		t.Errorf("emptied %d", n)
	}
}
