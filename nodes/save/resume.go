package save

import (
	"context"
	"encoding/json"

	"basecampfs/api"
	"basecampfs/cache/journal"
	"basecampfs/nodes/text"
)

// Resume takes up what an earlier mount, or an answer that was lost, left in
// the journal. What can be sent is; what is refused is kept among the rejected
// texts and told. What cannot be decided now stays for the next call. find
// returns an account by its AccountKey, or nil.
func (s *Saver) Resume(ctx context.Context, find func(key string) Account) error {
	entries, err := s.opts.Journal.Pending()
	if err != nil {
		return disk(err)
	}
	for _, e := range entries {
		a := find(e.Account)
		if a == nil || e.State == journal.Refused {
			continue // of another sign-in, or for a person to decide
		}
		switch err := s.again(ctx, a, e); api.CodeOf(err) {
		case "":
			_ = s.done(e.ID)
		case api.Unreachable, api.Timeout, api.Canceled, api.SignIn, api.RateLimited, api.Unknown:
			if err := s.opts.Journal.Mark(e.ID, e.State, err.Error(), ""); err != nil {
				return disk(err)
			}
		default:
			s.opts.Tell("a save that was interrupted, of "+e.Name, s.refuse(e.ID, err))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// Waiting returns how many texts are neither in Basecamp nor rejected.
func (s *Saver) Waiting() int {
	entries, err := s.opts.Journal.Pending()
	if err != nil {
		return 0
	}
	return len(entries)
}

func (s *Saver) again(ctx context.Context, a Account, e *journal.Entry) error {
	var x extra
	if len(e.Extra) > 0 {
		if err := json.Unmarshal(e.Extra, &x); err != nil {
			return err
		}
	}
	data, err := s.textOf(e)
	if err != nil {
		return err
	}
	kind := api.Kind(e.Kind)
	opts, err := a.TextOptions(ctx, kind)
	if err != nil {
		return err
	}
	switch {
	case e.Op == journal.Create:
		d := Draft{Kind: kind, Title: x.Title, Name: e.Name, Data: data, Completed: x.Completed,
			Parent: api.Ref{Kind: api.Kind(e.ParentKind), Project: e.Project, ID: e.Parent}}
		want, err := s.fresh(ctx, a, d)
		if err != nil {
			return err
		}
		r, err := s.sendNew(ctx, a, d.Parent, want, x, true)
		if err == nil {
			a.Records().Put(r)
		}
		return err
	case x.Checklist:
		// Half of its steps may be done: a person has to look.
		return &api.Error{Code: api.Conflict, Message: "the change of a whole list was interrupted half-way",
			Hint: "compare the text with the list and save what is missing"}
	}
	base, err := s.baseOf(e)
	if err != nil {
		return err
	}
	f, err := text.Parse(data)
	if err != nil {
		return err
	}
	want, err := text.Apply(base, f, opts)
	if err != nil {
		return err
	}
	_, err = s.send(ctx, a, api.Ref{Kind: kind, Project: e.Project, ID: e.Item}, base, want, opts)
	return err
}
