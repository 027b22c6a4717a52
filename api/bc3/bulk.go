package bc3

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"basecampfs/api"
	"basecampfs/api/transport"
)

// listAll reads every record of a kind in a project, or in the account.
func (a *Account) listAll(ctx context.Context, q api.Query, s *sink) error {
	switch q.Kind {
	case api.Project:
		return s.follow(ctx, "/projects.json", statusQuery(q.State))
	case api.Person:
		if q.State != api.Any {
			return nil // people are neither archived nor trashed
		}
		if q.Project != 0 {
			return s.follow(ctx, below(api.Project, q.Project, "people"), nil)
		}
		return s.follow(ctx, "/people.json", nil)
	case api.Chat:
		if q.Project == 0 && q.State == api.Any {
			return s.follow(ctx, "/chats.json", nil)
		}
	}
	if toolOf(q.Kind) && q.Project != 0 && q.State == api.Any {
		return a.listTools(ctx, q.Project, s)
	}
	if bulkType(q.Kind) == "" {
		return a.Can(q.Kind).Cannot("bulk")
	}
	s.keep = func(r *api.Record) bool {
		return (r.Kind == q.Kind || q.Groups && r.Kind == api.TodoGroup) && inState(r, q.State)
	}
	ctx = transport.WithBulk(ctx)
	projects := q.Projects
	if q.Project != 0 {
		projects = []int64{q.Project}
	}
	err := a.recordings(ctx, q.Kind, projects, q.State, s)
	if len(projects) < 2 || api.CodeOf(err) != api.NotFound {
		return err
	}
	// One project that this person may not see spoils the whole call.
	for _, p := range projects {
		if err := a.recordings(ctx, q.Kind, []int64{p}, q.State, s); err != nil && api.CodeOf(err) != api.NotFound {
			return err
		}
	}
	return nil
}

// recordings reads a kind through /projects/recordings.json: whole records, of
// all projects that this person sees where projects is empty. The order by creation
// is stable while records are added.
func (a *Account) recordings(ctx context.Context, kind api.Kind, projects []int64, state api.State, s *sink) error {
	q := url.Values{"type": {bulkType(kind)}, "sort": {"created_at"}, "direction": {"asc"}, "status": {"active"}}
	if len(projects) > 0 {
		ids := make([]string, len(projects))
		for n, p := range projects {
			ids[n] = num(p)
		}
		q.Set("bucket", strings.Join(ids, ","))
	}
	if st := statusQuery(state); st != nil {
		q["status"] = st["status"]
	}
	return s.follow(ctx, "/projects/recordings.json", q)
}

// toolOf reports whether records of a kind are entries of a project's dock.
// Vaults are in docks and in one another; those in a dock are tools.
func toolOf(k api.Kind) bool {
	switch k {
	case api.TodoSet, api.MessageBoard, api.Vault, api.CardTable, api.Schedule, api.Chat, api.Questionnaire, api.Inbox:
		return true
	}
	return false
}

// listTools reads the tools of a kind that a project has and has enabled.
func (a *Account) listTools(ctx context.Context, project int64, s *sink) error {
	p, err := a.getPath(ctx, pathOf(api.Project, project), api.Project)
	if err != nil {
		return err
	}
	for _, t := range p.Tools {
		if t.Kind != s.kind || !t.Enabled {
			continue
		}
		page, err := a.c.Get(ctx, pathOf(t.Kind, t.ID), nil)
		if err != nil {
			return err
		}
		if err := s.records([]json.RawMessage{page.Body}); err != nil {
			return err
		}
	}
	return nil
}
