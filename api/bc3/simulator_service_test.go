package bc3_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/api/bc3"
	"basecampfs/api/simulator"
	"basecampfs/api/transport"
)

func TestChangesAgainstTheSimulator(t *testing.T) {
	s := connect(t, simulator.Options{})
	_, set, list := s.place(t)
	mark := api.Mark("")
	poll := func() map[int64]api.Status {
		t.Helper()
		c, err := s.Changes(t.Context(), mark)
		if err != nil {
			t.Fatal(err)
		}
		mark = c.Next
		out := map[int64]api.Status{}
		for _, r := range c.Records {
			out[r.ID] = r.Status
		}
		return out
	}
	poll()
	poll() // what changed shortly before the mark
	s.ResetCounters()
	if got := poll(); len(got) != 0 {
		t.Errorf("nothing happened, and %v changed", got)
	}
	if r := s.Requests(); r.Total > 12 || r.ByStatus[304] != r.Total {
		t.Errorf("an idle poll cost %d requests: %v", r.Total, r.ByStatus)
	}
	r := s.create(t, list.Ref, &api.Record{Ref: kind(api.Todo), Title: "New"})
	if got := poll(); got[r.ID] != api.Active {
		t.Errorf("after a create %v", got)
	}
	r = s.update(t, r, func(r *api.Record) { r.Title = "Newer" })
	if got := poll(); got[r.ID] != api.Active {
		t.Errorf("after an update %v", got)
	}
	if got := poll(); len(got) != 0 {
		t.Errorf("repeated %v", got)
	}
	if err := s.SetStatus(t.Context(), r.Ref, api.Trashed); err != nil {
		t.Fatal(err)
	}
	if got := poll(); got[r.ID] != api.Trashed {
		t.Errorf("after a trashing %v", got)
	}
	if err := s.SetStatus(t.Context(), r.Ref, api.Active); err != nil {
		t.Fatal(err)
	}
	if got := poll(); got[r.ID] != api.Active {
		t.Errorf("after a restoring %v", got)
	}
	if err := s.SetStatus(t.Context(), list.Ref, api.Archived); err != nil {
		t.Fatal(err)
	}
	if got := poll(); got[list.ID] != api.Archived {
		t.Errorf("after an archiving %v", got)
	}
	p := s.create(t, api.Ref{}, &api.Record{Ref: kind(api.Project), Title: "Brand new"})
	if got := poll(); got[p.ID] != api.Active {
		t.Errorf("after a new project %v", got)
	}
	if err := s.SetStatus(t.Context(), p.Ref, api.Trashed); err != nil {
		t.Fatal(err)
	}
	if got := poll(); got[p.ID] != api.Trashed {
		t.Errorf("after trashing the project %v", got)
	}
	_ = set
}

func TestCrawlCost(t *testing.T) {
	size := simulator.Options{}
	size.Size.Projects, size.Size.Lists, size.Size.Todos = 3, 4, 25
	s := connect(t, size)
	s.ResetCounters()
	todos := s.list(t, api.Query{Kind: api.Todo})
	lists := s.list(t, api.Query{Kind: api.TodoList})
	projects := s.list(t, api.Query{Kind: api.Project})
	if len(todos) != 300 || len(lists) != 12 || len(projects) != 3 {
		t.Fatalf("%d to-dos, %d lists, %d projects", len(todos), len(lists), len(projects))
	}
	// 15, 30, 50, 100, 100, 5 to-dos; 12 lists; 3 projects.
	if n := s.Requests().Total; n != 8 {
		t.Errorf("%d requests", n)
	}
	s.list(t, api.Query{Kind: api.Todo})
	if st := s.tr.Stats(); st.NotModified != 6 {
		t.Errorf("a second crawl: %+v", st)
	}
}

func TestUnderALimitNothingIsRefused(t *testing.T) {
	s := connect(t, simulator.Options{RateLimit: simulator.RateLimit{Requests: 20, Per: 2 * time.Second}})
	tr := transport.New(transport.Config{UserAgent: "basecampfs/test (https://example.com)", Limiter: transport.NewLimiter(20, 2*time.Second),
		Authorize: func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+s.Token())
			return nil
		}})
	a, err := bc3.New(tr, s.Info())
	if err != nil {
		t.Fatal(err)
	}
	for range 60 {
		if _, err := a.Me(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Requests().ByStatus[429]; n != 0 {
		t.Errorf("%d answers 429", n)
	}
}

func TestFaults(t *testing.T) {
	s := connect(t, simulator.Options{})
	_, _, list := s.place(t)
	before := len(s.list(t, api.Query{Kind: api.Todo, In: list.Ref, State: api.Open}))
	s.SetFaults(simulator.Fault{Action: simulator.DropAfter, Method: "POST", First: 1})
	_, err := s.Create(t.Context(), list.Ref, &api.Record{Ref: kind(api.Todo), Title: "Once"})
	if api.CodeOf(err) != api.Unknown {
		t.Errorf("a lost answer: %v", err)
	}
	if got := s.list(t, api.Query{Kind: api.Todo, In: list.Ref, State: api.Open}); len(got) != before+1 {
		t.Errorf("%d to-dos, want %d", len(got), before+1)
	}
	s.SetFaults(simulator.Fault{Action: simulator.Cut, Method: "GET", First: 2})
	if got := s.list(t, api.Query{Kind: api.Todo, In: list.Ref, State: api.Open}); len(got) != before+1 {
		t.Errorf("after cut answers %d to-dos, want %d", len(got), before+1)
	}
	s.SetFaults(simulator.Fault{Action: simulator.Hang, For: time.Minute, Method: "GET"})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	start := time.Now()
	_, err = s.Get(ctx, list.Ref)
	if api.CodeOf(err) != api.Canceled || time.Since(start) > 10*time.Second {
		t.Errorf("cancelled after %s: %v", time.Since(start), err)
	}
	s.SetFaults()
	s.SetFull(true)
	_, err = s.Create(t.Context(), api.Ref{}, &api.Record{Ref: kind(api.Project), Title: "One too many"})
	if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != api.Limit || e.Hint == "" {
		t.Errorf("a full account: %v", err)
	}
	s.SetInactive(s.Info().ID, true)
	if _, err = s.Me(t.Context()); !strings.Contains(fmt.Sprint(err), "inactive") {
		t.Errorf("an inactive account: %v", err)
	}
	s.SetInactive(s.Info().ID, false)
	s.RevokeToken(s.Token())
	if _, err = s.Me(t.Context()); api.CodeOf(err) != api.SignIn {
		t.Errorf("a dead token: %v", err)
	}
}
