package bcx_test

import (
	"testing"

	"basecampfs/api"
	sim "basecampfs/api/simulator/bcx"
	"basecampfs/api/simulator/product"
)

// TestArchivedAndTrashedHoldTheirOwn has what is in an archived project and on
// a trashed list, which Basecamp 2 itself does not call archived or trashed.
func TestArchivedAndTrashedHoldTheirOwn(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	ctx := t.Context()
	old := list(t, a, api.Query{Kind: api.Project, State: api.ArchivedState})[0]
	lists := list(t, a, api.Query{Kind: api.TodoList, In: tool(t, old, api.TodoSet), State: api.ArchivedState})
	if len(lists) != 1 || lists[0].Status != api.Archived {
		t.Fatalf("%+v", lists)
	}
	todos := list(t, a, api.Query{Kind: api.Todo, In: lists[0].Ref, State: api.ArchivedState})
	messages := list(t, a, api.Query{Kind: api.Message, In: tool(t, old, api.MessageBoard), State: api.ArchivedState})
	if len(todos) != 1 || todos[0].Status != api.Archived || len(messages) != 1 || messages[0].Status != api.Archived {
		t.Errorf("%+v %+v", todos, messages)
	}
	if n := len(list(t, a, api.Query{Kind: api.Todo, In: lists[0].Ref})); n != 0 {
		t.Errorf("%d live to-dos in an archived project", n)
	}
	if err := a.SetStatus(ctx, old.Ref, api.Active); err != nil {
		t.Fatal(err)
	}
	if n := len(list(t, a, api.Query{Kind: api.Todo, In: lists[0].Ref})); n != 1 {
		t.Errorf("%d live to-dos after it was brought back", n)
	}

	p := leto(t, a)
	all := list(t, a, api.Query{Kind: api.TodoList, Project: p.ID})
	launch, ideas := named(t, all, "Launch list"), named(t, all, "Strategy ideas")
	clear := named(t, list(t, a, api.Query{Kind: api.Todo, In: ideas.Ref}), "Clear and simple UI")
	for _, r := range []api.Ref{launch.Ref, clear.Ref} {
		if err := a.SetStatus(ctx, r, api.Trashed); err != nil {
			t.Fatal(err)
		}
	}
	for _, fresh := range []bool{false, true} {
		if fresh {
			a = s.account(t)
		}
		named(t, list(t, a, api.Query{Kind: api.TodoList, Project: p.ID, State: api.TrashedState}), "Launch list")
		if n := len(list(t, a, api.Query{Kind: api.Todo, In: launch.Ref, State: api.TrashedState})); n != 64 {
			t.Errorf("%d to-dos went with their list", n)
		}
		if n := len(list(t, a, api.Query{Kind: api.Todo, In: launch.Ref})); n != 0 {
			t.Errorf("%d live to-dos on a trashed list", n)
		}
	}
	a = s.account(t)
	list(t, a, api.Query{Kind: api.Todo, In: ideas.Ref})
	got := list(t, a, api.Query{Kind: api.Todo, Project: p.ID, State: api.TrashedState})
	named(t, got, "A bad idea")
	if c := list(t, a, api.Query{Kind: api.Comment, In: named(t, got, "Clear and simple UI").Ref, State: api.TrashedState}); len(c) != 2 {
		t.Errorf("%d comments of a trashed to-do", len(c))
	}
}

func TestTodosHaveTheirFiles(t *testing.T) {
	for _, bulk := range []bool{false, true} {
		s := serve(t, product.Size{}, sim.Options{})
		a := s.account(t)
		p := leto(t, a)
		q := api.Query{Kind: api.Todo, Project: p.ID}
		if !bulk {
			q = api.Query{Kind: api.Todo, In: named(t, list(t, a, api.Query{Kind: api.TodoList, Project: p.ID}), "Strategy ideas").Ref}
		}
		r := named(t, list(t, a, q), "Clear and simple UI")
		g, err := a.Get(t.Context(), r.Ref)
		if err != nil || len(r.Files) != 1 || len(g.Files) != 1 || r.Files[0] != g.Files[0] {
			t.Errorf("listed %+v\nread %+v, %v", r.Files, g.Files, err)
		}
	}
}

func TestDatesOfEveryProject(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	if n := len(list(t, a, api.Query{Kind: api.ScheduleEntry})); n != 110 {
		t.Errorf("%d dates", n)
	}
}

// TestTheAccountAtOnce compares one listing of the account with one of each
// project, drafts and archived ones included.
func TestTheAccountAtOnce(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	setup := s.account(t)
	for _, p := range list(t, setup, api.Query{Kind: api.Project}) {
		if p.Title == "Still a draft" {
			l, err := setup.Create(t.Context(), tool(t, p, api.TodoSet), &api.Record{Ref: api.Ref{Kind: api.TodoList}, Title: "In a draft"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := setup.Create(t.Context(), l.Ref, &api.Record{Ref: api.Ref{Kind: api.Todo}, Title: "Of a draft"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, state := range []api.State{api.Any, api.ArchivedState} {
		a := s.account(t)
		projects := list(t, a, api.Query{Kind: api.Project, State: state})
		var ids []int64
		for _, p := range projects {
			ids = append(ids, p.ID)
		}
		for _, k := range []api.Kind{api.TodoList, api.Todo, api.Message, api.Document, api.Upload, api.Forward, api.ScheduleEntry} {
			want := map[api.Ref]bool{}
			for _, p := range projects {
				for _, r := range list(t, a, api.Query{Kind: k, Project: p.ID, State: state}) {
					want[r.Ref] = true
				}
			}
			for _, q := range []api.Query{{Kind: k, State: state}, {Kind: k, State: state, Projects: ids}} {
				got := list(t, a, q)
				n := 0
				for _, r := range got {
					if want[r.Ref] {
						n++
					} else if state == api.Any || r.Kind != api.Message {
						t.Errorf("%s %s: %q is in no project", k, state, r.Title)
					}
				}
				if n != len(want) {
					t.Errorf("%s %q: %d at once, %d project by project", k, state, n, len(want))
				}
			}
			if state == api.ArchivedState && k == api.TodoList && len(want) == 0 {
				t.Error("nothing is archived")
			}
		}
	}
}

func TestTheTrashOfAFewListsIsComplete(t *testing.T) {
	s := serve(t, product.Size{Projects: 1, Lists: 3, Todos: 2}, sim.Options{})
	other := s.account(t)
	todo := list(t, other, api.Query{Kind: api.Todo})[3]
	if err := other.SetStatus(t.Context(), todo.Ref, api.Trashed); err != nil {
		t.Fatal(err)
	}
	got := list(t, s.account(t), api.Query{Kind: api.Todo, Project: todo.Project, State: api.TrashedState})
	if len(got) != 1 || got[0].Ref != todo.Ref || got[0].Title != todo.Title {
		t.Errorf("%+v", got)
	}
}
