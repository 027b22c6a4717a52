package signin_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"basecampfs/auth"
	"basecampfs/auth/signin"
)

// serve answers paths with texts in which SELF is its own address.
func serve(t *testing.T, answers map[string]string) string {
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, strings.ReplaceAll(text, "SELF", s.URL))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestReadToken(t *testing.T) {
	now := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	e := auth.Endpoints{TokenURL: "https://launchpad.37signals.com/authorization/token"}
	for _, tt := range []struct {
		name, in, access, refresh string
		expiry                    time.Time
		code                      auth.Code
	}{
		{"one line", "access-1\n", "access-1", "", time.Time{}, ""},
		{"two lines", "access-1\r\nrefresh-1\r\n", "access-1", "refresh-1", time.Time{}, ""},
		{"with its scheme", "Bearer access-1", "access-1", "", time.Time{}, ""},
		{"JSON", `{"access_token":"access-1","refresh_token":"refresh-1","expires_in":3600}`, "access-1", "refresh-1", now.Add(time.Hour), ""},
		{"JSON with a date", "\ufeff" + `{"access_token":"access-1","expires_at":"2031-02-03T04:05:06Z"}`, "access-1", "", time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC), ""},
		{"a refresh token alone", `{"refresh_token":"refresh-1"}`, "", "refresh-1", time.Time{}, ""},
		{"nothing", " \n", "", "", time.Time{}, auth.Usage},
		{"three lines", "a\nb\nc\n", "", "", time.Time{}, auth.Usage},
		{"bad JSON", `{"access_token":`, "", "", time.Time{}, auth.Usage},
		{"JSON without a token", `{}`, "", "", time.Time{}, auth.Usage},
		{"a header in disguise", `{"access_token":"a\r\nX-Evil: 1"}`, "", "", time.Time{}, auth.Malformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := signin.ReadToken(strings.NewReader(tt.in), auth.App{ID: "app", Secret: "app-secret"}, e, now)
			if auth.CodeOf(err) != tt.code {
				t.Fatal(err)
			}
			if err != nil {
				return
			}
			if c.AccessToken != tt.access || c.RefreshToken != tt.refresh || !c.Expiry.Equal(tt.expiry) || (c.TokenURL != "") != (tt.refresh != "") {
				t.Errorf("%q %q %v %q", c.AccessToken, c.RefreshToken, c.Expiry, c.TokenURL)
			}
		})
	}
}

func TestPasswordAndAPIToken(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, pass, _ := r.BasicAuth()
		switch {
		case r.URL.Path == "/99/api/v1/people/me.json" && user == "ruth" && pass == "right horse", r.URL.Path == "/me.xml" && user == "right token" && pass == "X":
		case strings.HasPrefix(r.URL.Path, "/98/"):
			http.NotFound(w, r)
		case strings.HasPrefix(r.URL.Path, "/97/"):
			http.Redirect(w, r, "https://elsewhere.example/", http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/96/"):
			w.WriteHeader(http.StatusBadGateway)
		default:
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer srv.Close()
	for _, tt := range []struct {
		name    string
		account int64
		user    string
		pass    string
		code    auth.Code
	}{
		{"right", 99, "ruth", "right horse", ""},
		{"wrong password", 99, "ruth", "wrong horse", auth.Denied},
		{"no password", 99, "ruth", "", auth.Usage},
		{"a colon in the user", 99, "ru:th", "right horse", auth.Usage},
		{"no such account", 98, "ruth", "right horse", auth.NotFound},
		{"sent elsewhere", 97, "ruth", "right horse", auth.Denied},
		{"down", 96, "ruth", "right horse", auth.Unreachable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := signin.Password(t.Context(), srv.Client(), srv.URL, tt.account, tt.user, tt.pass)
			if auth.CodeOf(err) != tt.code || (err != nil && auth.HintOf(err) == "") {
				t.Fatalf("%v (%s)", err, auth.HintOf(err))
			}
			if err == nil && (c.Href != srv.URL+"/99/api/v1" || c.Product != auth.Basecamp2) {
				t.Errorf("%+v", *c)
			}
		})
	}
	if _, err := signin.Password(t.Context(), srv.Client(), "http://basecamp.example", 99, "ruth", "right horse"); auth.CodeOf(err) != auth.Usage {
		t.Errorf("in the clear: %v", err)
	}
	if c, err := signin.APIToken(t.Context(), srv.Client(), srv.URL, "right token"); err != nil || c.Kind != auth.APIToken {
		t.Error(err)
	}
	if _, err := signin.APIToken(t.Context(), srv.Client(), srv.URL, "wrong token"); auth.CodeOf(err) != auth.Denied {
		t.Error(err)
	}
}

func TestHeadless(t *testing.T) {
	for _, tt := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"DISPLAY": ":0"}, ""},
		{map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, ""},
		{map[string]string{"BROWSER": "lynx"}, ""},
		{map[string]string{"DISPLAY": ":0", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, "SSH"},
		{map[string]string{"SSH_TTY": "/dev/pts/1"}, "SSH"},
		{nil, "no display"},
	} {
		for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "BROWSER", "SSH_CONNECTION", "SSH_TTY", "WSL_DISTRO_NAME"} {
			t.Setenv(name, tt.env[name])
		}
		if got := signin.Headless(); (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%v: %q, want %q", tt.env, got, tt.want)
		}
	}
}

func FuzzParsePasted(f *testing.F) {
	for _, s := range []string{"code-1", "http://127.0.0.1:1/callback?code=c&state=s", "?code=c", "error=access_denied", "https://x/?error=%1b[31m", "%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		code, err := signin.ParsePasted(line, "s")
		if err == nil && code == "" {
			t.Errorf("%q gave no code and no error", line)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\x1b\r\n") {
			t.Errorf("%q: %q", line, err)
		}
	})
}
