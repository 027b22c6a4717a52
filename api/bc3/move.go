package bc3

import (
	"context"
	"net/http"

	"basecampfs/api"
)

// Move puts a to-do into another list or group of its project, a card into
// another column of its table, or a list or group at another position where it
// is. A position of 0 is the last one.
func (a *Account) Move(ctx context.Context, r, parent api.Ref, position int) (*api.Record, error) {
	if r.Project != 0 && parent.Project != 0 && r.Project != parent.Project {
		return nil, can[r.Kind].Cannot("across")
	}
	switch {
	case r.Kind == api.Todo && (parent.Kind == api.TodoList || parent.Kind == api.TodoGroup || parent.Kind == api.TodoSet),
		r.Kind == api.TodoList && parent.Kind == api.TodoSet,
		r.Kind == api.TodoGroup && parent.Kind == api.TodoList,
		r.Kind == api.Card && parent.Kind == api.Column:
	default:
		return nil, can[r.Kind].Cannot("move")
	}
	if position <= 0 {
		n, err := a.last(ctx, r, parent)
		if err != nil {
			return nil, err
		}
		position = n
	}
	if r.Kind == api.TodoList || r.Kind == api.TodoGroup {
		now, err := a.Get(ctx, r)
		if err != nil {
			return nil, err
		}
		if now.Parent.ID != 0 && now.Parent.ID != parent.ID {
			return nil, can[r.Kind].Cannot("move")
		}
	}
	if err := a.reposition(ctx, r, parent, position); err != nil {
		return nil, err
	}
	now, err := a.Get(ctx, r)
	if err != nil {
		return nil, err
	}
	if now.Parent.ID == parent.ID {
		now.Parent.Kind = parent.Kind
	}
	return now, nil
}

// reposition puts a record at a position counted from 1, in parent.
func (a *Account) reposition(ctx context.Context, r, parent api.Ref, position int) error {
	body := map[string]any{"position": position}
	switch r.Kind {
	case api.Todo:
		if parent.ID != 0 {
			body["parent_id"] = parent.ID
		}
		return a.do(ctx, http.MethodPut, "/todos/"+num(r.ID)+"/position.json", body)
	case api.TodoList:
		return a.do(ctx, http.MethodPut, "/todosets/todolists/"+num(r.ID)+"/position.json", body)
	case api.TodoGroup:
		return a.do(ctx, http.MethodPut, "/todolists/groups/"+num(r.ID)+"/position.json", body)
	case api.Card:
		body["column_id"] = parent.ID
		return a.do(ctx, http.MethodPost, "/card_tables/cards/"+num(r.ID)+"/moves.json", body)
	}
	return can[r.Kind].Cannot("position")
}

// last is the position behind all that parent holds: the service has no word
// for it, and counts what is open only.
func (a *Account) last(ctx context.Context, r, parent api.Ref) (int, error) {
	q := api.Query{Kind: r.Kind, In: parent, State: api.Open}
	if !completable(r.Kind) || r.Kind == api.Card {
		q.State = api.Any
	}
	n, there := 0, false
	err := a.List(ctx, q, func(rs []*api.Record) error {
		for _, o := range rs {
			n++
			there = there || o.ID == r.ID
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	if !there {
		n++
	}
	return max(n, 1), nil
}

// SetStatus trashes, archives or restores a record, with what it holds. A line
// of a chat is deleted for good.
func (a *Account) SetStatus(ctx context.Context, r api.Ref, s api.Status) error {
	ab := can[r.Kind]
	switch {
	case s == api.Trashed && !ab.Trash:
		return ab.Cannot("trash")
	case s == api.Archived && !ab.Archive:
		return ab.Cannot("archive")
	case s == api.Active && !ab.Restore:
		return ab.Cannot("restore")
	case s != api.Trashed && s != api.Archived && s != api.Active:
		return api.Errorf(api.Unsupported, "nothing can be made %s", s)
	}
	switch {
	case r.Kind == api.ChatLine:
		at, err := a.linePath(ctx, r)
		if err != nil {
			return err
		}
		return a.do(ctx, http.MethodDelete, at, nil)
	case r.Kind == api.Project && s == api.Trashed:
		return a.do(ctx, http.MethodDelete, pathOf(api.Project, r.ID), nil)
	case r.Kind == api.Project:
		return a.do(ctx, http.MethodPut, below(api.Project, r.ID, "status/"+string(s)), nil)
	}
	return a.do(ctx, http.MethodPut, "/recordings/"+num(r.ID)+"/status/"+string(s)+".json", nil)
}
