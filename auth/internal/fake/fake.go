// Package fake is a sign-in server for tests: strict about what it is sent,
// and counting what it answers.
package fake

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
)

// The app that Server knows.
const (
	ClientID     = "app-7310"
	ClientSecret = "app-secret-kestrel-7310"
)

// Server is the sign-in server. Each refresh token is good once, so that a
// client which loses one of two is found out.
type Server struct {
	*httptest.Server

	mu        sync.Mutex
	n         int
	access    map[string]bool
	refresh   map[string]bool
	codes     map[string]url.Values // what the code was asked for with
	devices   map[string]bool       // by device code: allowed
	userCode  map[string]string
	secrets   []string
	refreshes int
	resources []string // that refreshes came with

	// What the server does; set before it is used, or through Set.
	PKCE      bool
	Newer     bool // announces itself as an issuer with a device flow
	ExpiresIn int
	Refuse    func(w http.ResponseWriter, r *http.Request) bool // of a refresh
	Accounts  string                                            // the accounts' JSON
}

// New starts a Server on a loopback port until the test ends.
func New(t testing.TB) *Server {
	s := &Server{
		access: map[string]bool{}, refresh: map[string]bool{}, codes: map[string]url.Values{},
		devices: map[string]bool{}, userCode: map[string]string{}, ExpiresIn: 1209600,
		Accounts: `[{"product":"bc3","id":7001,"name":"Heron Works","href":"http://127.0.0.1:9/7001","app_href":"http://127.0.0.1:9/7001"}]`,
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorization/new", s.ask)
	mux.HandleFunc("POST /authorization/new", s.allow)
	mux.HandleFunc("POST /authorization/token", s.token)
	mux.HandleFunc("GET /authorization.json", s.authorization)
	mux.HandleFunc("GET /.well-known/oauth-authorization-server", s.metadata)
	mux.HandleFunc("GET /.well-known/oauth-protected-resource", s.resource)
	mux.HandleFunc("POST /device", s.device)
	mux.HandleFunc("GET /refreshes", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, s.Refreshes()) })
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

func (s *Server) next(kind string) string {
	s.n++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s", kind, s.n, s.URL))
	t := kind + "-" + base64.RawURLEncoding.EncodeToString(sum[:18])
	s.secrets = append(s.secrets, t)
	return t
}

func (s *Server) grant() (access, refresh string) {
	access, refresh = s.next("access"), s.next("refresh")
	s.access[access], s.refresh[refresh] = true, true
	return access, refresh
}

// Grant returns a pair of tokens as a sign-in would.
func (s *Server) Grant() (access, refresh string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grant()
}

// Expire makes every access token worthless.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
}

// Revoke makes every token worthless.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.access)
	clear(s.refresh)
}

// Set changes what the server does while it is used.
func (s *Server) Set(f func(*Server)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

// Refreshes counts the refreshes that gave a token.
func (s *Server) Refreshes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refreshes
}

// Resources returns the resource of each refresh.
func (s *Server) Resources() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.resources...)
}

// Secrets returns every token, code and verifier that passed through.
func (s *Server) Secrets() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{ClientSecret}, s.secrets...)
}

// Good says whether an access token is worth something.
func (s *Server) Good(access string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.access[access]
}

func (s *Server) ask(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprintf(w, `<form method="post" action="/authorization/new?%s"><button name="allow" value="yes" id="allow">Yes, I'll allow access</button><button name="allow" value="no" id="deny">No</button></form>`,
		html.EscapeString(r.URL.RawQuery))
}

func (s *Server) allow(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("state") == "" {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	v := url.Values{"state": {q.Get("state")}}
	if r.FormValue("allow") == "yes" {
		s.mu.Lock()
		code := s.next("code")
		s.codes[code] = q
		s.mu.Unlock()
		v.Set("code", code)
	} else {
		v.Set("error", "access_denied")
	}
	back.RawQuery = v.Encode()
	http.Redirect(w, r, back.String(), http.StatusSeeOther)
}

func fail(w http.ResponseWriter, code, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": text})
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.PostFormValue("client_id") != ClientID || (!s.Newer && r.PostFormValue("client_secret") != ClientSecret) {
		fail(w, "invalid_client", "")
		return
	}
	switch r.PostFormValue("grant_type") {
	case "authorization_code":
		code := r.PostFormValue("code")
		q, ok := s.codes[code]
		delete(s.codes, code)
		verifier := r.PostFormValue("code_verifier")
		sum := sha256.Sum256([]byte(verifier))
		good := base64.RawURLEncoding.EncodeToString(sum[:])
		if !ok || q.Get("redirect_uri") != r.PostFormValue("redirect_uri") || s.PKCE != (verifier != "") || (s.PKCE && q.Get("code_challenge") != good) {
			fail(w, "invalid_grant", "the code or its verifier is wrong")
			return
		}
		s.secrets = append(s.secrets, verifier)
	case "refresh_token":
		if s.Refuse != nil && s.Refuse(w, r) {
			return
		}
		old := r.PostFormValue("refresh_token")
		s.resources = append(s.resources, r.PostFormValue("resource"))
		if !s.refresh[old] {
			fail(w, "invalid_grant", "")
			return
		}
		delete(s.refresh, old)
		s.refreshes++
	case "urn:ietf:params:oauth:grant-type:device_code":
		allowed, ok := s.devices[r.PostFormValue("device_code")]
		if !ok || !allowed {
			fail(w, map[bool]string{true: "authorization_pending", false: "expired_token"}[ok], "")
			return
		}
	default:
		fail(w, "unsupported_grant_type", "")
		return
	}
	access, refresh := s.grant()
	v := map[string]any{"access_token": access, "refresh_token": refresh, "token_type": "Bearer"}
	if s.ExpiresIn > 0 {
		v["expires_in"] = s.ExpiresIn
	}
	if s.Newer {
		v["resource"] = "urn:bc:account:7001"
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Set-Cookie", "session="+access)
	_ = json.NewEncoder(w).Encode(v)
}

func (s *Server) authorization(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var access string
	if _, err := fmt.Sscanf(r.Header.Get("Authorization"), "Bearer %s", &access); err != nil || !s.access[access] {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"expires_at":"2031-03-04T05:06:07Z","identity":{"id":42,"first_name":"Ruth","last_name":"Okafor","email_address":"ruth@example.com"},"accounts":%s}`, s.Accounts)
}

func (s *Server) metadata(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.PKCE && !s.Newer {
		http.NotFound(w, r)
		return
	}
	v := map[string]any{"issuer": s.URL, "authorization_endpoint": s.URL + "/authorization/new", "token_endpoint": s.URL + "/authorization/token"}
	if s.PKCE {
		v["code_challenge_methods_supported"] = []string{"S256"}
	}
	if s.Newer {
		v["device_authorization_endpoint"] = s.URL + "/device"
	}
	_ = json.NewEncoder(w).Encode(v)
}

func (s *Server) resource(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.Newer {
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"resource": s.URL, "authorization_servers": []string{s.URL}})
}

func (s *Server) device(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, u := s.next("device"), s.next("user")
	s.devices[d], s.userCode[u] = false, d
	_ = json.NewEncoder(w).Encode(map[string]any{
		"device_code": d, "user_code": u, "verification_uri": s.URL + "/enter", "interval": 1, "expires_in": 60,
	})
}

// Enter enters a user code and allows the access.
func (s *Server) Enter(userCode string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.userCode[userCode]
	if ok {
		s.devices[d] = true
	}
	return ok
}
