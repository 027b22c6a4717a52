package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"basecampfs/api"
)

// authorizeError is a request that was never sent for want of a token.
type authorizeError struct{ err error }

func (e *authorizeError) Error() string { return e.err.Error() }
func (e *authorizeError) Unwrap() error { return e.err }

const signInHint = "run basecampfs auth login"

// explain makes an *api.Error of whatever ended a request.
func (c *Client) explain(ctx context.Context, r *request, err error) *api.Error {
	if e, ok := errors.AsType[*api.Error](err); ok {
		return e
	}
	e := &api.Error{Code: api.Unreachable, Op: c.op(r.method, r.url), Err: err}
	lost, out := errors.AsType[*attemptError](err)
	host := clean(r.url.Host)
	cause := err
	if u, ok := errors.AsType[*url.Error](err); ok {
		cause = u.Err // without the address, which may be a signed one
		e.Err = cause
	}
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		e.Code, e.Message, e.Err = api.Canceled, "canceled", context.Canceled
	case ctx.Err() != nil:
		e.Code, e.Message, e.Err = api.Timeout, "no answer in time", context.DeadlineExceeded
	case errors.Is(err, errIdle):
		e.Code, e.Message = api.Timeout, fmt.Sprintf("%s did not answer within %s", host, c.t.cfg.Timeout)
		e.Hint = "check the connection and the service's status page, or set a longer timeout"
	case errors.Is(err, errTooLarge):
		e.Code, e.Message = api.Malformed, "the answer is larger than this program takes"
	default:
		if a, ok := errors.AsType[*authorizeError](err); ok && !isNetwork(a.err) {
			e.Code, e.Message, e.Hint = api.SignIn, clean(a.err.Error()), signInHint
			return e
		}
		e.Message = "cannot reach " + host + ": " + clean(cause.Error())
		e.Hint = "check the network connection and the proxy settings"
		if isTrust(err) {
			e.Hint = "the certificate of the connection is not trusted: check the clock, the proxy and the system's certificates"
		}
	}
	if out && lost.sent && r.create && e.Code != api.Malformed {
		e.Code, e.Message = api.Unknown, "the answer was lost ("+e.Message+"): it may or may not have been done"
		e.Hint = "look whether it is there before doing it again"
	}
	return e
}

func isNetwork(err error) bool {
	var ne net.Error
	return errors.As(err, &ne)
}

func isTrust(err error) bool {
	var (
		v *tls.CertificateVerificationError
		u x509.UnknownAuthorityError
		h x509.HostnameError
	)
	return errors.As(err, &v) || errors.As(err, &u) || errors.As(err, &h)
}

// fail returns an error about an answer that is a success in name only.
func (c *Client) fail(r *request, a *Answer, code api.Code, message string) *api.Error {
	e := &api.Error{Code: code, Op: c.op(r.method, r.url), Status: a.Status, Message: message}
	c.t.stats.failed(e, c.t.cfg.Now())
	c.log(1, "%s: %s", e.Op, e.Message)
	return e
}

// refusal makes an *api.Error of an answer with a status from 400.
func (c *Client) refusal(r *request, a *Answer) *api.Error {
	e := &api.Error{Op: c.op(r.method, r.url), Status: a.Status, RetryAfter: c.retryAfter(a.Header)}
	said := said(a)
	set := func(code api.Code, fallback, hint string) {
		e.Code, e.Message, e.Hint = code, said, hint
		if e.Message == "" {
			e.Message = fallback
		}
	}
	switch s := a.Status; {
	case s == http.StatusUnauthorized:
		set(api.SignIn, "the sign-in has expired or was revoked", signInHint)
	case s == http.StatusForbidden:
		set(api.Forbidden, "you are not allowed to do this", "ask an administrator of the account for permission")
	case s == http.StatusNotFound && strings.EqualFold(a.Header.Get("Reason"), "Account Inactive"):
		e.Code, e.Message = api.NotFound, "the account is inactive"
		e.Hint = "its owner can bring it back in Basecamp; run basecampfs auth status to see your other accounts"
	case s == http.StatusNotFound, s == http.StatusGone:
		set(api.NotFound, "not found, or not visible to you", "")
	case s == http.StatusConflict, s == http.StatusPreconditionFailed:
		set(api.Conflict, "it was changed meanwhile", "read it again")
	case s == http.StatusTooManyRequests:
		set(api.RateLimited, "too many requests", "wait a moment; requests are slowed down from now on")
		if e.RetryAfter > 0 {
			e.Hint = fmt.Sprintf("wait %s; requests are slowed down from now on", e.RetryAfter.Round(time.Second))
		}
	case s == http.StatusInsufficientStorage:
		set(api.Limit, "a limit of the account's plan is reached", "make room, or ask the account's owner for a larger plan")
	case s == http.StatusBadGateway, s == http.StatusServiceUnavailable, s == http.StatusGatewayTimeout:
		set(api.Unreachable, "the service is not available ("+strconv.Itoa(s)+")", "try again in a while")
		if r.create {
			e.Code, e.Message = api.Unknown, "the answer was lost (status "+strconv.Itoa(s)+"): it may or may not have been done"
			e.Hint = "look whether it is there before doing it again"
		}
	case s >= 500:
		set(api.Failed, "the service failed ("+strconv.Itoa(s)+")", "try again in a while")
	default:
		set(api.Invalid, "the service refused the content ("+strconv.Itoa(s)+")", "")
	}
	return e
}

func (c *Client) retryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	if n, err := strconv.ParseInt(v, 10, 32); err == nil {
		return max(0, time.Duration(n)*time.Second)
	}
	if at, err := http.ParseTime(v); err == nil {
		return max(0, at.Sub(c.t.cfg.Now()))
	}
	return 0
}

// said finds the service's own words in the body of a refusal: "" where it has
// none, as in an empty body or a page of HTML.
func said(a *Answer) string {
	var b struct {
		Error   json.RawMessage `json:"error"`
		Errors  json.RawMessage `json:"errors"`
		Message json.RawMessage `json:"message"`
	}
	if json.Unmarshal(a.Body, &b) == nil {
		for _, raw := range []json.RawMessage{b.Errors, b.Error, b.Message} {
			if s := words(raw); s != "" {
				return clean(s)
			}
		}
		return ""
	}
	if strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain") {
		return clean(string(a.Body))
	}
	return ""
}

// words puts a string, a list of them, or lists by field into one line.
func words(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var parts []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				parts = append(parts, s)
			}
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		var parts []string
		for field := range v {
			one, _ := json.Marshal(v[field])
			parts = append(parts, strings.ReplaceAll(field, "_", " ")+" "+words(one))
		}
		slices.Sort(parts)
		return strings.Join(parts, "; ")
	}
	return ""
}

// clean makes a server's text fit for a terminal and an error: one line,
// without control characters, of bounded length.
func clean(s string) string {
	const most = 300
	s = strings.Join(strings.Fields(printable(s)), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// printable replaces what would control a terminal, or turn its text round.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control) || r == unicode.ReplacementChar || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, s)
}
