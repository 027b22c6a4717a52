// Package bc3 is an account of Basecamp 3, which its vendor now calls
// Basecamp 4 and 5, seen through the interface of package api.
//
// Paths are the flat ones ("/todos/12.json"), counted from the account's own
// base URL. What a page of a list holds becomes one Record an element, and an
// element that cannot be read whole is still a Record with what could be read
// and its JSON.
package bc3

import (
	"context"
	"encoding/json"
	"net/http"

	"basecampfs/api"
	"basecampfs/api/transport"
)

// Account is an api.Account of Basecamp 3.
type Account struct {
	c      *transport.Client
	people people
	groups groups
}

var _ api.Account = (*Account)(nil)

// New returns the account that info describes, reached through t. It fails
// where info.Href is no address that a token may be sent to.
func New(t *transport.Transport, info api.AccountInfo) (*Account, error) {
	c, err := t.Account(info)
	if err != nil {
		return nil, err
	}
	return &Account{c: c}, nil
}

// Info says which account this is.
func (a *Account) Info() api.AccountInfo { return a.c.Info() }

// Me returns the person that the account is signed in as.
func (a *Account) Me(ctx context.Context) (*api.Record, error) {
	return a.getPath(ctx, "/my/profile.json", api.Person)
}

// getPath reads one record of a kind.
func (a *Account) getPath(ctx context.Context, path string, kind api.Kind) (*api.Record, error) {
	p, err := a.c.Get(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	return a.one("GET "+path, kind, p.Body)
}

// one makes a record of an answer that must be an object with an id.
func (a *Account) one(op string, kind api.Kind, body []byte) (*api.Record, error) {
	r := a.record(kind, json.RawMessage(body))
	if r.ID == 0 {
		return nil, &api.Error{Code: api.Malformed, Op: op, Message: "the answer is not what was asked for"}
	}
	return r, nil
}

// send sends a write and returns the record that is answered, or nil where the
// answer has no body.
func (a *Account) send(ctx context.Context, method, path string, body any, kind api.Kind) (*api.Record, error) {
	ans, err := a.c.Do(ctx, transport.Request{Method: method, Path: path, Body: body})
	if err != nil {
		return nil, err
	}
	if len(ans.Body) == 0 {
		return nil, nil
	}
	r, err := a.one(method+" "+path, kind, ans.Body)
	if err != nil && method == http.MethodPost {
		return nil, &api.Error{Code: api.Unknown, Op: method + " " + path, Status: ans.Status, Err: err,
			Message: "it was probably created, but the answer cannot be understood",
			Hint:    "look whether it is there before doing it again"}
	}
	return r, err
}

// do sends a write that may be repeated and of which the answer says nothing.
func (a *Account) do(ctx context.Context, method, path string, body any) error {
	_, err := a.c.Do(ctx, transport.Request{Method: method, Path: path, Body: body, Repeatable: true})
	return err
}
