package simulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"basecampfs/api/simulator/product"
)

type quietKey struct{}

func isQuiet(r *http.Request) bool { return r.Context().Value(quietKey{}) != nil }

func quietIdentity(r *http.Request) (product.Identity, bool) {
	i, ok := r.Context().Value(quietKey{}).(product.Identity)
	return i, ok
}

// As returns a client that acts as somebody else, named by name or email
// address, at any URL of the server. Its requests need no token, stay in the
// process, are not counted, and know no latency, limit, fault or Down. The
// first identity's name gives a client that acts behind its owner's back.
// It errs where nobody has the name.
func (s *Server) As(name string) (*http.Client, error) {
	for _, i := range s.opts.Identities {
		if strings.EqualFold(i.Name(), name) || strings.EqualFold(i.Email, name) {
			return &http.Client{Transport: inProcess{s, i}, CheckRedirect: stay}, nil
		}
	}
	return nil, fmt.Errorf("simulator: nobody is called %q", name)
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// inProcess answers requests without a connection.
type inProcess struct {
	s   *Server
	who product.Identity
}

func (t inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	r2 := r.Clone(context.WithValue(r.Context(), quietKey{}, t.who))
	r2.Header.Del("Authorization")
	if r2.Header.Get("User-Agent") == "" {
		r2.Header.Set("User-Agent", "Somebody else (somebody@example.com)")
	}
	if r2.Body != nil && r2.Header.Get("Content-Type") == "" {
		r2.Header.Set("Content-Type", "application/json; charset=utf-8")
	}
	if r2.Body == nil {
		r2.Body = http.NoBody
	}
	if r2.Host == "" {
		r2.Host = r2.URL.Host
	}
	w := &memory{header: http.Header{}}
	t.s.ServeHTTP(w, r2)
	if r.Body != nil {
		r.Body.Close()
	}
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: w.header,
		Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()), Request: r,
	}, nil
}

// memory is a ResponseWriter that keeps the answer.
type memory struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *memory) Header() http.Header { return w.header }

func (w *memory) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *memory) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}
