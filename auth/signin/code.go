// Package signin is every way of getting a Credential: in a browser on this
// machine or on another, with a code on a device, with a token that is there
// already, and with a user and a password where a product still takes them.
package signin

import (
	"bufio"
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"basecampfs/auth"
	"basecampfs/auth/redact"
)

// Code signs in with the authorization code flow (RFC 6749, section 4.1):
// somebody allows the access in a browser, which brings a code back to a page
// of ours on this machine, or whose address is pasted.
type Code struct {
	HTTP      *http.Client
	Endpoints auth.Endpoints
	App       auth.App

	// Open opens a browser. Nil prints the address and leaves the rest to the
	// person, whose browser may be on another machine.
	Open func(url string) error

	Out io.Writer // for the person
	In  io.Reader // a code or an address that is pasted; nil for none

	Timeout time.Duration    // for the person to act; 0 waits for ever
	Now     func() time.Time // nil for time.Now
}

// DefaultRedirect is where the browser comes back to when App names no place:
// a free port of this machine.
const DefaultRedirect = "http://127.0.0.1:0/callback"

// CheckApp returns an Error where app cannot sign anybody in.
func CheckApp(app auth.App) error {
	if app.ID != "" {
		return nil
	}
	return auth.Errorf(auth.Client,
		"register an app at https://launchpad.37signals.com/integrations with the redirect URI http://127.0.0.1:8977/callback, then: "+
			"basecampfs auth login --client-id ID --port 8977 (the secret is asked for, or taken from BASECAMPFS_CLIENT_SECRET)",
		"this build of basecampfs has no app of its own to sign in with")
}

// SignIn runs the flow.
func (f *Code) SignIn(ctx context.Context) (*auth.Credential, error) {
	if err := CheckApp(f.App); err != nil {
		return nil, err
	}
	if f.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, f.Timeout)
		defer cancel()
	}
	state := oauth2.GenerateVerifier() // 256 random bits
	redirect := f.App.RedirectURL
	if redirect == "" {
		redirect = DefaultRedirect
	}
	cb, err := listen(redirect, state)
	if err != nil {
		return nil, err
	}
	defer cb.close()

	conf := &oauth2.Config{
		ClientID: f.App.ID, ClientSecret: f.App.Secret, RedirectURL: cb.redirect,
		Endpoint: oauth2.Endpoint{AuthURL: f.Endpoints.AuthURL, TokenURL: f.Endpoints.TokenURL, AuthStyle: oauth2.AuthStyleInParams},
	}
	var ask, tell []oauth2.AuthCodeOption
	verifier := ""
	if f.Endpoints.PKCE {
		verifier = oauth2.GenerateVerifier()
		ask = append(ask, oauth2.S256ChallengeOption(verifier))
		tell = append(tell, oauth2.VerifierOption(verifier))
	}
	redact.Register(state, verifier, f.App.Secret)
	if err := f.show(conf.AuthCodeURL(state, ask...), cb); err != nil {
		return nil, err
	}
	got, err := f.wait(ctx, cb, state)
	if err != nil {
		return nil, err
	}
	redact.Register(got.code)
	c, err := f.exchange(ctx, conf, got.code, tell)
	got.report(err)
	return c, err
}

func (f *Code) exchange(ctx context.Context, conf *oauth2.Config, code string, opts []oauth2.AuthCodeOption) (*auth.Credential, error) {
	now := time.Now
	if f.Now != nil {
		now = f.Now
	}
	t, err := conf.Exchange(withClient(ctx, f.HTTP), code, opts...)
	if err != nil {
		return nil, auth.GrantError(err)
	}
	return auth.FromToken(t, f.Endpoints, f.App, auth.FlowBrowser, now())
}

// withClient makes package oauth2 use c, and follow no redirect: it would
// carry the code to a place that nobody chose.
func withClient(ctx context.Context, c *http.Client) context.Context {
	d := *c
	d.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return context.WithValue(ctx, oauth2.HTTPClient, &d)
}

// show opens the browser or says what to open.
func (f *Code) show(address string, cb *callback) error {
	opened := false
	if f.Open != nil && cb.server != nil {
		if err := f.Open(address); err == nil {
			opened = true
			fmt.Fprintf(f.Out, "Your browser shows Basecamp's page; allow the access there. If it does not, open:\n\n  %s\n\n", address)
		}
	}
	if !opened {
		fmt.Fprintf(f.Out, "Open this address in a browser, on any machine, and allow the access:\n\n  %s\n\n", address)
	}
	if cb.busy != nil && f.In == nil {
		return cb.busy
	}
	if f.In != nil {
		if cb.busy != nil {
			fmt.Fprintf(f.Out, "(%s.)\n", cb.busy.Error())
		}
		fmt.Fprint(f.Out, "If the browser then shows an error at an address of 127.0.0.1 or localhost, or a code,\ncopy that whole address, or the code, paste it here and press Enter.\n")
	}
	return nil
}

// wait returns the code, from whichever way it comes first.
func (f *Code) wait(ctx context.Context, cb *callback, state string) (arrival, error) {
	pasted := make(chan arrival)
	closed := make(chan struct{})
	stop := make(chan struct{})
	defer close(stop)
	if f.In != nil {
		go func() {
			defer close(closed)
			lines := bufio.NewScanner(f.In)
			for lines.Scan() {
				if strings.TrimSpace(lines.Text()) == "" {
					continue
				}
				code, err := ParsePasted(lines.Text(), state)
				select {
				case pasted <- arrival{code: code, err: err, report: func(error) {}}:
				case <-stop:
					return
				}
			}
		}()
	} else {
		close(closed)
	}
	for {
		select {
		case a := <-cb.arrived:
			if a.err != nil {
				a.report(a.err)
			}
			return a, a.err
		case a := <-pasted:
			if auth.CodeOf(a.err) == auth.Usage {
				// A slip of the hand; another line may be right.
				fmt.Fprintf(f.Out, "%s; %s.\n", a.err, auth.HintOf(a.err))
				continue
			}
			return a, a.err
		case <-closed:
			closed = nil
			if cb.server == nil {
				return arrival{}, auth.Errorf(auth.Denied, "run it in a terminal, or carry a sign-in over with `basecampfs auth export` and `import`",
					"no code was pasted, and the browser cannot bring one to this machine")
			}
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return arrival{}, auth.Errorf(auth.Timeout, "run `basecampfs auth login` again", "nobody allowed the access in time")
			}
			return arrival{}, auth.Errorf(auth.Canceled, "", "signing in was given up").Because(ctx.Err())
		}
	}
}

// ParsePasted finds the code in what a person pastes: the code alone, the
// whole address that the browser came back to, or the part behind its question
// mark. A state that comes with it must be ours. An Error with Code Usage is a
// slip that another line may mend.
func ParsePasted(line, state string) (string, error) {
	s := strings.Trim(strings.TrimSpace(line), `"'<>`)
	const hint = "paste the code, or the whole address that the browser ended at"
	query := ""
	if u, err := url.Parse(s); err == nil && u.Scheme != "" && u.Host != "" {
		query = u.RawQuery
		if query == "" {
			return "", auth.Errorf(auth.Usage, hint, "this address holds no code")
		}
	} else if strings.Contains(s, "code=") || strings.Contains(s, "error=") {
		query = strings.TrimLeft(s, "?&")
	}
	if query == "" {
		if s == "" || strings.ContainsAny(s, " \t/\\") {
			return "", auth.Errorf(auth.Usage, hint, "this is no code")
		}
		return s, nil
	}
	v, err := url.ParseQuery(query)
	if err != nil {
		return "", auth.Errorf(auth.Usage, hint, "this address cannot be understood")
	}
	if v.Has("state") && !sameState(v.Get("state"), state) {
		return "", auth.Errorf(auth.Usage, "paste the address of this attempt, not of an earlier one", "this address belongs to another attempt to sign in")
	}
	return codeOf(v)
}

func sameState(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// codeOf returns the code of a callback, or what it says went wrong.
func codeOf(v url.Values) (string, error) {
	if e := v.Get("error"); e != "" {
		const hint = "run `basecampfs auth login` again and allow the access"
		if e == "access_denied" {
			return "", auth.Errorf(auth.Denied, hint, "the access was not allowed")
		}
		return "", auth.Errorf(auth.Denied, hint, "the sign-in server refused: %s %s", auth.Plain(e), auth.Plain(v.Get("error_description")))
	}
	if c := v.Get("code"); c != "" {
		return c, nil
	}
	return "", auth.Errorf(auth.Usage, "paste the code, or the whole address that the browser ended at", "this address holds no code")
}
