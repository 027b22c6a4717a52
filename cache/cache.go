// Package cache keeps what a slow service answered, for as long as it is worth
// anything.
//
// A Cache serves a value from memory while it is fresh, lets everybody who
// asks for a missing one share a single fetch, and falls back on the value it
// had, whatever its age, when the service cannot be reached. Storage is
// patrickmn/go-cache; its own expiry is not used, because an expired value is
// what an outage is survived with.
package cache

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	gocache "github.com/patrickmn/go-cache"
)

// Defaults of Options.
const (
	DefaultFetchTimeout = time.Minute
	DefaultGrace        = 100 * time.Millisecond
)

// Options shape a Cache. The zero value is usable: nothing is fresh for longer
// than the fetch that everybody shares, and no error is survived.
type Options[V any] struct {
	// TTL is how long a value is fresh.
	TTL time.Duration
	// Ahead refreshes a value in the background when it is asked for in the
	// last Ahead of its TTL. 0 never does.
	Ahead time.Duration
	// Negative is how long a failed fetch of a key is remembered: askers of
	// that key get the same failure, or the stale value, at once. That a fetch
	// was cancelled is not remembered. 0 remembers nothing.
	Negative time.Duration
	// Outage is how long after a failure that Stale accepts every expired
	// value of the cache is served as it is, without trying again: a walk
	// through a thousand cached folders must not wait for a thousand
	// timeouts. What was invalidated is tried even so, and a fetch that
	// succeeds ends it. 0 tries each time.
	Outage time.Duration
	// FetchTimeout bounds one fetch; 0 means DefaultFetchTimeout.
	FetchTimeout time.Duration
	// Grace is how long a fetch goes on that nobody waits for any more, and
	// how long one may take to notice that its context has ended, before it
	// is given up. 0 means DefaultGrace.
	Grace time.Duration
	// Stale reports whether an error means that the service could not be
	// asked, so that an older value is better than none. nil: never. An
	// overdue fetch fails with an error that is context.DeadlineExceeded.
	Stale func(error) bool
	// MaxEntries and MaxBytes bound what is kept; 0 means no bound. What was
	// not used lately goes first, fresh or not.
	MaxEntries int
	MaxBytes   int64
	// Size is what a value counts against MaxBytes, in bytes, without its
	// key. Needed where MaxBytes is set.
	Size func(key string, v V) int64
	// Now is the clock that ages are measured by; nil means time.Now.
	Now func() time.Time
}

// Info says where a value came from.
type Info struct {
	Cached bool          // it was in memory; nobody was asked
	Stale  bool          // it is older than its TTL, or was invalidated
	Age    time.Duration // since it was fetched, set or last proven current
	Err    error         // why a stale value was served: what the fetch failed with
}

// Cache is a TTL cache of values of one type. Values are shared by everybody
// who asks: they must not be changed. Its methods may be called from many
// goroutines.
type Cache[V any] struct {
	opts  Options[V]
	items *gocache.Cache // of *entry[V]
	stats counters

	mu          sync.Mutex // guards what follows, and every change of items
	flights     map[string]*flight[V]
	failed      map[string]failure
	ring        ring[V]
	outageErr   error
	outageUntil int64 // Unix nanoseconds
}

// entry is a cached value. key, v, size never change: a new value is a new entry.
type entry[V any] struct {
	key  string
	v    V
	size int64

	// at is when it was last known to be current, in Unix nanoseconds; 0: never.
	// The wall clock, since Go's monotonic one stands still while a laptop sleeps.
	at      atomic.Int64
	invalid atomic.Bool // not fresh, whatever its age
	used    atomic.Bool // since the hand of the ring last passed

	prev, next *entry[V]
}

// New returns an empty cache. It starts no goroutine.
func New[V any](o Options[V]) *Cache[V] {
	if o.FetchTimeout <= 0 {
		o.FetchTimeout = DefaultFetchTimeout
	}
	if o.Grace <= 0 {
		o.Grace = DefaultGrace
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Stale == nil {
		o.Stale = func(error) bool { return false }
	}
	if o.Size == nil {
		o.Size = func(string, V) int64 { return 0 }
	}
	c := &Cache[V]{
		opts:    o,
		items:   gocache.New(gocache.NoExpiration, 0),
		flights: map[string]*flight[V]{},
		failed:  map[string]failure{},
	}
	c.ring.init()
	return c
}

// Get returns the value of key: from memory while it is fresh, else from fetch.
//
// Everybody who asks for one key at the same time shares one fetch. It runs on
// a context of its own, with the values of the first asker's and a deadline of
// Options.FetchTimeout, and is cancelled only when nobody waits any more. An
// asker whose ctx ends gets ctx.Err() at once.
//
// If the fetch fails with an error that Options.Stale accepts, the value of
// before is returned with Info.Stale and a nil error; any other error is
// returned, and the value of before stays where Peek finds it.
func (c *Cache[V]) Get(ctx context.Context, key string, fetch func(context.Context) (V, error)) (V, Info, error) {
	if e := c.lookup(key); e != nil {
		if age := c.now() - e.at.Load(); c.fresh(e, age) {
			e.touchUsed()
			c.stats.hits.Add(1)
			if c.opts.Ahead > 0 && age > int64(c.opts.TTL-c.opts.Ahead) {
				c.refresh(ctx, key, fetch)
			}
			return e.v, Info{Cached: true, Age: max(0, time.Duration(age))}, nil
		}
	}
	return c.ask(ctx, key, fetch)
}

// Peek returns what is in memory for key, of whatever age, and never fetches.
func (c *Cache[V]) Peek(key string) (V, Info, bool) {
	e := c.lookup(key)
	if e == nil {
		var zero V
		return zero, Info{}, false
	}
	e.touchUsed()
	return e.v, c.info(e, c.now()-e.at.Load()), true
}

// Set makes v the value of key, as of now. A fetch that is under way does not
// overwrite it, and those who wait for that fetch get v.
func (c *Cache[V]) Set(key string, v V) { c.SetAt(key, v, c.opts.Now()) }

// SetAt is Set for a value that was current at an earlier time, such as one
// from disk. A zero time makes it stale: served in an outage, else fetched.
func (c *Cache[V]) SetAt(key string, v V, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.supersede(key)
	c.store(key, v, at)
}

// Add is SetAt for a key that has no value yet; it reports whether it was
// added. A fetch that is under way goes on and wins.
func (c *Cache[V]) Add(key string, v V, at time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lookup(key) != nil {
		return false
	}
	c.store(key, v, at)
	return true
}

// Update replaces the cached value of key by what change makes of it and
// reports whether there was one. Its age and freshness stay as they are. change
// must return a new value, not alter the old one, and not call the cache. A
// fetch that is under way does not overwrite the result.
func (c *Cache[V]) Update(key string, change func(V) V) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.supersede(key)
	e := c.lookup(key)
	if e == nil {
		return false
	}
	invalid, at := e.invalid.Load(), e.at.Load()
	if n := c.store(key, change(e.v), time.Time{}); n != nil {
		n.at.Store(at)
		n.invalid.Store(invalid)
	}
	return true
}

// Touch makes the cached value of key fresh again, because it was proven to be
// current, and reports whether there is one.
func (c *Cache[V]) Touch(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.lookup(key)
	if e == nil {
		return false
	}
	e.at.Store(c.now())
	e.invalid.Store(false)
	delete(c.failed, key)
	return true
}

// Invalidate makes the next Get of key fetch. The value stays for an outage. A
// fetch that is under way is not trusted: who waits for it gets a new one.
func (c *Cache[V]) Invalidate(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.supersede(key)
	if e := c.lookup(key); e != nil {
		e.invalid.Store(true)
	}
}

// InvalidatePrefix invalidates every key that begins with prefix and returns
// how many values that concerned. It looks at every key.
func (c *Cache[V]) InvalidatePrefix(prefix string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.supersedePrefix(prefix)
	n := 0
	for e := range c.ring.all() {
		if strings.HasPrefix(e.key, prefix) {
			e.invalid.Store(true)
			n++
		}
	}
	return n
}

// Remove forgets key altogether, for what no longer exists.
func (c *Cache[V]) Remove(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.supersede(key)
	if e := c.lookup(key); e != nil {
		c.drop(e)
	}
}

// RemovePrefix forgets every key that begins with prefix and returns how many
// there were; an empty prefix empties the cache. It looks at every key.
func (c *Cache[V]) RemovePrefix(prefix string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.supersedePrefix(prefix)
	n := 0
	for e := range c.ring.all() {
		if strings.HasPrefix(e.key, prefix) {
			c.drop(e)
			n++
		}
	}
	return n
}

// Range calls visit with every cached value of the moment, in no order, until
// it returns false. visit may call the cache.
func (c *Cache[V]) Range(visit func(key string, v V, info Info) bool) {
	c.mu.Lock()
	entries := make([]*entry[V], 0, c.ring.n)
	for e := range c.ring.all() {
		entries = append(entries, e)
	}
	c.mu.Unlock()
	for _, e := range entries {
		if !visit(e.key, e.v, c.info(e, c.now()-e.at.Load())) {
			return
		}
	}
}

// now is the time in Unix nanoseconds.
func (c *Cache[V]) now() int64 { return c.opts.Now().UnixNano() }

// fresh tolerates a clock that was set back by less than the TTL.
func (c *Cache[V]) fresh(e *entry[V], age int64) bool {
	ttl := int64(c.opts.TTL)
	return age < ttl && age > -ttl && !e.invalid.Load()
}

func (c *Cache[V]) info(e *entry[V], age int64) Info {
	return Info{Cached: true, Stale: !c.fresh(e, age), Age: max(0, time.Duration(age))}
}

func (c *Cache[V]) lookup(key string) *entry[V] {
	x, ok := c.items.Get(key)
	if !ok {
		return nil
	}
	return x.(*entry[V])
}

func (e *entry[V]) touchUsed() {
	if !e.used.Load() { // a shared line is only written where it changes
		e.used.Store(true)
	}
}
