package bcx

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"sync"

	"basecampfs/api"

	"golang.org/x/sync/errgroup"
)

// listTodoLists reads the lists of a project, or of the account where project
// is 0: the open ones in their order, then the completed ones.
func (a *Account) listTodoLists(ctx context.Context, project int64, state api.State, s *sink) error {
	var what []string
	switch state {
	case api.Any, everything:
		what = []string{"todolists", "todolists/completed"}
	case api.Open:
		what = []string{"todolists"}
	case api.Completed:
		what = []string{"todolists/completed"}
	case api.TrashedState:
		what = []string{"todolists/trashed"}
	}
	for _, w := range what {
		f := from{project: project, trashed: state == api.TrashedState}
		if err := a.pages(ctx, in(project, w), nil, a.records(api.TodoList, f, s)); err != nil {
			return err
		}
	}
	if state == api.Any || state == everything {
		a.known.setListed(project)
	}
	return nil
}

// most is from how many to-dos on the guide asks not to read a list together
// with them.
const most = 1000

// listTodos reads the to-dos of one list: in one request with the list itself
// where that has them whole, else page by page. A list in trash is only read
// with its to-dos: no page has them any more.
func (a *Account) listTodos(ctx context.Context, list api.Ref, state api.State, s *sink) error {
	if state == api.ArchivedState {
		return nil
	}
	if err := a.loadFiles(ctx, list.Project); err != nil {
		return err
	}
	binned := a.known.inBin(list.ID)
	if binned || !a.thin.Load() && a.known.size(list.ID) < most {
		all, err := a.listWithTodos(ctx, list)
		if err != nil {
			return err
		}
		if binned || !a.thin.Load() {
			return s.put(all)
		}
	}
	what := map[api.State]string{api.Open: "/remaining", api.Completed: "/completed", api.TrashedState: "/trashed"}[state]
	path := fmt.Sprintf("/projects/%d/todolists/%d/todos%s.json", list.Project, list.ID, what)
	f := from{project: list.Project, parent: list, trashed: state == api.TrashedState}
	return a.pages(ctx, path, nil, a.records(api.Todo, f, s))
}

// loadFiles learns which to-dos of a project have files: no list of to-dos
// tells. It is asked for once; after that the log of events says what changed.
func (a *Account) loadFiles(ctx context.Context, project int64) error {
	if !a.known.needsFiles(project) {
		return nil
	}
	files := map[api.Ref][]api.File{}
	err := a.each(ctx, in(project, "attachments"), url.Values{"sort": {"oldest"}}, func(e json.RawMessage) error {
		if on, f := attached(e, project); on.Kind == api.Todo {
			files[on] = append(files[on], f)
		}
		return nil
	})
	switch api.CodeOf(err) {
	case "":
		a.known.setFiles(project, files)
	case api.NotFound, api.Forbidden: // to-dos can be read all the same
	default:
		return err
	}
	return nil
}

// attached reads an entry of a list of attachments: what has the file, in which
// project; no Ref for what shows nowhere.
func attached(e json.RawMessage, project int64) (api.Ref, api.File) {
	var f attachment
	if json.Unmarshal(e, &f) != nil || f.Trashed.V {
		return api.Ref{}, api.File{}
	}
	on := api.Ref{Kind: kindOf(f.Attachable.V.Type.V), Project: project, ID: int64(f.Attachable.V.ID)}
	if on.Project == 0 {
		on.Project = projectIn(f.Attachable.V.URL.V)
	}
	if on.ID == 0 || on.Project == 0 {
		return api.Ref{}, api.File{}
	}
	return on, file(f)
}

// listWithTodos reads a list together with all its to-dos, those in trash too.
// It notices answers in which they are not whole.
func (a *Account) listWithTodos(ctx context.Context, list api.Ref) ([]*api.Record, error) {
	at, err := path(list)
	if err != nil {
		return nil, err
	}
	p, err := a.c.Get(ctx, at, nil)
	if err != nil {
		return nil, err
	}
	w, ok := decode(p.Body)
	if !ok || w.ID == 0 {
		return nil, &api.Error{Code: api.Malformed, Op: "GET " + at, Message: "the answer is not a to-do list"}
	}
	g := w.Todos.V
	var out []*api.Record
	add := func(all []json.RawMessage, f from) {
		for _, e := range all {
			if !bytes.Contains(e, []byte(`"creator"`)) || !bytes.Contains(e, []byte(`"todolist_id"`)) {
				a.thin.Store(true)
			}
			if r := a.record(api.Todo, e, f); r.ID != 0 {
				out = append(out, r)
			}
		}
	}
	add(g.Remaining, from{project: list.Project, parent: list})
	add(g.Completed, from{project: list.Project, parent: list, done: true})
	if len(g.Remaining)+len(g.Completed) < int(w.Remaining+w.CompletedCount) {
		a.thin.Store(true) // not all of them
	}
	add(g.Trashed, from{project: list.Project, parent: list, trashed: true})
	return out, nil
}

// bulkTodos reads the to-dos of a project, or of the account: from the one
// list of them all, or with each list, whichever takes fewer requests.
func (a *Account) bulkTodos(ctx context.Context, project int64, state api.State, s *sink) error {
	switch state {
	case api.ArchivedState:
		return nil
	case api.TrashedState:
		return a.trashedTodos(ctx, project, s)
	}
	if err := a.loadFiles(ctx, project); err != nil {
		return err
	}
	lists, todos := a.known.sizes(project)
	if a.thin.Load() || len(lists) == 0 || len(lists) >= todos/pageSize+2 {
		return a.pagedTodos(ctx, project, todos/pageSize, s)
	}
	return a.listedTodos(ctx, lists, state, s)
}

// fewLists is up to how many to-do lists are asked for what is in their trash,
// which takes one request each.
const fewLists = 10

// trashedTodos reads the to-dos in trash, of which there is no list but within
// each to-do list. Where there are many lists, what was seen in trash is all
// that is there: a walk must not take a request a list.
func (a *Account) trashedTodos(ctx context.Context, project int64, s *sink) error {
	lists, ok := a.known.listsOf(project)
	if !ok {
		all := newSink(func([]*api.Record) error { return nil }, nil)
		if err := a.listTodoLists(ctx, project, api.Any, all); err != nil {
			return err
		}
		lists, _ = a.known.listsOf(project)
	}
	if len(lists) <= fewLists {
		if err := a.listedTodos(ctx, lists, api.TrashedState, s); err != nil {
			return err
		}
	}
	seen, unread := a.known.binOf(project)
	read, err := readAll(ctx, unread, a.Get)
	if err != nil {
		return err
	}
	return s.put(append(seen, read...))
}

// listedTodos reads the to-dos of many lists, several lists at once.
func (a *Account) listedTodos(ctx context.Context, lists map[int64]int64, state api.State, s *sink) error {
	var mu sync.Mutex
	got := map[int64][]*api.Record{}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(together)
	for id, project := range lists {
		g.Go(func() error {
			one := newSink(func(page []*api.Record) error {
				mu.Lock()
				defer mu.Unlock()
				got[id] = append(got[id], page...)
				return nil
			}, nil)
			err := a.listTodos(gctx, api.Ref{Kind: api.TodoList, Project: project, ID: id}, state, one)
			if api.CodeOf(err) == api.NotFound {
				return nil
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(lists)) {
		if err := s.put(got[id]); err != nil {
			return err
		}
	}
	return nil
}

// fewest is up to how many lists that came out short are read again; where
// more did, their counts are not what they seem.
const fewest = 5

// pagedTodos reads the list of all to-dos. An entry that is trashed or moved
// while it is read shifts another one to a page that was already read, so what
// came is compared with what each list says that it holds. So many pages are
// known to be there.
func (a *Account) pagedTodos(ctx context.Context, project int64, pages int, s *sink) error {
	got, says := map[api.Ref]int{}, map[api.Ref]int{}
	seen := map[int64]bool{}
	err := a.ahead(ctx, in(project, "todos"), pages, func(all []json.RawMessage) error {
		out := make([]*api.Record, 0, len(all))
		for _, e := range all {
			r := a.record(api.Todo, e, from{project: project})
			if r.ID == 0 || r.Parent.IsZero() {
				return api.Errorf(api.Malformed, "a to-do in a list of them has no id or no to-do list")
			}
			out = append(out, r)
			if seen[r.ID] {
				continue
			}
			seen[r.ID] = true
			var in struct {
				Todolist struct {
					Remaining number `json:"remaining_count"`
					Completed number `json:"completed_count"`
				} `json:"todolist"`
			}
			if json.Unmarshal(e, &in) == nil {
				got[r.Parent]++
				says[r.Parent] = int(in.Todolist.Remaining + in.Todolist.Completed)
			}
		}
		return s.put(out)
	})
	if err != nil {
		return err
	}
	var short []api.Ref
	for list, n := range got {
		if n < says[list] {
			short = append(short, list)
		}
	}
	if len(short) > fewest {
		return nil
	}
	slices.SortFunc(short, func(x, y api.Ref) int { return cmp.Compare(x.ID, y.ID) })
	for _, list := range short {
		if err := a.listTodos(ctx, list, api.Any, s); err != nil && api.CodeOf(err) != api.NotFound {
			return err
		}
	}
	return nil
}
