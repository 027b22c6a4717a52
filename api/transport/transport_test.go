package transport_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/api/transport"
)

// serve starts a service whose account is at /77.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

func config() transport.Config {
	return transport.Config{
		UserAgent: "basecampfs/test (https://example.com)",
		Authorize: func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer s3cret")
			return nil
		},
		Limiter: transport.NewLimiter(0, 0),
		Backoff: time.Millisecond,
		Timeout: 20 * time.Second,
	}
}

func client(t *testing.T, cfg transport.Config, origin string) (*transport.Transport, *transport.Client) {
	t.Helper()
	tr := transport.New(cfg)
	c, err := tr.Account(api.AccountInfo{Product: api.Basecamp3, ID: 77, Href: origin + "/77"})
	if err != nil {
		t.Fatal(err)
	}
	return tr, c
}

func TestRequestsCarryWhatTheServiceWants(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/77/todos/1.json" || r.Header.Get("Authorization") != "Bearer s3cret" ||
			!strings.HasPrefix(r.UserAgent(), "basecampfs/") {
			w.WriteHeader(418)
		}
		if r.Method == "PUT" {
			b, _ := io.ReadAll(r.Body)
			if r.Header.Get("Content-Type") != "application/json; charset=utf-8" || string(b) != `{"content":"<b>"}` {
				w.WriteHeader(418)
			}
		}
		io.WriteString(w, `{"id":1}`)
	})
	tr, c := client(t, config(), s.URL)
	if _, err := c.Get(t.Context(), "/todos/1.json", nil); err != nil {
		t.Error(err)
	}
	if _, err := c.Do(t.Context(), transport.Request{Method: "PUT", Path: "/todos/1.json", Body: map[string]string{"content": "<b>"}}); err != nil {
		t.Error(err)
	}
	st := tr.Stats()
	if st.Requests != 2 || st.Status[200] != 2 || st.Received != 16 || st.Sent != 17 {
		t.Errorf("stats %+v", st)
	}
}

func TestRetries(t *testing.T) {
	for _, tt := range []struct {
		name   string
		method string
		again  bool
		status int
		sent   int32
		code   api.Code
	}{
		{"get 503", "GET", false, 503, 3, api.Unreachable},
		{"get 502", "GET", false, 502, 3, api.Unreachable},
		{"get 429", "GET", false, 429, 3, api.RateLimited},
		{"get 500", "GET", false, 500, 1, api.Failed},
		{"get 404", "GET", false, 404, 1, api.NotFound},
		{"put 504", "PUT", false, 504, 3, api.Unreachable},
		{"delete 429", "DELETE", false, 429, 3, api.RateLimited},
		{"create 503", "POST", false, 503, 1, api.Unknown},
		{"create 429", "POST", false, 429, 1, api.RateLimited},
		{"create 500", "POST", false, 500, 1, api.Failed},
		{"completion 503", "POST", true, 503, 3, api.Unreachable},
		{"put 422", "PUT", false, 422, 1, api.Invalid},
		{"put 507", "PUT", false, 507, 1, api.Limit},
		{"put 403", "PUT", false, 403, 1, api.Forbidden},
		{"get 401", "GET", false, 401, 1, api.SignIn},
		{"post 415", "POST", false, 415, 1, api.Invalid},
		{"put 302", "PUT", false, 302, 1, api.Malformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var sent atomic.Int32
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				sent.Add(1)
				w.WriteHeader(tt.status)
			})
			_, c := client(t, config(), s.URL)
			var err error
			if tt.method == "GET" {
				_, err = c.Get(t.Context(), "/x.json", nil)
			} else {
				_, err = c.Do(t.Context(), transport.Request{Method: tt.method, Path: "/x.json", Repeatable: tt.again})
			}
			e, ok := errors.AsType[*api.Error](err)
			if !ok || e.Code != tt.code || e.Status != tt.status || e.Message == "" || e.Op != tt.method+" /x.json" {
				t.Errorf("got %#v", err)
			}
			if sent.Load() != tt.sent {
				t.Errorf("sent %d times, want %d", sent.Load(), tt.sent)
			}
		})
	}
}

func TestRecoversFromFaults(t *testing.T) {
	var n atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch n.Add(1) {
		case 1: // the connection breaks before an answer
			panic(http.ErrAbortHandler)
		case 2: // and in the middle of one
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, `{"id":`)
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, `{"id":1}`)
	})
	tr, c := client(t, config(), s.URL)
	p, err := c.Get(t.Context(), "/x.json", nil)
	if err != nil || string(p.Body) != `{"id":1}` {
		t.Fatalf("%s, %v", p.Body, err)
	}
	if st := tr.Stats(); st.Retries != 2 || st.Requests != 3 {
		t.Errorf("stats %+v", st)
	}
}

func TestRetryAfterIsObeyedByEverybody(t *testing.T) {
	for _, asDate := range []bool{false, true} {
		value := "1"
		if asDate {
			value = time.Now().Add(2 * time.Second).UTC().Format(http.TimeFormat)
		}
		var n atomic.Int32
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if n.Add(1) == 1 {
				w.Header().Set("Retry-After", value)
				w.WriteHeader(429)
				return
			}
			io.WriteString(w, `{}`)
		})
		cfg := config()
		cfg.Limiter = transport.NewLimiter(50, 10*time.Second)
		_, c := client(t, cfg, s.URL)
		start := time.Now()
		if _, err := c.Get(t.Context(), "/x.json", nil); err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d < 900*time.Millisecond {
			t.Errorf("Retry-After %q: came back after %s", value, d)
		}
		if got := cfg.Limiter.Limit(); got != 40 {
			t.Errorf("the limiter learned %d", got)
		}
	}
}

func TestALostAnswerOfACreateIsUnknown(t *testing.T) {
	var n atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		panic(http.ErrAbortHandler)
	})
	_, c := client(t, config(), s.URL)
	_, err := c.Do(t.Context(), transport.Request{Method: "POST", Path: "/x.json", Body: map[string]any{}})
	if api.CodeOf(err) != api.Unknown || n.Load() != 1 {
		t.Errorf("%v after %d requests", err, n.Load())
	}
	// Where no connection was made, nothing can have happened.
	l, lerr := net.Listen("tcp", "127.0.0.1:0")
	if lerr != nil {
		t.Fatal(lerr)
	}
	addr := l.Addr().String()
	l.Close()
	_, c = client(t, config(), "http://"+addr)
	_, err = c.Do(t.Context(), transport.Request{Method: "POST", Path: "/x.json", Body: map[string]any{}})
	if api.CodeOf(err) != api.Unreachable {
		t.Errorf("no connection: %v", err)
	}
}

func TestCancellationReturnsAtOnce(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/77/body.json" {
			io.WriteString(w, `{"a":`)
			w.(http.Flusher).Flush()
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})
	_, c := client(t, config(), s.URL)
	for _, path := range []string{"/head.json", "/body.json"} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		start := time.Now()
		_, err := c.Get(ctx, path, nil)
		if api.CodeOf(err) != api.Canceled || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", path, err)
		}
		if d := time.Since(start); d > 5*time.Second {
			t.Errorf("%s: returned after %s", path, d)
		}
		ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, err = c.Get(ctx, path, nil)
		cancel()
		if api.CodeOf(err) != api.Timeout || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s, deadline: %v", path, err)
		}
	}
}

func TestTimeoutBoundsWaitingAndNotProgress(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/77/slow.bin": // longer in all than the timeout, never idle for it
			for range 30 {
				io.WriteString(w, "0123456789")
				w.(http.Flusher).Flush()
				time.Sleep(50 * time.Millisecond)
			}
		case "/77/stuck.bin":
			io.WriteString(w, "0123456789")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		default:
			<-r.Context().Done()
		}
	})
	cfg := config()
	cfg.Timeout = time.Second
	_, c := client(t, cfg, s.URL)
	start := time.Now()
	_, err := c.Get(t.Context(), "/hang.json", nil)
	if api.CodeOf(err) != api.Timeout {
		t.Errorf("hang: %v", err)
	}
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("gave up after %s", d)
	}
	body, size, err := c.Download(t.Context(), "/slow.bin")
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(body)
	body.Close()
	if err != nil || len(b) != 300 || size != -1 {
		t.Errorf("slow download: %d bytes of %d, %v", len(b), size, err)
	}
	body, _, err = c.Download(t.Context(), "/stuck.bin")
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.ReadAll(body)
	body.Close()
	if api.CodeOf(err) != api.Timeout {
		t.Errorf("stuck download: %v", err)
	}
}

func TestACreateThatIsCancelledOnItsWayIsUnknown(t *testing.T) {
	arrived := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-r.Context().Done()
	})
	_, c := client(t, config(), s.URL)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	_, err := c.Do(ctx, transport.Request{Method: "POST", Path: "/x.json"})
	if api.CodeOf(err) != api.Unknown || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	// One that never left was not done.
	if _, err = c.Do(ctx, transport.Request{Method: "POST", Path: "/x.json"}); api.CodeOf(err) != api.Canceled {
		t.Errorf("got %v", err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	var n atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		w.Header().Set("Content-Length", fmt.Sprint(transport.MaxJSON+1))
		io.WriteString(w, "[")
	})
	_, c := client(t, config(), s.URL)
	if _, err := c.Get(t.Context(), "/x.json", nil); api.CodeOf(err) != api.Malformed || n.Load() != 1 {
		t.Errorf("%v after %d requests", err, n.Load())
	}
}
