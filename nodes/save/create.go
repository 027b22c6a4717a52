package save

import (
	"context"
	"slices"

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
	Name   string // of the file, for messages
	Data   []byte
	// Completed is set where the new to-do is put among the finished ones.
	Completed bool
}

// Create makes an item of a text and returns it.
func (s *Saver) Create(ctx context.Context, a Account, d Draft) (*records.Item, error) {
	want, err := s.fresh(ctx, a, d)
	if err != nil {
		return nil, s.reject(d.Name, d.Data, err)
	}
	x := extra{Completed: want.Completed, Title: d.Title, Before: s.alike(a, d.Parent, want)}
	id, err := s.opts.Journal.Append(journal.Entry{
		Account: AccountKey(a.Records().Info()), Op: journal.Create, Kind: string(d.Kind), Project: d.Parent.Project,
		ParentKind: string(d.Parent.Kind), Parent: d.Parent.ID, Name: d.Name, Text: d.Data, Extra: x.encode(), State: journal.Sending,
	})
	if err != nil {
		return nil, disk(err)
	}
	var item *records.Item
	err = s.detach(ctx, "creating "+d.Name, func(ctx context.Context) error {
		r, err := s.sendNew(ctx, a, d.Parent, want, x, false)
		if api.CodeOf(err) == api.Unknown {
			// It stays in the journal: looked for again by Resume.
			return s.unsure(id, d.Name, err)
		}
		if err != nil {
			return s.refuse(id, err)
		}
		item = a.Records().Put(r)
		return s.done(id)
	})
	return item, err
}

func (s *Saver) unsure(id journal.ID, name string, err error) error {
	out := &api.Error{Code: api.Unknown, Message: "it is not known whether " + name + " was created", Err: err,
		Hint: "it is kept and will be looked for before it is sent again; do not write it a second time"}
	if e := s.opts.Journal.Mark(id, journal.Sending, out.Message, out.Hint); e != nil {
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
		if i := a.Records().Known(api.Ref{Kind: d.Kind, ID: f.ID}); i != nil {
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

// sendNew creates want, after looking for it where it may have been sent
// before, and brings what a create cannot carry to it.
func (s *Saver) sendNew(ctx context.Context, a Account, parent api.Ref, want *api.Record, x extra, sent bool) (*api.Record, error) {
	recs := a.Records()
	var got *api.Record
	var err error
	for try := 0; got == nil; try++ {
		if sent || try > 0 {
			if got, err = s.find(ctx, recs, parent, want, x); err != nil || got != nil {
				break
			}
		}
		first := want.Clone()
		first.Completed = false
		got, err = recs.Create(ctx, parent, first)
		if api.CodeOf(err) != api.Unknown || try > 0 {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	full := rebase(want, got)
	// The service may have its own idea of what HTML is allowed.
	full.Body = got.Body
	if !changed(got, full) {
		return got, nil
	}
	return recs.Update(ctx, got, full)
}

// find looks for an item that a create whose answer was lost may have made: one
// of the same title and text that was not there before.
func (s *Saver) find(ctx context.Context, recs *records.Account, parent api.Ref, want *api.Record, x extra) (*api.Record, error) {
	var found *api.Record
	err := recs.Account.List(ctx, query(want.Kind, parent), func(page []*api.Record) error {
		for _, r := range page {
			if found == nil && r.Title == want.Title && len(r.Body) > 0 == (len(want.Body) > 0) && !slices.Contains(x.Before, r.ID) {
				found = r
			}
		}
		return nil
	})
	return found, err
}

// query selects what an item of a kind could be found among.
func query(k api.Kind, parent api.Ref) api.Query {
	if k == api.Project {
		return api.Query{Kind: k}
	}
	return api.Query{Kind: k, In: parent}
}

// alike returns the ids of what is already there with the title of a new item.
// The folder was listed before a name in it was made.
func (s *Saver) alike(a Account, parent api.Ref, want *api.Record) []int64 {
	var out []int64
	for _, i := range a.Records().Inside(want.Kind, parent) {
		if i.Record().Title == want.Title {
			out = append(out, i.Ref().ID)
		}
	}
	return out
}
