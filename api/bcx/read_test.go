package bcx_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"basecampfs/api"
	sim "basecampfs/api/simulator/bcx"
	"basecampfs/api/simulator/product"
)

func TestMoreThanOnePageOfEverything(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	p := leto(t, a)
	if p.Body == "" || p.Status != api.Active || len(p.Tools) != 5 || p.Comments != -1 {
		t.Errorf("project: %+v", p)
	}
	set := tool(t, p, api.TodoSet)
	if set.ID != p.ID || set.Project != p.ID {
		t.Errorf("the to-do set is %+v in project %d", set, p.ID)
	}
	lists := list(t, a, api.Query{Kind: api.TodoList, In: set})
	launch := named(t, lists, "Launch list")
	todos := list(t, a, api.Query{Kind: api.Todo, In: launch.Ref})
	busy := named(t, list(t, a, api.Query{Kind: api.Todo, In: named(t, lists, "Strategy ideas").Ref}), "Talk about the name")
	for _, c := range []struct {
		q    api.Query
		want int
	}{
		{api.Query{Kind: api.Person}, 58},
		{api.Query{Kind: api.Person, State: api.TrashedState}, 1},
		{api.Query{Kind: api.Project}, 6}, // a draft is one of them
		{api.Query{Kind: api.Project, State: api.ArchivedState}, 1},
		{api.Query{Kind: api.TodoList, In: set}, 3 + 1 + 54 + 52 + 6},
		{api.Query{Kind: api.TodoList, In: set, State: api.Open}, 2 + 1 + 54 + 6},
		{api.Query{Kind: api.TodoList, In: set, State: api.Completed}, 53},
		{api.Query{Kind: api.TodoList, In: set, State: api.TrashedState}, 1},
		{api.Query{Kind: api.Todo, In: launch.Ref}, 64},
		{api.Query{Kind: api.Todo, In: launch.Ref, State: api.Completed}, 11},
		{api.Query{Kind: api.Todo, Project: p.ID, State: api.TrashedState}, 1},
		{api.Query{Kind: api.Comment, In: busy.Ref}, 55},
		{api.Query{Kind: api.Message, In: tool(t, p, api.MessageBoard)}, 55},
		{api.Query{Kind: api.Message, Project: p.ID, State: api.ArchivedState}, 1},
		{api.Query{Kind: api.Document, In: tool(t, p, api.Vault)}, 56},
		{api.Query{Kind: api.Upload, In: tool(t, p, api.Vault)}, 57},
		{api.Query{Kind: api.Vault, In: tool(t, p, api.Vault)}, 0},
		{api.Query{Kind: api.TodoGroup, In: launch.Ref}, 0},
		{api.Query{Kind: api.Forward, In: tool(t, p, api.Inbox)}, 53},
		{api.Query{Kind: api.ScheduleEntry, In: tool(t, p, api.Schedule)}, 56 + 52 + 2},
	} {
		t.Run(fmt.Sprintf("%s/%s/%s", c.q.Kind, c.q.In.Kind, c.q.State), func(t *testing.T) {
			got := list(t, a, c.q)
			if len(got) != c.want {
				t.Errorf("%d records, want %d", len(got), c.want)
			}
			for _, r := range got {
				if !c.q.In.IsZero() && !r.Parent.Is(c.q.In) {
					t.Fatalf("%q is in %+v, not in %+v", r.Title, r.Parent, c.q.In)
				}
				if r.UpdatedAt.IsZero() || r.URL == "" && r.Kind != api.Comment {
					t.Fatalf("a record without its time or address: %+v", r)
				}
			}
		})
	}
	if len(todos) != 64 || todos[0].Position != 1 {
		t.Errorf("first to-do: %+v", todos[0])
	}
}

func TestListedRecordsAreWhole(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	p := leto(t, a)
	for _, k := range []api.Kind{api.Message, api.Document, api.Upload, api.Forward, api.ScheduleEntry} {
		for _, r := range list(t, a, api.Query{Kind: k, Project: p.ID}) {
			g, err := a.Get(t.Context(), r.Ref)
			if err != nil {
				t.Fatal(err)
			}
			if g.Title != r.Title || g.Body != r.Body || g.Comments != r.Comments || len(g.Files) != len(r.Files) || g.Parent != r.Parent || !g.UpdatedAt.Equal(r.UpdatedAt) {
				t.Fatalf("listed %+v\nread %+v", r, g)
			}
			if r.Creator == nil {
				t.Fatalf("%s %q has no creator", k, r.Title)
			}
		}
	}
}

// TestSameTodoHoweverFound compares what every way to a to-do makes of it.
func TestSameTodoHoweverFound(t *testing.T) {
	for _, thin := range []bool{false, true} {
		t.Run(fmt.Sprintf("thin=%t", thin), func(t *testing.T) {
			s := serve(t, product.Size{}, sim.Options{})
			s.hook = func(w http.ResponseWriter, r *http.Request) bool {
				return thin && s.answerThin(w, r)
			}
			a := s.account(t)
			p := leto(t, a)
			lists := list(t, a, api.Query{Kind: api.TodoList, Project: p.ID})
			bulk := list(t, a, api.Query{Kind: api.Todo, Project: p.ID})
			if want := 3 + len(uglyTitles(t, bulk)) + 64 + 3 + 54 + 52; len(bulk) != want {
				t.Errorf("%d to-dos in all, want %d", len(bulk), want)
			}
			by := map[api.Ref]*api.Record{}
			for _, r := range bulk {
				by[r.Ref] = r
			}
			n := 0
			for _, l := range lists {
				for _, r := range list(t, a, api.Query{Kind: api.Todo, In: l.Ref}) {
					n++
					if err := alike(by[r.Ref], r); err != nil {
						t.Fatalf("%q, in bulk and by list: %v", r.Title, err)
					}
					if l.Title == "Strategy ideas" {
						g, err := a.Get(t.Context(), r.Ref)
						if err != nil {
							t.Fatal(err)
						}
						if err := alike(g, r); err != nil {
							t.Fatalf("%q, alone and by list: %v", r.Title, err)
						}
					}
				}
			}
			if n != len(bulk) {
				t.Errorf("%d to-dos list by list, %d in bulk", n, len(bulk))
			}
		})
	}
}

func uglyTitles(t *testing.T, all []*api.Record) []*api.Record {
	var out []*api.Record
	list := named(t, all, "Clear and simple UI").Parent
	for _, r := range all {
		if r.Parent == list && !strings.HasPrefix(r.Title, "Clear") && !strings.HasPrefix(r.Title, "Talk") && !strings.HasPrefix(r.Title, "Look at what") {
			out = append(out, r)
		}
	}
	if len(out) < 15 {
		t.Fatalf("%d ugly titles", len(out))
	}
	return out
}

func alike(x, y *api.Record) error {
	if x == nil {
		return fmt.Errorf("one is missing")
	}
	show := func(r *api.Record) string {
		c := r.Clone()
		c.Raw, c.Files = nil, nil
		b, _ := json.Marshal(c)
		return string(b)
	}
	if show(x) != show(y) {
		return fmt.Errorf("\n%s\n%s", show(x), show(y))
	}
	return nil
}

// answerThin answers GET of one list with to-dos as the guide's examples have
// them: without creator, list or completed.
func (s *service) answerThin(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/todolists/") || strings.Contains(r.URL.Path, "todos.json") ||
		strings.HasSuffix(r.URL.Path, "completed.json") || strings.HasSuffix(r.URL.Path, "trashed.json") {
		return false
	}
	rec := &recorder{h: http.Header{}}
	acc := s.Account()
	call := product.WithCall(r, product.Call{Account: acc, Origin: s.url, Caller: annie})
	call.URL.Path = strings.TrimPrefix(r.URL.Path, acc.Path)
	call.URL.RawPath = ""
	acc.Handler.ServeHTTP(rec, call)
	var o map[string]any
	if json.Unmarshal(rec.b.Bytes(), &o) != nil {
		return false
	}
	if groups, ok := o["todos"].(map[string]any); ok {
		for _, g := range groups {
			for _, e := range g.([]any) {
				for _, k := range []string{"creator", "todolist_id", "completed", "due_on", "private", "trashed"} {
					delete(e.(map[string]any), k)
				}
			}
		}
	}
	product.Encode(w, r, http.StatusOK, o, noTime)
	return true
}

func TestAnAssignedTodoKnowsItsListAndProject(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	got, err := a.Assigned(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	clear := named(t, got, "Clear and simple UI")
	g, err := a.Get(t.Context(), clear.Ref)
	if err != nil {
		t.Fatal(err)
	}
	if g.Parent != clear.Parent || clear.DueOn != "2026-03-01" || len(clear.Assignees) != 1 || clear.Assignees[0].Name != "Annie Bryan" {
		t.Errorf("assigned %+v\nread %+v", clear, g)
	}
	for _, r := range got {
		if r.Completed {
			t.Errorf("%q is completed", r.Title)
		}
	}
}

func TestAServerThatIgnoresPages(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	p := leto(t, a)
	s.IgnorePage(true)
	s.requests()
	for _, q := range []api.Query{
		{Kind: api.Person}, {Kind: api.Project}, {Kind: api.TodoList, Project: p.ID}, {Kind: api.Todo, Project: p.ID},
		{Kind: api.Document, Project: p.ID}, {Kind: api.Message, Project: p.ID}, {Kind: api.Upload, Project: p.ID}, {Kind: api.ScheduleEntry, Project: p.ID},
	} {
		list(t, a, q)
		pages := 0
		for _, r := range s.requests() {
			if strings.Contains(r, "page=") {
				pages++
			}
		}
		if pages > 10 {
			t.Errorf("%s: %d pages asked for", q.Kind, pages)
		}
	}
	if _, err := a.Changes(t.Context(), ""); err != nil {
		t.Error(err)
	}
}

func TestRequestsForAWholeAccount(t *testing.T) {
	s := serve(t, product.Size{Projects: 10, Lists: 20, Todos: 25}, sim.Options{})
	a := s.account(t)
	if _, err := a.Me(t.Context()); err != nil {
		t.Fatal(err)
	}
	list(t, a, api.Query{Kind: api.Project})
	list(t, a, api.Query{Kind: api.Project, State: api.ArchivedState})
	list(t, a, api.Query{Kind: api.Person})
	if n := len(list(t, a, api.Query{Kind: api.TodoList})); n != 200 {
		t.Errorf("%d lists", n)
	}
	if n := len(list(t, a, api.Query{Kind: api.Todo})); n != 5000 {
		t.Errorf("%d to-dos", n)
	}
	m, err := a.Changes(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := s.requests(); len(got) > 115 {
		t.Errorf("%d requests for the account", len(got))
	} else {
		t.Logf("%d requests", len(got))
	}
	if _, err := a.Changes(t.Context(), m.Next); err != nil {
		t.Fatal(err)
	}
	if got := s.requests(); len(got) != 1 {
		t.Errorf("an idle poll: %v", got)
	}
}

func TestFewListsAreReadListByList(t *testing.T) {
	s := serve(t, product.Size{Projects: 1, Lists: 4, Todos: 300}, sim.Options{})
	a := s.account(t)
	list(t, a, api.Query{Kind: api.TodoList})
	s.requests()
	if n := len(list(t, a, api.Query{Kind: api.Todo})); n != 1200 {
		t.Errorf("%d to-dos", n)
	}
	if got := s.requests(); len(got) != 5 { // one for the files of to-dos
		t.Errorf("%d requests: %v", len(got), got)
	}
}

// TestAShiftedListIsNoticed trashes a to-do of the first page while the third
// is on its way, so that one of the third moves to the second.
func TestAShiftedListIsNoticed(t *testing.T) {
	s := serve(t, product.Size{Projects: 1, Lists: 30, Todos: 10}, sim.Options{})
	other := s.account(t)
	first := list(t, other, api.Query{Kind: api.TodoList})[0]
	todo := list(t, other, api.Query{Kind: api.Todo, In: first.Ref})[2]
	var once sync.Once
	s.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.RawQuery, "page=3") {
			once.Do(func() {
				if err := other.SetStatus(t.Context(), todo.Ref, api.Trashed); err != nil {
					t.Error(err)
				}
			})
		}
		return false
	}
	seen := map[int64]bool{}
	for _, r := range list(t, s.account(t), api.Query{Kind: api.Todo, Project: first.Project}) {
		seen[r.ID] = true
	}
	if !seen[todo.ID] || len(seen) != 300 {
		t.Errorf("%d of 300 to-dos seen, and the trashed one: %t", len(seen), seen[todo.ID])
	}
}

func TestRawIsWhatTheServerSent(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	p := leto(t, a)
	r, err := a.Get(t.Context(), p.Ref)
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequest("GET", s.url+s.Account().Path+fmt.Sprintf("/projects/%d.json", p.ID), nil)
	req.Header.Set("Authorization", "Bearer good")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	if !bytes.Equal(body, r.Raw) {
		t.Errorf("got  %s\nkept %s", body, r.Raw)
	}
}

func TestTools(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	p := leto(t, a)
	for _, x := range p.Tools {
		r, err := a.Get(t.Context(), x.Ref)
		if err != nil || r.Title != x.Title || r.Ref != x.Ref || r.Parent != p.Ref || !bytes.Contains(r.Raw, []byte("count")) {
			t.Errorf("%+v: %+v, %v", x, r, err)
		}
		if c := a.Can(x.Kind); c.Create || c.Why["create"] == "" {
			t.Errorf("%s: %+v", x.Kind, c)
		}
	}
}
