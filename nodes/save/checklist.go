package save

import (
	"context"
	"fmt"

	"basecampfs/api"
	"basecampfs/cache/journal"
	"basecampfs/nodes/records"
	"basecampfs/nodes/text/checklist"
)

// List is a text that was written over a whole to-do list.
type List struct {
	Item   *records.Item
	Before checklist.List // what the text is an edit of
	Name   string
	Data   []byte
	// Allow is asked before each thing that is trashed; an error stops there.
	Allow func() error
}

// Checklist brings a to-do list to a text. The whole difference is worked out
// before anything is sent; what fails half-way says how far it came.
func (s *Saver) Checklist(ctx context.Context, a Account, l List) error {
	opts, err := a.TextOptions(ctx, api.TodoList)
	if err != nil {
		return s.reject(l.Name, l.Data, err)
	}
	var steps []checklist.Step
	err = contained(func() error {
		f, err := checklist.Parse(l.Data)
		if err == nil {
			steps, err = checklist.Plan(l.Before, f, a.Records().Can, opts)
		}
		return err
	})
	if err != nil {
		return s.reject(l.Name, l.Data, err)
	}
	if len(steps) == 0 {
		return nil
	}
	r := l.Item.Ref()
	id, err := s.journaled(journal.Entry{
		Account: AccountKey(a.Records().Info()), Op: journal.Save, Kind: string(r.Kind), Project: r.Project, Item: r.ID,
		Name: l.Name, Text: l.Data, Extra: extra{Checklist: true}.encode(), State: journal.Sending,
	})
	if err != nil {
		return err
	}
	return s.detach(ctx, "saving "+l.Name, func(ctx context.Context) error {
		defer s.release(id)
		// One text of a list after the other: what a program that was
		// interrupted writes again may still be under way.
		unlock, err := s.locks.lock(ctx, lockKey{account: AccountKey(a.Records().Info()), kind: r.Kind, id: r.ID, name: l.Name})
		if err != nil {
			return s.refuse(id, err)
		}
		defer unlock()
		before := l.ids()
		made := make([]api.Ref, len(steps))
		for n, step := range steps {
			ref, err := s.step(ctx, a, step, made, before, l.Allow)
			if err != nil {
				// What failed may be done all the same; who reads the list
				// again has to see it.
				forgetList(a, r)
				return s.refuse(id, partly(err, n, len(steps), step))
			}
			made[n] = ref
			before[ref.ID] = true // two lines of one title are two
		}
		s.done(id)
		return nil
	})
}

// ids are those of everything that was in the list.
func (l List) ids() map[int64]bool {
	out := map[int64]bool{}
	for _, x := range append([]checklist.List{l.Before}, l.Before.Groups...) {
		out[x.Record.ID] = true
		for _, r := range x.Todos {
			out[r.ID] = true
		}
	}
	return out
}

// added returns what a text saved meanwhile has added for the same line, or nil.
func added(recs *records.Account, parent api.Ref, want *api.Record, before map[int64]bool) *api.Record {
	for _, i := range recs.Inside(want.Kind, parent) {
		if r := i.Record(); !before[r.ID] && r.Status == api.Active && sameWords(r.Title, want.Title) {
			return r
		}
	}
	return nil
}

// partly says how far a plan came.
func partly(err error, done, all int, step checklist.Step) error {
	out := &api.Error{Code: api.CodeOf(err), Err: err,
		Message: fmt.Sprintf("%d of %d changes were made, then: %v", done, all, err),
		Hint:    "read the list again, put what is missing into it and save it once more"}
	if step.Line > 0 {
		out.Message = fmt.Sprintf("%d of %d changes were made, then at line %d: %v", done, all, step.Line, err)
	}
	return out
}

// step makes one change and returns what it made.
func (s *Saver) step(ctx context.Context, a Account, step checklist.Step, made []api.Ref, before map[int64]bool, allow func() error) (api.Ref, error) {
	recs := a.Records()
	ref := step.Ref
	if ref.IsZero() && step.Of > 0 {
		ref = made[step.Of-1]
	}
	parent := step.Parent
	if step.InNew > 0 {
		parent = made[step.InNew-1]
	}
	switch step.Op {
	case checklist.Create:
		if r := added(recs, parent, step.Want, before); r != nil {
			now, err := s.complete(ctx, a, r, fill(step.Want, r))
			recs.Put(now)
			return r.Ref, err
		}
		r, err := s.sendNew(ctx, a, parent, step.Want, extra{Before: s.alike(a, parent, step.Want)}, false)
		if err != nil {
			return api.Ref{}, err
		}
		recs.Put(r)
		return r.Ref, nil
	case checklist.Update:
		opts, err := a.TextOptions(ctx, step.Want.Kind)
		if err != nil {
			return ref, err
		}
		_, err = s.send(ctx, a, step.Want.Ref, step.Base, step.Want, opts)
		return ref, err
	case checklist.Move:
		now, err := recs.Move(ctx, ref, parent, step.Position)
		if err == nil {
			recs.Put(now)
			recs.Forget(parent) // the positions of its neighbours are others now
		}
		return ref, err
	default:
		if err := allow(); err != nil {
			return ref, err
		}
		if err := recs.SetStatus(ctx, ref, api.Trashed); err != nil {
			return ref, err
		}
		if i := recs.Known(ref); i != nil {
			gone := i.Record().Clone()
			gone.Status = api.Trashed
			recs.Replace(gone)
		}
		return ref, nil
	}
}
