package bc3_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/api/bc3"
	"basecampfs/api/simulator"
	"basecampfs/api/transport"
)

// service is a simulated Basecamp and an account of it.
type service struct {
	*simulator.Server
	*bc3.Account
	tr *transport.Transport
}

// connect starts a simulator. With BASECAMPFS_TEST_LISTEN it listens there, and
// with BASECAMPFS_TEST_VIA it is reached through a proxy at that origin, which
// can watch what is said.
func connect(t *testing.T, o simulator.Options) *service {
	t.Helper()
	addr := "127.0.0.1:0"
	if a := os.Getenv("BASECAMPFS_TEST_LISTEN"); a != "" {
		addr, o.PublicURL = a, os.Getenv("BASECAMPFS_TEST_VIA")
	}
	s, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(addr); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	tr := transport.New(transport.Config{
		UserAgent: "basecampfs/test (https://example.com)",
		Authorize: func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+s.Token())
			return nil
		},
		Limiter: transport.NewLimiter(0, 0), Backoff: time.Millisecond, Timeout: 30 * time.Second,
	})
	for _, a := range s.Accounts() {
		if a.Product != string(api.Basecamp3) {
			continue
		}
		acc, err := bc3.New(tr, api.AccountInfo{Product: api.Basecamp3, ID: a.ID, Name: a.Name, Href: a.Href})
		if err != nil {
			t.Fatal(err)
		}
		return &service{s, acc, tr}
	}
	t.Fatal("the simulator has no account of Basecamp 3")
	return nil
}

func (s *service) list(t *testing.T, q api.Query) []*api.Record {
	t.Helper()
	var all []*api.Record
	if err := s.List(t.Context(), q, func(rs []*api.Record) error { all = append(all, rs...); return nil }); err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return all
}

func (s *service) get(t *testing.T, r api.Ref) *api.Record {
	t.Helper()
	rec, err := s.Get(t.Context(), r)
	if err != nil {
		t.Fatalf("get %v: %v", r, err)
	}
	return rec
}

// holds says what can be listed in a record of a kind.
var holds = map[api.Kind][]api.Kind{
	api.TodoSet: {api.TodoList, api.Todo}, api.TodoList: {api.TodoGroup, api.Todo}, api.TodoGroup: {api.Todo},
	api.MessageBoard: {api.Message}, api.Vault: {api.Vault, api.Document, api.Upload}, api.CardTable: {api.Column}, api.Column: {api.Card},
	api.Schedule: {api.ScheduleEntry}, api.Chat: {api.ChatLine}, api.Questionnaire: {api.Question}, api.Question: {api.Answer}, api.Inbox: {api.Forward},
}

// walk reads everything that can be reached from the projects, by kind and id.
func (s *service) walk(t *testing.T) map[api.Kind]map[int64]*api.Record {
	all := map[api.Kind]map[int64]*api.Record{}
	var visit func(r *api.Record)
	visit = func(r *api.Record) {
		if all[r.Kind] == nil {
			all[r.Kind] = map[int64]*api.Record{}
		}
		if all[r.Kind][r.ID] != nil {
			t.Errorf("%s %d was reached twice", r.Kind, r.ID)
			return
		}
		all[r.Kind][r.ID] = r
		kinds := holds[r.Kind]
		if r.Comments > 0 {
			kinds = append(slices.Clone(kinds), api.Comment)
		}
		for _, k := range kinds {
			for _, c := range s.list(t, api.Query{Kind: k, In: r.Ref}) {
				if c.Kind != k || c.Parent != r.Ref && k != api.Column {
					t.Errorf("%s %d in %v says that it is a %s in %v", k, c.ID, r.Ref, c.Kind, c.Parent)
				}
				visit(c)
			}
		}
	}
	for _, p := range s.list(t, api.Query{Kind: api.Project}) {
		all[api.Project] = map[int64]*api.Record{}
		seen := map[api.Kind]bool{}
		for _, tool := range s.get(t, p.Ref).Tools {
			if seen[tool.Kind] {
				continue
			}
			seen[tool.Kind] = true
			for _, r := range s.list(t, api.Query{Kind: tool.Kind, In: p.Ref}) {
				if r.Parent != p.Ref {
					t.Errorf("%v is in %v", r.Ref, r.Parent)
				}
				visit(r)
			}
		}
	}
	return all
}

func TestWalkAgreesWithBulk(t *testing.T) {
	s := connect(t, simulator.Options{})
	walked := s.walk(t)
	for _, k := range []api.Kind{api.TodoSet, api.TodoList, api.TodoGroup, api.Todo, api.Comment, api.Message, api.Vault, api.Document, api.Upload,
		api.Column, api.Card, api.ScheduleEntry, api.ChatLine, api.Question, api.Answer, api.Forward} {
		if len(walked[k]) == 0 {
			t.Errorf("no %s to test with", k)
		}
		if !s.Can(k).Bulk {
			continue
		}
		bulk := map[int64]*api.Record{}
		for _, r := range s.list(t, api.Query{Kind: k}) {
			if r.Status != api.Active {
				continue // drafts have no list of their own
			}
			bulk[r.ID] = r
			w := walked[k][r.ID]
			if w == nil {
				if k == api.Vault && r.Parent.Kind == api.Project || k == api.Comment || k == api.Upload || k == api.Document {
					continue
				}
				t.Errorf("%s %d (%s) is in bulk alone, in %v", k, r.ID, r.Title, r.Parent)
				continue
			}
			if w.Title != r.Title || w.Body != r.Body || w.Parent.ID != r.Parent.ID || !w.UpdatedAt.Equal(r.UpdatedAt) || w.Completed != r.Completed || len(w.Files) != len(r.Files) {
				t.Errorf("%s %d differs:\n%s\n%s", k, r.ID, w.Raw, r.Raw)
			}
		}
		for id, w := range walked[k] {
			if bulk[id] == nil && w.Status == api.Active && w.Parent.Kind != api.Project {
				t.Errorf("%s %d (%s) is not in bulk", k, id, w.Title)
			}
		}
	}
	for k, byID := range walked {
		for _, r := range byID {
			if r.ID == 0 || r.Project == 0 || r.UpdatedAt.IsZero() || !json.Valid(r.Raw) {
				t.Errorf("%s: %+v", k, r)
			}
			if k == api.Column && strings.HasSuffix(r.Title, "(on hold)") {
				continue
			}
			if g := s.get(t, r.Ref); g.Title != r.Title || g.ID != r.ID || g.Kind != k {
				t.Errorf("get %v: %s %q, listed as %q", r.Ref, g.Kind, g.Title, r.Title)
			}
			break // one of a kind
		}
	}
}

func TestPeople(t *testing.T) {
	s := connect(t, simulator.Options{})
	me, err := s.Me(t.Context())
	if err != nil || me.Kind != api.Person || me.Title == "" {
		t.Fatalf("%+v, %v", me, err)
	}
	people := s.list(t, api.Query{Kind: api.Person})
	i := slices.IndexFunc(people, func(r *api.Record) bool { return r.ID == me.ID })
	if i < 0 || people[i].SGID == "" || people[i].Email == "" {
		t.Errorf("I am not among %d people", len(people))
	}
	mine, err := s.Assigned(t.Context())
	if err != nil || len(mine) == 0 {
		t.Fatalf("%d assignments, %v", len(mine), err)
	}
	for _, r := range mine {
		if got := s.get(t, r.Ref); got.Title != r.Title || got.Completed || got.Parent.ID != r.Parent.ID {
			t.Errorf("assigned %q in %v is %q in %v", r.Title, r.Parent, got.Title, got.Parent)
		}
	}
}

// place finds a project with all tools, and its to-do set and first list.
func (s *service) place(t *testing.T) (project, set, list *api.Record) {
	t.Helper()
	for _, p := range s.list(t, api.Query{Kind: api.Project}) {
		for _, set := range s.list(t, api.Query{Kind: api.TodoSet, In: p.Ref}) {
			if ls := s.list(t, api.Query{Kind: api.TodoList, In: set.Ref}); len(ls) > 1 {
				return p, set, ls[0]
			}
		}
	}
	t.Fatal("no project with lists")
	return nil, nil, nil
}
