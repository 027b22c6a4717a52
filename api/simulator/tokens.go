package simulator

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
	"time"

	"basecampfs/api/simulator/product"
)

// tokens are Launchpad's codes, access tokens and refresh tokens. They come
// from a counter: a simulator has nothing to hide, and a run can be repeated.
type tokens struct {
	mu      sync.Mutex
	opts    Options
	first   string
	n       int
	access  map[string]*accessToken
	refresh map[string]*refreshToken
	codes   map[string]*grant
}

type accessToken struct {
	who      product.Identity
	expires  time.Time
	resource int64 // the one account that it is for; 0 for all
	revoked  bool
}

type refreshToken struct {
	who      product.Identity
	client   string
	resource int64
	revoked  bool // the person changed the password
}

// grant is an authorization code.
type grant struct {
	who                 product.Identity
	client, redirect    string
	challenge, verifier string // PKCE: the challenge and its method
	expires             time.Time
}

// codeLife is how long an authorization code can be exchanged.
const codeLife = 10 * time.Minute

func (t *tokens) init(o Options) {
	t.opts = o
	t.access = map[string]*accessToken{}
	t.refresh = map[string]*refreshToken{}
	t.codes = map[string]*grant{}
	t.first, _ = t.issue(o.Identities[0], ClientID, 0)
}

func (t *tokens) make(kind string) string {
	t.n++
	sum := sha256.Sum256([]byte(kind + strconv.Itoa(t.n)))
	return "BAhbB0kiAbB7" + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s:%d", kind, t.n)) + "--" + hex.EncodeToString(sum[:20])
}

// issue makes a pair of tokens. The caller holds the lock, or is alone.
func (t *tokens) issue(who product.Identity, client string, resource int64) (access, refresh string) {
	access, refresh = t.make("access"), t.make("refresh")
	t.access[access] = &accessToken{who: who, expires: t.opts.Now().Add(t.opts.TokenLife), resource: resource}
	t.refresh[refresh] = &refreshToken{who: who, client: client, resource: resource}
	return access, refresh
}

// check returns whose token it is and the account that it is for, 0 for all;
// or what is wrong with it.
func (t *tokens) check(token string, now time.Time) (who product.Identity, resource int64, problem string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	a := t.access[token]
	switch {
	case token == "":
		return who, 0, "Authentication is required"
	case a == nil || a.revoked:
		return who, 0, "OAuth token invalid"
	case !now.Before(a.expires):
		return who, 0, "OAuth token expired (old age)"
	}
	return a.who, a.resource, ""
}

// RevokeToken makes an access token, or a refresh token, worthless: an
// access token as if the person had withdrawn it, a refresh token as if the
// person had changed the password.
func (s *Server) RevokeToken(token string) {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	if a := s.tokens.access[token]; a != nil {
		a.revoked = true
	}
	if r := s.tokens.refresh[token]; r != nil {
		r.revoked = true
	}
}

// ExpireToken makes an access token too old.
func (s *Server) ExpireToken(token string) {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	if a := s.tokens.access[token]; a != nil {
		a.expires = time.Time{}
	}
}

// RestoreToken undoes RevokeToken and ExpireToken.
func (s *Server) RestoreToken(token string) {
	s.tokens.mu.Lock()
	defer s.tokens.mu.Unlock()
	if a := s.tokens.access[token]; a != nil {
		a.revoked, a.expires = false, s.opts.Now().Add(s.opts.TokenLife)
	}
	if r := s.tokens.refresh[token]; r != nil {
		r.revoked = false
	}
}

// NewToken signs somebody in, named by name or email address, and returns an
// access token and a refresh token.
func (s *Server) NewToken(name string) (access, refresh string, err error) {
	for _, i := range s.opts.Identities {
		if i.Name() == name || i.Email == name {
			s.tokens.mu.Lock()
			defer s.tokens.mu.Unlock()
			access, refresh = s.tokens.issue(i, ClientID, 0)
			return access, refresh, nil
		}
	}
	return "", "", fmt.Errorf("simulator: nobody is called %q", name)
}
