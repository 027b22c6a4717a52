package auth

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// DefaultLaunchpad is where every product's sign-in is, and DefaultAPI where
// newer accounts announce theirs.
const (
	DefaultLaunchpad = "https://launchpad.37signals.com"
	DefaultAPI       = "https://3.basecampapi.com"
)

// maxAnswer bounds in bytes what is read of any answer about signing in.
const maxAnswer = 1 << 20

// Endpoints are the addresses of an authorization server.
type Endpoints struct {
	Issuer           string // "" for Launchpad, which has no metadata of its own
	AuthURL          string
	TokenURL         string
	DeviceURL        string // "" where the server has no device flow
	AuthorizationURL string // the list of accounts
	PKCE             bool   // the server announces S256
	Scopes           []string
	Resource         string // "" where none was announced
}

// CheckURL returns an Error unless secrets may be sent to u: over TLS, or in
// the clear to this machine alone.
func CheckURL(u *url.URL) error {
	ip := net.ParseIP(u.Hostname())
	loopback := strings.EqualFold(u.Hostname(), "localhost") || (ip != nil && ip.IsLoopback())
	switch {
	case u.Host == "" || u.User != nil:
		return Errorf(Usage, "use an address such as https://example.com", "%s is not the address of a server", Plain(u.Redacted()))
	case u.Scheme == "https", u.Scheme == "http" && loopback:
		return nil
	}
	return Errorf(Usage, "use an https address; plain http is for this machine alone", "no secret is sent to %s over an unencrypted connection", Plain(u.Host))
}

func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return Errorf(Malformed, "", "%s is no address", Plain(s))
	}
	return CheckURL(u)
}

// Launchpad returns the endpoints below a base such as DefaultLaunchpad, and
// asks the server whether it takes PKCE. One that says nothing takes none.
func Launchpad(ctx context.Context, c *http.Client, base string) (Endpoints, error) {
	base = strings.TrimRight(base, "/")
	if err := checkURL(base); err != nil {
		return Endpoints{}, err
	}
	e := launchpad(base)
	var m metadata
	if found, err := getJSON(ctx, c, base+wellKnownServer, &m); err == nil && found {
		e.PKCE = slices.Contains(m.Challenges, "S256")
	}
	return e, nil
}

func launchpad(base string) Endpoints {
	return Endpoints{
		AuthURL:          base + "/authorization/new",
		TokenURL:         base + "/authorization/token",
		AuthorizationURL: base + "/authorization.json",
	}
}

const (
	wellKnownServer   = "/.well-known/oauth-authorization-server" // RFC 8414
	wellKnownResource = "/.well-known/oauth-protected-resource"   // RFC 9728
)

// metadata is an authorization server's description of itself (RFC 8414).
type metadata struct {
	Issuer     string   `json:"issuer"`
	AuthURL    string   `json:"authorization_endpoint"`
	TokenURL   string   `json:"token_endpoint"`
	DeviceURL  string   `json:"device_authorization_endpoint"`
	Challenges []string `json:"code_challenge_methods_supported"`
	Scopes     []string `json:"scopes_supported"`
}

// Discover asks an API which server signs its users in. It returns false where
// the API names none, so that Launchpad does. Once a server is named, whatever
// is wrong with it is an error: falling back would hand the sign-in to another
// server than the one that was chosen.
func Discover(ctx context.Context, c *http.Client, apiBase string) (Endpoints, bool, error) {
	apiBase = strings.TrimRight(apiBase, "/")
	if err := checkURL(apiBase); err != nil {
		return Endpoints{}, false, err
	}
	var resource struct {
		Servers []string `json:"authorization_servers"`
		Scopes  []string `json:"scopes_supported"`
	}
	found, err := getJSON(ctx, c, apiBase+wellKnownResource, &resource)
	if err != nil || !found || len(resource.Servers) == 0 {
		if c := CodeOf(err); c == Canceled || c == Proxy || c == Certificate {
			return Endpoints{}, false, err
		}
		return Endpoints{}, false, nil
	}
	issuer := strings.TrimRight(resource.Servers[0], "/")
	const hint = "try `basecampfs auth login --launchpad`, or again later"
	u, err := url.Parse(issuer)
	if err != nil {
		return Endpoints{}, true, Errorf(Malformed, hint, "%s names a sign-in server with no address", Plain(apiBase))
	}
	if err := CheckURL(u); err != nil {
		return Endpoints{}, true, err
	}
	// RFC 8414, section 3: the well-known part comes before the issuer's path.
	path := u.Path
	u.Path, u.RawPath = wellKnownServer+path, ""
	var m metadata
	found, err = getJSON(ctx, c, u.String(), &m)
	if err != nil {
		return Endpoints{}, true, err
	}
	if !found {
		return Endpoints{}, true, Errorf(Malformed, hint, "the sign-in server %s does not describe itself", Plain(issuer))
	}
	if strings.TrimRight(m.Issuer, "/") != issuer {
		return Endpoints{}, true, Errorf(Malformed, hint, "the sign-in server %s says that it is %s", Plain(issuer), Plain(m.Issuer))
	}
	for _, s := range []string{m.TokenURL, m.DeviceURL, m.AuthURL} {
		if s == "" {
			continue
		}
		if err := checkURL(s); err != nil {
			return Endpoints{}, true, err
		}
	}
	if m.TokenURL == "" {
		return Endpoints{}, true, Errorf(Malformed, hint, "the sign-in server %s names no token endpoint", Plain(issuer))
	}
	return Endpoints{
		Issuer: issuer, AuthURL: m.AuthURL, TokenURL: m.TokenURL, DeviceURL: m.DeviceURL,
		AuthorizationURL: apiBase + "/authorization.json",
		PKCE:             slices.Contains(m.Challenges, "S256"),
	}, true, nil
}

// getJSON reads a document into v. It returns false for an answer that is no
// success, since that only says that there is no such document.
func getJSON(ctx context.Context, c *http.Client, u string, v any) (bool, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return false, Errorf(Malformed, "", "%s is no address", Plain(u)).Because(err)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := still(c).Do(req)
	if err != nil {
		return false, requestError("asking "+req.URL.Host, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return false, nil
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(v); err != nil {
		return false, Errorf(Malformed, "", "%s answered something that is not JSON", Plain(req.URL.Host)).Because(err)
	}
	return true, nil
}

// still returns c with redirects not followed: they would carry a secret to a
// place that nobody chose.
func still(c *http.Client) *http.Client {
	d := *c
	d.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &d
}
