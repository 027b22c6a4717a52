package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"unicode"
	"unicode/utf8"

	"basecampfs/auth/redact"
)

// Code classes an Error by what a caller can do about it. A code that package
// api has too is spelled the same.
type Code string

// The codes.
const (
	Canceled    Code = "canceled"    // the caller gave up
	Timeout     Code = "timeout"     // no answer in time
	Unreachable Code = "unreachable" // no connection, or the service is down
	Proxy       Code = "proxy"       // the proxy refused, or cannot be reached
	Certificate Code = "certificate" // the other side cannot be trusted
	SignIn      Code = "sign_in"     // there is no sign-in, or it has ended
	Denied      Code = "denied"      // signing in was refused
	Client      Code = "client"      // the app's own id or secret is missing or refused
	Store       Code = "store"       // secrets cannot be read or kept
	Passphrase  Code = "passphrase"  // the settings file needs another key
	Usage       Code = "usage"       // what was asked for makes no sense
	NotFound    Code = "not_found"   // no such account, project or profile
	Unsupported Code = "unsupported" // this kind of sign-in cannot do it
	Malformed   Code = "malformed"   // an answer that cannot be understood
	Failed      Code = "failed"      // anything else
)

// Error is every error of this package and of those below it.
type Error struct {
	Code    Code
	Message string // what went wrong, for a person; no secret, no control character
	Hint    string // what to do about it, for a person
	Err     error  // the cause; may be nil. It is not part of the text
}

func (e *Error) Error() string { return redact.Text(e.Message) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf returns an Error whose message is formatted from format and a.
func Errorf(code Code, hint, format string, a ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, a...), Hint: hint}
}

// Because sets the cause and returns e.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// CodeOf returns the Code of err: "" for nil, Failed for an error that is no
// *Error.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Failed
}

// HintOf returns what err says to do about it; "" where it does not.
func HintOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Hint
	}
	return ""
}

// Plain makes text from a server fit for a terminal and a log: control
// characters go, white space is folded, secrets are covered, and at most 200
// characters are kept.
func Plain(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "?")
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf) {
			return ' '
		}
		return r
	}, s)
	s = redact.Text(strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200]) + "…"
	}
	return s
}

// requestError turns what an http.Client returned into an Error. What is a
// typed error already, as those of the network are, is passed on.
func requestError(what string, err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	if errors.Is(err, context.Canceled) {
		return Errorf(Canceled, "", "%s was given up", what).Because(err)
	}
	if t, ok := errors.AsType[net.Error](err); (ok && t.Timeout()) || errors.Is(err, context.DeadlineExceeded) {
		return Errorf(Timeout, "try again; `basecampfs doctor` checks the network", "%s: no answer in time", what).Because(err)
	}
	return Errorf(Unreachable, "try again; `basecampfs doctor` checks the network", "%s: %s", what, Plain(err.Error())).Because(err)
}
