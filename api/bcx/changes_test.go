package bcx_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/api/bcx"
	sim "basecampfs/api/simulator/bcx"
	"basecampfs/api/simulator/product"
)

// poll asks for changes and returns them with the mark that follows.
func poll(t *testing.T, a *bcx.Account, m api.Mark) (api.Changes, api.Mark) {
	t.Helper()
	c, err := a.Changes(t.Context(), m)
	if err != nil {
		t.Fatal(err)
	}
	return c, c.Next
}

func titles(c api.Changes) []string {
	var out []string
	for _, r := range c.Records {
		out = append(out, r.Title)
	}
	slices.Sort(out)
	return out
}

func TestChanges(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	mine, other := s.account(t), s.account(t)
	ctx := t.Context()
	p := leto(t, mine)
	lists := list(t, mine, api.Query{Kind: api.TodoList, Project: p.ID})
	launch, ideas := named(t, lists, "Launch list"), named(t, lists, "Strategy ideas")
	todos := list(t, mine, api.Query{Kind: api.Todo, In: launch.Ref})
	clear := named(t, list(t, mine, api.Query{Kind: api.Todo, In: ideas.Ref}), "Clear and simple UI")

	c, m := poll(t, mine, "")
	if len(c.Records) != 0 || len(c.Lists) != 0 || m == "" {
		t.Fatalf("the first mark came with %+v", c)
	}
	s.requests()
	for range 3 {
		c, m = poll(t, mine, m)
		if len(c.Records) != 0 || len(c.Lists) != 0 {
			t.Fatalf("idle: %v, %v", titles(c), c.Lists)
		}
	}
	if got := s.requests(); len(got) != 3 || !strings.Contains(got[0], "since=") || !strings.Contains(got[0], "%2B01%3A00") || strings.Contains(got[0], "+") {
		t.Errorf("three idle polls: %v", got)
	}

	rename := func(a *bcx.Account, r *api.Record, to string) *api.Record {
		t.Helper()
		w := r.Clone()
		w.Title = to
		r, err := a.Update(ctx, r, w)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}

	s.advance(time.Hour)
	todo := rename(other, todos[5], "Renamed")
	c, m = poll(t, mine, m)
	if got := titles(c); len(got) != 1 || got[0] != "Renamed" || len(c.Lists) != 0 {
		t.Fatalf("one renamed: %v, %v", got, c.Lists)
	}

	// Within a quarter of an hour an edit changes the event before it alone.
	s.advance(14 * time.Minute)
	rename(other, todo, "Renamed again")
	if c, m = poll(t, mine, m); !slices.Equal(titles(c), []string{"Renamed again"}) {
		t.Fatalf("a correction: %v", titles(c))
	}
	if c, m = poll(t, mine, m); len(c.Records) != 0 {
		t.Fatalf("told twice: %v", titles(c))
	}

	s.advance(time.Hour)
	rename(other, todos[7], "Seven")
	if err := other.SetStatus(ctx, todos[8].Ref, api.Trashed); err != nil {
		t.Fatal(err)
	}
	if _, err := other.Move(ctx, todos[9].Ref, ideas.Ref, 0); err != nil {
		t.Fatal(err)
	}
	s.requests()
	c, m = poll(t, mine, m)
	if !slices.Contains(c.Lists, launch.Ref) {
		t.Errorf("several of a list: %v", c.Lists)
	}
	if n := len(s.requests()); n != 3 {
		t.Errorf("%d requests for the log, the list and the one that left it", n)
	}
	if r := find(c, todos[8].Ref); r == nil || r.Status != api.Trashed {
		t.Errorf("trashed: %+v", r)
	}
	if r := find(c, todos[9].Ref); r == nil || !r.Parent.Is(ideas.Ref) {
		t.Errorf("moved: %+v", r)
	}

	s.advance(time.Hour)
	if _, err := other.Create(ctx, clear.Ref, &api.Record{Ref: api.Ref{Kind: api.Comment}, Body: "Done?"}); err != nil {
		t.Fatal(err)
	}
	c, m = poll(t, mine, m)
	if r := find(c, clear.Ref); r == nil || r.Comments != 3 || !slices.Contains(c.Lists, clear.Ref) {
		t.Errorf("commented: %+v, %v", r, c.Lists)
	}

	s.advance(time.Hour)
	var fresh []api.Ref
	for _, title := range []string{"New 1", "New 2", "New 3", "New 4"} {
		r, err := other.Create(ctx, launch.Ref, &api.Record{Ref: api.Ref{Kind: api.Todo}, Title: title})
		if err != nil {
			t.Fatal(err)
		}
		fresh = append(fresh, r.Ref)
	}
	s.requests()
	c, m = poll(t, mine, m)
	for _, r := range fresh {
		if find(c, r) == nil {
			t.Errorf("%d is new and was not told", r.ID)
		}
	}
	if n := len(s.requests()); n > 4 {
		t.Errorf("%d requests for four new to-dos of one list", n)
	}

	s.advance(time.Hour)
	msg, err := other.Create(ctx, tool(t, p, api.MessageBoard), &api.Record{Ref: api.Ref{Kind: api.Message}, Title: "Hello", Body: "<div>x</div>"})
	if err != nil {
		t.Fatal(err)
	}
	client := named(t, list(t, other, api.Query{Kind: api.Project}), "Website for ACME / Widgets")
	if err := other.SetStatus(ctx, client.Ref, api.Archived); err != nil {
		t.Fatal(err)
	}
	c, _ = poll(t, mine, m)
	if r := find(c, msg.Ref); r == nil || r.Body != "<div>x</div>" {
		t.Errorf("a new message: %+v", r)
	}
	if r := find(c, client.Ref); r == nil || r.Status != api.Archived {
		t.Errorf("an archived project: %+v", r)
	}
	if _, err := mine.Changes(ctx, "rubbish"); api.CodeOf(err) != api.Invalid {
		t.Errorf("a mark of somebody else: %v", err)
	}
}

func find(c api.Changes, r api.Ref) *api.Record {
	for _, x := range c.Records {
		if x.Ref == r {
			return x
		}
	}
	return nil
}

// TestMoreChangesThanAPage has more events between two polls than one page of
// the log.
func TestMoreChangesThanAPage(t *testing.T) {
	s := serve(t, product.Size{Projects: 1, Lists: 1}, sim.Options{})
	mine, other := s.account(t), s.account(t)
	l := list(t, mine, api.Query{Kind: api.TodoList})[0]
	_, m := poll(t, mine, "")
	for range 120 {
		if _, err := other.Create(t.Context(), l.Ref, &api.Record{Ref: api.Ref{Kind: api.Todo}, Title: "x"}); err != nil {
			t.Fatal(err)
		}
	}
	c, m := poll(t, mine, m)
	if len(c.Records) != 120 || !slices.Contains(c.Lists, l.Ref) {
		t.Errorf("%d records, %v", len(c.Records), c.Lists)
	}
	if c, _ = poll(t, mine, m); len(c.Records) != 0 {
		t.Errorf("%d told twice", len(c.Records))
	}
}

// TestAnAccountWithoutEvents begins before the first one.
func TestAnAccountWithoutEvents(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	c, _ := poll(t, a, `{}`)
	if len(c.Records) == 0 {
		t.Error("a mark before all events brings none of them")
	}
}
