package records

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"basecampfs/api"
)

// fake is an account in memory: some projects with a to-do list each in a
// set, and to-dos in them.
type fake struct {
	mu    sync.Mutex
	recs  map[int64]*api.Record
	asked []string // the queries, in order
	fail  error
	news  []api.Changes // what Changes returns, in turn
	chunk int
}

var day = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newFake(projects, lists, todos int) *fake {
	f := &fake{recs: map[int64]*api.Record{}, chunk: 8}
	id := int64(1000)
	add := func(k api.Kind, project int64, parent api.Ref) *api.Record {
		id++
		if project == 0 {
			project = id
		}
		r := &api.Record{Ref: api.Ref{Kind: k, Project: project, ID: id}, Parent: parent, Status: api.Active,
			Title: fmt.Sprintf("%s %d", k, id), UpdatedAt: day, CreatedAt: day, Position: int(id), Raw: fmt.Appendf(nil, `{"id":%d}`, id)}
		f.recs[id] = r
		return r
	}
	for range projects {
		p := add(api.Project, 0, api.Ref{})
		set := api.Ref{Kind: api.TodoSet, Project: p.ID, ID: p.ID + 500000}
		for range lists {
			l := add(api.TodoList, p.ID, set)
			for range todos {
				add(api.Todo, p.ID, l.Ref)
			}
		}
	}
	return f
}

func (f *fake) Info() api.AccountInfo {
	return api.AccountInfo{Product: "fake", ID: 1, Name: "Fake"}
}

func (f *fake) Can(k api.Kind) api.Abilities {
	return api.Abilities{List: true, Bulk: true, Chunk: f.chunk, Update: api.FieldTitle}
}

func (f *fake) List(_ context.Context, q api.Query, page func([]*api.Record) error) error {
	f.mu.Lock()
	f.asked = append(f.asked, fmt.Sprintf("%s in %d of %d %v %s", q.Kind, q.In.ID, q.Project, len(q.Projects), q.State))
	if f.fail != nil {
		defer f.mu.Unlock()
		return f.fail
	}
	var out []*api.Record
	for _, r := range f.recs {
		if selects(api.Query{Kind: q.Kind, In: q.In, Project: q.Project, State: q.State}, r) && (len(q.Projects) == 0 || slices.Contains(q.Projects, r.Project)) {
			c := *r
			out = append(out, &c)
		}
	}
	f.mu.Unlock()
	return page(out)
}

func (f *fake) Get(_ context.Context, r api.Ref) (*api.Record, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, fmt.Sprintf("get %d", r.ID))
	if f.recs[r.ID] == nil {
		return nil, api.Errorf(api.NotFound, "no %d", r.ID)
	}
	c := *f.recs[r.ID]
	return &c, nil
}

func (f *fake) Changes(context.Context, api.Mark) (api.Changes, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, "changes")
	if f.fail != nil {
		return api.Changes{}, f.fail
	}
	c := api.Changes{Next: api.Mark(fmt.Sprint(len(f.asked)))}
	if len(f.news) > 0 {
		c.Records, c.Lists = f.news[0].Records, f.news[0].Lists
		f.news = f.news[1:]
	}
	return c, nil
}

// requests returns what was asked since the last call.
func (f *fake) requests() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.asked
	f.asked = nil
	return out
}

func (f *fake) set(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = err
}

func (f *fake) Create(context.Context, api.Ref, *api.Record) (*api.Record, error) {
	return nil, api.Errorf(api.Unsupported, "no")
}

func (f *fake) Update(_ context.Context, _, want *api.Record) (*api.Record, error) {
	return want, nil
}

func (f *fake) Move(context.Context, api.Ref, api.Ref, int) (*api.Record, error) {
	return nil, api.Errorf(api.Unsupported, "no")
}

func (f *fake) SetStatus(context.Context, api.Ref, api.Status) error { return nil }

func (f *fake) Open(context.Context, api.File) (io.ReadCloser, error) {
	return nil, api.Errorf(api.Unsupported, "no")
}

func (f *fake) Upload(context.Context, string, string, int64, io.Reader) (string, error) {
	return "", api.Errorf(api.Unsupported, "no")
}

func (f *fake) Me(context.Context) (*api.Record, error) {
	return nil, api.Errorf(api.Unsupported, "no")
}

func (f *fake) Assigned(context.Context) ([]*api.Record, error) { return nil, nil }
