package save

import (
	"context"
	"sync"
	"time"
)

// later is a change that waits.
type later struct {
	what  string
	run   func(context.Context) error
	timer *time.Timer
	done  chan struct{} // closed when it was run or canceled
}

// waiting are the changes that wait. Who takes one out runs it, or forgets it.
type waiting struct {
	mu sync.Mutex
	m  map[*later]bool
}

func (w *waiting) take(l *later) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.m[l]
	delete(w.m, l)
	return was
}

// Later makes a change after a while: sooner where Settle or Close is called,
// never where cancel is called in time, which then returns true. What goes
// wrong is told.
func (s *Saver) Later(after time.Duration, what string, run func(context.Context) error) (cancel func() bool) {
	l := &later{what: what, run: run, done: make(chan struct{})}
	s.working.Add(1)
	s.later.mu.Lock()
	if s.later.m == nil {
		s.later.m = map[*later]bool{}
	}
	s.later.m[l] = true
	l.timer = time.AfterFunc(after, func() { s.now(l) })
	s.later.mu.Unlock()
	return func() bool {
		if !s.later.take(l) {
			return false
		}
		l.timer.Stop()
		close(l.done)
		s.working.Done()
		return true
	}
}

// now makes a change that was to be made later, if nobody did or canceled it.
func (s *Saver) now(l *later) {
	if !s.later.take(l) {
		return
	}
	defer s.working.Done()
	defer close(l.done)
	l.timer.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), s.opts.Timeout)
	defer cancel()
	if err := l.run(ctx); err != nil {
		s.opts.Tell(l.what, err)
	}
}

// Settle makes every change that waits, and returns when that is done or ctx
// ends.
func (s *Saver) Settle(ctx context.Context) error {
	s.later.mu.Lock()
	all := make([]*later, 0, len(s.later.m))
	for l := range s.later.m {
		all = append(all, l)
	}
	s.later.mu.Unlock()
	for _, l := range all {
		go s.now(l)
	}
	for _, l := range all {
		select {
		case <-l.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
