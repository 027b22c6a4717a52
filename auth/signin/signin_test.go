package signin_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"basecampfs/auth"
	"basecampfs/auth/internal/fake"
	"basecampfs/auth/signin"
)

var app = auth.App{ID: fake.ClientID, Secret: fake.ClientSecret}

// buffer is written and read at once.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// press does what a browser does on the server's page, and returns where it is
// sent back to.
func press(t *testing.T, page, button string) *url.URL {
	t.Helper()
	u, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.PostForm(u.String(), url.Values{"allow": {button}})
	if err != nil {
		t.Error(err)
		return &url.URL{}
	}
	resp.Body.Close()
	back, err := resp.Location()
	if err != nil {
		t.Error(err)
		return &url.URL{}
	}
	return back
}

func get(t *testing.T, u string, host string) (int, string) {
	t.Helper()
	req, err := http.NewRequest("GET", u, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b)
}

func TestBrowser(t *testing.T) {
	for _, pkce := range []bool{false, true} {
		t.Run(fmt.Sprintf("PKCE %t", pkce), func(t *testing.T) {
			srv := fake.New(t)
			srv.PKCE = pkce
			e, err := auth.Launchpad(t.Context(), srv.Client(), srv.URL)
			if err != nil || e.PKCE != pkce {
				t.Fatalf("PKCE %t, %v", e.PKCE, err)
			}
			pages := make(chan string, 1)
			f := &signin.Code{HTTP: srv.Client(), Endpoints: e, App: app, Out: io.Discard, Open: func(page string) error {
				go func() {
					back := press(t, page, "yes")
					// Neither a stranger nor another name of this machine ends it.
					wrong := *back
					wrong.RawQuery = "code=x&state=wrong"
					if status, _ := get(t, wrong.String(), ""); status != http.StatusBadRequest {
						t.Errorf("a wrong state: %d", status)
					}
					if status, _ := get(t, back.String(), "evil.example"); status != http.StatusForbidden {
						t.Errorf("a wrong host: %d", status)
					}
					if status, _ := get(t, "http://"+back.Host+"/other", ""); status != http.StatusNotFound {
						t.Errorf("another path: %d", status)
					}
					_, body := get(t, back.String(), "")
					pages <- body
				}()
				return nil
			}}
			c, err := f.SignIn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !srv.Good(c.AccessToken) || c.RefreshToken == "" || c.TokenURL != srv.URL+"/authorization/token" || time.Until(c.Expiry) < 13*24*time.Hour {
				t.Errorf("credential: %+v", *c)
			}
			if body := <-pages; !strings.Contains(body, "You can close this page") {
				t.Errorf("the page says %q", body)
			}
		})
	}
}

func TestDeniedAndLate(t *testing.T) {
	srv := fake.New(t)
	e, err := auth.Launchpad(t.Context(), srv.Client(), srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	f := &signin.Code{HTTP: srv.Client(), Endpoints: e, App: app, Out: io.Discard}
	f.Open = func(page string) error {
		go func() { get(t, press(t, page, "no").String(), "") }()
		return nil
	}
	if _, err := f.SignIn(t.Context()); auth.CodeOf(err) != auth.Denied || auth.HintOf(err) == "" {
		t.Errorf("denied: %v", err)
	}
	f.Open = func(string) error { return nil }
	f.Timeout = 50 * time.Millisecond
	if _, err := f.SignIn(t.Context()); auth.CodeOf(err) != auth.Timeout {
		t.Errorf("late: %v", err)
	}
	f.Timeout = 0
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.SignIn(ctx); auth.CodeOf(err) != auth.Canceled {
		t.Errorf("given up: %v", err)
	}
	f.App.Secret = "wrong"
	f.Open = func(page string) error {
		go func() { get(t, press(t, page, "yes").String(), "") }()
		return nil
	}
	if _, err := f.SignIn(t.Context()); auth.CodeOf(err) != auth.Client || !strings.Contains(auth.HintOf(err), "BASECAMPFS_CLIENT_SECRET") {
		t.Errorf("a wrong app secret: %v (%s)", err, auth.HintOf(err))
	}
	f.App = auth.App{}
	if _, err := f.SignIn(t.Context()); auth.CodeOf(err) != auth.Client || !strings.Contains(auth.HintOf(err), "--client-id") {
		t.Errorf("no app: %v", err)
	}
	f.App = auth.App{ID: "x", RedirectURL: "nonsense"}
	if _, err := f.SignIn(t.Context()); auth.CodeOf(err) != auth.Usage {
		t.Errorf("a bad redirect URL: %v", err)
	}
}

// Whoever signs in on another machine pastes what the browser ended at.
func TestPaste(t *testing.T) {
	for name, what := range map[string]func(*url.URL) string{
		"address": (*url.URL).String,
		"query":   func(u *url.URL) string { return "?" + u.RawQuery },
		"code":    func(u *url.URL) string { return u.Query().Get("code") },
		"after slips of the hand": func(u *url.URL) string {
			return "\n\nhttp://127.0.0.1/callback\n not a code\nhttp://127.0.0.1/?code=x&state=old\n  \"" + u.String() + "\" "
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := fake.New(t)
			e, err := auth.Launchpad(t.Context(), srv.Client(), srv.URL)
			if err != nil {
				t.Fatal(err)
			}
			in, typed := io.Pipe()
			out := &buffer{}
			f := &signin.Code{HTTP: srv.Client(), Endpoints: e, App: app, Out: out, In: in}
			go func() {
				page := regexp.MustCompile(`http://\S+/authorization/new\S+`)
				for page.FindString(out.String()) == "" {
					time.Sleep(time.Millisecond)
				}
				fmt.Fprintln(typed, what(press(t, page.FindString(out.String()), "yes")))
			}()
			c, err := f.SignIn(t.Context())
			if err != nil || !srv.Good(c.AccessToken) {
				t.Fatalf("%v\n%s", err, out)
			}
		})
	}
}

func TestNothingToPasteAndNowhereToComeBackTo(t *testing.T) {
	srv := fake.New(t)
	e, _ := auth.Launchpad(t.Context(), srv.Client(), srv.URL)
	far := app
	far.RedirectURL = "https://app.example.com/done"
	f := &signin.Code{HTTP: srv.Client(), Endpoints: e, App: far, Out: io.Discard, In: strings.NewReader("")}
	if _, err := f.SignIn(t.Context()); auth.CodeOf(err) != auth.Denied || !strings.Contains(auth.HintOf(err), "auth export") {
		t.Errorf("%v (%s)", err, auth.HintOf(err))
	}
}

func TestDevice(t *testing.T) {
	srv := fake.New(t)
	srv.Newer = true
	e, found, err := auth.Discover(t.Context(), srv.Client(), srv.URL)
	if err != nil || !found || e.DeviceURL == "" {
		t.Fatal(found, err)
	}
	out := &buffer{}
	go func() {
		code := regexp.MustCompile(`user-\S+`)
		for code.FindString(out.String()) == "" {
			time.Sleep(time.Millisecond)
		}
		if !srv.Enter(code.FindString(out.String())) {
			t.Error("the printed code is not the server's")
		}
	}()
	c, err := (&signin.Device{HTTP: srv.Client(), Endpoints: e, App: auth.App{ID: fake.ClientID}, Out: out}).SignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if c.Resource != "urn:bc:account:7001" || c.ClientSecret != "" || c.AuthorizationURL != srv.URL+"/authorization.json" {
		t.Errorf("%+v", *c)
	}
	n, err := auth.Refresh(t.Context(), srv.Client(), c, "", time.Now)
	if err != nil || !srv.Good(n.AccessToken) {
		t.Fatal(err)
	}
	if got := srv.Resources(); len(got) != 1 || got[0] != "urn:bc:account:7001" {
		t.Errorf("refreshed with the resources %q", got)
	}
}

// Launchpad is fallen back on only before a server is named.
func TestDiscover(t *testing.T) {
	old := fake.New(t)
	if _, found, err := auth.Discover(t.Context(), old.Client(), old.URL); found || err != nil {
		t.Errorf("nothing announced: %t, %v", found, err)
	}
	for name, answers := range map[string]map[string]string{
		"a server that is not there": {"/.well-known/oauth-protected-resource": `{"authorization_servers":["SELF/x"]}`},
		"a server that says it is another": {"/.well-known/oauth-protected-resource": `{"authorization_servers":["SELF"]}`,
			"/.well-known/oauth-authorization-server": `{"issuer":"https://evil.example","token_endpoint":"SELF/t"}`},
		"a server in the clear": {"/.well-known/oauth-protected-resource": `{"authorization_servers":["http://signin.example"]}`},
		"a token endpoint in the clear": {"/.well-known/oauth-protected-resource": `{"authorization_servers":["SELF"]}`,
			"/.well-known/oauth-authorization-server": `{"issuer":"SELF","token_endpoint":"http://signin.example/t"}`},
		"no token endpoint": {"/.well-known/oauth-protected-resource": `{"authorization_servers":["SELF"]}`,
			"/.well-known/oauth-authorization-server": `{"issuer":"SELF"}`},
	} {
		t.Run(name, func(t *testing.T) {
			srv := serve(t, answers)
			if _, found, err := auth.Discover(t.Context(), http.DefaultClient, srv); !found || err == nil || auth.HintOf(err) == "" {
				t.Errorf("%t, %v", found, err)
			}
		})
	}
}
