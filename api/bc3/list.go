package bc3

import (
	"context"
	"encoding/json"
	"net/url"

	"basecampfs/api"
	"basecampfs/api/transport"
)

// sink passes the records of a listing on: each once, in pages as they came.
type sink struct {
	a    *Account
	kind api.Kind
	keep func(*api.Record) bool // nil keeps all
	page func([]*api.Record) error
	seen map[int64]struct{}
}

func (a *Account) sink(kind api.Kind, page func([]*api.Record) error) *sink {
	return &sink{a: a, kind: kind, page: page, seen: map[int64]struct{}{}}
}

// elements passes on the elements of one page. An error of it is the caller's
// own, or Malformed where the page is no list.
func (s *sink) elements(op string, body []byte) error {
	es, err := transport.Elements(body)
	if err != nil {
		if e, ok := err.(*api.Error); ok {
			e.Op = op
		}
		return err
	}
	return s.records(es)
}

func (s *sink) records(es []json.RawMessage) error {
	rs := make([]*api.Record, 0, len(es))
	for _, e := range es {
		r := s.a.record(s.kind, e)
		if r.ID != 0 {
			if _, dup := s.seen[r.ID]; dup {
				continue
			}
			s.seen[r.ID] = struct{}{}
		}
		if s.keep == nil || s.keep(r) {
			rs = append(rs, r)
		}
	}
	if len(rs) == 0 {
		return nil
	}
	return s.page(rs)
}

// follow passes on all pages of a listing.
func (s *sink) follow(ctx context.Context, path string, q url.Values) error {
	return s.a.c.Follow(ctx, path, q, func(p transport.Page) error { return s.elements("GET "+path, p.Body) })
}

// List passes on the records that q selects.
//
// Query.In zero lists a kind in a project or the whole account through
// /projects/recordings.json, oldest first, so that what is added meanwhile does
// not shift the pages. Lists and groups, which share a type there, are told
// apart. The loose to-dos of a project are those In its to-do set. The tools of
// a project are those of its dock that are enabled.
func (a *Account) List(ctx context.Context, q api.Query, page func([]*api.Record) error) error {
	s := a.sink(q.Kind, page)
	if !completable(q.Kind) && (q.State == api.Open || q.State == api.Completed) {
		return api.Errorf(api.Unsupported, "a %s is never completed", q.Kind)
	}
	if q.In.IsZero() {
		return a.listAll(ctx, q, s)
	}
	in := q.In
	if toolOf(q.Kind) && in.Kind == api.Project {
		return a.listTools(ctx, in.ID, s)
	}
	direct := q.State == api.Any
	switch {
	case q.Kind == api.Person && in.Kind == api.Project && direct:
		return s.follow(ctx, below(api.Project, in.ID, "people"), nil)
	case q.Kind == api.TodoList && in.Kind == api.TodoSet:
		return s.follow(ctx, below(api.TodoSet, in.ID, "todolists"), statusQuery(q.State))
	case q.Kind == api.TodoGroup && in.Kind == api.TodoList && direct:
		return s.follow(ctx, below(api.TodoList, in.ID, "groups"), nil)
	case q.Kind == api.Todo && (in.Kind == api.TodoList || in.Kind == api.TodoGroup):
		return a.listTodos(ctx, q, s)
	case q.Kind == api.Todo && in.Kind == api.TodoSet:
		return a.listLoose(ctx, q, s)
	case q.Kind == api.Comment && direct:
		return s.follow(ctx, "/recordings/"+num(in.ID)+"/comments.json", nil)
	case in.Kind == api.Vault && (q.Kind == api.Vault || q.Kind == api.Document || q.Kind == api.Upload) && direct:
		return s.follow(ctx, below(api.Vault, in.ID, folder(q.Kind)), nil)
	case q.Kind == api.Message && in.Kind == api.MessageBoard && direct:
		return s.follow(ctx, below(api.MessageBoard, in.ID, "messages"), nil)
	case q.Kind == api.Column && in.Kind == api.CardTable && direct:
		return a.listColumns(ctx, in.ID, s)
	case q.Kind == api.Card && in.Kind == api.Column && direct:
		return s.follow(ctx, "/card_tables/lists/"+num(in.ID)+"/cards.json", nil)
	case q.Kind == api.ScheduleEntry && in.Kind == api.Schedule:
		return s.follow(ctx, below(api.Schedule, in.ID, "entries"), statusQuery(q.State))
	case q.Kind == api.ChatLine && in.Kind == api.Chat && direct:
		return s.follow(ctx, below(api.Chat, in.ID, "lines"), nil)
	case q.Kind == api.Question && in.Kind == api.Questionnaire && direct:
		return s.follow(ctx, below(api.Questionnaire, in.ID, "questions"), nil)
	case q.Kind == api.Answer && in.Kind == api.Question && direct:
		return s.follow(ctx, below(api.Question, in.ID, "answers"), nil)
	case q.Kind == api.Forward && in.Kind == api.Inbox && direct:
		return s.follow(ctx, below(api.Inbox, in.ID, "inbox_forwards"), nil)
	case bulkType(q.Kind) != "":
		// No route of its own for this state: out of the project's, by parent.
		project := in.Project
		if project == 0 {
			project = q.Project
		}
		s.keep = func(r *api.Record) bool { return r.Parent.ID == in.ID && r.Kind == q.Kind }
		return a.recordings(ctx, q.Kind, []int64{project}, q.State, s)
	}
	return api.Errorf(api.Unsupported, "Basecamp has no listing of %s records in a %s in that state", q.Kind, in.Kind)
}

func completable(k api.Kind) bool { return k == api.Todo || k == api.Card }

func statusQuery(s api.State) url.Values {
	switch s {
	case api.ArchivedState:
		return url.Values{"status": {"archived"}}
	case api.TrashedState:
		return url.Values{"status": {"trashed"}}
	}
	return nil
}

// listTodos reads the to-dos of a list. The service lists open and completed
// ones apart, and archived or trashed ones together.
func (a *Account) listTodos(ctx context.Context, q api.Query, s *sink) error {
	path := below(api.TodoList, q.In.ID, "todos")
	switch q.State {
	case api.Open:
		return s.follow(ctx, path, nil)
	case api.Completed:
		return s.follow(ctx, path, url.Values{"completed": {"true"}})
	case api.Any:
		if err := s.follow(ctx, path, nil); err != nil {
			return err
		}
		return s.follow(ctx, path, url.Values{"completed": {"true"}})
	}
	return s.follow(ctx, path, statusQuery(q.State))
}

// listLoose reads the to-dos of a to-do set that are in no list. They have no
// listing, so they are picked out of the project's; the counts of the set tell
// where that can be spared.
func (a *Account) listLoose(ctx context.Context, q api.Query, s *sink) error {
	p, err := a.c.Get(ctx, pathOf(api.TodoSet, q.In.ID), nil)
	if err != nil {
		return err
	}
	var set struct {
		Todos     *int `json:"todos_count"`
		Completed *int `json:"completed_loose_todos_count"`
		Bucket    link `json:"bucket"`
	}
	// What is missing or no number counts as unknown.
	_ = json.Unmarshal(p.Body, &set)
	none := set.Todos != nil && *set.Todos == 0 && set.Completed != nil && *set.Completed == 0
	if none && q.State != api.ArchivedState && q.State != api.TrashedState {
		return nil
	}
	project := q.In.Project
	if project == 0 {
		project = set.Bucket.ID
	}
	s.keep = func(r *api.Record) bool { return r.Parent.ID == q.In.ID && inState(r, q.State) }
	return a.recordings(ctx, api.Todo, []int64{project}, q.State, s)
}

func inState(r *api.Record, s api.State) bool {
	switch s {
	case api.Open:
		return !r.Completed
	case api.Completed:
		return r.Completed
	}
	return true
}

// listColumns reads the columns out of their card table. What is on hold in a
// column is a column of its own, in which cards can be listed.
func (a *Account) listColumns(ctx context.Context, table int64, s *sink) error {
	p, err := a.c.Get(ctx, pathOf(api.CardTable, table), nil)
	if err != nil {
		return err
	}
	var t struct {
		Lists []json.RawMessage `json:"lists"`
	}
	if err := json.Unmarshal(p.Body, &t); err != nil {
		return &api.Error{Code: api.Malformed, Op: "GET " + pathOf(api.CardTable, table), Message: "the answer is no card table", Err: err}
	}
	inner := s.page
	s.page = func(rs []*api.Record) error {
		var all []*api.Record
		for _, r := range rs {
			if r.Parent.IsZero() {
				r.Parent = api.Ref{Kind: api.CardTable, Project: r.Project, ID: table}
			}
			all = append(all, r)
			if h := a.onHold(r); h != nil {
				all = append(all, h)
			}
		}
		return inner(all)
	}
	return s.records(t.Lists)
}

// onHold returns the part of a column for cards on hold, where it has one.
func (a *Account) onHold(column *api.Record) *api.Record {
	var c struct {
		OnHold json.RawMessage `json:"on_hold"`
	}
	if json.Unmarshal(column.Raw, &c) != nil || len(c.OnHold) == 0 {
		return nil
	}
	h := a.record(api.Column, c.OnHold)
	if h.ID == 0 {
		return nil
	}
	h.Project, h.Parent = column.Project, column.Parent
	h.Title = column.Title + " (on hold)"
	h.URL = first(h.URL, column.URL)
	h.Rest = []api.Extra{{Key: "column", Value: "OnHold"}, {Key: "on_hold_of", Value: num(column.ID)}}
	return h
}
