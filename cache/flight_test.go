package cache

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// hang is a fetch that a service never answers.
func hang(ended *error) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		<-ctx.Done()
		*ended = ctx.Err()
		return "", ctx.Err()
	}
}

func TestAskerLeavesAtOnceAndTheOthersGetTheirAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options[string]{TTL: time.Minute})
		begin := time.Now()
		fetch := func(ctx context.Context) (string, error) {
			select {
			case <-time.After(time.Second):
				return "v", nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}
		ctx, cancel := context.WithCancel(bg)
		go func() {
			time.Sleep(100 * time.Millisecond)
			cancel()
		}()
		other := make(chan string)
		go func() {
			time.Sleep(50 * time.Millisecond)
			v, _, err := c.Get(bg, "k", fetch)
			if err != nil {
				t.Error(err)
			}
			other <- v
		}()
		if _, _, err := c.Get(ctx, "k", fetch); !errors.Is(err, context.Canceled) || time.Since(begin) != 100*time.Millisecond {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		if v := <-other; v != "v" || time.Since(begin) != time.Second {
			t.Errorf("%q after %v", v, time.Since(begin))
		}
	})
}

func TestFetchEndsWhenAllAskersHaveGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options[string]{TTL: time.Minute, Grace: time.Second, Negative: time.Hour})
		var ended error
		for range 3 {
			go func() {
				ctx, cancel := context.WithTimeout(bg, 5*time.Second)
				defer cancel()
				if _, _, err := c.Get(ctx, "k", hang(&ended)); !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			}()
		}
		time.Sleep(5*time.Second + 900*time.Millisecond)
		synctest.Wait()
		if ended != nil || c.Stats().Running != 1 {
			t.Error("ended within the grace")
		}
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		if s := c.Stats(); !errors.Is(ended, context.Canceled) || s.Running != 0 || s.Abandoned != 1 || s.Errors != 0 {
			t.Errorf("ended: %v, %+v", ended, s)
		}
		// Nothing of it is remembered.
		n := 0
		get(t, c, "k", answer(&n, "v", nil))
		if n != 1 {
			t.Error("not asked again")
		}
	})
}

func TestAskerWithinTheGraceKeepsTheFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options[string]{TTL: time.Minute, Grace: time.Second})
		fetches := 0
		fetch := func(ctx context.Context) (string, error) {
			fetches++
			select {
			case <-time.After(10 * time.Second):
				return "v", nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}
		ctx, cancel := context.WithTimeout(bg, time.Second)
		defer cancel()
		c.Get(ctx, "k", fetch)
		time.Sleep(500 * time.Millisecond)
		if v, _ := get(t, c, "k", fetch); v != "v" || fetches != 1 {
			t.Errorf("%q after %d fetches", v, fetches)
		}
	})
}

func TestFetchHasItsOwnDeadlineAndTheValuesOfItsAsker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		c := New(Options[string]{TTL: time.Minute, FetchTimeout: 3 * time.Second, Stale: downOnly})
		var ended error
		if _, _, err := c.Get(bg, "k", hang(&ended)); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(ended, context.DeadlineExceeded) {
			t.Errorf("%v, the fetch saw %v", err, ended)
		}
		ctx, cancel := context.WithCancel(context.WithValue(bg, key{}, "trace"))
		defer cancel()
		v, _, err := c.Get(ctx, "v", func(ctx context.Context) (string, error) {
			if _, ok := ctx.Deadline(); !ok {
				t.Error("no deadline")
			}
			return ctx.Value(key{}).(string), nil
		})
		if v != "trace" || err != nil {
			t.Errorf("%q %v", v, err)
		}
	})
}

func TestFetchThatIgnoresItsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options[string]{TTL: time.Second, FetchTimeout: 3 * time.Second, Grace: time.Second, Stale: downOnly})
		release := make(chan struct{})
		deaf := func(context.Context) (string, error) { <-release; return "late", nil }
		begin := time.Now()
		_, _, err := c.Get(bg, "k", deaf)
		if overdue := (*OverdueError)(nil); !errors.As(err, &overdue) || time.Since(begin) != 4*time.Second {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
		c.Set("k", "old")
		time.Sleep(2 * time.Second)
		if v, info, err := c.Get(bg, "k", deaf); v != "old" || !info.Stale || err != nil {
			t.Errorf("%q %+v %v", v, info, err)
		}
		n := 0
		if v, _ := get(t, c, "k", answer(&n, "new", nil)); v != "new" {
			t.Errorf("%q", v)
		}
		close(release)
		synctest.Wait()
		if v, _, _ := c.Peek("k"); v != "new" {
			t.Errorf("a fetch that was given up came back as %q", v)
		}
	})
}

func TestOlderFetchNeverOverwritesANewerValue(t *testing.T) {
	changes := []struct {
		name    string
		change  func(*Cache[string])
		got     string // by who waited for the fetch
		kept    string
		fetches int
	}{
		{"set", func(c *Cache[string]) { c.Set("k", "set") }, "set", "set", 1},
		{"update", func(c *Cache[string]) { c.Update("k", func(s string) string { return s + "+" }) }, "fetch 2", "fetch 2", 2},
		{"invalidate", func(c *Cache[string]) { c.Invalidate("k") }, "fetch 2", "fetch 2", 2},
		{"invalidate prefix", func(c *Cache[string]) { c.InvalidatePrefix("") }, "fetch 2", "fetch 2", 2},
		{"remove", func(c *Cache[string]) { c.Remove("k") }, "fetch 2", "fetch 2", 2},
		{"remove prefix", func(c *Cache[string]) { c.RemovePrefix("k") }, "fetch 2", "fetch 2", 2},
		{"add", func(c *Cache[string]) { c.Add("k", "added", time.Now()) }, "fetch 1", "fetch 1", 1},
		{"another key", func(c *Cache[string]) { c.Set("l", "set") }, "fetch 1", "fetch 1", 1},
	}
	for _, tc := range changes {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := New(Options[string]{TTL: time.Minute})
				c.SetAt("k", "old", time.Time{})
				fetches := 0
				result := make(chan string, 1)
				go func() {
					v, _, err := c.Get(bg, "k", func(context.Context) (string, error) {
						fetches++
						v := "fetch " + string(rune('0'+fetches))
						time.Sleep(time.Second)
						return v, nil
					})
					if err != nil {
						t.Error(err)
					}
					result <- v
				}()
				time.Sleep(500 * time.Millisecond)
				tc.change(c)
				got := <-result
				synctest.Wait()
				if kept, _, _ := c.Peek("k"); got != tc.got || kept != tc.kept || fetches != tc.fetches {
					t.Errorf("got %q, kept %q, %d fetches; want %q, %q, %d", got, kept, fetches, tc.got, tc.kept, tc.fetches)
				}
			})
		})
	}
}

func TestInvalidatedForEverStillEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Options[string]{TTL: time.Minute})
		fetches := 0
		v, _, err := c.Get(bg, "k", func(context.Context) (string, error) {
			fetches++
			c.Invalidate("k")
			return "v", nil
		})
		if v != "v" || err != nil || fetches != rounds+1 {
			t.Errorf("%q %v after %d fetches", v, err, fetches)
		}
	})
}

func TestBrokenFetches(t *testing.T) {
	c := New(Options[string]{TTL: time.Minute})
	_, _, err := c.Get(bg, "k", func(context.Context) (string, error) { panic("boom") })
	if p := (*PanicError)(nil); !errors.As(err, &p) || p.Value != "boom" || !strings.Contains(string(p.Stack), "flight_test.go") {
		t.Errorf("panic: %v", err)
	}
	_, _, err = c.Get(bg, "k", func(context.Context) (string, error) { runtime.Goexit(); return "", nil })
	if !errors.Is(err, errNoResult) {
		t.Errorf("Goexit: %v", err)
	}
	ctx, cancel := context.WithCancel(bg)
	cancel()
	n := 0
	if _, _, err := c.Get(ctx, "k", answer(&n, "v", nil)); !errors.Is(err, context.Canceled) || n != 0 {
		t.Errorf("asked with an ended context: %v, %d fetches", err, n)
	}
	c.Set("k", "v")
	if v, _, err := c.Get(ctx, "k", answer(&n, "", nil)); v != "v" || err != nil {
		t.Errorf("memory needs no context: %q %v", v, err)
	}
}
