// Package bcx is an account of Basecamp 2, seen through the interface of
// package api.
//
// Basecamp 2 has no dock, no folders and no groups, numbers its pages, and
// answers most lists without bodies. What a reader of Records may expect holds
// all the same: a project has Tools, each standing for a section of it and
// with the project's id; every Record of a List is whole; and Can says what
// its API lacks, with the reason.
//
// Facts are from the vendor's guide, https://github.com/basecamp/bcx-api.
package bcx

import (
	"context"
	"sync/atomic"

	"basecampfs/api"
	"basecampfs/api/transport"
)

// Account is an api.Account of Basecamp 2.
type Account struct {
	c      *transport.Client
	people people
	known  *known
	me     atomic.Int64

	// thin is whether to-dos inside the answer for their list lack fields that
	// /todos.json has, as in the examples of the guide: they are then read
	// from there alone, so that a to-do is the same however it was found.
	thin atomic.Bool
}

var _ api.Account = (*Account)(nil)

// New returns the account that info describes, reached through t. It fails
// where info.Href is no address that a token may be sent to.
func New(t *transport.Transport, info api.AccountInfo) (*Account, error) {
	c, err := t.Account(info)
	if err != nil {
		return nil, err
	}
	return &Account{c: c, known: newKnown()}, nil
}

// CheckBasic reports whether a user name and a password may be sent to an
// account: only Basecamp 2 takes them. The error says what to do instead.
func CheckBasic(info api.AccountInfo) error {
	if info.Product == api.Basecamp2 {
		return nil
	}
	return &api.Error{Code: api.SignIn,
		Message: "only Basecamp 2 accounts take a user name and a password, and " + quoted(info.Name) + " is not one: nothing was sent",
		Hint:    "sign in with basecampfs auth login"}
}

func quoted(name string) string {
	if name == "" {
		return "this account"
	}
	return "“" + name + "”"
}

// Info says which account this is.
func (a *Account) Info() api.AccountInfo { return a.c.Info() }

// Me returns the person that the account is signed in as.
func (a *Account) Me(ctx context.Context) (*api.Record, error) {
	r, err := a.get(ctx, api.Person, "/people/me.json", from{})
	if err != nil {
		return nil, err
	}
	a.me.Store(r.ID)
	return r, nil
}

// get reads one record of a kind.
func (a *Account) get(ctx context.Context, kind api.Kind, path string, f from) (*api.Record, error) {
	p, err := a.c.Get(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	return a.one("GET "+path, kind, p.Body, f)
}

// one makes a record of an answer that must be an object with an id.
func (a *Account) one(op string, kind api.Kind, body []byte, f from) (*api.Record, error) {
	if w, ok := decode(body); !ok || w.ID == 0 {
		return nil, &api.Error{Code: api.Malformed, Op: op, Message: "the answer is not what was asked for"}
	}
	return a.record(kind, body, f), nil
}
