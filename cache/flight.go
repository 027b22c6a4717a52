package cache

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"
)

// flight is one fetch under way. Unlike x/sync/singleflight it knows how many
// wait for it, so that it can be cancelled when nobody does.
type flight[V any] struct {
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{} // closed when v and err are set

	v   V
	err error

	// Guarded by Cache.mu until done is closed.
	askers    int
	pinned    bool        // goes on without askers
	outdated  bool        // the key changed since it began: its result is not kept
	abandoned bool        // cancelled because nobody waited, or given up
	leaving   *time.Timer // runs while there are no askers
}

// rounds is how often an asker waits again because the key was invalidated
// under the fetch that it waited for. After that any answer has to do.
const rounds = 3

// PanicError is what askers get when a fetch panicked.
type PanicError struct {
	Key   string
	Value any
	Stack []byte
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("fetching %q panicked: %v\n%s", e.Key, e.Value, e.Stack)
}

// errNoResult is what askers get when the goroutine of a fetch ended early.
var errNoResult = errors.New("the fetch ended without a result")

// OverdueError is what askers get when a fetch ignored the end of its time. It
// is a context.DeadlineExceeded.
type OverdueError struct {
	Key   string
	After time.Duration
}

func (e *OverdueError) Error() string {
	return fmt.Sprintf("fetching %q took longer than %v", e.Key, e.After)
}

// Unwrap returns context.DeadlineExceeded.
func (e *OverdueError) Unwrap() error { return context.DeadlineExceeded }

// ask is Get for what is not fresh in memory.
func (c *Cache[V]) ask(ctx context.Context, key string, fetch func(context.Context) (V, error)) (V, Info, error) {
	var zero V
	for round := 0; ; round++ {
		if err := ctx.Err(); err != nil {
			return zero, Info{}, err
		}
		c.mu.Lock()
		if e := c.lookup(key); e != nil {
			if age := c.now() - e.at.Load(); c.fresh(e, age) {
				c.mu.Unlock()
				e.touchUsed()
				c.stats.hits.Add(1)
				return e.v, c.info(e, age), nil
			}
		}
		f := c.flights[key]
		if f == nil {
			if err := c.recall(key); err != nil {
				c.mu.Unlock()
				return c.settle(key, err)
			}
			f = c.start(ctx, key, fetch)
		} else if round == 0 {
			c.stats.shared.Add(1)
		}
		f.askers++
		if f.leaving != nil {
			f.leaving.Stop()
			f.leaving = nil
		}
		c.mu.Unlock()

		if err := c.wait(ctx, key, f); err != nil {
			if ctx.Err() != nil {
				return zero, Info{}, err
			}
			return c.settle(key, err)
		}
		if f.outdated && round < rounds {
			continue
		}
		if f.err != nil {
			return c.settle(key, f.err)
		}
		return f.v, Info{}, nil
	}
}

// wait returns nil when f is done, and an error if the asker's context ended
// or the fetch ignores the end of its own.
func (c *Cache[V]) wait(ctx context.Context, key string, f *flight[V]) error {
	select {
	case <-f.done:
		return nil
	case <-ctx.Done():
		c.leave(key, f)
		return ctx.Err()
	case <-f.ctx.Done():
	}
	grace := time.NewTimer(c.opts.Grace)
	defer grace.Stop()
	select {
	case <-f.done:
		return nil
	case <-ctx.Done():
		c.leave(key, f)
		return ctx.Err()
	case <-grace.C:
		return c.giveUp(key, f)
	}
}

// start begins a fetch. c.mu is held.
func (c *Cache[V]) start(ctx context.Context, key string, fetch func(context.Context) (V, error)) *flight[V] {
	f := &flight[V]{done: make(chan struct{})}
	f.ctx, f.cancel = context.WithTimeout(context.WithoutCancel(ctx), c.opts.FetchTimeout)
	c.flights[key] = f
	c.stats.misses.Add(1)
	go func() {
		var v V
		err := errNoResult
		defer func() {
			if r := recover(); r != nil {
				err = &PanicError{Key: key, Value: r, Stack: debug.Stack()}
			}
			c.finish(key, f, v, err)
		}()
		v, err = fetch(f.ctx)
	}()
	return f
}

// finish records what a fetch returned and wakes its askers.
func (c *Cache[V]) finish(key string, f *flight[V], v V, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer f.cancel()
	f.v, f.err = v, err
	if f.leaving != nil {
		f.leaving.Stop()
	}
	if c.flights[key] == f {
		delete(c.flights, key)
	}
	if !f.abandoned {
		c.record(key, f)
	}
	close(f.done)
}

// record keeps the result of a fetch. c.mu is held.
func (c *Cache[V]) record(key string, f *flight[V]) {
	if f.err == nil {
		c.outageUntil = 0
		if !f.outdated {
			c.store(key, f.v, c.opts.Now())
		}
		return
	}
	c.stats.errors.Add(1)
	if c.opts.Stale(f.err) {
		c.outageBegins(f.err)
	}
	if !f.outdated {
		c.remember(key, f.err)
	}
}

// leave is called by an asker who stops waiting; the last one lets the fetch
// go on for a moment, for somebody who asks again at once.
func (c *Cache[V]) leave(key string, f *flight[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.askers--
	if f.askers > 0 || f.pinned || f.abandoned || isDone(f.done) {
		return
	}
	f.leaving = time.AfterFunc(c.opts.Grace, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if f.askers == 0 && !isDone(f.done) {
			c.abandon(key, f)
		}
	})
}

// giveUp lets go of a fetch that outlived its context, so that the next asker
// begins a new one.
func (c *Cache[V]) giveUp(key string, f *flight[V]) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := &OverdueError{Key: key, After: c.opts.FetchTimeout}
	if isDone(f.done) || f.abandoned {
		return err
	}
	c.abandon(key, f)
	f.err = err
	c.record(key, f)
	return err
}

// abandon cancels a fetch and forgets it. c.mu is held.
func (c *Cache[V]) abandon(key string, f *flight[V]) {
	f.abandoned = true
	f.cancel()
	if c.flights[key] == f {
		delete(c.flights, key)
	}
	c.stats.abandoned.Add(1)
}

// refresh begins a fetch that nobody waits for, unless there is one.
func (c *Cache[V]) refresh(ctx context.Context, key string, fetch func(context.Context) (V, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flights[key] == nil && c.recall(key) == nil {
		c.start(ctx, key, fetch).pinned = true
	}
}

// supersede makes the result of a running fetch of key worthless and lets the
// next asker begin another. c.mu is held.
func (c *Cache[V]) supersede(key string) {
	delete(c.failed, key)
	if f := c.flights[key]; f != nil {
		f.outdated = true
		delete(c.flights, key)
	}
}

func (c *Cache[V]) supersedePrefix(prefix string) {
	for key := range c.flights {
		if strings.HasPrefix(key, prefix) {
			c.supersede(key)
		}
	}
	for key := range c.failed {
		if strings.HasPrefix(key, prefix) {
			delete(c.failed, key)
		}
	}
}

func isDone(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
