package transport

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"basecampfs/api"
)

// window counts arrivals as a service would that allows limit in any window.
type window struct {
	mu    sync.Mutex
	limit int
	width time.Duration
	at    []time.Time
	over  int
}

func (w *window) arrive() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	n := 0
	for _, t := range w.at {
		if now.Sub(t) < w.width {
			n++
		}
	}
	if n >= w.limit {
		w.over++
	}
	w.at = append(w.at, now)
}

func send(t *testing.T, ctx context.Context, l *Limiter, w *window, latency time.Duration) {
	done, err := l.Wait(ctx, time.Minute)
	if err != nil {
		t.Errorf("wait: %v", err)
		return
	}
	time.Sleep(latency / 2)
	w.arrive()
	time.Sleep(latency / 2)
	done(time.Now())
}

func TestLimiterKeepsTheWindowAndUsesIt(t *testing.T) {
	for _, tt := range []struct {
		name    string
		workers int
		latency time.Duration
	}{
		{"one after the other", 1, 20 * time.Millisecond},
		{"eight at once", 8, 120 * time.Millisecond},
		{"a crowd", 200, 100 * time.Millisecond},
		{"no latency", 4, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const total = 600
				l := NewLimiter(50, 10*time.Second)
				w := &window{limit: 50, width: 10 * time.Second}
				ctx := WithBulk(t.Context())
				work := make(chan struct{}, total)
				for range total {
					work <- struct{}{}
				}
				close(work)
				start := time.Now()
				var wg sync.WaitGroup
				for range tt.workers {
					wg.Go(func() {
						for range work {
							send(t, ctx, l, w, tt.latency)
						}
					})
				}
				wg.Wait()
				took := time.Since(start)
				if w.over != 0 {
					t.Errorf("%d requests over the limit", w.over)
				}
				if allowed := total / 50 * 10 * time.Second; took > allowed*103/100 {
					t.Errorf("took %s, the limit allows %s", took, allowed)
				}
			})
		})
	}
}

func TestLimiterServesInteractiveFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(50, 10*time.Second)
		w := &window{limit: 50, width: 10 * time.Second}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				for ctx.Err() == nil {
					done, err := l.Wait(WithBulk(ctx), time.Minute)
					if err != nil {
						return
					}
					time.Sleep(50 * time.Millisecond)
					done(time.Now())
				}
			})
		}
		time.Sleep(35 * time.Second) // the window is well used by now
		for range 20 {
			start := time.Now()
			send(t, ctx, l, w, 0)
			if d := time.Since(start); d > time.Second {
				t.Errorf("an interactive request waited %s behind a crawl", d)
			}
			time.Sleep(700 * time.Millisecond)
		}
		cancel()
		wg.Wait()
	})
}

func TestLimiterBurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(50, 10*time.Second)
		w := &window{limit: 50, width: 10 * time.Second}
		start := time.Now()
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() { send(t, t.Context(), l, w, 0) })
		}
		wg.Wait()
		if d := time.Since(start); d != 0 {
			t.Errorf("40 requests at once waited %s", d)
		}
	})
}

func TestLimiterPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(50, 10*time.Second)
		l.Pause(7*time.Second, true)
		l.Pause(3*time.Second, true) // of a request that was on its way with the other
		if got := l.Limit(); got != 40 {
			t.Errorf("limit after a 429 is %d, want 40", got)
		}
		start := time.Now()
		done, err := l.Wait(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		done(time.Now())
		if d := time.Since(start); d != 7*time.Second {
			t.Errorf("waited %s, want 7s", d)
		}
		l.Pause(time.Hour, false)
		_, err = l.Wait(t.Context(), time.Minute)
		if api.CodeOf(err) != api.RateLimited {
			t.Errorf("a pause beyond the caller's patience gives %v", err)
		}
		time.Sleep(2 * time.Hour)
		if done, err := l.Wait(t.Context(), time.Minute); err != nil {
			t.Error(err)
		} else {
			done(time.Now())
		}
		if got := l.Limit(); got != 50 {
			t.Errorf("limit two hours later is %d, want 50", got)
		}
	})
}

func TestLimiterWaitIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(1, 10*time.Second)
		done, err := l.Wait(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		done(time.Now())
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := l.Wait(ctx, time.Minute); err != context.DeadlineExceeded {
			t.Errorf("got %v", err)
		}
		if d := time.Since(start); d != time.Second {
			t.Errorf("returned after %s", d)
		}
		// Nobody's turn was lost by that.
		done, err = l.Wait(t.Context(), time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		done(time.Now())
		if d := time.Since(start); d != 10*time.Second {
			t.Errorf("the next turn came after %s", d)
		}
	})
}

func TestNoLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter(0, 0)
		start := time.Now()
		for range 1000 {
			done, err := l.Wait(t.Context(), time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			done(time.Now())
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("waited %s", d)
		}
	})
}
