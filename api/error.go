package api

import (
	"errors"
	"fmt"
	"time"
)

// Code classes an Error by what a caller can do about it.
type Code string

// The codes.
const (
	Canceled    Code = "canceled"     // the caller gave up
	Timeout     Code = "timeout"      // no answer in time
	Unreachable Code = "unreachable"  // no connection, or the service is down
	RateLimited Code = "rate_limited" // told to slow down, and retries did not help
	SignIn      Code = "sign_in"      // the token is missing, expired or revoked
	Forbidden   Code = "forbidden"    // this person may not
	NotFound    Code = "not_found"    // it is not there, or not for this person
	Invalid     Code = "invalid"      // the service refused the content
	Conflict    Code = "conflict"     // somebody else changed it meanwhile
	Limit       Code = "limit"        // a plan's limit of projects or storage
	Unsupported Code = "unsupported"  // this product's API has no such thing
	Malformed   Code = "malformed"    // an answer that cannot be understood
	Unknown     Code = "unknown"      // a write was sent and its answer was lost
	Failed      Code = "failed"       // the service failed
)

// Error is every error of this package and its implementations.
type Error struct {
	Code    Code
	Op      string // what was tried, such as "GET /todos/12.json"
	Message string // what went wrong, for a person; no secret, no control character
	Hint    string // what to do about it, for a person; may be empty
	Status  int    // of the HTTP answer; 0 without one
	// RetryAfter is how long the service asked to wait; 0 where it did not.
	RetryAfter time.Duration
	Err        error // the cause; may be nil
}

func (e *Error) Error() string {
	s := e.Message
	if s == "" {
		s = string(e.Code)
	}
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

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

// Errorf returns an Error with a code and a message.
func Errorf(code Code, format string, a ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, a...)}
}

// Cannot returns the Unsupported error for something that Abilities lack, with
// the reason that they give.
func (a Abilities) Cannot(what string) *Error {
	why := a.Why[what]
	if why == "" {
		why = "Basecamp's API offers no way to " + what + " this"
	}
	return &Error{Code: Unsupported, Message: why}
}
