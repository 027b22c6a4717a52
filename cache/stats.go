package cache

import (
	"sync/atomic"
	"time"
)

type counters struct {
	hits, misses, shared, stale, errors, abandoned, evicted atomic.Int64
}

// Stats is what a cache did since it was made, and what it holds now.
type Stats struct {
	Hits      int64         `json:"hits"`      // served fresh from memory
	Misses    int64         `json:"misses"`    // fetches begun
	Shared    int64         `json:"shared"`    // askers who joined somebody else's fetch
	Stale     int64         `json:"stale"`     // served past their TTL because the service was out of reach
	Errors    int64         `json:"errors"`    // fetches that failed
	Abandoned int64         `json:"abandoned"` // fetches cancelled because nobody waited any more
	Evicted   int64         `json:"evicted"`   // values dropped for the budget
	Running   int           `json:"running"`   // fetches under way
	Entries   int           `json:"entries"`
	Bytes     int64         `json:"bytes"`  // against MaxBytes; 0 without one
	Oldest    time.Duration `json:"oldest"` // age of the oldest value, in nanoseconds; those of unknown age left out
	// Outage is whether the service was out of reach at the last attempt and
	// is not being tried again yet.
	Outage bool `json:"outage"`
}

// Stats returns the counters of the moment. It looks at every entry.
func (c *Cache[V]) Stats() Stats {
	s := Stats{
		Hits:      c.stats.hits.Load(),
		Misses:    c.stats.misses.Load(),
		Shared:    c.stats.shared.Load(),
		Stale:     c.stats.stale.Load(),
		Errors:    c.stats.errors.Load(),
		Abandoned: c.stats.abandoned.Load(),
		Evicted:   c.stats.evicted.Load(),
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	s.Outage = c.inOutage()
	s.Running, s.Entries, s.Bytes = len(c.flights), c.ring.n, c.ring.bytes
	for e := range c.ring.all() {
		if at := e.at.Load(); at != 0 {
			s.Oldest = max(s.Oldest, time.Duration(now-at))
		}
	}
	return s
}
