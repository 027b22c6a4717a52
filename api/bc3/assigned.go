package bc3

import (
	"context"
	"encoding/json"

	"basecampfs/api"
)

// Assigned returns the open to-dos and cards assigned to the person that is
// signed in, priorities first. The service gives them in a shape of their own:
// they have a title, dates, a place and people, and no body; Get has the rest.
func (a *Account) Assigned(ctx context.Context) ([]*api.Record, error) {
	const path = "/my/assignments.json"
	p, err := a.c.Get(ctx, path, nil)
	if err != nil {
		return nil, err
	}
	var all struct {
		Priorities    []json.RawMessage `json:"priorities"`
		NonPriorities []json.RawMessage `json:"non_priorities"`
	}
	if err := json.Unmarshal(p.Body, &all); err != nil {
		return nil, &api.Error{Code: api.Malformed, Op: "GET " + path, Message: "the answer is no list of assignments", Err: err}
	}
	var out []*api.Record
	seen := map[int64]bool{}
	for _, raw := range append(all.Priorities, all.NonPriorities...) {
		out = a.assignment(raw, seen, out)
	}
	return out, nil
}

// assignment adds a to-do or card to out, and those below it. Steps of cards
// are assignments too, and no records of ours.
func (a *Account) assignment(raw json.RawMessage, seen map[int64]bool, out []*api.Record) []*api.Record {
	var w struct {
		Type     string            `json:"type"`
		Children []json.RawMessage `json:"children"`
	}
	_ = json.Unmarshal(raw, &w) // what does not fit stays zero
	kind := api.Kind("")
	switch w.Type {
	case "todo", "Todo":
		kind = api.Todo
	case "card", "Card", "kanban_card", "Kanban::Card":
		kind = api.Card
	}
	if kind != "" {
		r := a.record(kind, raw)
		if r.ID != 0 && !seen[r.ID] && !r.Completed {
			seen[r.ID] = true
			r.Kind = kind
			r.Title = first(r.Title, decode(raw).Content)
			if kind == api.Card {
				r.Body = ""
			}
			if r.Parent.Kind == "" && r.Parent.ID != 0 {
				r.Parent.Kind = api.TodoList
				if kind == api.Card {
					r.Parent.Kind = api.Column
				} else if a.groups.has(r.Parent.ID) {
					r.Parent.Kind = api.TodoGroup
				}
			}
			var count struct {
				N *int `json:"comments_count"`
			}
			if json.Unmarshal(raw, &count) == nil && count.N != nil {
				r.Comments = *count.N
			}
			out = append(out, r)
		}
	}
	for _, c := range w.Children {
		out = a.assignment(c, seen, out)
	}
	return out
}
