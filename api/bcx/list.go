package bcx

import (
	"context"
	"encoding/json"

	"basecampfs/api"
)

// List calls page with the records that q selects, each of them whole. What
// the API lists in no way, such as the messages in trash, is not there.
//
// A completed to-do list is a list like others, with Completed set: Any has
// both, the open ones first. A draft of a project is Active, so that it shows
// for the one person who can see it. Everything in an archived project is
// Archived.
func (a *Account) List(ctx context.Context, q api.Query, page func([]*api.Record) error) error {
	s := newSink(page, selects(q.State))
	project := q.Project
	if q.In.Project != 0 {
		project = q.In.Project
	}
	switch {
	case q.Kind == api.Project:
		return a.listProjects(ctx, q.State, s)
	case q.Kind == api.Person:
		return a.listPeople(ctx, project, q.State, s)
	case q.Kind == api.Comment:
		return a.listComments(ctx, q.In, s)
	case len(q.Projects) > 0:
		return a.listEach(ctx, q, q.Projects, s)
	case project != 0:
		return a.listIn(ctx, q, project, s)
	case q.State == api.ArchivedState:
		return a.listArchived(ctx, q, s)
	}
	if err := a.listIn(ctx, q, 0, s); err != nil {
		return err
	}
	// The lists of the whole account leave drafts out.
	return a.listEach(ctx, q, a.known.unpublished(), s)
}

func (a *Account) listEach(ctx context.Context, q api.Query, projects []int64, s *sink) error {
	for _, p := range projects {
		if err := a.listIn(ctx, q, p, s); err != nil && api.CodeOf(err) != api.NotFound {
			return err
		}
	}
	return nil
}

// listArchived lists what is archived by itself, and what is in the archived
// projects, which no list of the account has.
func (a *Account) listArchived(ctx context.Context, q api.Query, s *sink) error {
	if q.Kind == api.Message {
		if err := a.listIn(ctx, q, 0, s); err != nil {
			return err
		}
	}
	var ids []int64
	projects := newSink(func(all []*api.Record) error {
		for _, p := range all {
			ids = append(ids, p.ID)
		}
		return nil
	}, nil)
	if err := a.listProjects(ctx, api.ArchivedState, projects); err != nil {
		return err
	}
	return a.listEach(ctx, q, ids, s)
}

// listIn lists what is in a project, or in all live ones where it is 0.
func (a *Account) listIn(ctx context.Context, q api.Query, project int64, s *sink) error {
	state := q.State
	if a.known.archived(project) {
		switch state {
		case api.Any, api.Open, api.Completed:
			return nil
		case api.ArchivedState:
			state = everything
		}
	}
	switch q.Kind {
	case api.TodoGroup, api.Vault:
		return nil // there are none within what can hold them elsewhere
	case api.TodoSet, api.MessageBoard, api.Schedule, api.Inbox:
		return a.listTools(ctx, q.Kind, project, s)
	case api.TodoList:
		if q.In.Kind == api.TodoList {
			return nil
		}
		return a.listTodoLists(ctx, project, state, s)
	case api.Todo:
		switch q.In.Kind {
		case "":
			return a.bulkTodos(ctx, project, state, s)
		case api.TodoList:
			return a.listTodos(ctx, q.In, state, s)
		}
		return nil // every to-do is on a list
	case api.Message:
		return a.listMessages(ctx, project, state, s)
	case api.Document, api.Forward:
		return a.listDocuments(ctx, q.Kind, project, state, s)
	case api.Upload:
		return a.listUploads(ctx, project, state, s)
	case api.ScheduleEntry:
		if project == 0 {
			return a.everyProject(ctx, func(p int64) error { return a.listEntries(ctx, p, state, s) })
		}
		return a.listEntries(ctx, project, state, s)
	}
	return &api.Error{Code: api.Unsupported, Message: a.Can(q.Kind).Why["create"]}
}

// everything is the state of what an archived project holds: it is listed as
// if the project were live.
const everything api.State = "everything"

// live reports whether a state is one of what has no completion.
func live(s api.State) bool { return s == api.Any || s == api.Open || s == everything }

// selects narrows what lists of the service answer that tell less apart.
func selects(state api.State) func(*api.Record) bool {
	return func(r *api.Record) bool {
		switch state {
		case api.ArchivedState:
			return r.Status == api.Archived
		case api.TrashedState:
			return r.Status == api.Trashed
		case api.Open:
			return r.Status == api.Active && !r.Completed
		case api.Completed:
			return r.Status == api.Active && r.Completed
		}
		return r.Status == api.Active
	}
}

// everyProject calls f for each live project.
func (a *Account) everyProject(ctx context.Context, f func(project int64) error) error {
	var ids []int64
	s := newSink(func(all []*api.Record) error {
		for _, p := range all {
			ids = append(ids, p.ID)
		}
		return nil
	}, selects(api.Any))
	if err := a.listProjects(ctx, api.Any, s); err != nil {
		return err
	}
	for _, id := range ids {
		if err := f(id); err != nil && api.CodeOf(err) != api.NotFound {
			return err
		}
	}
	return nil
}

// records passes on a list whose entries are whole.
func (a *Account) records(kind api.Kind, f from, s *sink) func([]json.RawMessage) error {
	return func(all []json.RawMessage) error {
		out := make([]*api.Record, 0, len(all))
		for _, e := range all {
			r := a.record(kind, e, f)
			if r.ID == 0 {
				return api.Errorf(api.Malformed, "an entry of a list of %ss has no id", kind)
			}
			if kind == api.Project || kind == api.Person || r.Project != 0 {
				out = append(out, r) // the others are of calendars without a project
			}
		}
		return s.put(out)
	}
}

// listProjects reads drafts with the live ones. The guide says of each of
// these lists that it has all projects.
func (a *Account) listProjects(ctx context.Context, state api.State, s *sink) error {
	var paths []string
	switch state {
	case api.Any, api.Open:
		paths = []string{"/projects.json", "/projects/drafts.json"}
	case api.ArchivedState:
		paths = []string{"/projects/archived.json"}
	}
	for _, p := range paths {
		if err := a.pages(ctx, p, nil, untilShort(a.records(api.Project, from{}, s))); err != nil {
			return err
		}
	}
	return nil
}

func (a *Account) listPeople(ctx context.Context, project int64, state api.State, s *sink) error {
	p := "/people.json"
	switch {
	case state == api.TrashedState:
		p = "/people/trashed.json"
	case state == api.ArchivedState || state == api.Completed:
		return nil
	case project != 0:
		p = in(project, "accesses")
	}
	return a.pages(ctx, p, nil, untilShort(a.records(api.Person, from{}, s)))
}

func (a *Account) listTools(ctx context.Context, kind api.Kind, project int64, s *sink) error {
	if project == 0 {
		return a.Can(kind).Cannot("create")
	}
	r, err := a.getTool(ctx, api.Ref{Kind: kind, Project: project, ID: project})
	if err != nil {
		return err
	}
	return s.put([]*api.Record{r})
}

// listComments reads what they are on, which holds all of them.
func (a *Account) listComments(ctx context.Context, parent api.Ref, s *sink) error {
	if !commentable(parent.Kind) {
		return &api.Error{Code: api.Unsupported, Message: "Basecamp 2 lists the comments of one thing at a time, and this has none"}
	}
	_, all, err := a.whole(ctx, parent)
	if err != nil {
		return err
	}
	return s.put(all)
}
