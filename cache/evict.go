package cache

import (
	"iter"
	"time"

	gocache "github.com/patrickmn/go-cache"
)

// ring is every entry in one circle with a hand: the CLOCK algorithm. An entry
// that was used since the hand last passed gets a second turn. A hit only sets
// a flag, so that it needs no lock.
type ring[V any] struct {
	head  *entry[V] // a sentinel; head.next is the newest
	n     int
	bytes int64
}

func (r *ring[V]) init() {
	r.head = &entry[V]{}
	r.head.prev, r.head.next = r.head, r.head
	r.n, r.bytes = 0, 0
}

func (r *ring[V]) push(e *entry[V]) {
	e.prev, e.next = r.head, r.head.next
	e.prev.next, e.next.prev = e, e
	r.n++
	r.bytes += e.size
}

func (r *ring[V]) remove(e *entry[V]) {
	e.prev.next, e.next.prev = e.next, e.prev
	e.prev, e.next = nil, nil
	r.n--
	r.bytes -= e.size
}

// victim returns the entry to drop: the oldest that was not used lately.
func (r *ring[V]) victim() *entry[V] {
	for {
		e := r.head.prev
		if e == r.head {
			return nil
		}
		if !e.used.Swap(false) {
			return e
		}
		r.remove(e)
		r.push(e)
	}
}

// all yields every entry; the one it stands on may be removed.
func (r *ring[V]) all() iter.Seq[*entry[V]] {
	return func(yield func(*entry[V]) bool) {
		for e := r.head.next; e != r.head; {
			next := e.next
			if !yield(e) {
				return
			}
			e = next
		}
	}
}

// keyOverhead is what an entry costs beside its value and key: the struct, a
// slot of the map and the boxes between them, in bytes.
const keyOverhead = 160

// store puts a value in, drops what no longer fits, and returns the entry, or
// nil where the value alone is over the budget. c.mu is held.
func (c *Cache[V]) store(key string, v V, at time.Time) *entry[V] {
	if old := c.lookup(key); old != nil {
		c.ring.remove(old)
	}
	delete(c.failed, key)
	e := &entry[V]{key: key, v: v}
	if c.opts.MaxBytes > 0 {
		e.size = c.opts.Size(key, v) + int64(len(key)) + keyOverhead
		if e.size > c.opts.MaxBytes {
			c.items.Delete(key)
			c.stats.evicted.Add(1)
			return nil
		}
	}
	if at.IsZero() {
		e.invalid.Store(true)
	} else {
		e.at.Store(at.UnixNano())
	}
	// Room first: the new entry is not its own victim.
	for c.opts.MaxEntries > 0 && c.ring.n >= c.opts.MaxEntries || c.opts.MaxBytes > 0 && c.ring.bytes+e.size > c.opts.MaxBytes {
		victim := c.ring.victim()
		if victim == nil {
			break
		}
		c.drop(victim)
		c.stats.evicted.Add(1)
	}
	c.ring.push(e)
	c.items.Set(key, e, gocache.NoExpiration)
	return e
}

// drop removes an entry. c.mu is held.
func (c *Cache[V]) drop(e *entry[V]) {
	c.ring.remove(e)
	c.items.Delete(e.key)
}
