package save

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"basecampfs/api"
	"basecampfs/cache/journal"
	"basecampfs/nodes/records"
	"basecampfs/nodes/text"
	"basecampfs/nodes/text/merge"
)

// Edit is a text that was written over an item.
type Edit struct {
	Item *records.Item
	// Base is the version that the text is an edit of, as far as the caller
	// knows. A text that names another known version is an edit of that.
	Base *api.Record
	Name string // of the file, for messages
	Data []byte
}

// Update brings an item to a text and returns the item's version afterwards.
// Nothing is sent where the text says nothing new.
func (s *Saver) Update(ctx context.Context, a Account, e Edit) (*api.Record, error) {
	opts, err := a.TextOptions(ctx, e.Item.Ref().Kind)
	if err != nil {
		return nil, s.reject(e.Name, e.Data, err)
	}
	var named time.Time
	var base, want *api.Record
	err = contained(func() (err error) {
		named, base, want, err = s.wanted(AccountKey(a.Records().Info()), e, opts)
		return err
	})
	if err != nil {
		return nil, s.reject(e.Name, e.Data, err)
	}
	if !changed(base, want) {
		return e.Item.Record(), nil
	}
	r := e.Item.Ref()
	id, err := s.journaled(journal.Entry{
		Account: AccountKey(a.Records().Info()), Op: journal.Save, Kind: string(r.Kind), Project: r.Project, Item: r.ID,
		Name: e.Name, Base: encodeRecord(base), Text: e.Data,
	})
	if err != nil {
		return nil, err
	}
	return detached(ctx, s, "saving "+e.Name, func(ctx context.Context) (*api.Record, error) {
		defer s.release(id)
		if err := s.creates(ctx, a, e.Item); err != nil {
			return nil, s.refuse(id, err)
		}
		unlock, err := s.locks.lock(ctx, itemKey(a.Records(), r))
		if err != nil {
			return nil, s.refuse(id, err)
		}
		defer unlock()
		s.before(ctx, a, r, id)
		now, err := s.sendLocked(ctx, a, r, base, want, opts)
		if err != nil {
			return nil, s.refuse(id, err)
		}
		s.done(id)
		if !named.IsZero() {
			s.past.put(itemKey(a.Records(), r), named, want)
		}
		return now, nil
	})
}

// before takes up what a crash left of earlier saves of an item: what was
// written first goes first. The item is locked.
func (s *Saver) before(ctx context.Context, a Account, r api.Ref, id journal.ID) {
	all, err := s.opts.Journal.Pending()
	if err != nil {
		return // it is Resume that says so
	}
	key := itemKey(a.Records(), r)
	for _, e := range all {
		if e.ID < id && e.Op == journal.Save && e.State != journal.Refused && keyOf(e) == key {
			_ = s.takeUp(ctx, a, e.ID) // told, and kept where it cannot be sent now
		}
	}
}

// wanted reads a text: the version that it names, if it does, the one that it is
// an edit of, and what it wants.
func (s *Saver) wanted(account string, e Edit, opts text.Options) (named time.Time, base, want *api.Record, err error) {
	f, err := text.Parse(e.Data)
	if err != nil {
		return named, nil, nil, err
	}
	r := e.Item.Ref()
	if f.ID == r.ID {
		named = f.UpdatedAt
	}
	if !named.IsZero() && !named.Equal(e.Base.UpdatedAt.Truncate(time.Second)) {
		base = s.past.get(lockKey{account: account, kind: r.Kind, id: r.ID}, named)
		said := base != nil
		if !said {
			base = e.Item.At(named)
		}
		if base != nil {
			want, err = text.Apply(base, f, opts)
			// A version of the service's, put back as it was, is an edit of
			// what is there now; what was saved before says nothing new.
			if err != nil || said || changed(base, want) {
				return named, base, want, err
			}
		}
	}
	want, err = text.Apply(e.Base, f, opts)
	if err == nil && base != nil && f.Body != nil {
		want.Body = base.Body
	}
	return named, e.Base, want, err
}

// send brings the service's version to want, an edit of base.
func (s *Saver) send(ctx context.Context, a Account, r api.Ref, base, want *api.Record, opts text.Options) (*api.Record, error) {
	unlock, err := s.locks.lock(ctx, itemKey(a.Records(), r))
	if err != nil {
		return nil, err
	}
	defer unlock()
	return s.sendLocked(ctx, a, r, base, want, opts)
}

// sendLocked is send of an item that is locked.
func (s *Saver) sendLocked(ctx context.Context, a Account, r api.Ref, base, want *api.Record, opts text.Options) (*api.Record, error) {
	recs := a.Records()
	theirs, err := recs.Account.Get(ctx, r)
	if err != nil {
		return nil, err
	}
	merged := want
	if changed(base, theirs) || base.Status != theirs.Status {
		var conflicts []merge.Conflict
		merged, conflicts = merge.Merge(base, want, theirs, opts.Can.Body, opts.People.Mention)
		if len(conflicts) > 0 {
			recs.Put(theirs)
			return nil, conflict(theirs, conflicts)
		}
	} else {
		merged = rebase(want, theirs)
	}
	if !changed(theirs, merged) {
		recs.Put(theirs)
		return theirs, nil
	}
	now, err := recs.Update(ctx, theirs, merged)
	if now != nil { // with an error, a part of it is done
		recs.Put(now)
	}
	if err != nil {
		return nil, err
	}
	return now, nil
}

// rebase puts the fields that a person writes into the service's version.
func rebase(want, theirs *api.Record) *api.Record {
	m := theirs.Clone()
	m.Title, m.Body, m.Completed = want.Title, want.Body, want.Completed
	m.StartsOn, m.DueOn, m.Color = want.StartsOn, want.DueOn, want.Color
	m.StartsAt, m.EndsAt, m.AllDay = want.StartsAt, want.EndsAt, want.AllDay
	m.Assignees, m.Notify = want.Assignees, want.Notify
	return m
}

// changed reports whether two versions differ in what a person can write.
func changed(a, b *api.Record) bool {
	return a.Title != b.Title || a.Body != b.Body || a.Completed != b.Completed ||
		a.StartsOn != b.StartsOn || a.DueOn != b.DueOn || a.Color != b.Color ||
		!a.StartsAt.Equal(b.StartsAt) || !a.EndsAt.Equal(b.EndsAt) || a.AllDay != b.AllDay ||
		!samePeople(a.Assignees, b.Assignees) || !samePeople(a.Notify, b.Notify)
}

func samePeople(a, b []*api.Human) bool {
	return slices.Equal(ids(a), ids(b))
}

func ids(people []*api.Human) []int64 {
	out := make([]int64, len(people))
	for n, h := range people {
		out[n] = h.ID
	}
	slices.Sort(out)
	return out
}

func conflict(theirs *api.Record, conflicts []merge.Conflict) error {
	var b strings.Builder
	for n, c := range conflicts {
		if n > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s is %q there and %q here", c.Field, brief(c.Theirs), brief(c.Mine))
	}
	return &api.Error{
		Code:    api.Conflict,
		Message: fmt.Sprintf("somebody else changed %q meanwhile: %s", brief(theirs.Title), b.String()),
		Hint:    "read the file again, put your change into it and save it once more",
	}
}

// brief cuts a value to what a line can hold.
func brief(s string) string {
	const most = 60
	r := []rune(s)
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
