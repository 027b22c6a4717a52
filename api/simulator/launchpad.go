package simulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"net/url"
	"time"

	"basecampfs/api/simulator/product"
)

// launchpad serves the authorization page, the token endpoint and
// authorization.json.
func (s *Server) launchpad(w http.ResponseWriter, r *http.Request) {
	switch r.Method + " " + r.URL.Path {
	case "GET /authorization/new":
		s.authorizationPage(w, r)
	case "POST /authorization":
		s.authorize(w, r)
	case "POST /authorization/token":
		s.token(w, r)
	case "GET /authorization.json":
		s.authorization(w, r)
	default:
		product.Error(w, http.StatusNotFound, "Not Found")
	}
}

// authorization lists the accounts of whoever holds the token.
func (s *Server) authorization(w http.ResponseWriter, r *http.Request) {
	who, quiet := quietIdentity(r)
	expires := s.opts.Now().Add(s.opts.TokenLife)
	if !quiet {
		var problem string
		token := bearer(r)
		if who, _, problem = s.tokens.check(token, s.opts.Now()); problem != "" {
			unauthorized(w, problem)
			return
		}
		s.tokens.mu.Lock()
		expires = s.tokens.access[token].expires
		s.tokens.mu.Unlock()
	}
	product.Encode(w, r, http.StatusOK, map[string]any{
		"expires_at": expires.UTC().Format(time.RFC3339),
		"identity": map[string]any{"id": who.ID, "first_name": who.FirstName, "last_name": who.LastName,
			"email_address": who.Email},
		"accounts": s.accountsFor(who, s.originOf(r)),
	}, time.Time{})
}

// allowedRedirect reports whether a redirect URI is the registered one, or an
// http one to loopback.
func allowedRedirect(uri string) bool {
	if uri == RedirectURI {
		return true
	}
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "http" || u.Fragment != "" || u.User != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// token exchanges a code or a refresh token. Parameters come in the body or,
// as older clients send them, in the query.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		oauthError(w, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	f := r.Form
	client, secret := f.Get("client_id"), f.Get("client_secret")
	if user, pass, ok := r.BasicAuth(); ok {
		client, secret = user, pass
	}
	if client != ClientID || subtle.ConstantTimeCompare([]byte(secret), []byte(ClientSecret)) != 1 {
		oauthError(w, http.StatusUnauthorized, "invalid_client", "client_id or client_secret is wrong")
		return
	}
	switch {
	case f.Get("grant_type") == "authorization_code", f.Get("type") == "web_server":
		s.exchangeCode(w, f)
	case f.Get("grant_type") == "refresh_token", f.Get("type") == "refresh":
		s.refresh(w, f, 0)
	default:
		oauthError(w, http.StatusBadRequest, "unsupported_grant_type", "grant_type must be authorization_code or refresh_token")
	}
}

func (s *Server) exchangeCode(w http.ResponseWriter, f url.Values) {
	t := &s.tokens
	t.mu.Lock()
	defer t.mu.Unlock()
	g := t.codes[f.Get("code")]
	delete(t.codes, f.Get("code")) // a code works once
	switch {
	case g == nil || !s.opts.Now().Before(g.expires):
		oauthError(w, http.StatusBadRequest, "invalid_grant", "The authorization code is unknown, used or too old")
	case f.Get("redirect_uri") != g.redirect:
		oauthError(w, http.StatusBadRequest, "invalid_grant", "redirect_uri is not the one that was authorized")
	case !g.verify(f.Get("code_verifier")):
		oauthError(w, http.StatusBadRequest, "invalid_grant", "code_verifier does not match the code_challenge")
	default:
		access, refresh := t.issue(g.who, g.client, 0)
		s.writeTokens(w, access, refresh, nil)
	}
}

// verify checks PKCE where the authorization asked for it.
func (g *grant) verify(verifier string) bool {
	switch {
	case g.challenge == "":
		return true
	case g.verifier == "S256":
		sum := sha256.Sum256([]byte(verifier))
		return base64.RawURLEncoding.EncodeToString(sum[:]) == g.challenge
	}
	return verifier == g.challenge
}

// refresh exchanges a refresh token. Where resource is not 0, the token must
// be for that account.
func (s *Server) refresh(w http.ResponseWriter, f url.Values, resource int64) {
	t := &s.tokens
	t.mu.Lock()
	defer t.mu.Unlock()
	token := f.Get("refresh_token")
	r := t.refresh[token]
	switch {
	case r == nil:
		oauthError(w, http.StatusBadRequest, "invalid_grant", "Unknown Basecamp ID for this refresh token")
	case r.revoked:
		oauthError(w, http.StatusBadRequest, "invalid_grant", "The Basecamp ID has rekeyed its deadbolt: ask for a new authorization")
	case r.resource != resource:
		oauthError(w, http.StatusBadRequest, "invalid_target", "resource must be the one that the token is for")
	default:
		access, refresh := t.issue(r.who, r.client, r.resource)
		if s.opts.RotateRefresh {
			delete(t.refresh, token)
		} else {
			delete(t.refresh, refresh)
			refresh = token
		}
		extra := map[string]any{}
		if r.resource != 0 {
			extra["resource"] = resourceURN(r.resource)
		}
		s.writeTokens(w, access, refresh, extra)
	}
}

func (s *Server) writeTokens(w http.ResponseWriter, access, refresh string, extra map[string]any) {
	m := map[string]any{"access_token": access, "token_type": "Bearer", "refresh_token": refresh,
		"expires_in": int64(s.opts.TokenLife / time.Second)}
	for k, v := range extra {
		m[k] = v
	}
	writeJSON(w, http.StatusOK, m)
}

func oauthError(w http.ResponseWriter, status int, code, description string) {
	writeJSON(w, status, map[string]string{"error": code, "error_description": description})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(product.MustJSON(v))
}
