package network

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"basecampfs/auth"
)

// writeGuard bounds each write to a connection by itself, so that an upload
// ends that the other side has stopped taking, and no other.
type writeGuard struct {
	net.Conn
	timeout time.Duration
}

func (w *writeGuard) Write(b []byte) (int, error) {
	if err := w.Conn.SetWriteDeadline(time.Now().Add(w.timeout)); err != nil {
		return 0, err
	}
	return w.Conn.Write(b)
}

// guard bounds the waits for an answer's body, names the program, and says
// what errors mean.
type guard struct {
	next    http.RoundTripper
	timeout time.Duration
	agent   string
	proxy   string
}

func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	q := r.Clone(ctx)
	if g.agent != "" && q.Header.Get("User-Agent") == "" {
		q.Header.Set("User-Agent", g.agent)
	}
	resp, err := g.next.RoundTrip(q)
	if err != nil {
		err = g.explain(r, err)
		cancel(err)
		return nil, err
	}
	if resp.StatusCode == http.StatusProxyAuthRequired {
		resp.Body.Close()
		err := refused(g.proxyOr("in use"))
		cancel(err)
		return nil, err
	}
	resp.Body = &idleBody{ReadCloser: resp.Body, timeout: g.timeout, cancel: cancel, host: r.URL.Host}
	return resp, nil
}

func (g *guard) proxyOr(s string) string {
	if g.proxy != "" {
		return g.proxy
	}
	return s
}

// idleBody fails a read that waits longer than timeout for a byte. The time
// that a reader takes between two reads is its own.
type idleBody struct {
	io.ReadCloser
	timeout time.Duration
	cancel  context.CancelCauseFunc
	host    string
	expired atomic.Bool
}

func (b *idleBody) Read(p []byte) (int, error) {
	if b.timeout > 0 {
		t := time.AfterFunc(b.timeout, func() {
			b.expired.Store(true)
			b.cancel(context.DeadlineExceeded)
		})
		defer t.Stop()
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) && b.expired.Load() {
		err = silent(b.host, b.timeout, err)
	}
	return n, err
}

func (b *idleBody) Close() error {
	err := b.ReadCloser.Close()
	b.cancel(context.Canceled)
	return err
}

// timeoutError is an *auth.Error that net.Error's users recognise too.
type timeoutError struct{ err *auth.Error }

func (e timeoutError) Error() string { return e.err.Error() }
func (e timeoutError) Unwrap() error { return e.err }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

func silent(host string, d time.Duration, err error) error {
	return timeoutError{auth.Errorf(auth.Timeout, "try again; --timeout sets how long to wait, 0 for ever",
		"%s sent nothing for %s", auth.Plain(host), d).Because(err)}
}
