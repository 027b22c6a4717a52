package save

import (
	"context"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// Make creates an item that has only a title, such as a folder.
func (s *Saver) Make(ctx context.Context, a Account, k api.Kind, parent api.Ref, title string) (*records.Item, error) {
	return s.Create(ctx, a, Draft{Kind: k, Parent: parent, Title: title, Name: title})
}

// Change alters fields of an item, as the service has it at that moment.
func (s *Saver) Change(ctx context.Context, a Account, i *records.Item, alter func(*api.Record)) error {
	return s.exclusive(ctx, a, i, func(ctx context.Context, recs *records.Account) error {
		theirs, err := recs.Account.Get(ctx, i.Ref())
		if err != nil {
			return err
		}
		want := theirs.Clone()
		alter(want)
		if !changed(theirs, want) {
			recs.Put(theirs)
			return nil
		}
		now, err := recs.Update(ctx, theirs, want)
		if now != nil { // with an error, a part of it is done
			recs.Put(now)
		}
		return err
	})
}

// Move puts an item below another parent, as its last one.
func (s *Saver) Move(ctx context.Context, a Account, i *records.Item, parent api.Ref) error {
	return s.exclusive(ctx, a, i, func(ctx context.Context, recs *records.Account) error {
		now, err := recs.Move(ctx, i.Ref(), parent, 0)
		if err == nil {
			recs.Put(now)
		}
		return err
	})
}

// SetStatus trashes or restores an item.
func (s *Saver) SetStatus(ctx context.Context, a Account, i *records.Item, status api.Status) error {
	return s.exclusive(ctx, a, i, func(ctx context.Context, recs *records.Account) error {
		if err := recs.SetStatus(ctx, i.Ref(), status); err != nil {
			return err
		}
		now := i.Record().Clone()
		now.Status = status
		if status == api.Active { // its position and parent may be others now
			r, err := recs.Account.Get(ctx, i.Ref())
			if err != nil {
				return err
			}
			now = r
		}
		recs.Replace(now)
		recount(ctx, recs, now)
		return nil
	})
}

// recount reads again what a comment is on, which says how many it has: nobody
// looks for comments where there are none. Where that fails the next change of
// it brings the number.
func recount(ctx context.Context, recs *records.Account, comment *api.Record) {
	if comment.Kind != api.Comment {
		return
	}
	if on, err := recs.Account.Get(ctx, comment.Parent); err == nil {
		recs.Put(on)
	}
}

// exclusive runs a change of one item while nobody else changes it.
func (s *Saver) exclusive(ctx context.Context, a Account, i *records.Item, run func(context.Context, *records.Account) error) error {
	recs := a.Records()
	return s.detach(ctx, "changing "+i.Record().Title, func(ctx context.Context) error {
		if err := s.creates(ctx, a, i); err != nil {
			return err
		}
		unlock, err := s.locks.lock(ctx, itemKey(recs, i.Ref()))
		if err != nil {
			return err
		}
		defer unlock()
		return run(ctx, recs)
	})
}
