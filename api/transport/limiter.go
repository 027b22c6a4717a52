package transport

import (
	"container/list"
	"context"
	"sync"
	"time"

	"basecampfs/api"
)

// bulkKey marks the context of requests that nobody waits for.
type bulkKey struct{}

// WithBulk marks the requests of a context as part of a crawl, a refresh or
// another large job: at the limiter, interactive requests go first.
func WithBulk(ctx context.Context) context.Context {
	return context.WithValue(ctx, bulkKey{}, true)
}

// IsBulk reports whether a context was marked by WithBulk.
func IsBulk(ctx context.Context) bool { return ctx.Value(bulkKey{}) != nil }

// Limiter lets at most so many requests begin within any window of time.
//
// It remembers when each request of the last window was with the service,
// which keeps every window of the service's below the limit wherever it
// begins, and still gives the whole rate. A part of the window is free for a
// burst; the rest is dealt out evenly, so that an exhausted limit means slow
// and not stopped. A 429 stops everybody for the time the service asks, and
// lowers the limit for a while, since others may share the address.
type Limiter struct {
	mu       sync.Mutex
	max      int // configured
	now      int // in force: at most max
	window   time.Duration
	inflight int
	past     []time.Time // of requests in the window, in order
	last     time.Time   // when the last turn was given
	paused   time.Time
	raised   time.Time // when the limit in force was last changed
	queue    [2]*list.List
	timer    *time.Timer
}

// arrival is how long after it was written a request is surely counted by the
// service, however long its answer takes.
const arrival = 250 * time.Millisecond

const (
	interactive = iota
	bulk
)

// NewLimiter returns a Limiter of so many requests per window. With 0 requests
// it limits nothing, and only obeys a service that asks to wait.
func NewLimiter(requests int, window time.Duration) *Limiter {
	return &Limiter{max: requests, now: requests, window: window,
		queue: [2]*list.List{list.New(), list.New()}}
}

// waiter is a request in the queue.
type waiter struct {
	turn chan struct{} // closed when its turn has come, or err is set
	most time.Duration
	err  error
}

// Wait returns when the caller may send a request, or with the context's error,
// or, where the service wants everybody to wait for longer than most, with one
// of Code RateLimited. The caller must call done when the request has been counted by the service:
// after the answer, or some time after it was written.
func (l *Limiter) Wait(ctx context.Context, most time.Duration) (done func(at time.Time), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	class := interactive
	if IsBulk(ctx) {
		class = bulk
	}
	w := &waiter{turn: make(chan struct{}), most: most}
	l.mu.Lock()
	e := l.queue[class].PushBack(w)
	l.refuse(time.Now())
	l.deal()
	l.mu.Unlock()
	select {
	case <-w.turn:
		if w.err != nil {
			return nil, w.err
		}
	case <-ctx.Done():
		l.mu.Lock()
		defer l.mu.Unlock()
		select {
		case <-w.turn:
			if w.err == nil { // given at the same moment: hand it back unused
				l.inflight--
			}
		default:
			l.queue[class].Remove(e)
		}
		l.deal()
		return nil, ctx.Err()
	}
	var once sync.Once
	return func(at time.Time) { once.Do(func() { l.finish(at) }) }, nil
}

// Pause stops everybody for d, as a service asked that answered 429 or 503.
// With lower, the limit in force was too high and is lowered.
func (l *Limiter) Pause(d time.Duration, lower bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	// Requests that were on their way together report the same fault once.
	if lower && now.After(l.paused) && l.max > 0 {
		l.now = max(min(l.max, 5), l.now*4/5)
		l.raised = now
	}
	if until := now.Add(d); until.After(l.paused) {
		l.paused = until
	}
	l.refuse(now)
	l.deal()
}

// refuse sends away who would have to wait too long for a pause to end.
// l.mu is held.
func (l *Limiter) refuse(now time.Time) {
	wait := l.paused.Sub(now)
	if wait <= 0 {
		return
	}
	for _, q := range l.queue {
		for e := q.Front(); e != nil; {
			next, w := e.Next(), e.Value.(*waiter)
			if wait > w.most {
				w.err = &api.Error{Code: api.RateLimited, RetryAfter: wait,
					Message: "the service asked to wait " + wait.Round(time.Second).String(), Hint: "try again then"}
				close(w.turn)
				q.Remove(e)
			}
			e = next
		}
	}
}

// Limit returns the number of requests per window in force now.
func (l *Limiter) Limit() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now
}

func (l *Limiter) finish(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inflight--
	i := len(l.past)
	for i > 0 && l.past[i-1].After(at) {
		i--
	}
	l.past = append(l.past, time.Time{})
	copy(l.past[i+1:], l.past[i:])
	l.past[i] = at
	l.deal()
}

// deal gives every turn that is due and sets the timer for the next one.
// l.mu is held.
func (l *Limiter) deal() {
	now := time.Now()
	l.recover(now)
	for {
		class := interactive
		if l.queue[interactive].Len() == 0 {
			class = bulk
		}
		q := l.queue[class]
		if q.Len() == 0 {
			return
		}
		wait, known := l.delay(now, class)
		if !known {
			return // finish deals again
		}
		if wait > 0 {
			if l.timer == nil {
				l.timer = time.AfterFunc(wait, l.tick)
			} else {
				l.timer.Reset(wait)
			}
			return
		}
		close(q.Remove(q.Front()).(*waiter).turn)
		l.inflight++
		l.last = now
	}
}

func (l *Limiter) tick() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deal()
}

// delay says how long the next request of a class has to wait; it is unknown
// while that depends on answers that are still out.
func (l *Limiter) delay(now time.Time, class int) (time.Duration, bool) {
	if wait := l.paused.Sub(now); wait > 0 {
		return wait, true
	}
	if l.max <= 0 {
		l.past = l.past[:0]
		return 0, true
	}
	gone := 0
	for gone < len(l.past) && now.Sub(l.past[gone]) >= l.window {
		gone++
	}
	l.past = append(l.past[:0], l.past[gone:]...)

	free := l.now - l.inflight - len(l.past)
	if free <= 0 {
		// The oldest ones to leave the window make room.
		if i := -free; i < len(l.past) {
			return l.past[i].Add(l.window).Sub(now), true
		}
		return 0, false
	}
	reserve := l.now / 5
	if class == bulk {
		reserve = l.now / 2
	}
	if free > reserve {
		return 0, true
	}
	even := l.window / time.Duration(l.now)
	if len(l.past) > 0 {
		even = max(even, l.past[0].Add(l.window).Sub(now)/time.Duration(free))
	}
	return l.last.Add(even).Sub(now), true
}

// recover raises a lowered limit by a tenth for every minute without a fault.
func (l *Limiter) recover(now time.Time) {
	for l.now < l.max && now.Sub(l.raised) >= time.Minute {
		l.now = min(l.max, l.now+max(1, l.max/10))
		l.raised = l.raised.Add(time.Minute)
	}
}
