package cache

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
)

func TestEntryBudgetDropsWhatWasNotUsed(t *testing.T) {
	c := New(Options[string]{TTL: time.Hour, MaxEntries: 100})
	n := 0
	for i := range 1000 {
		c.Set(fmt.Sprint(i), "v")
		if i >= 5 {
			get(t, c, "5", answer(&n, "", nil)) // used all the time
		}
	}
	if s := c.Stats(); s.Entries != 100 || s.Evicted != 900 || n != 0 {
		t.Errorf("%+v, %d fetches of what is used", s, n)
	}
	if _, _, ok := c.Peek("999"); !ok {
		t.Error("the newest was dropped")
	}
	if _, _, ok := c.Peek("6"); ok {
		t.Error("an old one that nobody used was kept")
	}
}

func TestByteBudget(t *testing.T) {
	c := New(Options[[]byte]{TTL: time.Hour, MaxBytes: 100_000, Size: func(_ string, v []byte) int64 { return int64(len(v)) }})
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 2000 {
		c.Set(fmt.Sprint(i%300), make([]byte, r.IntN(5000)))
		s := c.Stats()
		if s.Bytes > 100_000 {
			t.Fatalf("over the budget: %+v", s)
		}
		var sum int64
		for e := range c.ring.all() {
			sum += e.size
		}
		if sum != s.Bytes || c.items.ItemCount() != s.Entries {
			t.Fatalf("%d counted as %d; %d entries as %d", sum, s.Bytes, c.items.ItemCount(), s.Entries)
		}
	}
	c.Set("small", make([]byte, 10))
	c.Set("small", make([]byte, 200_000))
	if _, _, ok := c.Peek("small"); ok {
		t.Error("the value from before one that does not fit is still served")
	}
	v, _, err := c.Get(context.Background(), "huge", func(context.Context) ([]byte, error) { return make([]byte, 200_000), nil })
	if len(v) != 200_000 || err != nil || c.Stats().Entries == 0 {
		t.Error("a value over the budget was not returned, or drove everything out")
	}
}

func TestEverythingAtOnce(t *testing.T) {
	c := New(Options[int]{TTL: time.Microsecond, Ahead: time.Nanosecond, Negative: time.Microsecond, Outage: time.Microsecond,
		Stale: func(error) bool { return true }, MaxEntries: 20})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 1))
			for i := range 3000 {
				key := fmt.Sprint(r.IntN(40))
				switch r.IntN(12) {
				case 0:
					c.Set(key, i)
				case 1:
					c.Invalidate(key)
				case 2:
					c.Update(key, func(n int) int { return n + 1 })
				case 3:
					c.Remove(key)
				case 4:
					c.Touch(key)
				case 5:
					c.InvalidatePrefix("1")
				case 6:
					c.Stats()
				default:
					ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.IntN(100))*time.Microsecond)
					c.Get(ctx, key, func(context.Context) (int, error) {
						if r := rand.IntN(4); r == 0 {
							return 0, errDown
						}
						return i, nil
					})
					cancel()
				}
			}
		})
	}
	wg.Wait()
	s := c.Stats()
	if n := c.items.ItemCount(); s.Entries > 20 || n != s.Entries {
		t.Errorf("%d items, %+v", n, s)
	}
}

func BenchmarkHit(b *testing.B) {
	c := New(Options[*int]{TTL: time.Hour})
	keys := make([]string, 1000)
	for i := range keys {
		keys[i] = fmt.Sprintf("account/%d/todolist/%d", i%7, i)
		c.Set(keys[i], &i)
	}
	ctx := context.Background()
	fetch := func(context.Context) (*int, error) { return nil, errDown }
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, _, err := c.Get(ctx, keys[i%len(keys)], fetch); err != nil {
			b.Fatal(err)
		}
	}
}

func TestHitsDoNotAllocate(t *testing.T) {
	c := New(Options[*int]{TTL: time.Hour})
	c.Set("k", new(int))
	ctx := context.Background()
	fetch := func(context.Context) (*int, error) { return nil, errDown }
	if n := testing.AllocsPerRun(100, func() { c.Get(ctx, "k", fetch) }); n != 0 {
		t.Errorf("%v allocations a hit", n)
	}
}
