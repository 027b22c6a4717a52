package bc3

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/api/transport"
)

// fake is a service that knows a few addresses and remembers what was asked.
type fake struct {
	*httptest.Server
	t       *testing.T
	mu      sync.Mutex
	answers map[string]string // by "METHOD /path?query"
	status  map[string]int
	header  map[string]http.Header
	sent    []string // "METHOD /path?query body"
}

func newFake(t *testing.T, answers map[string]string) (*fake, *Account) {
	t.Helper()
	f := &fake{t: t, answers: answers, status: map[string]int{}, header: map[string]http.Header{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	tr := transport.New(transport.Config{
		UserAgent: "basecampfs/test (https://example.com)",
		Authorize: func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer t")
			return nil
		},
		Limiter: transport.NewLimiter(0, 0), Backoff: time.Millisecond, Timeout: 20 * time.Second,
	})
	a, err := New(tr, api.AccountInfo{Product: api.Basecamp3, ID: 77, Name: "Ours", Href: f.URL + "/77"})
	if err != nil {
		t.Fatal(err)
	}
	return f, a
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := r.Method + " " + strings.TrimPrefix(r.URL.RequestURI(), "/77")
	b, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, strings.TrimSpace(key+" "+string(b)))
	for k, v := range f.header[key] {
		w.Header()[k] = v
	}
	body, ok := f.answers[key]
	switch st := f.status[key]; {
	case st != 0:
		w.WriteHeader(st)
	case !ok:
		w.WriteHeader(http.StatusNotFound)
	case body == "":
		w.WriteHeader(http.StatusNoContent)
	case r.Method == "POST":
		w.WriteHeader(http.StatusCreated)
	}
	io.WriteString(w, strings.ReplaceAll(body, "$ORIGIN", f.URL))
}

// requests returns what was asked since the last call.
func (f *fake) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.sent
	f.sent = nil
	return s
}

func (f *fake) set(key, body string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[key] = body
}

// body returns the JSON of the one request whose line begins with prefix.
func body(t *testing.T, sent []string, prefix string) map[string]any {
	t.Helper()
	var m map[string]any
	n := 0
	for _, s := range sent {
		if rest, ok := strings.CutPrefix(s, prefix+" "); ok {
			n++
			if err := json.Unmarshal([]byte(rest), &m); err != nil {
				t.Fatalf("%s: %v", s, err)
			}
		}
	}
	if n != 1 {
		t.Fatalf("%d requests %s in %q", n, prefix, sent)
	}
	return m
}

func list(t *testing.T, a *Account, q api.Query) []*api.Record {
	t.Helper()
	rs, err := listErr(t.Context(), a, q)
	if err != nil {
		t.Fatalf("list %+v: %v", q, err)
	}
	return rs
}

func listErr(ctx context.Context, a *Account, q api.Query) ([]*api.Record, error) {
	var all []*api.Record
	err := a.List(ctx, q, func(rs []*api.Record) error {
		all = append(all, rs...)
		return nil
	})
	return all, err
}

func recordIDs(rs []*api.Record) []int64 {
	var out []int64
	for _, r := range rs {
		out = append(out, r.ID)
	}
	return out
}
