package transport_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"basecampfs/api"
	"basecampfs/api/transport"
)

func TestUnauthorizedRefreshesOnce(t *testing.T) {
	var good atomic.Value
	good.Store("new")
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+good.Load().(string) {
			w.WriteHeader(401)
			return
		}
		w.WriteHeader(201)
		io.WriteString(w, `{"id":5}`)
	})
	var mu sync.Mutex
	token, refreshes := "old", 0
	cfg := config()
	cfg.Authorize = func(_ context.Context, r *http.Request) error {
		mu.Lock()
		defer mu.Unlock()
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
	cfg.OnUnauthorized = func(_ context.Context, used string) bool {
		mu.Lock()
		defer mu.Unlock()
		if used == token {
			refreshes++
			token = "new"
		}
		return true
	}
	_, c := client(t, cfg, s.URL)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := c.Do(t.Context(), transport.Request{Method: "POST", Path: "/x.json", Body: map[string]int{"a": 1}}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if refreshes != 1 {
		t.Errorf("refreshed %d times", refreshes)
	}
	good.Store("yet another")
	_, err := c.Get(t.Context(), "/x.json", nil)
	if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != api.SignIn || e.Hint != "run basecampfs auth login" {
		t.Errorf("dead token: %#v", err)
	}
}

func TestAuthorizeFails(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { t.Error("a request was sent") })
	for _, tt := range []struct {
		err  error
		code api.Code
	}{
		{errors.New("no token"), api.SignIn},
		{&api.Error{Code: api.Failed, Message: "keyring"}, api.Failed},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, api.Unreachable},
	} {
		cfg := config()
		cfg.Authorize = func(context.Context, *http.Request) error { return tt.err }
		_, c := client(t, cfg, s.URL)
		if _, err := c.Get(t.Context(), "/x.json", nil); api.CodeOf(err) != tt.code {
			t.Errorf("%v became %v", tt.err, err)
		}
	}
}

func TestErrorTexts(t *testing.T) {
	for _, tt := range []struct {
		name, contentType, body, want string
		status                        int
		header                        string
	}{
		{"error", "application/json", `{"error":"Name can't be blank"}`, "Name can't be blank", 422, ""},
		{"fields", "application/json", `{"errors":{"due_on":["is no date","is too late"],"content":["can't be blank"]}}`,
			"content can't be blank; due on is no date, is too late", 422, ""},
		{"empty", "", "", "the service refused the content (422)", 422, ""},
		{"page", "text/html", "<html>oops</html>", "the service failed (500)", 500, ""},
		{"control", "application/json", `{"error":"\u001b[31mred\u0007\n\u202etxt"}`, "[31mred txt", 400, ""},
		{"inactive", "", "", "the account is inactive", 404, "Account Inactive"},
		{"plain", "text/plain; charset=utf-8", "No User-Agent", "No User-Agent", 400, ""},
		{"broken", "application/json", `{"error":`, "the service refused the content (400)", 400, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", tt.contentType)
				if tt.header != "" {
					w.Header().Set("Reason", tt.header)
				}
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			})
			_, c := client(t, config(), s.URL)
			_, err := c.Do(t.Context(), transport.Request{Method: "PUT", Path: "/x.json"})
			if e, ok := errors.AsType[*api.Error](err); !ok || e.Message != tt.want {
				t.Errorf("got %q, want %q", err, tt.want)
			}
		})
	}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(422)
		fmt.Fprintf(w, `{"error":%q}`, strings.Repeat("é", 100000))
	})
	_, c := client(t, config(), s.URL)
	_, err := c.Do(t.Context(), transport.Request{Method: "PUT", Path: "/x.json"})
	if len(err.Error()) > 1000 {
		t.Errorf("a message of %d bytes", len(err.Error()))
	}
}

func TestMalformed(t *testing.T) {
	var n atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		w.Header().Set("ETag", `W/"x"`)
		io.WriteString(w, `[{"id":1},`)
	})
	_, c := client(t, config(), s.URL)
	for range 2 {
		if _, err := c.Get(t.Context(), "/x.json", nil); api.CodeOf(err) != api.Malformed {
			t.Errorf("got %v", err)
		}
	}
	if n.Load() != 2 {
		t.Errorf("%d requests", n.Load())
	}
}

func TestAccountAddresses(t *testing.T) {
	tr := transport.New(config())
	for href, ok := range map[string]bool{
		"https://3.basecampapi.com/77":       true,
		"http://127.0.0.1:9/77/":             true,
		"http://[::1]:9/77":                  true,
		"http://localhost/77":                true,
		"http://3.basecampapi.com/77":        false,
		"ftp://127.0.0.1/77":                 false,
		"https://user:pw@3.basecampapi.com/": false,
		"https://3.basecampapi.com/77?x=1":   false,
		"":                                   false,
		"::":                                 false,
	} {
		_, err := tr.Account(api.AccountInfo{Href: href})
		if (err == nil) != ok {
			t.Errorf("%q: %v", href, err)
		}
	}
	c, err := tr.Account(api.AccountInfo{Href: "https://3.basecampapi.com/77"})
	if err != nil {
		t.Fatal(err)
	}
	for path, ok := range map[string]bool{
		"/todos/1.json": true,
		"https://3.basecampapi.com:443/77/todos.json": true,
		"https://evil.example/77/todos.json":          false,
		"http://3.basecampapi.com/77/todos.json":      false,
		"https://3.basecampapi.com.evil.example/":     false,
		"https://3.basecampapi.com@evil.example/":     false,
		"//evil.example/x":                            true, // a path of ours, odd as it is
	} {
		u, err := c.URL(path, nil)
		if (err == nil) != ok {
			t.Errorf("%q: %v", path, err)
		}
		if err == nil && u.Hostname() != "3.basecampapi.com" {
			t.Errorf("%q became %s", path, u)
		}
	}
}

func TestLogHidesSecrets(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/77/file" {
			http.Redirect(w, r, "/77/signed?signature=topsecret", http.StatusFound)
			return
		}
		w.Header().Set("Set-Cookie", "session=topsecret")
		json.NewEncoder(w).Encode(map[string]string{"access_token": "topsecret", "name": "x\x1b[2J"})
	})
	var mu sync.Mutex
	var log strings.Builder
	cfg := config()
	cfg.Verbosity = 5
	cfg.Logf = func(_ int, line string) {
		mu.Lock()
		defer mu.Unlock()
		log.WriteString(line + "\n")
	}
	_, c := client(t, cfg, s.URL)
	if _, err := c.Do(t.Context(), transport.Request{Method: "PUT", Path: "/x.json", Body: map[string]string{"refresh_token": "topsecret"}}); err != nil {
		t.Fatal(err)
	}
	if body, _, err := c.Download(t.Context(), "/file"); err != nil {
		t.Error(err)
	} else {
		body.Close()
	}
	out := log.String()
	if !strings.Contains(out, "PUT /x.json: 200") || !strings.Contains(out, "Authorization: [hidden]") {
		t.Errorf("the log lacks what it is for:\n%s", out)
	}
	for _, bad := range []string{"topsecret", "s3cret", "\x1b"} {
		if strings.Contains(out, bad) {
			t.Errorf("the log has %q:\n%s", bad, out)
		}
	}
}
