package save

import (
	"context"
	"fmt"
	"slices"

	"github.com/cespare/xxhash/v2"

	"basecampfs/api"
	"basecampfs/cache/journal"
	"basecampfs/nodes/records"
	"basecampfs/nodes/text"
)

// Draft is a text that is to become a new item.
type Draft struct {
	Kind   api.Kind
	Parent api.Ref
	Title  string // from the name of the file
	Name   string // of the file
	Data   []byte
	// Completed is set where the new to-do is put among the finished ones.
	Completed bool
}

// Create makes an item of a text and returns it. An error comes with the item
// where that was made and does not have all of the text.
func (s *Saver) Create(ctx context.Context, a Account, d Draft) (*records.Item, error) {
	var want *api.Record
	err := contained(func() (err error) {
		want, err = s.fresh(ctx, a, d)
		return err
	})
	if err != nil {
		return nil, s.reject(d.Name, d.Data, err)
	}
	e := &journal.Entry{
		Account: AccountKey(a.Records().Info()), Op: journal.Create, Kind: string(d.Kind), Project: d.Parent.Project,
		ParentKind: string(d.Parent.Kind), Parent: d.Parent.ID, Name: d.Name, Text: d.Data, State: journal.Sending,
	}
	x := extra{Completed: want.Completed, Title: d.Title, Before: s.alike(a, d.Parent, want)}
	e.Extra = x.encode()
	if e.ID, err = s.journaled(*e); err != nil {
		return nil, err
	}
	return detached(ctx, s, "creating "+d.Name, func(ctx context.Context) (*records.Item, error) {
		defer s.release(e.ID)
		unlock, err := s.locks.lock(ctx, keyOf(e))
		if err != nil {
			return nil, s.refuse(e.ID, err)
		}
		defer unlock()
		r, err := s.create(ctx, a, e, d, want, x, false)
		var item *records.Item
		if r != nil {
			item = a.Records().Put(r)
			recount(ctx, a.Records(), r)
		}
		switch {
		case err == nil:
			s.done(e.ID)
			return item, nil
		case r == nil && api.CodeOf(err) == api.Unknown:
			return nil, s.unsure(e.ID, d.Name, err)
		}
		return item, s.refuse(e.ID, err)
	})
}

// unsure leaves a create whose outcome is not known in the journal, for Resume.
func (s *Saver) unsure(id journal.ID, name string, err error) error {
	out := &api.Error{Code: api.Unknown, Message: "it is not known whether " + name + " was created", Err: err,
		Hint: "it is kept, and looked for before it is sent again; it shows up when Basecamp has it"}
	if e := s.opts.Journal.Mark(id, journal.Sending, out.Message+": "+err.Error(), out.Hint); e != nil {
		s.opts.Tell("the journal", e)
	}
	return out
}

// fresh works out the record that a draft asks for.
func (s *Saver) fresh(ctx context.Context, a Account, d Draft) (*api.Record, error) {
	opts, err := a.TextOptions(ctx, d.Kind)
	if err != nil {
		return nil, err
	}
	if !opts.Can.Create {
		return nil, opts.Can.Cannot("create")
	}
	f := &text.File{}
	if len(d.Data) > 0 { // touch makes an item that is only a title
		if f, err = text.Parse(d.Data); err != nil {
			return nil, err
		}
	}
	if f.ID != 0 {
		i, err := a.Records().Get(ctx, api.Ref{Kind: d.Kind, Project: d.Parent.Project, ID: f.ID})
		if undecided(err) {
			return nil, err
		}
		if err == nil {
			opts.Original = i.Record()
		}
	}
	want, err := text.New(d.Kind, d.Title, f, opts)
	if err != nil {
		return nil, err
	}
	if d.Completed {
		want.Completed = true
	}
	return want, nil
}

// create brings a new file to the service. Its entry is claimed and its key
// locked, so that two of one name in one place are made one after the other.
// With sent it may have been sent before. The record comes with an error where
// it was made and does not have all of the text.
func (s *Saver) create(ctx context.Context, a Account, e *journal.Entry, d Draft, want *api.Record, x extra, sent bool) (*api.Record, error) {
	was, err := s.earlier(ctx, a, e)
	switch {
	case err != nil:
		return nil, err
	case was != nil && len(d.Data) == 0:
		return was.record, nil
	case was != nil:
		x.Made, x.Same = encodeRecord(was.record), was.sum == xxhash.Sum64(d.Data)
		if err := s.amend(e.ID, was.record.ID, x); err != nil {
			return was.record, err
		}
		return s.bringTo(ctx, a, was.record, want, x)
	}
	if now := s.alike(a, d.Parent, want); !sent && !slices.Equal(now, x.Before) {
		x.Before = now
		if err := s.amend(e.ID, 0, x); err != nil {
			return nil, err
		}
	}
	return s.sendNew(ctx, a, d.Parent, want, x, sent)
}

func (s *Saver) amend(id journal.ID, item int64, x extra) error {
	err := s.opts.Journal.Amend(id, func(e *journal.Entry) { e.Item, e.Extra = item, x.encode() })
	if err != nil {
		return disk(err)
	}
	return nil
}

// bringTo makes want of an item that an earlier file of the same name became.
func (s *Saver) bringTo(ctx context.Context, a Account, made, want *api.Record, x extra) (*api.Record, error) {
	opts, err := a.TextOptions(ctx, made.Kind)
	if err != nil {
		return made, err
	}
	full := rebase(want, made)
	if x.Same {
		full.Body = made.Body
	}
	if sameWords(full.Title, made.Title) || !titled(made.Kind) {
		full.Title = made.Title
	}
	now, err := s.send(ctx, a, made.Ref, made, full, opts)
	if now == nil {
		now = made
	}
	return now, err
}

// attempts is how often a create is sent whose answers are lost, or that the
// service is too busy for.
const attempts = 4

// sendNew creates want, and looks for it before it sends what was sent already.
// The record comes with an error where it was made and lacks something.
func (s *Saver) sendNew(ctx context.Context, a Account, parent api.Ref, want *api.Record, x extra, sent bool) (*api.Record, error) {
	recs := a.Records()
	first := want.Clone()
	first.Completed = false
	var last error
	for n := 0; ; n++ {
		if sent {
			got, like, err := s.find(ctx, recs, parent, want, x)
			switch {
			case undecided(err):
				return nil, &api.Error{Code: api.Unknown, Message: err.Error(), Err: err}
			case err != nil:
				return nil, err
			case like == edited:
				return got, &api.Error{Code: api.Conflict, Message: fmt.Sprintf("%q was created, and says something else by now", brief(got.Title)),
					Hint: "compare the text with it and save what is missing"}
			case got != nil:
				return s.complete(ctx, a, got, fill(want, got))
			}
		}
		if n == attempts || last != nil && !resend(last) {
			return nil, last
		}
		got, err := recs.Create(ctx, parent, first)
		if got != nil { // it was made, whatever could not be added to it
			full := onto(want, got)
			// The service may have its own idea of what HTML is allowed.
			full.Body = got.Body
			if sameWords(full.Title, got.Title) || !titled(got.Kind) {
				full.Title = got.Title
			}
			return s.complete(ctx, a, got, full)
		}
		last, sent = err, maybe(err)
		if !sent && !resend(err) {
			return nil, err
		}
	}
}

// onto is what a create made with everything that it was to have. What the new
// file does not say, such as a colour, is the service's to choose.
func onto(want, got *api.Record) *api.Record {
	full := rebase(want, got)
	if want.Color == "" {
		full.Color = got.Color
	}
	if len(want.Assignees) == 0 {
		full.Assignees = got.Assignees
	}
	if len(want.Notify) == 0 {
		full.Notify = got.Notify
	}
	return full
}

// maybe reports whether a create that failed may have been done all the same.
func maybe(err error) bool {
	return api.CodeOf(err) == api.Unknown || failing(err)
}

// resend reports whether a create that is surely not done may be sent again.
func resend(err error) bool {
	c := api.CodeOf(err)
	return c == api.Unknown || c == api.RateLimited
}

// complete brings what was created to full.
func (s *Saver) complete(ctx context.Context, a Account, got, full *api.Record) (*api.Record, error) {
	if !changed(got, full) {
		return got, nil
	}
	recs := a.Records()
	unlock, err := s.locks.lock(ctx, itemKey(recs, got.Ref))
	if err != nil {
		return got, err
	}
	defer unlock()
	now, err := recs.Update(ctx, got, full)
	if now == nil {
		now = got
	}
	return now, err
}
