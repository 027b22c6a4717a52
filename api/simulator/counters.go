package simulator

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"
)

// Requests is what the server was asked since the start or ResetCounters.
type Requests struct {
	Total int
	// ByRoute counts by method and path, in which every number is {id}, such
	// as "GET /todolists/{id}/todos.json". Paths are those below an account,
	// without their /buckets/{id} prefix.
	ByRoute map[string]int
	// ByStatus counts the answers; 0 is a dropped connection.
	ByStatus map[int]int
	Log      []Request // the last ones, oldest first
}

// Request is one request that was answered.
type Request struct {
	At      time.Time
	Method  string
	Path    string // whole, with the account
	Query   string
	Route   string
	Status  int // 0 where the connection was dropped
	Bytes   int
	Took    time.Duration
	IfMatch bool // carried If-None-Match or If-Modified-Since
	Agent   string
}

// logLength is how many requests the log keeps.
const logLength = 10_000

type counters struct {
	mu sync.Mutex
	r  Requests
}

var (
	numbers = regexp.MustCompile(`/\d+`)
	bucket  = regexp.MustCompile(`^/buckets/\d+(/.)`)
	opaque  = regexp.MustCompile(`^/(blobs|storage|app|people)/[^/]{16,}`)
)

// routeOf is the pattern of a path below an account.
func routeOf(method, path string) string {
	path = bucket.ReplaceAllString(path, "$1")
	path = opaque.ReplaceAllString(path, "/$1/{key}")
	path = numbers.ReplaceAllString(path, "/{id}")
	if i := strings.Index(path, "/download/"); i >= 0 {
		path = path[:i] + "/download/{name}"
	}
	return method + " " + path
}

// begin counts a request and returns what to call when it is answered.
func (c *counters) begin(r *http.Request, path string) func(status, bytes int) {
	q := Request{At: time.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Route: routeOf(r.Method, path),
		IfMatch: r.Header.Get("If-None-Match") != "" || r.Header.Get("If-Modified-Since") != "", Agent: r.UserAgent()}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.r.ByRoute == nil {
		c.r.ByRoute, c.r.ByStatus = map[string]int{}, map[int]int{}
	}
	c.r.Total++
	c.r.ByRoute[q.Route]++
	return func(status, bytes int) {
		q.Status, q.Bytes, q.Took = status, bytes, time.Since(q.At)
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.r.ByStatus == nil {
			c.r.ByRoute, c.r.ByStatus = map[string]int{}, map[int]int{}
		}
		c.r.ByStatus[status]++
		if len(c.r.Log) >= logLength {
			c.r.Log = append(c.r.Log[:0], c.r.Log[logLength/2:]...)
		}
		c.r.Log = append(c.r.Log, q)
	}
}

// Requests returns the counters. Requests through As are not counted.
func (s *Server) Requests() Requests {
	s.counters.mu.Lock()
	defer s.counters.mu.Unlock()
	c := s.counters.r
	out := Requests{Total: c.Total, ByRoute: map[string]int{}, ByStatus: map[int]int{}, Log: append([]Request(nil), c.Log...)}
	for k, n := range c.ByRoute {
		out.ByRoute[k] = n
	}
	for k, n := range c.ByStatus {
		out.ByStatus[k] = n
	}
	return out
}

// ResetCounters sets every counter to zero.
func (s *Server) ResetCounters() {
	s.counters.mu.Lock()
	defer s.counters.mu.Unlock()
	s.counters.r = Requests{}
}

// statusWriter notes what was answered.
type statusWriter struct {
	http.ResponseWriter
	status, bytes int
}

func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
