// Package product is the seam between the simulator's server and the products
// that it serves: what an implementation of one product's API hands to the
// server, and what the server hands to it.
//
// The server checks tokens, User-Agent and Content-Type, delays, limits,
// counts and breaks requests before a handler sees them. A handler answers
// for one account and need not check any of that again.
package product

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// Account is one account of one product.
type Account struct {
	Code string // as in authorization.json: bc3, bcx, basecamp, …
	ID   int64
	Name string

	// Path is where the API is mounted below the server's origin, without a
	// slash at its end: "/195539477" or "/195539477/api/v1".
	Path string

	// Handler answers the API. The path of its requests is what follows Path,
	// such as "/projects.json". It is nil for an account that is only listed.
	Handler http.Handler

	// Href replaces the base URL in authorization.json for an account that is
	// only listed.
	Href string

	// Has reports whether someone has access to the account; nil means that
	// everybody does.
	Has func(Identity) bool

	BasicAuth bool // takes a user and a password as well as a token
}

// Env is what the server gives an implementation when it is built.
type Env struct {
	// Now is the time for what a request writes, in UTC and whole
	// milliseconds. Each call is later than the one before.
	Now func() time.Time

	// Files stores the bytes of attachments and makes signed URLs to them.
	Files *Files

	// Identities are the people who can sign in. An implementation finds its
	// own person for one by email address.
	Identities []Identity

	// Size is how much sample data to make.
	Size Size

	// Full reports whether the plan's limit of projects and storage is
	// reached: what would add to either is then answered 507.
	Full func() bool
}

// Identity is someone who can sign in. ID is Launchpad's, never a person's.
type Identity struct {
	ID        int64
	FirstName string
	LastName  string
	Email     string
	Password  string // for Basic auth
}

// Name returns the full name.
func (i Identity) Name() string { return i.FirstName + " " + i.LastName }

// Call is what a handler may know of the request that it answers, beyond the
// request itself.
type Call struct {
	Account *Account
	Origin  string // the origin for every URL in the answer, no slash at its end
	Caller  Identity
}

// Base returns the public base URL of the account's API, no slash at its end.
func (c Call) Base() string { return c.Origin + c.Account.Path }

type callKey struct{}

// WithCall returns r carrying c.
func WithCall(r *http.Request, c Call) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), callKey{}, c))
}

// CallOf returns the Call of a request that came through the server.
func CallOf(r *http.Request) Call {
	c, _ := r.Context().Value(callKey{}).(Call)
	return c
}

// IDs hands out ids for what is created. It is safe for concurrent use.
type IDs struct{ last atomic.Int64 }

// NewIDs returns an IDs whose first id is first.
func NewIDs(first int64) *IDs {
	i := &IDs{}
	i.last.Store(first - 1)
	return i
}

// Next returns an id that was never returned before.
func (i *IDs) Next() int64 { return i.last.Add(1) }
