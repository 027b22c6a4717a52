package signin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"basecampfs/auth"
	"basecampfs/auth/redact"
)

// ReadToken reads a token that was got elsewhere: JSON as a token endpoint
// answers it, or the access token on a line, with the refresh token on the
// next where there is one. App and e are who can refresh it and where.
func ReadToken(r io.Reader, app auth.App, e auth.Endpoints, now time.Time) (*auth.Credential, error) {
	b, err := io.ReadAll(io.LimitReader(r, 64<<10))
	if err != nil {
		return nil, auth.Errorf(auth.Usage, "pass it on standard input", "the token cannot be read").Because(err)
	}
	c := &auth.Credential{Kind: auth.OAuth, Flow: auth.FlowToken, Obtained: now}
	b = bytes.TrimSpace(bytes.TrimPrefix(b, []byte("\ufeff")))
	const hint = "pass JSON with access_token and refresh_token, or one a line, on standard input"
	if bytes.HasPrefix(b, []byte("{")) {
		var v struct {
			Access       string      `json:"access_token"`
			Refresh      string      `json:"refresh_token"`
			ExpiresIn    json.Number `json:"expires_in"`
			ExpiresAt    time.Time   `json:"expires_at"`
			ClientID     string      `json:"client_id"`
			ClientSecret string      `json:"client_secret"`
			Resource     string      `json:"resource"`
		}
		if err := json.Unmarshal(b, &v); err != nil {
			return nil, auth.Errorf(auth.Usage, hint, "the token's JSON cannot be understood")
		}
		c.AccessToken, c.RefreshToken, c.Resource, c.Expiry = v.Access, v.Refresh, v.Resource, v.ExpiresAt
		if s, err := v.ExpiresIn.Float64(); err == nil && s > 0 && s < 1e9 {
			c.Expiry = now.Add(time.Duration(s * float64(time.Second)))
		}
		if v.ClientID != "" {
			app.ID, app.Secret = v.ClientID, v.ClientSecret
		}
	} else {
		lines := strings.Fields(strings.NewReplacer("Bearer ", "", "bearer ", "").Replace(string(b)))
		if len(lines) > 2 {
			return nil, auth.Errorf(auth.Usage, hint, "there is more than an access token and a refresh token")
		}
		if len(lines) > 0 {
			c.AccessToken = lines[0]
		}
		if len(lines) > 1 {
			c.RefreshToken = lines[1]
		}
	}
	if c.AccessToken == "" && c.RefreshToken == "" {
		return nil, auth.Errorf(auth.Usage, hint, "there is no token on standard input")
	}
	if c.RefreshToken != "" {
		c.ClientID, c.ClientSecret, c.TokenURL = app.ID, app.Secret, e.TokenURL
		if b := auth.BuiltinApp(); b.ID != "" && b.ID == app.ID && b.Secret == app.Secret {
			c.ClientSecret = ""
		}
		if e.Issuer != "" {
			c.AuthorizationURL = e.AuthorizationURL
		}
	}
	c.Register()
	return c, c.Check()
}

// DefaultBasecamp2 is the origin of Basecamp 2's API.
const DefaultBasecamp2 = "https://basecamp.com"

// Password signs in to one's own account of Basecamp 2, the one product that
// takes a user and a password. Origin is DefaultBasecamp2 as a rule.
func Password(ctx context.Context, client *http.Client, origin string, account int64, user, password string) (*auth.Credential, error) {
	if strings.Contains(user, ":") {
		return nil, auth.Errorf(auth.Usage, "sign in with OAuth: basecampfs auth login", "a user name with a colon cannot be used this way")
	}
	c := &auth.Credential{
		Kind: auth.Basic, User: user, Password: password, Product: auth.Basecamp2, Account: account,
		Href: fmt.Sprintf("%s/%d/api/v1", strings.TrimRight(origin, "/"), account), Flow: auth.FlowBasic,
	}
	return c, verify(ctx, client, c, "/people/me.json", "the user and password",
		"check them, and that the account is a Basecamp 2 one; with two-factor sign-in only OAuth works: basecampfs auth login")
}

// APIToken keeps the API token of a Classic account, such as
// https://example.basecamphq.com, once its site has accepted it.
func APIToken(ctx context.Context, client *http.Client, site, token string) (*auth.Credential, error) {
	c := &auth.Credential{
		Kind: auth.APIToken, Password: token, Product: auth.Classic, Href: strings.TrimRight(site, "/"), Flow: auth.FlowAPI,
	}
	return c, verify(ctx, client, c, "/me.xml", "the API token", "copy it from My info on the account's site")
}

// verify asks who the credential belongs to, at its own account alone.
func verify(ctx context.Context, client *http.Client, c *auth.Credential, path, what, hint string) error {
	c.Register()
	if c.Password == "" {
		return auth.Errorf(auth.Usage, "pass it on standard input or type it when asked", "there is no password or token")
	}
	u, err := url.Parse(c.Href + path)
	if err != nil {
		return auth.Errorf(auth.Usage, "use an address such as https://example.com", "%s is no address", auth.Plain(c.Href))
	}
	if err := auth.CheckURL(u); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Basic "+c.Secret())
	d := *client
	d.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := d.Do(req)
	if err != nil {
		if e, ok := errors.AsType[*auth.Error](err); ok {
			return e
		}
		return auth.Errorf(auth.Unreachable, "try again; `basecampfs doctor` checks the network", "%s cannot be reached: %s", u.Host, auth.Plain(err.Error())).Because(err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusOK:
		redact.Register(c.Secret())
		return nil
	case resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden:
		return auth.Errorf(auth.Denied, hint, "%s does not accept %s", u.Host, what)
	case resp.StatusCode == http.StatusNotFound:
		return auth.Errorf(auth.NotFound, "the number is in the address of its pages: https://basecamp.com/NUMBER/", "%s has no such account", u.Host)
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500:
		return auth.Errorf(auth.Unreachable, "try again later", "%s answered %d", u.Host, resp.StatusCode)
	}
	return auth.Errorf(auth.Denied, hint, "%s answered %d", u.Host, resp.StatusCode)
}
