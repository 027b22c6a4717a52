package cache

import (
	"context"
	"errors"
	"time"
)

// failure is what the last fetch of a key failed with.
type failure struct {
	err error
	at  int64
}

// failuresKept bounds the memory of failed keys.
const failuresKept = 1024

// settle answers an asker whose fetch failed: with the value of before, if the
// failure means that the service was out of reach.
func (c *Cache[V]) settle(key string, err error) (V, Info, error) {
	if e := c.lookup(key); e != nil && c.opts.Stale(err) {
		e.touchUsed()
		c.stats.stale.Add(1)
		info := c.info(e, c.now()-e.at.Load())
		info.Err = err
		return e.v, info, nil
	}
	var zero V
	return zero, Info{}, err
}

// recall returns the error that answers key without a fetch, or nil. c.mu is
// held.
func (c *Cache[V]) recall(key string) error {
	if f, ok := c.failed[key]; ok {
		if age := c.now() - f.at; age >= 0 && age < int64(c.opts.Negative) {
			return f.err
		}
		delete(c.failed, key)
	}
	// What somebody invalidated on purpose is tried even so.
	if e := c.lookup(key); e != nil && !e.invalid.Load() && c.inOutage() {
		return c.outageErr
	}
	return nil
}

// remember keeps what a fetch failed with. c.mu is held.
func (c *Cache[V]) remember(key string, err error) {
	if c.opts.Negative <= 0 || errors.Is(err, context.Canceled) {
		return
	}
	now := c.now()
	if len(c.failed) >= failuresKept {
		for k, f := range c.failed {
			if now-f.at >= int64(c.opts.Negative) {
				delete(c.failed, k)
			}
		}
		if len(c.failed) >= failuresKept {
			clear(c.failed)
		}
	}
	c.failed[key] = failure{err, now}
}

// outageBegins notes that the service is out of reach. c.mu is held.
func (c *Cache[V]) outageBegins(err error) {
	if c.opts.Outage > 0 {
		c.outageErr = err
		c.outageUntil = c.now() + int64(c.opts.Outage)
	}
}

// inOutage reports whether expired values are served untried. c.mu is held.
func (c *Cache[V]) inOutage() bool {
	left := time.Duration(c.outageUntil - c.now())
	return left > 0 && left <= c.opts.Outage // a clock that was set back ends it
}
