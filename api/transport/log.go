package transport

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The levels of the log: 1 errors, 2 requests with their durations, 3 headers
// and bodies, 4 connections and TLS, 5 everything at full length.

func (c *Client) log(level int, format string, a ...any) {
	if c.t.cfg.Logf != nil && level <= c.t.cfg.Verbosity {
		c.t.cfg.Logf(level, printable(fmt.Sprintf(format, a...)))
	}
}

func (c *Client) logs(level int) bool { return c.t.cfg.Logf != nil && level <= c.t.cfg.Verbosity }

func (c *Client) logRequest(r *request, q *http.Request) {
	if !c.logs(3) {
		return
	}
	c.log(3, "> %s %s", r.method, c.shown(r))
	c.logHeader(">", q.Header)
	if r.payload != nil {
		c.log(3, "> %s", c.shorten(redact(string(r.payload))))
	}
}

func (c *Client) logAnswer(r *request, a *answer, took time.Duration) {
	c.log(2, "%s %s: %d, %d bytes, %s", r.method, c.shown(r), a.Status, len(a.Body), took.Round(time.Millisecond))
	if !c.logs(3) {
		return
	}
	c.logHeader("<", a.Header)
	if len(a.Body) > 0 {
		c.log(3, "< %s", c.shorten(redact(string(a.Body))))
	}
}

// shown is the address of a request for the log; that of another host is signed
// by its query, so the query stays out.
func (c *Client) shown(r *request) string {
	if r.bare {
		return withoutQuery(r.url.String())
	}
	s := strings.TrimPrefix(r.url.Path, c.base.Path)
	if r.url.RawQuery != "" {
		s += "?" + redactQuery(r.url.RawQuery)
	}
	return s
}

func (c *Client) logHeader(mark string, h http.Header) {
	names := make([]string, 0, len(h))
	for k := range h {
		names = append(names, k)
	}
	slices.Sort(names)
	for _, k := range names {
		for _, v := range h[k] {
			switch k {
			case "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "Www-Authenticate":
				v = "[hidden]"
			case "Location":
				v = withoutQuery(v)
			}
			c.log(3, "%s %s: %s", mark, k, v)
		}
	}
}

func (c *Client) shorten(s string) string {
	if c.logs(5) || len(s) <= 2000 {
		return s
	}
	return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(s[:2000], ""), len(s))
}

var (
	secretMember = regexp.MustCompile(`(?i)("[a-z_]*(?:token|secret|password|authorization|verifier)[a-z_]*"\s*:\s*")(?:[^"\\]|\\.)*`)
	secretParam  = regexp.MustCompile(`(?i)((?:^|&)[^=&]*(?:token|secret|password|signature|sig|key|code|credential)[^=&]*=)[^&]*`)
)

func redact(s string) string      { return secretMember.ReplaceAllString(s, `${1}[hidden]`) }
func redactQuery(s string) string { return secretParam.ReplaceAllString(s, `${1}[hidden]`) }
