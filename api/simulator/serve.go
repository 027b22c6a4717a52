package simulator

import (
	"net/http"
	"regexp"
	"strings"
	"time"

	"basecampfs/api/simulator/product"
)

// appPath is where browser URLs point.
const appPath = "/app"

// ServeHTTP serves Launchpad, the APIs, stored files and the few pages for
// browsers.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if isQuiet(r) {
		s.route(w, r)
		return
	}
	if s.down.Load() {
		panic(http.ErrAbortHandler)
	}
	account, rest := s.find(r.URL.Path)
	path := r.URL.Path
	if account != nil {
		path = rest
	}
	rec := &statusWriter{ResponseWriter: w}
	done := s.counters.begin(r, path)
	defer func() { done(rec.status, rec.bytes) }()
	f := s.faults.pick(r.Method, path)
	if s.before(f, rec, r) {
		return
	}
	if account != nil {
		if !s.sleep(r, time.Duration(s.latency.Load())) {
			panic(http.ErrAbortHandler)
		}
		if wait, ok := s.limiter.take(); !ok {
			tooMany(rec, wait)
			return
		}
	}
	s.after(f, rec, r, func(w http.ResponseWriter) { s.route(w, r) })
}

// route answers a request that nothing delays or breaks any more.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	p := r.URL.Path
	if a, rest := s.find(p); a != nil {
		s.serveAccount(w, r, a, rest)
		return
	}
	switch {
	case p == "/":
		s.front(w, r)
	case strings.HasPrefix(p, "/authorization"):
		s.launchpad(w, r)
	case strings.HasPrefix(p, product.StoragePath):
		s.files.ServeHTTP(w, r)
	case strings.HasPrefix(p, appPath+"/"):
		s.appPage(w, r)
	case s.opts.OAuth21 && (strings.HasPrefix(p, "/.well-known/") || strings.HasPrefix(p, issuerPath+"/")):
		s.oauth21(w, r)
	default:
		product.Error(w, http.StatusNotFound, "Not Found")
	}
}

// find returns the account that a path is of and what follows the account's
// own path; nil for none.
func (s *Server) find(path string) (*product.Account, string) {
	for _, a := range s.accounts {
		if a.Handler == nil {
			continue
		}
		if rest, ok := strings.CutPrefix(path, a.Path); ok && strings.HasPrefix(rest, "/") {
			return a, rest
		}
	}
	return nil, ""
}

// serveAccount checks what every API checks, and lets the account answer.
func (s *Server) serveAccount(w http.ResponseWriter, r *http.Request, a *product.Account, rest string) {
	if s.opts.OAuth21 && rest == protectedResource {
		s.resourceMetadata(w, r, a)
		return
	}
	if strings.TrimSpace(r.Header.Get("User-Agent")) == "" {
		product.Error(w, http.StatusBadRequest, "Please set a User-Agent that names your application and how to reach you")
		return
	}
	who, ok := s.authenticate(w, r, a)
	if !ok {
		return
	}
	if _, off := s.inactive.Load(a.ID); off {
		w.Header().Set("Reason", "Account Inactive")
		product.Error(w, http.StatusNotFound, "Not Found")
		return
	}
	if a.Has != nil && !a.Has(who) {
		product.Error(w, http.StatusNotFound, "Not Found")
		return
	}
	if !contentType(w, r, rest) {
		return
	}
	r2 := product.WithCall(r, product.Call{Account: a, Origin: s.originOf(r), Caller: who})
	u := *r.URL
	u.Path = rest
	u.RawPath = strings.TrimPrefix(r.URL.RawPath, a.Path)
	r2.URL = &u
	a.Handler.ServeHTTP(w, r2)
}

// authenticate finds out who calls, by token or, where the account takes it,
// by password. It answers 401 by itself.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request, a *product.Account) (product.Identity, bool) {
	if who, ok := quietIdentity(r); ok {
		return who, true
	}
	if user, pass, ok := r.BasicAuth(); ok && a.BasicAuth {
		for _, i := range s.opts.Identities {
			if strings.EqualFold(i.Email, user) && i.Password == pass {
				return i, true
			}
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="Basecamp"`)
		product.Error(w, http.StatusUnauthorized, "HTTP Basic: Access denied.")
		return product.Identity{}, false
	}
	who, resource, problem := s.tokens.check(bearer(r), s.opts.Now())
	if problem == "" && resource != 0 && resource != a.ID {
		problem = "The access token is for another account"
	}
	if problem != "" {
		unauthorized(w, problem)
		return product.Identity{}, false
	}
	return who, true
}

func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

func unauthorized(w http.ResponseWriter, problem string) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="Basecamp", error="invalid_token", error_description="`+problem+`"`)
	product.Error(w, http.StatusUnauthorized, problem)
}

// rawBody are the paths that take a file's own bytes and type.
var rawBody = regexp.MustCompile(`/attachments(\.json)?$|/chats/\d+/uploads(\.json)?$`)

// contentType answers 415 to a body that is not declared as JSON.
func contentType(w http.ResponseWriter, r *http.Request, path string) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.ContentLength == 0 {
		return true
	}
	ct := strings.ToLower(r.Header.Get("Content-Type"))
	if r.Method == http.MethodPost && rawBody.MatchString(path) {
		if ct == "" {
			product.Error(w, http.StatusUnsupportedMediaType, "Unsupported Media Type")
			return false
		}
		if r.ContentLength < 0 {
			product.Error(w, http.StatusLengthRequired, "Length Required")
			return false
		}
		return true
	}
	if media, _, _ := strings.Cut(ct, ";"); strings.TrimSpace(media) == "application/json" {
		return true
	}
	product.Error(w, http.StatusUnsupportedMediaType, "Unsupported Media Type")
	return false
}

// sleep waits, and reports false where the request or the server ended first.
func (s *Server) sleep(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
	case <-s.closed:
	}
	return false
}
