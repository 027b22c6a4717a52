package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"basecampfs/api/simulator/product"
)

// Paths of OAuth 2.1, apart from Launchpad's.
const (
	issuerPath        = "/oauth"
	protectedResource = "/.well-known/oauth-protected-resource"
	serverMetadata    = "/.well-known/oauth-authorization-server"
	deviceGrantType   = "urn:ietf:params:oauth:grant-type:device_code"
)

// deviceLife is how long a device code can be approved.
const deviceLife = 15 * time.Minute

// deviceGrants are the devices that wait to be let in.
type deviceGrants struct {
	mu     sync.Mutex
	n      int
	byCode map[string]*deviceGrant // by device code
}

type deviceGrant struct {
	userCode string
	resource int64
	expires  time.Time
	polled   time.Time
	who      product.Identity
	decision string // "", allow, deny
}

func resourceURN(account int64) string { return fmt.Sprintf("urn:bc:account:%d", account) }

func (s *Server) oauth21(w http.ResponseWriter, r *http.Request) {
	issuer := s.originOf(r) + issuerPath
	switch r.Method + " " + r.URL.Path {
	case "GET " + protectedResource:
		s.resourceMetadata(w, r, s.firstMountable())
	case "GET " + issuerPath + serverMetadata, "GET " + serverMetadata + issuerPath:
		writeJSON(w, http.StatusOK, map[string]any{
			"issuer": issuer, "token_endpoint": issuer + "/token",
			"device_authorization_endpoint":         issuer + "/device_authorization",
			"grant_types_supported":                 []string{deviceGrantType, "refresh_token"},
			"response_types_supported":              []string{"code"},
			"token_endpoint_auth_methods_supported": []string{"none", "client_secret_post"},
			"code_challenge_methods_supported":      []string{"S256"},
		})
	case "POST " + issuerPath + "/device_authorization":
		s.startDevice(w, r)
	case "GET " + issuerPath + "/device":
		render(w, http.StatusOK, devicePage, map[string]any{"Title": "Connect a device", "Action": issuerPath + "/device",
			"Code": r.URL.Query().Get("user_code"), "Identities": s.opts.Identities})
	case "POST " + issuerPath + "/device":
		s.decideDevice(w, r)
	case "POST " + issuerPath + "/token":
		s.deviceToken(w, r)
	default:
		product.Error(w, http.StatusNotFound, "Not Found")
	}
}

func (s *Server) firstMountable() *product.Account {
	i := slices.IndexFunc(s.accounts, func(a *product.Account) bool { return a.Handler != nil })
	return s.accounts[i]
}

func (s *Server) resourceMetadata(w http.ResponseWriter, r *http.Request, a *product.Account) {
	writeJSON(w, http.StatusOK, map[string]any{
		"resource":              resourceURN(a.ID),
		"authorization_servers": []string{s.originOf(r) + issuerPath},
		"bearer_methods_supported": []string{
			"header",
		},
	})
}

// resource reads the resource parameter: the account that a token is for.
func (s *Server) resource(f url.Values) (int64, bool) {
	v := f.Get("resource")
	if v == "" {
		return s.firstMountable().ID, true
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(v, "urn:bc:account:"), 10, 64)
	ok := err == nil && slices.ContainsFunc(s.accounts, func(a *product.Account) bool { return a.ID == n && a.Handler != nil })
	return n, ok
}

func (s *Server) startDevice(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.PostForm.Get("client_id") != ClientID {
		oauthError(w, http.StatusUnauthorized, "invalid_client", "client_id is unknown")
		return
	}
	resource, ok := s.resource(r.PostForm)
	if !ok {
		oauthError(w, http.StatusBadRequest, "invalid_target", "resource is unknown")
		return
	}
	d := &s.device
	d.mu.Lock()
	d.n++
	g := &deviceGrant{userCode: fmt.Sprintf("BCFS-%04d", 1000+d.n), resource: resource, expires: s.opts.Now().Add(deviceLife)}
	s.tokens.mu.Lock()
	code := s.tokens.make("device")
	s.tokens.mu.Unlock()
	if d.byCode == nil {
		d.byCode = map[string]*deviceGrant{}
	}
	d.byCode[code] = g
	d.mu.Unlock()
	page := s.originOf(r) + issuerPath + "/device"
	writeJSON(w, http.StatusOK, map[string]any{
		"device_code": code, "user_code": g.userCode, "verification_uri": page,
		"verification_uri_complete": page + "?user_code=" + g.userCode,
		"expires_in":                int(deviceLife / time.Second), "interval": int(max(s.opts.DeviceInterval/time.Second, 1)),
	})
}

func (s *Server) decideDevice(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		message(w, http.StatusBadRequest, "That didn’t work", err.Error())
		return
	}
	who, ok := s.identity(r.PostForm.Get("identity"))
	code := strings.ToUpper(strings.TrimSpace(r.PostForm.Get("user_code")))
	s.device.mu.Lock()
	defer s.device.mu.Unlock()
	for _, g := range s.device.byCode {
		if ok && g.userCode == code && g.decision == "" {
			g.who, g.decision = who, "deny"
			if r.PostForm.Get("decision") == "allow" {
				g.decision = "allow"
			}
			message(w, http.StatusOK, "Thank you", "You can go back to your device.")
			return
		}
	}
	message(w, http.StatusNotFound, "That didn’t work", "No device is waiting with this code.")
}

// deviceToken answers a device that asks again, and refreshes.
func (s *Server) deviceToken(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.PostForm.Get("client_id") != ClientID {
		oauthError(w, http.StatusUnauthorized, "invalid_client", "client_id is unknown")
		return
	}
	f := r.PostForm
	switch f.Get("grant_type") {
	case "refresh_token":
		resource, err := strconv.ParseInt(strings.TrimPrefix(f.Get("resource"), "urn:bc:account:"), 10, 64)
		if err != nil {
			oauthError(w, http.StatusBadRequest, "invalid_target", "resource must be the one that the token is for")
			return
		}
		s.refresh(w, f, resource)
	case deviceGrantType:
		s.pollDevice(w, f.Get("device_code"))
	default:
		oauthError(w, http.StatusBadRequest, "unsupported_grant_type", "grant_type is not supported")
	}
}

func (s *Server) pollDevice(w http.ResponseWriter, code string) {
	d := &s.device
	d.mu.Lock()
	defer d.mu.Unlock()
	g := d.byCode[code]
	now := s.opts.Now()
	switch {
	case g == nil:
		oauthError(w, http.StatusBadRequest, "invalid_grant", "device_code is unknown")
	case !now.Before(g.expires):
		delete(d.byCode, code)
		oauthError(w, http.StatusBadRequest, "expired_token", "device_code is too old")
	case g.decision == "allow":
		delete(d.byCode, code)
		s.tokens.mu.Lock()
		access, refresh := s.tokens.issue(g.who, ClientID, g.resource)
		s.tokens.mu.Unlock()
		s.writeTokens(w, access, refresh, map[string]any{"resource": resourceURN(g.resource)})
	case g.decision == "deny":
		delete(d.byCode, code)
		oauthError(w, http.StatusBadRequest, "access_denied", "The request was denied")
	case now.Sub(g.polled) < s.opts.DeviceInterval:
		g.polled = now
		oauthError(w, http.StatusBadRequest, "slow_down", "Ask less often")
	default:
		g.polled = now
		oauthError(w, http.StatusBadRequest, "authorization_pending", "Nobody has decided yet")
	}
}
