package transport

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"basecampfs/api"
)

// Stats are counts since the Transport was made.
type Stats struct {
	Requests     int64            `json:"requests"` // sent, repeated ones included
	Status       map[int]int64    `json:"status"`   // answers by HTTP status
	Errors       map[string]int64 `json:"errors"`   // failed calls by api.Code
	NotModified  int64            `json:"not_modified"`
	Retries      int64            `json:"retries"`
	Unauthorized int64            `json:"unauthorized"` // answers 401 that asked for a new token
	Waits        int64            `json:"rate_limit_waits"`
	Waited       time.Duration    `json:"rate_limit_waited_ns"`
	Received     int64            `json:"bytes_received"`
	Sent         int64            `json:"bytes_sent"`
	Limit        int              `json:"rate_limit"` // requests per window in force now
	LastAnswer   time.Time        `json:"last_answer,omitzero"`
	LastError    string           `json:"last_error,omitempty"`
	LastErrorAt  time.Time        `json:"last_error_at,omitzero"`
}

type counters struct {
	requests, notModified, retries, unauthorized atomic.Int64
	waits, waited, received, sent                atomic.Int64

	mu        sync.Mutex
	byStatus  map[int]int64
	byCode    map[string]int64
	answered  time.Time
	lastError string
	failedAt  time.Time
}

func (c *counters) status(code int, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byStatus == nil {
		c.byStatus = map[int]int64{}
	}
	c.byStatus[code]++
	c.answered = now
}

func (c *counters) failed(e *api.Error, now time.Time) {
	if e.Code == api.Canceled {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byCode == nil {
		c.byCode = map[string]int64{}
	}
	c.byCode[string(e.Code)]++
	c.lastError, c.failedAt = e.Error(), now
}

// Stats returns a snapshot of the counts.
func (t *Transport) Stats() Stats {
	c := &t.stats
	s := Stats{
		Requests: c.requests.Load(), NotModified: c.notModified.Load(), Retries: c.retries.Load(),
		Unauthorized: c.unauthorized.Load(), Waits: c.waits.Load(), Waited: time.Duration(c.waited.Load()),
		Received: c.received.Load(), Sent: c.sent.Load(), Limit: t.cfg.Limiter.Limit(),
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s.Status, s.Errors = maps.Clone(c.byStatus), maps.Clone(c.byCode)
	if s.Status == nil {
		s.Status = map[int]int64{}
	}
	if s.Errors == nil {
		s.Errors = map[string]int64{}
	}
	s.LastAnswer, s.LastError, s.LastErrorAt = c.answered, c.lastError, c.failedAt
	return s
}
