package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"basecampfs/auth"
	"basecampfs/auth/redact"
)

// Device signs in with the device flow (RFC 8628): a short code is entered on
// a page of the server, in any browser anywhere.
type Device struct {
	HTTP      *http.Client
	Endpoints auth.Endpoints
	App       auth.App

	Open func(url string) error // nil leaves it to the person
	Out  io.Writer
	Now  func() time.Time // nil for time.Now
}

// SignIn runs the flow. It asks the server at the pace that the server sets.
func (f *Device) SignIn(ctx context.Context) (*auth.Credential, error) {
	if f.App.ID == "" {
		return nil, auth.Errorf(auth.Client, "pass the id of your own app with --client-id or BASECAMPFS_CLIENT_ID, or use --launchpad",
			"the sign-in server %s wants an app of yours", auth.Plain(f.Endpoints.Issuer))
	}
	if f.Endpoints.DeviceURL == "" {
		return nil, auth.Errorf(auth.Unsupported, "sign in with the browser: basecampfs auth login", "the sign-in server %s has no device flow", auth.Plain(f.Endpoints.Issuer))
	}
	redact.Register(f.App.Secret)
	conf := &oauth2.Config{
		ClientID: f.App.ID, ClientSecret: f.App.Secret,
		Endpoint: oauth2.Endpoint{DeviceAuthURL: f.Endpoints.DeviceURL, TokenURL: f.Endpoints.TokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}
	client := withClient(ctx, f.HTTP)
	d, err := conf.DeviceAuth(client)
	if err != nil {
		return nil, auth.GrantError(err)
	}
	redact.Register(d.DeviceCode, d.UserCode)
	if d.Interval < 0 || d.Interval > 300 {
		d.Interval = 5 // the default of RFC 8628, section 3.2
	}
	u, err := url.Parse(d.VerificationURI)
	if err != nil || d.DeviceCode == "" || d.UserCode == "" || auth.CheckURL(u) != nil {
		return nil, auth.Errorf(auth.Malformed, "try again later, or use --launchpad", "the sign-in server answered with no code or no address to enter it at")
	}
	// The code is printed as the server gave it, but for control characters:
	// Plain would cover it.
	fmt.Fprintf(f.Out, "Open this address in a browser, on any machine:\n\n  %s\n\nand enter the code:\n\n  %s\n\n", u, printable(d.UserCode))
	if f.Open != nil {
		to := u.String()
		if c, err := url.Parse(d.VerificationURIComplete); err == nil && auth.CheckURL(c) == nil && c.Host == u.Host {
			to = c.String()
		}
		_ = f.Open(to)
	}
	t, err := conf.DeviceAccessToken(client, d)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil, auth.Errorf(auth.Timeout, "run `basecampfs auth login` again and enter the new code in time", "the code was not entered in time")
	}
	if err != nil {
		return nil, auth.GrantError(err)
	}
	now := time.Now
	if f.Now != nil {
		now = f.Now
	}
	return auth.FromToken(t, f.Endpoints, f.App, auth.FlowDevice, now())
}

// printable keeps the visible ASCII of a short text.
func printable(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r >= ' ' && r <= '~' && len(out) < 64 {
			out = append(out, r)
		}
	}
	return string(out)
}
