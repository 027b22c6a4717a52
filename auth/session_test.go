package auth_test

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"basecampfs/auth"
	"basecampfs/auth/internal/fake"
	"basecampfs/auth/store"
)

// signedIn returns a store with a sign-in of the server's in it.
func signedIn(t *testing.T, s *fake.Server, change func(*auth.Credential)) *store.File {
	t.Helper()
	f := store.NewFile(filepath.Join(t.TempDir(), "auth"))
	access, refresh := s.Grant()
	c := &auth.Credential{
		Kind: auth.OAuth, AccessToken: access, RefreshToken: refresh, ClientID: fake.ClientID, ClientSecret: fake.ClientSecret,
		TokenURL: s.URL + "/authorization/token", Obtained: time.Now(), Expiry: time.Now().Add(14 * 24 * time.Hour), Flow: auth.FlowBrowser,
	}
	if change != nil {
		change(c)
	}
	if err := f.Save(t.Context(), auth.DefaultProfile, c); err != nil {
		t.Fatal(err)
	}
	return f
}

func session(s *fake.Server, st auth.Storage, change func(*auth.Config)) *auth.Session {
	c := auth.Config{Storage: st, HTTP: s.Client(), Launchpad: s.URL, RefreshLimit: rate.NewLimiter(rate.Inf, 1)}
	if change != nil {
		change(&c)
	}
	return auth.NewSession(c)
}

func TestExpiryDecidesWhenToRefresh(t *testing.T) {
	now := time.Now()
	week := 7 * 24 * time.Hour
	for _, tt := range []struct {
		name             string
		obtained, expiry time.Time
		want             int
	}{
		{"long before it", now, now.Add(2 * week), 0},
		{"minutes before it", now.Add(-2 * week), now.Add(3 * time.Minute), 1},
		{"after it", now.Add(-2 * week), now.Add(-time.Second), 1},
		{"a short life, freshly got", now, now.Add(10 * time.Second), 0},
		{"unknown", now, time.Time{}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := fake.New(t)
			st := signedIn(t, srv, func(c *auth.Credential) { c.Obtained, c.Expiry = tt.obtained, tt.expiry })
			s := session(srv, st, nil)
			for range 3 {
				token, err := s.Token(t.Context())
				if err != nil || !srv.Good(token) {
					t.Fatalf("Token: %v, good %t", err, srv.Good(token))
				}
			}
			if got := srv.Refreshes(); got != tt.want {
				t.Errorf("%d refreshes, want %d", got, tt.want)
			}
			kept, err := st.Load(t.Context(), auth.DefaultProfile)
			if err != nil || !srv.Good(kept.AccessToken) {
				t.Errorf("the store has a worthless token: %v", err)
			}
		})
	}
}

func TestManyRefusedRequestsRefreshOnce(t *testing.T) {
	srv := fake.New(t)
	s := session(srv, signedIn(t, srv, nil), nil)
	for round := 1; round <= 20; round++ {
		bad, err := s.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		srv.Expire()
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if retry, err := s.Unauthorized(t.Context(), "Bearer "+bad); !retry || err != nil {
					t.Errorf("Unauthorized: %t, %v", retry, err)
				}
				if token, err := s.Token(t.Context()); err != nil || !srv.Good(token) {
					t.Errorf("the token afterwards is worthless: %v", err)
				}
			})
		}
		wg.Wait()
		if got := srv.Refreshes(); got != round {
			t.Fatalf("%d refreshes after %d expiries", got, round)
		}
	}
}

// One asker who gives up must not lose the token for the others.
func TestGivingUpDoesNotCancelTheRefresh(t *testing.T) {
	srv := fake.New(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	srv.Refuse = func(http.ResponseWriter, *http.Request) bool { close(entered); <-leave; return false }
	st := signedIn(t, srv, nil)
	s := session(srv, st, nil)
	bad, _ := s.Token(t.Context())
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { _, err := s.Unauthorized(ctx, bad); done <- err }()
	<-entered
	cancel()
	if err := <-done; auth.CodeOf(err) != auth.Canceled {
		t.Fatalf("who gave up got %v", err)
	}
	close(leave)
	s.Close()
	kept, err := st.Load(t.Context(), auth.DefaultProfile)
	if err != nil || kept.AccessToken == bad || !srv.Good(kept.AccessToken) {
		t.Errorf("the new token was not kept: %v", err)
	}
}

func TestFollowsTheStore(t *testing.T) {
	srv := fake.New(t)
	st := signedIn(t, srv, nil)
	s := session(srv, st, nil)
	if _, err := s.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Signed out elsewhere.
	if err := st.Delete(t.Context(), auth.DefaultProfile); err != nil {
		t.Fatal(err)
	}
	_, err := s.Token(t.Context())
	if auth.CodeOf(err) != auth.SignIn || !strings.Contains(auth.HintOf(err), "basecampfs auth login") {
		t.Fatalf("after a sign-out: %v (%s)", err, auth.HintOf(err))
	}
	// Signed in again elsewhere: no new session is needed.
	access, refresh := srv.Grant()
	if err := st.Save(t.Context(), auth.DefaultProfile, &auth.Credential{Kind: auth.OAuth, AccessToken: access, RefreshToken: refresh}); err != nil {
		t.Fatal(err)
	}
	if token, err := s.Token(t.Context()); err != nil || token != access {
		t.Fatalf("the new sign-in is not seen: %v", err)
	}
	if srv.Refreshes() != 0 {
		t.Error("it was refreshed on the way")
	}
}

func TestRevokedUntilSomebodySignsInAgain(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"invalid_grant", `{"error":"invalid_grant"}`, "revoked"},
		{"password changed", `{"error":"Unauthorized: this Basecamp ID has been rekeyed its deadbolt"}`, "password is changed"},
		{"no longer there", "Unknown Basecamp ID: 4711", "password is changed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := fake.New(t)
			asked := 0
			srv.Refuse = func(w http.ResponseWriter, _ *http.Request) bool {
				asked++
				http.Error(w, tt.text, http.StatusBadRequest)
				return true
			}
			st := signedIn(t, srv, nil)
			s := session(srv, st, func(c *auth.Config) { c.LoginCommand = "basecampfs auth login --profile work" })
			bad, _ := s.Token(t.Context())
			for range 5 {
				retry, err := s.Unauthorized(t.Context(), bad)
				if retry || auth.CodeOf(err) != auth.SignIn || !strings.Contains(err.Error(), tt.want) ||
					auth.HintOf(err) != "sign in again: basecampfs auth login --profile work" {
					t.Fatalf("%t, %v (%s)", retry, err, auth.HintOf(err))
				}
			}
			if asked != 1 {
				t.Errorf("the server was asked %d times, want once", asked)
			}
			access, refresh := srv.Grant()
			if err := st.Save(t.Context(), auth.DefaultProfile, &auth.Credential{Kind: auth.OAuth, AccessToken: access, RefreshToken: refresh}); err != nil {
				t.Fatal(err)
			}
			if retry, err := s.Unauthorized(t.Context(), bad); !retry || err != nil {
				t.Errorf("after a new sign-in: %t, %v", retry, err)
			}
		})
	}
}

// A clock that is two weeks off must neither refresh for ever nor call a good
// token bad.
func TestClockTwoWeeksOff(t *testing.T) {
	const off = 15 * 24 * time.Hour
	t.Run("ahead", func(t *testing.T) {
		srv := fake.New(t)
		s := session(srv, signedIn(t, srv, nil), func(c *auth.Config) { c.Now = func() time.Time { return time.Now().Add(off) } })
		for range 5 {
			if token, err := s.Token(t.Context()); err != nil || !srv.Good(token) {
				t.Fatal(err)
			}
		}
		if srv.Refreshes() != 1 {
			t.Errorf("%d refreshes, want 1", srv.Refreshes())
		}
	})
	t.Run("ahead, and nothing to refresh with", func(t *testing.T) {
		srv := fake.New(t)
		s := session(srv, signedIn(t, srv, func(c *auth.Credential) { c.RefreshToken = "" }), func(c *auth.Config) { c.Now = func() time.Time { return time.Now().Add(off) } })
		if token, err := s.Token(t.Context()); err != nil || !srv.Good(token) {
			t.Errorf("the token is good by the server's clock: %v", err)
		}
	})
	t.Run("ahead, and the sign-in server is down", func(t *testing.T) {
		srv := fake.New(t)
		srv.Refuse = func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(503); return true }
		s := session(srv, signedIn(t, srv, nil), func(c *auth.Config) { c.Now = func() time.Time { return time.Now().Add(off) } })
		if token, err := s.Token(t.Context()); err != nil || !srv.Good(token) {
			t.Errorf("the token is good by the server's clock: %v", err)
		}
	})
	t.Run("behind", func(t *testing.T) {
		srv := fake.New(t)
		s := session(srv, signedIn(t, srv, nil), func(c *auth.Config) { c.Now = func() time.Time { return time.Now().Add(-off) } })
		bad, _ := s.Token(t.Context())
		srv.Expire()
		if retry, err := s.Unauthorized(t.Context(), bad); !retry || err != nil {
			t.Fatal(retry, err)
		}
		if token, err := s.Token(t.Context()); err != nil || !srv.Good(token) {
			t.Error(err)
		}
	})
}

func TestModes(t *testing.T) {
	srv := fake.New(t)
	st := signedIn(t, srv, func(c *auth.Credential) { c.Expiry = time.Now().Add(-time.Hour) })
	s := session(srv, st, func(c *auth.Config) { c.Mode = auth.ModeOff })
	bad, err := s.Token(t.Context())
	if err != nil || srv.Refreshes() != 0 {
		t.Fatalf("off: %v, %d refreshes", err, srv.Refreshes())
	}
	if retry, err := s.Unauthorized(t.Context(), bad); retry || !strings.Contains(auth.HintOf(err), "auth refresh") {
		t.Errorf("off: %t, %v", retry, err)
	}
	srv.Revoke()
	asked := 0
	s = session(srv, st, func(c *auth.Config) {
		c.Mode = auth.ModeInteractive
		c.SignIn = func(context.Context) (*auth.Credential, error) {
			asked++
			a, r := srv.Grant()
			return &auth.Credential{Kind: auth.OAuth, AccessToken: a, RefreshToken: r}, nil
		}
	})
	if retry, err := s.Unauthorized(t.Context(), bad); !retry || err != nil || asked != 1 {
		t.Errorf("interactive: %t, %v, asked %d times", retry, err, asked)
	}
	if c, err := st.Load(t.Context(), auth.DefaultProfile); err != nil || !srv.Good(c.AccessToken) {
		t.Errorf("interactive: not kept: %v", err)
	}
}

// A store that cannot be written loses no token for the process that has it.
func TestUnsavedTokenGoesOnInMemory(t *testing.T) {
	srv := fake.New(t)
	st := &readOnly{File: signedIn(t, srv, nil)}
	s := session(srv, st, nil)
	for range 3 {
		bad, err := s.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		srv.Expire()
		if retry, err := s.Unauthorized(t.Context(), bad); !retry || err != nil {
			t.Fatal(retry, err)
		}
		if token, err := s.Token(t.Context()); err != nil || !srv.Good(token) {
			t.Fatal("the token is worthless", err)
		}
	}
	if auth.CodeOf(s.Unsaved()) != auth.Store {
		t.Errorf("Unsaved: %v", s.Unsaved())
	}
}

type readOnly struct{ *store.File }

func (readOnly) Save(context.Context, string, *auth.Credential) error {
	return auth.Errorf(auth.Store, "make it writable", "it is read-only")
}

func TestServiceThatRefusesEveryToken(t *testing.T) {
	srv := fake.New(t)
	s := session(srv, signedIn(t, srv, nil), func(c *auth.Config) { c.RefreshLimit = nil })
	var last error
	for range 50 {
		token, err := s.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		srv.Expire()
		_, last = s.Unauthorized(t.Context(), token)
	}
	if n := srv.Refreshes(); n != 10 {
		t.Errorf("%d refreshes for 50 refusals, want 10", n)
	}
	if auth.CodeOf(last) != auth.SignIn {
		t.Error(last)
	}
}

func TestAuthorizeKeepsSecretsFromOthers(t *testing.T) {
	c, err := auth.FromEnvironment("token-from-outside-1")
	if err != nil {
		t.Fatal(err)
	}
	s := auth.NewSession(auth.Config{Static: c})
	basic := auth.NewSession(auth.Config{Static: &auth.Credential{
		Kind: auth.Basic, User: "ruth", Password: "correct horse", Product: auth.Basecamp2, Account: 99, Href: "https://basecamp.com/99/api/v1"}})
	for _, tt := range []struct {
		s    *auth.Session
		url  string
		want auth.Code
	}{
		{s, "https://3.basecampapi.com/1/projects.json", ""},
		{s, "http://127.0.0.1:80/1/projects.json", ""},
		{s, "http://[::1]/1", ""},
		{s, "http://3.basecampapi.com/1/projects.json", auth.Usage},
		{s, "http://127.0.0.1.example.com/", auth.Usage},
		{s, "ftp://localhost/", auth.Usage},
		{basic, "https://basecamp.com/99/api/v1/projects.json", ""},
		{basic, "https://basecamp.com/98/api/v1/projects.json", auth.Unsupported},
		{basic, "https://3.basecampapi.com/99/projects.json", auth.Unsupported},
	} {
		r, err := http.NewRequest("GET", tt.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = tt.s.Authorize(t.Context(), r)
		if auth.CodeOf(err) != tt.want || (r.Header.Get("Authorization") != "") != (tt.want == "") {
			t.Errorf("%s: %v, header set %t", tt.url, err, r.Header.Get("Authorization") != "")
		}
	}
	if retry, err := s.Unauthorized(t.Context(), "token-from-outside-1"); retry || !strings.Contains(auth.HintOf(err), "BASECAMPFS_TOKEN") {
		t.Errorf("%t, %v", retry, err)
	}
	for _, bad := range []string{"", "a b", "a\nb", "tökén"} {
		if _, err := auth.FromEnvironment(bad); err == nil {
			t.Errorf("%q passed for a token", bad)
		}
	}
}
