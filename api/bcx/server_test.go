package bcx_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/api/bcx"
	sim "basecampfs/api/simulator/bcx"
	"basecampfs/api/simulator/product"
	"basecampfs/api/transport"
)

var annie = product.Identity{ID: 9_100_001, FirstName: "Annie", LastName: "Bryan", Email: "annie@honcho.example", Password: "correct horse"}

// service is the simulated Basecamp 2, a storage host of its own beside it, and
// what both were asked.
type service struct {
	*sim.Server
	url string

	mu     sync.Mutex
	now    time.Time
	asked  []string
	auth   []string // of the API
	stored []string // Authorization that the storage got
	hook   func(http.ResponseWriter, *http.Request) bool
}

func (s *service) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(time.Second)
	return s.now
}

func (s *service) advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// requests returns what was asked since the last call.
func (s *service) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.asked
	s.asked = nil
	return out
}

func serve(t testing.TB, size product.Size, o sim.Options) *service {
	s := &service{now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	files := &product.Files{Now: s.clock}
	store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.stored = append(s.stored, r.Header.Get("Authorization"))
		s.mu.Unlock()
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(store.Close)
	files.Origin = strings.Replace(store.URL, "127.0.0.1", "localhost", 1)
	s.Server = sim.New(product.Env{Now: s.clock, Files: files, Identities: []product.Identity{annie}, Size: size}, o)
	acc := s.Account()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ok := strings.CutPrefix(r.URL.EscapedPath(), acc.Path)
		user, password, basic := r.BasicAuth()
		if !ok || r.Header.Get("Authorization") != "Bearer good" && !(basic && user == annie.Email && password == annie.Password) {
			product.Error(w, http.StatusUnauthorized, "")
			return
		}
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+strings.TrimPrefix(r.URL.RequestURI(), acc.Path))
		s.auth = append(s.auth, r.Header.Get("Authorization"))
		hook := s.hook
		s.mu.Unlock()
		if hook != nil && hook(w, r) {
			return
		}
		call := product.WithCall(r, product.Call{Account: acc, Origin: s.url, Caller: annie})
		call.URL.RawPath = path
		call.URL.Path = path
		acc.Handler.ServeHTTP(w, call)
	}))
	t.Cleanup(srv.Close)
	s.url = srv.URL
	return s
}

// account signs in with a token.
func (s *service) account(t testing.TB) *bcx.Account {
	return s.accountWith(t, func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer good")
		return nil
	})
}

func (s *service) accountWith(t testing.TB, authorize func(context.Context, *http.Request) error) *bcx.Account {
	t.Helper()
	tr := transport.New(transport.Config{UserAgent: "test (t@example.com)", Authorize: authorize,
		Limiter: transport.NewLimiter(0, time.Second), Backoff: time.Millisecond})
	a, err := bcx.New(tr, api.AccountInfo{Product: api.Basecamp2, ID: sim.DefaultID, Name: sim.DefaultName, Href: s.url + s.Account().Path})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func list(t testing.TB, a *bcx.Account, q api.Query) []*api.Record {
	t.Helper()
	var out []*api.Record
	if err := a.List(t.Context(), q, func(p []*api.Record) error { out = append(out, p...); return nil }); err != nil {
		t.Fatalf("List %+v: %v", q, err)
	}
	for i, r := range out {
		if r.ID == 0 || r.Kind != q.Kind || len(r.Raw) == 0 || r.Raw[0] != '{' {
			t.Fatalf("List %+v: record %d is %+v", q, i, r)
		}
	}
	return out
}

func named(t testing.TB, all []*api.Record, title string) *api.Record {
	t.Helper()
	for _, r := range all {
		if r.Title == title {
			return r
		}
	}
	t.Fatalf("no record is called %q", title)
	return nil
}

// leto is the project that has more than a page of everything.
func leto(t testing.TB, a *bcx.Account) *api.Record {
	t.Helper()
	return named(t, list(t, a, api.Query{Kind: api.Project}), "The Leto Laptop")
}

func tool(t testing.TB, p *api.Record, k api.Kind) api.Ref {
	t.Helper()
	for _, x := range p.Tools {
		if x.Kind == k && x.Enabled {
			return x.Ref
		}
	}
	t.Fatalf("the project has no %s", k)
	return api.Ref{}
}
