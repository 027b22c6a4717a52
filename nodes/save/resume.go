package save

import (
	"context"
	"encoding/json"
	"errors"
	"time"

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
	away := map[string]bool{} // accounts that cannot be reached now
	for _, e := range entries {
		a := find(e.Account)
		if a == nil || e.State == journal.Refused || away[e.Account] || s.claimed(e.ID) {
			continue // of another sign-in, for a person to decide, or under way
		}
		unlock, err := s.locks.lock(ctx, keyOf(e))
		if err != nil {
			return err
		}
		away[e.Account] = undecided(s.takeUp(ctx, a, e.ID))
		unlock()
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// Doubt makes the next reader ask the service for what an interrupted save may
// have added to, without asking now. find is that of Resume.
func (s *Saver) Doubt(find func(key string) Account) {
	entries, err := s.opts.Journal.Pending()
	if err != nil {
		return // Resume says so
	}
	for _, e := range entries {
		a := find(e.Account)
		switch {
		case a == nil:
		case e.Op == journal.Create:
			a.Records().Forget(api.Ref{Kind: api.Kind(e.ParentKind), Project: e.Project, ID: e.Parent})
		default: // of a whole list, if it is one
			forgetList(a, api.Ref{Kind: api.Kind(e.Kind), Project: e.Project, ID: e.Item})
		}
	}
}

// forgetList drops the freshness of what is in a list and in its groups.
func forgetList(a Account, list api.Ref) {
	for _, i := range a.Records().Inside(api.TodoGroup, list) {
		a.Records().Forget(i.Ref())
	}
	a.Records().Forget(list)
}

// Waiting returns how many texts are neither in Basecamp nor rejected.
func (s *Saver) Waiting() int {
	entries, err := s.opts.Journal.Pending()
	if err != nil {
		return 0
	}
	return len(entries)
}

// takeUp finishes an interrupted save, unless somebody works on it, and returns
// its verdict, of which the journal then knows and the person is told. The key
// of the entry is locked.
func (s *Saver) takeUp(ctx context.Context, a Account, id journal.ID) error {
	e, err := s.claim(id)
	if e == nil || err != nil {
		return err
	}
	defer s.release(id)
	ctx, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	err = contained(func() error { return s.again(ctx, a, e) })
	switch {
	case err == nil:
		s.done(id)
	case undecided(err) && (!failing(err) || time.Since(e.Created) < benefit):
		if e.Reason == err.Error() {
			return err
		}
		if e := s.opts.Journal.Mark(id, e.State, err.Error(), ""); e != nil {
			s.opts.Tell("the journal", e)
		}
	default:
		s.opts.Tell("a save that was interrupted, of "+e.Name, s.refuse(id, err))
	}
	return err
}

// benefit is for how long a service that fails is believed to fail for reasons
// of its own, and not because of the text.
const benefit = 24 * time.Hour

// undecided reports whether an error says nothing about the text.
func undecided(err error) bool {
	switch api.CodeOf(err) {
	case api.Unreachable, api.Timeout, api.Canceled, api.SignIn, api.RateLimited, api.Unknown:
		return true
	}
	return failing(err)
}

// failing reports whether an error is a fault of the service.
func failing(err error) bool {
	e, ok := errors.AsType[*api.Error](err)
	return ok && (e.Code == api.Malformed || e.Code == api.Failed && e.Status >= 500)
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
	if e.Op == journal.Create {
		return s.createAgain(ctx, a, e, data, x)
	}
	if x.Checklist {
		// Half of its steps may be done: a person has to look.
		return &api.Error{Code: api.Conflict, Message: "the change of a whole list was interrupted half-way",
			Hint: "compare the text with the list and save what is missing"}
	}
	kind := api.Kind(e.Kind)
	opts, err := a.TextOptions(ctx, kind)
	if err != nil {
		return err
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
	_, err = s.sendLocked(ctx, a, api.Ref{Kind: kind, Project: e.Project, ID: e.Item}, base, want, opts)
	return err
}

func (s *Saver) createAgain(ctx context.Context, a Account, e *journal.Entry, data []byte, x extra) error {
	d := Draft{Kind: api.Kind(e.Kind), Title: x.Title, Name: e.Name, Data: data, Completed: x.Completed,
		Parent: api.Ref{Kind: api.Kind(e.ParentKind), Project: e.Project, ID: e.Parent}}
	want, err := s.fresh(ctx, a, d)
	if err != nil {
		return err
	}
	var r *api.Record
	if len(x.Made) > 0 {
		if r, err = decodeRecord(x.Made); err != nil {
			return err
		}
		r, err = s.bringTo(ctx, a, r, want, x)
	} else {
		r, err = s.create(ctx, a, e, d, want, x, true)
	}
	if r != nil {
		a.Records().Put(r)
		s.resumed(e, data, r)
	}
	return err
}
