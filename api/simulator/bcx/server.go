package bcx

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"basecampfs/api/simulator/product"
)

// Options describe the account to simulate.
type Options struct {
	ID   int64  // of the account; 0 means DefaultID
	Name string // "" means DefaultName

	// ProjectLimit is how many live projects the plan allows, StorageLimit how
	// many bytes of attachments. More is answered 507. 0 means no limit.
	ProjectLimit int
	StorageLimit int64
}

// The account that the zero Options describe. Its name is that of a sample
// account of Basecamp 3 too: only the product tells the two apart.
const (
	DefaultID   = 2914079
	DefaultName = "Honcho Design"
)

// Server simulates one account. Its methods are safe for concurrent use.
type Server struct {
	s          *state
	opts       Options
	mux        *http.ServeMux
	ignorePage atomic.Bool
}

// New returns a Server filled with sample data of env's size.
func New(env product.Env, o Options) *Server {
	if o.ID == 0 {
		o.ID = DefaultID
	}
	if o.Name == "" {
		o.Name = DefaultName
	}
	s := &Server{opts: o, mux: http.NewServeMux(), s: &state{env: env, byID: map[int64]*item{},
		tokens: map[string]upload{}, ids: product.NewIDs(900_000_000), projectLimit: o.ProjectLimit, storageLimit: o.StorageLimit}}
	s.s.fill(env)
	s.routes()
	return s
}

// Account is what the simulator's server mounts.
func (s *Server) Account() *product.Account {
	return &product.Account{Code: "bcx", ID: s.opts.ID, Name: s.opts.Name,
		Path: fmt.Sprintf("/%d/api/v1", s.opts.ID), Handler: s, BasicAuth: true}
}

// IgnorePage makes every list answer its first page whatever page is asked
// for, which would keep a careless client busy for ever.
func (s *Server) IgnorePage(on bool) { s.ignorePage.Store(on) }

// call is one request.
type call struct {
	view
	srv *Server
	w   http.ResponseWriter
	r   *http.Request
	me  *person
}

// failure is an answer that is an error.
type failure struct {
	status  int
	message string
}

func (f failure) Error() string { return f.message }

var (
	errNotFound  = failure{http.StatusNotFound, ""}
	errForbidden = failure{http.StatusForbidden, ""}
	errBadDate   = failure{http.StatusBadRequest, "a date is in a wrong format"}
)

// created is the body of a 201 with its Location.
type created struct {
	at   string
	body any
}

// ServeHTTP answers the API. Every path ends in .json, but for downloads.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	if trimmed, ok := strings.CutSuffix(path, ".json"); ok {
		path = trimmed
	} else if !strings.Contains(path, "/original/") {
		product.Error(w, http.StatusNotFound, "")
		return
	}
	raw := path
	path, err := url.PathUnescape(raw)
	if err != nil {
		product.Error(w, http.StatusBadRequest, "")
		return
	}
	r = r.Clone(r.Context())
	r.URL.Path, r.URL.RawPath = path, raw
	s.mux.ServeHTTP(w, r)
}

// on answers a pattern of http.ServeMux with what f returns: nil is 204.
func (s *Server) on(pattern string, f func(*call) (any, error)) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		at := product.CallOf(r)
		c := &call{view: view{s: s.s, base: at.Base(), app: strings.TrimSuffix(at.Base(), "/api/v1")}, srv: s, w: w, r: r}
		body, err := s.answer(c, at.Caller.Email, f)
		var f failure
		switch out := body.(type) {
		case nil:
			if errors.As(err, &f) {
				product.Error(w, f.status, f.message)
			} else if err != nil {
				product.Error(w, http.StatusBadRequest, err.Error())
			} else {
				w.WriteHeader(http.StatusNoContent)
			}
		case created:
			w.Header().Set("Location", out.at)
			if out.body == nil {
				w.WriteHeader(http.StatusCreated)
				return
			}
			product.Encode(w, r, http.StatusCreated, out.body, time.Time{})
		case func():
			out()
		default:
			product.Encode(w, r, http.StatusOK, body, time.Time{})
		}
	})
}

// answer runs a handler with the state locked; what it returns is encoded
// afterwards, so it holds nothing that may still change.
func (s *Server) answer(c *call, email string, f func(*call) (any, error)) (any, error) {
	s.s.mu.Lock()
	defer s.s.mu.Unlock()
	for _, p := range s.s.people {
		if strings.EqualFold(p.email, email) {
			c.me = p
		}
	}
	if c.me == nil || c.me.trashed {
		return nil, errForbidden
	}
	return f(c)
}

// id reads the number at the head of a part of the path: what follows it, as
// in "605816632-bcx", does not matter.
func (c *call) id(name string) int64 {
	part := c.r.PathValue(name)
	end := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		part = part[:end]
	}
	n, _ := strconv.ParseInt(part, 10, 64)
	return n
}

// project finds the project in the path. A draft is its creator's alone.
func (c *call) project() (*bucket, error) {
	b := c.s.project(c.id("p"))
	if b == nil || b.draft && b.creator != c.me {
		return nil, errNotFound
	}
	return b, nil
}

// bucketOf finds the project or the calendar in the path.
func (c *call) bucketOf() (*bucket, error) {
	if c.r.PathValue("c") == "" {
		return c.project()
	}
	if b := c.s.calendar(c.id("c")); b != nil {
		return b, nil
	}
	return nil, errNotFound
}

// itemOf finds the item in the path: of a kind, and in the bucket there.
func (c *call) itemOf(k kind) (*item, error) {
	b, err := c.bucketOf()
	if err != nil {
		return nil, err
	}
	if i := c.s.byID[c.id("id")]; i != nil && i.kind == k && i.in == b {
		return i, nil
	}
	return nil, errNotFound
}

// fields is the body of a write: a field that it lacks stays as it is.
type fields map[string]json.RawMessage

func (c *call) fields() (fields, error) {
	b, err := io.ReadAll(io.LimitReader(c.r.Body, 8<<20))
	if err != nil {
		return nil, err
	}
	f := fields{}
	if len(b) > 0 && json.Unmarshal(b, &f) != nil {
		return nil, failure{http.StatusBadRequest, "the body is not a JSON object"}
	}
	return f, nil
}

// read puts a field into v, null as v's zero value, and says whether it was
// there.
func read[T any](f fields, name string, v *T) (bool, error) {
	raw, ok := f[name]
	if !ok {
		return false, nil
	}
	var t T
	if err := json.Unmarshal(raw, &t); err != nil {
		return false, failure{http.StatusBadRequest, name + " is in a wrong format"}
	}
	*v = t
	return true, nil
}
