package network

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"basecampfs/auth/redact"
)

// requests writes requests and answers to the log: their line with how long
// they took, and from LevelBodies on their headers and bodies.
type requests struct {
	next http.RoundTripper
	log  *Log
}

// slack is how much more of a body is kept than is shown. Secrets are covered
// before the cut is made, so that none is cut in two and then not recognised.
const slack = 16 << 10

// shown bounds in bytes what is shown of a body.
func (l *Log) shown() int {
	if l.Verbosity() >= LevelAll {
		return 1 << 20
	}
	return 4 << 10
}

func (q *requests) RoundTrip(r *http.Request) (*http.Response, error) {
	l := q.log
	if l.Verbosity() < LevelOperations {
		return q.next.RoundTrip(r)
	}
	name := r.Method + " " + redact.URL(r.URL)
	var sent *capture
	if l.Verbosity() >= LevelBodies {
		for _, h := range redact.Header(r.Header) {
			l.printf(LevelBodies, "> %s", h)
		}
		if r.Body != nil && r.Body != http.NoBody && textual(r.Header) {
			// A clone, since a RoundTripper must leave the request as it is.
			sent = &capture{limit: l.shown() + slack}
			r = r.Clone(r.Context())
			r.Body = &tee{ReadCloser: r.Body, to: sent}
		}
	}
	start := time.Now()
	resp, err := q.next.RoundTrip(r)
	took := time.Since(start).Round(time.Millisecond)
	if sent != nil {
		l.printf(LevelBodies, "> %s", sent.text(l.shown()))
	}
	if err != nil {
		l.printf(LevelOperations, "%s: failed after %s: %s", name, took, redact.Text(err.Error()))
		return nil, err
	}
	l.printf(LevelRequests, "%s: %s, %s", name, resp.Status, took)
	if l.Verbosity() >= LevelBodies {
		for _, h := range redact.Header(resp.Header) {
			l.printf(LevelBodies, "< %s", h)
		}
		got := &capture{limit: l.shown() + slack}
		if !textual(resp.Header) {
			got.limit = 0
		}
		resp.Body = &tee{ReadCloser: resp.Body, to: got, done: func() {
			l.printf(LevelBodies, "< %s: %s", name, got.text(l.shown()))
		}}
	}
	return resp, nil
}

// textual says whether a body is text that a log can show.
func textual(h http.Header) bool {
	t, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil || h.Get("Content-Encoding") != "" {
		return false
	}
	return strings.HasPrefix(t, "text/") || strings.HasSuffix(t, "json") || strings.HasSuffix(t, "xml") ||
		t == "application/x-www-form-urlencoded" || t == "application/javascript"
}

// capture keeps the beginning of a body.
type capture struct {
	mu    sync.Mutex
	limit int
	size  int64
	buf   bytes.Buffer
}

func (c *capture) add(p []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.size += int64(len(p))
	c.buf.Write(p[:max(0, min(len(p), c.limit-c.buf.Len()))])
}

func (c *capture) text(limit int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	size := size(c.size)
	if c.limit == 0 {
		return "[" + size + ", not text]"
	}
	s := redact.Body(c.buf.Bytes())
	if c.size > int64(c.buf.Len()) {
		s = s[:max(0, len(s)-slack/2)] // where a secret may have been cut
	}
	if len(s) > limit || c.size > int64(c.buf.Len()) {
		return strings.ToValidUTF8(s[:min(len(s), limit)], "") + "… [" + size + "]"
	}
	return s
}

// tee shows what is read to a capture, and calls done once at the end.
type tee struct {
	io.ReadCloser
	to   *capture
	done func()
	once sync.Once
}

func (t *tee) Read(p []byte) (int, error) {
	n, err := t.ReadCloser.Read(p)
	t.to.add(p[:n])
	if err != nil {
		t.end()
	}
	return n, err
}

func (t *tee) Close() error {
	t.end()
	return t.ReadCloser.Close()
}

func (t *tee) end() {
	if t.done != nil {
		t.once.Do(t.done)
	}
}

func size(n int64) string { return fmt.Sprintf("%d bytes", n) }
