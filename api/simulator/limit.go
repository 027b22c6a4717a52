package simulator

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"basecampfs/api/simulator/product"
)

// limiter counts requests in windows that start with their first request.
type limiter struct {
	mu    sync.Mutex
	limit RateLimit
	start time.Time
	used  int
}

func (l *limiter) set(r RateLimit) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limit, l.start, l.used = r, time.Time{}, 0
}

// take reports whether one more request may pass, or else how long until the
// window ends.
func (l *limiter) take() (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limit.Requests == 0 {
		return 0, true
	}
	now := time.Now()
	if l.start.IsZero() || now.Sub(l.start) >= l.limit.Per {
		l.start, l.used = now, 0
	}
	if l.used >= l.limit.Requests {
		return l.limit.Per - now.Sub(l.start), false
	}
	l.used++
	return 0, true
}

func tooMany(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
	product.Error(w, http.StatusTooManyRequests, "API rate limit exceeded")
}
