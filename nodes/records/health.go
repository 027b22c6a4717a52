package records

import (
	"sync"
	"time"

	"basecampfs/cache"
)

// health is whether the account can be reached.
type health struct {
	mu   sync.Mutex
	last time.Time // when it was reached
	err  error     // why it cannot be
}

func (h *health) note(now time.Time, info cache.Info, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case info.Err != nil:
		h.err = info.Err
	case err != nil && outage(canceled(err)):
		h.err = err
	case err == nil && !info.Cached:
		h.last, h.err = now, nil
	}
}

// Outage returns why the account cannot be reached, nil where it can, and when
// it was reached last.
func (a *Account) Outage() (since time.Time, err error) {
	a.health.mu.Lock()
	defer a.health.mu.Unlock()
	return a.health.last, a.health.err
}

// Progress is how far a load has come, in records.
type Progress struct {
	What string `json:"what"`
	Done int    `json:"done"`
}

// Loading returns how far the listing of a whole project or account has come
// that is under way, or nil.
func (a *Account) Loading() *Progress { return a.loading.Load() }
