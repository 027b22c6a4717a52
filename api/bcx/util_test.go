package bcx_test

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

var noTime time.Time

// recorder keeps an answer.
type recorder struct {
	h http.Header
	b bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.h }
func (r *recorder) WriteHeader(int)             {}
func (r *recorder) Write(b []byte) (int, error) { return r.b.Write(b) }

// bodies returns the bodies of what f sends to be changed.
func (s *service) bodies(f func()) []string {
	var out []string
	s.mu.Lock()
	s.hook = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut || r.Method == http.MethodPost {
			b, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(b))
			out = append(out, string(b))
		}
		return false
	}
	s.mu.Unlock()
	f()
	s.mu.Lock()
	s.hook = nil
	s.mu.Unlock()
	return out
}
