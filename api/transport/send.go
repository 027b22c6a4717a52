package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"basecampfs/api"
)

// request is one call of the service, however often it is sent.
type request struct {
	method  string
	url     *url.URL
	header  http.Header
	body    func() (io.Reader, error) // nil sends none
	length  int64
	payload []byte // the body again, for the log
	repeat  bool   // may be sent again
	create  bool   // a lost answer leaves it unknown
	follow  bool   // redirects within the origin
	bare    bool   // to another host: no authorization, no limiter
	stream  bool   // the body is the caller's to read

	queued time.Duration // spent waiting for turns so far
}

// answer is an Answer, of which a stream has the body still to come.
type answer struct {
	Answer
	stream io.ReadCloser
}

var errIdle = errors.New("no answer in time")

// do sends a request as often as it may and needs to be.
func (c *Client) do(ctx context.Context, r *request) (*Answer, error) {
	a, err := c.attempt(ctx, r)
	if err != nil {
		return nil, err
	}
	return &a.Answer, nil
}

func (c *Client) attempt(ctx context.Context, r *request) (*answer, error) {
	start := time.Now()
	refreshed := false
	for n, hops := 1, 0; ; {
		left := c.left(start, r)
		a, token, err := c.once(ctx, r, left)
		if err == nil && r.follow && isRedirect(a.Status) {
			hops++
			if err = c.redirect(r, a, hops); err == nil {
				continue
			}
		}
		if err == nil && isRedirect(a.Status) && !r.follow && !r.stream {
			err = &api.Error{Code: api.Malformed, Op: c.op(r.method, r.url), Status: a.Status, Message: "an unexpected redirect"}
		}
		if err == nil {
			return a, nil
		}
		e := c.explain(ctx, r, err)
		if e.Status == http.StatusUnauthorized && !refreshed && !r.bare && c.t.cfg.OnUnauthorized != nil && r.rewindable() {
			refreshed = true
			c.t.stats.unauthorized.Add(1)
			if c.t.cfg.OnUnauthorized(ctx, token) {
				continue
			}
			if ctx.Err() != nil {
				e = c.explain(ctx, r, ctx.Err())
			}
		}
		pause := c.backoff(n, e.RetryAfter)
		again := r.repeat && transient(e) && n < attempts && pause <= patience(c.left(start, r))
		if !r.bare && (e.Status == http.StatusTooManyRequests || (e.RetryAfter > 0 && e.Status == http.StatusServiceUnavailable)) {
			c.limiter.Pause(pause, e.Status == http.StatusTooManyRequests)
		}
		if !again {
			c.t.stats.failed(e, c.t.cfg.Now())
			c.log(1, "%s: %s", e.Op, e.Message)
			return nil, e
		}
		c.log(2, "%s: %s; attempt %d of %d in %s", e.Op, e.Message, n+1, attempts, pause.Round(time.Millisecond))
		if err := sleep(ctx, pause); err != nil {
			return nil, c.explain(ctx, r, err)
		}
		n++
		c.t.stats.retries.Add(1)
	}
}

// left is what remains of the timeout for a call that began at start. Its turns
// at the limiter do not count, and it is never nothing, which would mean no
// timeout.
func (c *Client) left(start time.Time, r *request) time.Duration {
	if c.t.cfg.Timeout <= 0 {
		return 0
	}
	return max(c.t.cfg.Timeout-time.Since(start)+r.queued, time.Millisecond)
}

func (r *request) rewindable() bool { return r.body == nil || r.payload != nil || r.repeat }

// transient reports whether the same request may succeed a moment later.
func transient(e *api.Error) bool {
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	case 0:
		return e.Code == api.Unreachable
	}
	return false
}

// backoff is how long to wait after attempt n: what the service asked for, or
// twice as long each time, give or take a quarter.
func (c *Client) backoff(n int, asked time.Duration) time.Duration {
	if asked > 0 {
		return asked
	}
	d := c.t.cfg.Backoff << (n - 1)
	return d - d/4 + rand.N(d/2+1)
}

// patience is how long to wait at the service's own wish, given a timeout.
func patience(timeout time.Duration) time.Duration {
	if timeout > 0 {
		return timeout
	}
	return 2 * time.Minute
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func isRedirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// redirect points r where the answer says, within the account's origin.
func (c *Client) redirect(r *request, a *answer, hops int) error {
	to, err := r.url.Parse(a.Header.Get("Location"))
	if err != nil || a.Header.Get("Location") == "" || !sameOrigin(to, c.base) {
		return &api.Error{Code: api.Malformed, Op: c.op(r.method, r.url), Status: a.Status,
			Message: "refused a redirect to outside the account's own host"}
	}
	if hops > 5 {
		return &api.Error{Code: api.Malformed, Op: c.op(r.method, r.url), Status: a.Status, Message: "too many redirects"}
	}
	to.User, to.Fragment = nil, ""
	r.url = to
	return nil
}

// attemptError is what went wrong while a request was out.
type attemptError struct {
	err  error
	sent bool // a connection was there: the service may have acted
}

func (e *attemptError) Error() string { return e.err.Error() }
func (e *attemptError) Unwrap() error { return e.err }

// once sends a request once. The error is an *attemptError, an *api.Error of
// an answer that is no success, or that of Authorize.
func (c *Client) once(parent context.Context, r *request, timeout time.Duration) (a *answer, token string, err error) {
	finish := func(time.Time) {}
	if !r.bare {
		start := time.Now()
		if finish, err = c.limiter.Wait(parent, patience(timeout)); err != nil {
			return nil, "", &attemptError{err: err}
		}
		queued := time.Since(start)
		r.queued += queued
		if queued > time.Millisecond {
			c.t.stats.waits.Add(1)
			c.t.stats.waited.Add(int64(queued))
		}
	}
	w := watch(parent, timeout)
	var wrote atomic.Int64
	var sent atomic.Bool
	began := time.Now()
	counted := func() {
		at := time.Now()
		if ns := wrote.Load(); ns != 0 {
			if t := began.Add(time.Duration(ns)); at.Sub(t) > arrival {
				at = t.Add(arrival)
			}
		}
		finish(at)
	}
	defer counted()
	lost := func(err error) error {
		if cause := context.Cause(w.ctx); cause != nil {
			err = cause
		}
		w.stop()
		return &attemptError{err: err, sent: sent.Load()}
	}

	ctx := httptrace.WithClientTrace(w.ctx, &httptrace.ClientTrace{
		GotConn: func(i httptrace.GotConnInfo) {
			sent.Store(true)
			c.log(4, "connection to %s, reused %t", i.Conn.RemoteAddr(), i.Reused)
		},
		WroteRequest: func(httptrace.WroteRequestInfo) { wrote.Store(int64(max(time.Since(began), 1))); w.kick() },
		TLSHandshakeDone: func(s tls.ConnectionState, err error) {
			c.log(4, "TLS %s %s, error %v", tls.VersionName(s.Version), s.NegotiatedProtocol, err)
		},
	})
	req, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), nil)
	if err != nil {
		return nil, "", lost(err)
	}
	for k, v := range r.header {
		req.Header[k] = v
	}
	req.Header.Set("User-Agent", c.t.cfg.UserAgent)
	if !r.bare && c.t.cfg.Authorize != nil {
		if err := c.t.cfg.Authorize(w.ctx, req); err != nil {
			if parent.Err() != nil || context.Cause(w.ctx) != nil {
				return nil, "", lost(err)
			}
			w.stop()
			return nil, "", &authorizeError{err}
		}
	}
	token, _ = strings.CutPrefix(req.Header.Get("Authorization"), "Bearer ")
	if r.body != nil && r.length > 0 {
		b, err := r.body()
		if err != nil {
			return nil, token, lost(err)
		}
		up := newUpload(b, w, &c.t.stats)
		req.Body, req.ContentLength = up, r.length
		if r.payload != nil {
			req.GetBody = func() (io.ReadCloser, error) {
				b, err := r.body()
				return newUpload(b, w, &c.t.stats), err
			}
		} else if r.repeat {
			defer up.wait(parent) // before it is rewound
		}
	}
	c.logRequest(r, req)

	c.t.stats.requests.Add(1)
	// Not through an http.Client, which would follow redirects and forward
	// headers by its own rules.
	resp, err := c.t.cfg.RoundTripper.RoundTrip(req)
	if err != nil {
		return nil, token, lost(err)
	}
	counted()
	w.kick()
	c.t.stats.status(resp.StatusCode, c.t.cfg.Now())
	body := &download{body: resp.Body, w: w, stats: &c.t.stats}
	a = &answer{Answer: Answer{Status: resp.StatusCode, Header: resp.Header}}
	switch {
	case a.Status >= 400:
		a.Body, _ = io.ReadAll(io.LimitReader(body, 64<<10)) // what is there of it
	case r.stream:
		a.stream = body
		c.logAnswer(r, a, time.Since(began))
		return a, token, nil
	default:
		a.Body, err = readAll(body, resp.ContentLength)
	}
	if cause := context.Cause(w.ctx); err == nil && a.Status < 400 && cause != nil {
		err = cause
	}
	if err != nil {
		err = lost(err)
	}
	body.Close()
	c.logAnswer(r, a, time.Since(began))
	if err == nil && a.Status >= 400 {
		err = c.refusal(r, &a.Answer)
	}
	return a, token, err
}

var errTooLarge = errors.New("the answer is larger than this program takes")

func readAll(r io.Reader, length int64) ([]byte, error) {
	if length > MaxJSON {
		return nil, errTooLarge
	}
	var b []byte
	if length > 0 {
		b = make([]byte, 0, length+1)
	}
	buf := limitedBuffer{b: b}
	_, err := io.Copy(&buf, r)
	return buf.b, err
}

// limitedBuffer is a buffer that holds at most MaxJSON bytes.
type limitedBuffer struct{ b []byte }

func (l *limitedBuffer) Write(p []byte) (int, error) {
	if len(l.b)+len(p) > MaxJSON {
		return 0, errTooLarge
	}
	l.b = append(l.b, p...)
	return len(p), nil
}
