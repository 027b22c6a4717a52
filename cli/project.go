package cli

import (
	"context"
	"strings"

	"basecampfs/api"
	"basecampfs/auth"
)

// chosen is an account of which only some projects are shown.
type chosen struct {
	api.Account
	ids map[int64]bool
}

// List leaves out the projects that were not chosen. What is inside others is
// never asked for, since nothing leads there.
func (c chosen) List(ctx context.Context, q api.Query, page func([]*api.Record) error) error {
	if q.Kind != api.Project {
		return c.Account.List(ctx, q, page)
	}
	return c.Account.List(ctx, q, func(all []*api.Record) error {
		return page(c.keep(all, func(r *api.Record) int64 { return r.ID }))
	})
}

// Assigned leaves out what is in projects that are not shown.
func (c chosen) Assigned(ctx context.Context) ([]*api.Record, error) {
	all, err := c.Account.Assigned(ctx)
	return c.keep(all, func(r *api.Record) int64 { return r.Project }), err
}

func (c chosen) keep(all []*api.Record, project func(*api.Record) int64) []*api.Record {
	var out []*api.Record
	for _, r := range all {
		if c.ids[project(r)] {
			out = append(out, r)
		}
	}
	return out
}

// chooseProjects narrows accounts to those projects that were asked for, by
// name or id. An account that has none of them is left out.
func chooseProjects(ctx context.Context, accounts []api.Account, wants []string) ([]api.Account, error) {
	if len(wants) == 0 {
		return accounts, nil
	}
	ids := map[api.Account]map[int64]bool{}
	var all []*api.Record
	found := map[string]bool{}
	for _, a := range accounts {
		projects, err := projectsOf(ctx, a)
		if err != nil {
			return nil, err
		}
		all = append(all, projects...)
		for _, want := range wants {
			p, err := auth.Pick(projects, want, "project", "--project", projectKey)
			if err != nil && auth.CodeOf(err) != auth.NotFound {
				return nil, err
			}
			if err == nil {
				if ids[a] == nil {
					ids[a] = map[int64]bool{}
				}
				ids[a][p.ID] = true
				found[want] = true
			}
		}
	}
	var out []api.Account
	for _, a := range accounts {
		if ids[a] != nil {
			out = append(out, chosen{a, ids[a]})
		}
	}
	for _, want := range wants {
		if !found[want] {
			_, err := auth.Pick(all, want, "project", "--project", projectKey) // says what there is
			return nil, err
		}
	}
	return out, nil
}

func projectKey(r *api.Record) (int64, string) { return r.ID, strings.TrimSpace(r.Title) }

// projectsOf lists an account's projects, archived ones too.
func projectsOf(ctx context.Context, a api.Account) ([]*api.Record, error) {
	var out []*api.Record
	for _, s := range []api.State{api.Any, api.ArchivedState} {
		err := a.List(ctx, api.Query{Kind: api.Project, State: s}, func(page []*api.Record) error {
			out = append(out, page...)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
