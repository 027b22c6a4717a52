package network_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"basecampfs/auth"
	"basecampfs/auth/network"
	"basecampfs/auth/redact"
)

// client returns a client that goes through no proxy unless c says so.
func client(t *testing.T, c network.Config) *http.Client {
	t.Helper()
	if c.Proxy == "" {
		c.Proxy = "none"
	}
	h, err := c.Client()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// authority writes a server's certificate to a file.
func authority(t *testing.T, s *httptest.Server) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCAFile(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.UserAgent()) }))
	defer s.Close()
	s.Config.ErrorLog = nil
	_, err := client(t, network.Config{}).Get(s.URL)
	if auth.CodeOf(err) != auth.Certificate || !strings.Contains(auth.HintOf(err), "--ca-file") {
		t.Errorf("without the authority: %v (%s)", err, auth.HintOf(err))
	}
	resp, err := client(t, network.Config{CAFile: authority(t, s), UserAgent: "program (ruth@example.com)"}).Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); string(b) != "program (ruth@example.com)" || resp.ProtoMajor != 1 && resp.ProtoMajor != 2 {
		t.Errorf("User-Agent %q", b)
	}
	for name, text := range map[string]string{"missing": "", "bad": "hello"} {
		file := filepath.Join(t.TempDir(), name)
		if text != "" {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := (network.Config{CAFile: file}).Client(); auth.CodeOf(err) != auth.Usage || auth.HintOf(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The timeout cuts what stands still, and nothing that gets on, however long
// it takes.
func TestTimeoutsCutWhatStandsStill(t *testing.T) {
	const step, timeout = 60 * time.Millisecond, 600 * time.Millisecond
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow": // takes three times the timeout, a little at a time
			for range 30 {
				io.WriteString(w, "x")
				w.(http.Flusher).Flush()
				time.Sleep(step)
			}
		case "/stuck":
			io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			<-release
		case "/mute":
			<-release
		case "/deaf":
			<-release // and reads nothing
		}
	}))
	defer s.Close()
	defer close(release)
	c := client(t, network.Config{Timeout: timeout})
	read := func(path string) (int, error) {
		resp, err := c.Get(s.URL + path)
		if err != nil {
			return 0, err
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		return len(b), err
	}
	if n, err := read("/slow"); n != 30 || err != nil {
		t.Errorf("slow: %d bytes, %v", n, err)
	}
	n, err := read("/stuck")
	if e, ok := errors.AsType[net.Error](err); n != 1 || !ok || !e.Timeout() || auth.CodeOf(err) != auth.Timeout {
		t.Errorf("stuck: %d bytes, %v", n, err)
	}
	_, err = read("/mute")
	if e, ok := errors.AsType[net.Error](err); !ok || !e.Timeout() {
		t.Errorf("mute: %v", err)
	}
	_, err = c.Post(s.URL+"/deaf", "application/octet-stream", io.LimitReader(zeros{}, 64<<20))
	if e, ok := errors.AsType[net.Error](err); !ok || !e.Timeout() {
		t.Errorf("deaf: %v", err)
	}
	// A reader that takes its time is not the other side's fault.
	resp, err := c.Get(s.URL + "/slow")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	one := make([]byte, 1)
	if _, err := io.ReadFull(resp.Body, one); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * timeout)
	if rest, err := io.ReadAll(resp.Body); len(rest) != 29 || err != nil {
		t.Errorf("a slow reader got %d bytes, %v", len(rest), err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestCancellation(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := client(t, network.Config{}).Do(req); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

type sink struct {
	mu sync.Mutex
	bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Buffer.Write(p)
}
func (s *sink) Close() error { return nil }
func (s *sink) text() string { s.mu.Lock(); defer s.mu.Unlock(); return s.String() }

// What each level holds, and that none holds a secret.
func TestLog(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Set-Cookie", "session=Kx88cookieSecret")
		io.WriteString(w, `{"access_token":"Kx88answerSecret","name":"esc\u001b","pad":"`+strings.Repeat("p", 5000)+`","refresh_token":"Kx88lateSecret"}`)
	}))
	defer s.Close()
	redact.Register("Kx88registered secret")
	for level, want := range map[int][]string{
		1: nil,
		2: {"POST https://", "200 OK"},
		3: {"> Content-Type: application/x-www-form-urlencoded", "> a=1&client_secret=[redacted]", "< Content-Type: application/json", `"access_token":"[redacted]"`},
		4: {"connected to", "TLS 1.3", "reused false"},
		5: {"TLS handshake begins", "certificate of", "headers sent", `"refresh_token":"[redacted]"`},
	} {
		out := &sink{}
		c := client(t, network.Config{CAFile: authority(t, s), Log: network.NewLog(out, level)})
		req, err := http.NewRequestWithContext(t.Context(), "POST", s.URL+"/x?code=Kx88query&page=2", strings.NewReader(url.Values{
			"a": {"1"}, "client_secret": {"Kx88formSecret"}, "note": {"Kx88registered secret"}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Authorization", "Bearer Kx88headerSecret")
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := io.ReadAll(resp.Body); !strings.Contains(string(b), "Kx88lateSecret") {
			t.Error("the answer itself was changed")
		}
		resp.Body.Close()
		_, err = c.Get("https://127.0.0.1:1/y?token=Kx88failed")
		if err == nil {
			t.Fatal("somebody listens on port 1")
		}
		text := out.text()
		if strings.Contains(text, "Kx88") || strings.ContainsRune(text, '\x1b') {
			t.Errorf("level %d holds a secret or a control character:\n%s", level, text)
		}
		if !strings.Contains(text, "failed after") {
			t.Errorf("level %d lacks the error", level)
		}
		for l := range 5 {
			for _, s := range map[int][]string{2: {"200 OK"}, 3: {"> Content-Type"}, 4: {"connected to"}, 5: {"headers sent"}}[l+1] {
				if has := strings.Contains(text, s); has != (level >= l+1) {
					t.Errorf("level %d: %q is there: %t", level, s, has)
				}
			}
		}
		for _, s := range want {
			if !strings.Contains(text, s) {
				t.Errorf("level %d lacks %q:\n%.3000s", level, s, text)
			}
		}
	}
}

func TestLogFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "log")
	l, err := network.OpenLog(network.LogConfig{File: file, Verbosity: 2, MaxSize: 1, MaxFiles: 2})
	if err != nil {
		t.Fatal(err)
	}
	for range 30000 {
		l.Logf(1, "a line that fills the file\nand cannot begin another "+strings.Repeat("x", 40))
	}
	l.Logf(3, "too much")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	entries, err := filepath.Glob(filepath.Join(filepath.Dir(file), "log*"))
	if err != nil || len(entries) < 2 {
		t.Fatalf("it was not rotated: %v, %v", entries, err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if !strings.Contains(line, ` 1 a line that fills the file\nand`) {
			t.Fatalf("line %q", line)
		}
	}
	for _, e := range entries {
		if i, err := os.Stat(e); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", e, i.Mode(), err)
		}
	}
	for _, bad := range []network.LogConfig{{File: file, Verbosity: 0}, {File: file, Verbosity: 6}, {File: filepath.Join(file, "x"), Verbosity: 1}} {
		if _, err := network.OpenLog(bad); auth.CodeOf(err) != auth.Usage || auth.HintOf(err) == "" {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	var none *network.Log
	none.Logf(1, "x")
	if none.Verbosity() != 0 || none.Close() != nil {
		t.Error("a nil Log is not silent")
	}
}
