package bcx

import (
	"context"
	"encoding/json"

	"basecampfs/api"
)

// Get reads one record, whatever its status. A comment is found only through
// what it is on, so only one that was listed before can be read.
func (a *Account) Get(ctx context.Context, r api.Ref) (*api.Record, error) {
	switch r.Kind {
	case api.Comment:
		return a.getComment(ctx, r)
	case api.TodoSet, api.MessageBoard, api.Vault, api.Schedule, api.Inbox:
		return a.getTool(ctx, r)
	}
	rec, _, err := a.whole(ctx, r)
	return rec, err
}

// whole reads a record with its comments.
func (a *Account) whole(ctx context.Context, r api.Ref) (*api.Record, []*api.Record, error) {
	at, err := path(r)
	if err != nil {
		return nil, nil, err
	}
	if r.Kind == api.TodoList {
		at += "?exclude_todos=true"
	}
	p, err := a.c.Get(ctx, at, nil)
	if err != nil {
		return nil, nil, err
	}
	rec, err := a.one("GET "+at, r.Kind, p.Body, from{project: r.Project})
	if err != nil {
		return nil, nil, err
	}
	if !commentable(r.Kind) {
		return rec, nil, nil
	}
	w, _ := decode(p.Body)
	return rec, a.comments(rec, w.Comments), nil
}

func (a *Account) getComment(ctx context.Context, r api.Ref) (*api.Record, error) {
	missing := &api.Error{Code: api.NotFound, Message: "there is no such comment any more, or it was not listed yet"}
	parent := a.known.parentOf(r.ID)
	if parent.IsZero() {
		return nil, missing
	}
	_, all, err := a.whole(ctx, parent)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if c.ID == r.ID {
			return c, nil
		}
	}
	return nil, missing
}

// getTool makes the record of a section of a project. Its JSON is what the
// project says of the section.
func (a *Account) getTool(ctx context.Context, r api.Ref) (*api.Record, error) {
	project, err := a.Get(ctx, api.Ref{Kind: api.Project, Project: r.ID, ID: r.ID})
	if err != nil {
		return nil, err
	}
	t := &api.Record{Ref: api.Ref{Kind: r.Kind, Project: r.ID, ID: r.ID}, Parent: project.Ref, Status: project.Status,
		Creator: project.Creator, CreatedAt: project.CreatedAt, UpdatedAt: project.UpdatedAt, URL: project.URL, Comments: -1, Raw: []byte("{}")}
	var sections map[string]json.RawMessage
	json.Unmarshal(project.Raw, &sections) // it was read before
	for _, d := range dock {
		if d.kind == r.Kind {
			t.Title = d.title
			if s := sections[d.key]; len(s) > 0 && s[0] == '{' {
				t.Raw = s
			}
		}
	}
	return t, nil
}

// Assigned returns the open to-dos assigned to the person signed in.
func (a *Account) Assigned(ctx context.Context) ([]*api.Record, error) {
	if a.me.Load() == 0 {
		if _, err := a.Me(ctx); err != nil {
			return nil, err
		}
	}
	me := a.people.human(person{ID: number(a.me.Load())})
	at, _ := path(api.Ref{Kind: api.Person, ID: me.ID})
	at = at[:len(at)-len(".json")] + "/assigned_todos.json"
	var out []*api.Record
	err := a.each(ctx, at, nil, func(raw json.RawMessage) error {
		w, _ := decode(raw)
		project := projectOf(api.TodoList, w, from{})
		list := api.Ref{Kind: api.TodoList, Project: project, ID: int64(w.ID)}
		for _, e := range w.Assigned {
			r := a.record(api.Todo, e, from{project: project, parent: list})
			if len(r.Assignees) == 0 {
				r.Assignees = []*api.Human{me} // the answer says so by having it
			}
			if r.ID != 0 && !r.Completed {
				out = append(out, r)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
