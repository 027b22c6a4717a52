package bc3_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
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

func (s *service) create(t *testing.T, in api.Ref, want *api.Record) *api.Record {
	t.Helper()
	r, err := s.Create(t.Context(), in, want)
	if err != nil {
		t.Fatalf("create %s: %v", want.Kind, err)
	}
	return r
}

func (s *service) update(t *testing.T, base *api.Record, edit func(*api.Record)) *api.Record {
	t.Helper()
	want := base.Clone()
	edit(want)
	r, err := s.Update(t.Context(), base, want)
	if err != nil {
		t.Fatalf("update %s %q: %v", base.Kind, base.Title, err)
	}
	return r
}

func kind(k api.Kind) api.Ref { return api.Ref{Kind: k} }

func TestLifeOfATodo(t *testing.T) {
	s := connect(t, simulator.Options{})
	_, set, list := s.place(t)
	people := s.list(t, api.Query{Kind: api.Person, Project: list.Project})
	h := &api.Human{ID: people[0].ID, Name: people[0].Title}
	r := s.create(t, list.Ref, &api.Record{Ref: kind(api.Todo), Title: "Sharpen <the> pencils", Body: "<div>All of them</div>",
		DueOn: "2027-01-09", StartsOn: "2027-01-05", Assignees: []*api.Human{h}, Notify: []*api.Human{h}})
	if r.Parent != list.Ref || r.Project != list.Project || len(r.Assignees) != 1 || len(r.Notify) != 1 || r.DueOn != "2027-01-09" || r.StartsOn != "2027-01-05" {
		t.Fatalf("created %+v", r)
	}
	body := r.Body
	s.ResetCounters()
	r = s.update(t, r, func(r *api.Record) { r.Title = "Sharpen all pencils" })
	if n := s.Requests().Total; n != 1 {
		t.Errorf("a save cost %d requests", n)
	}
	if r.Title != "Sharpen all pencils" || r.Body != body || len(r.Assignees) != 1 || len(r.Notify) != 1 || r.DueOn == "" || r.StartsOn == "" {
		t.Errorf("a rename cleared something: %+v", r)
	}
	r = s.update(t, r, func(r *api.Record) { r.DueOn, r.StartsOn, r.Assignees, r.Completed = "", "", nil, true })
	if r.DueOn != "" || len(r.Assignees) != 0 || !r.Completed || r.CompletedAt.IsZero() || len(r.Notify) != 1 {
		t.Errorf("finished: %+v", r)
	}
	if got := s.list(t, api.Query{Kind: api.Todo, In: list.Ref, State: api.Completed}); !slices.ContainsFunc(got, func(o *api.Record) bool { return o.ID == r.ID }) {
		t.Error("it is not among the completed ones")
	}
	r = s.update(t, r, func(r *api.Record) { r.Completed = false })
	group := s.create(t, list.Ref, &api.Record{Ref: kind(api.TodoGroup), Title: "Desk"})
	if group.Kind != api.TodoGroup || group.Parent != list.Ref {
		t.Errorf("group %+v", group)
	}
	moved, err := s.Move(t.Context(), r.Ref, group.Ref, 0)
	if err != nil || moved.Parent != group.Ref || moved.ID != r.ID {
		t.Fatalf("moved to %+v, %v", moved, err)
	}
	c := s.create(t, r.Ref, &api.Record{Ref: kind(api.Comment), Body: "<div>Which ones?</div>"})
	if c = s.update(t, c, func(r *api.Record) { r.Body = "<div>Which?</div>" }); !strings.Contains(c.Body, "Which?") || c.Parent.ID != r.ID {
		t.Errorf("comment %+v", c)
	}
	if err := s.SetStatus(t.Context(), group.Ref, api.Trashed); err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, r.Ref); got.Status != api.Trashed {
		t.Errorf("in a trashed group it is %s", got.Status)
	}
	trashed := s.list(t, api.Query{Kind: api.TodoGroup, In: list.Ref, State: api.TrashedState})
	if len(trashed) == 0 || trashed[len(trashed)-1].ID != group.ID {
		t.Errorf("trashed groups: %v", trashed)
	}
	if err := s.SetStatus(t.Context(), group.Ref, api.Active); err != nil {
		t.Fatal(err)
	}
	if got := s.get(t, r.Ref); got.Status != api.Active || got.Title != "Sharpen all pencils" {
		t.Errorf("restored: %+v", got)
	}
	loose := s.create(t, set.Ref, &api.Record{Ref: kind(api.Todo), Title: "Water the plants", Completed: true})
	if loose.Parent.Kind != api.TodoSet || !loose.Completed {
		t.Errorf("loose %+v", loose)
	}
	if got := s.list(t, api.Query{Kind: api.Todo, In: set.Ref, State: api.Completed}); !slices.ContainsFunc(got, func(o *api.Record) bool { return o.ID == loose.ID }) {
		t.Error("it is not among the loose ones")
	}
	up := s.update(t, s.list(t, api.Query{Kind: api.Todo, In: group.Ref})[0], func(r *api.Record) { r.Position = 1 })
	if up.Position != 1 || up.Parent.ID != group.ID {
		t.Errorf("repositioned %+v", up)
	}
}

func TestOtherKinds(t *testing.T) {
	s := connect(t, simulator.Options{})
	var project *api.Record
	tools := map[api.Kind]api.Ref{}
	for _, p := range s.list(t, api.Query{Kind: api.Project}) {
		found := map[api.Kind]api.Ref{}
		for _, tool := range s.get(t, p.Ref).Tools {
			if tool.Enabled {
				found[tool.Kind] = tool.Ref
			}
		}
		if len(found) > len(tools) {
			project, tools = p, found
		}
	}
	if len(tools) < 8 {
		t.Fatalf("no project with all tools, only %v", tools)
	}
	renamed := func(r *api.Record) { r.Title = "Renamed" }
	vault := s.create(t, tools[api.Vault], &api.Record{Ref: kind(api.Vault), Title: "Folder"})
	if vault = s.update(t, vault, renamed); vault.Title != "Renamed" {
		t.Errorf("folder %+v", vault)
	}
	doc := s.create(t, vault.Ref, &api.Record{Ref: kind(api.Document), Title: "Notes", Body: "<h1>A</h1><div>b</div>"})
	text := doc.Body
	if doc = s.update(t, doc, renamed); doc.Status != api.Active || doc.Title != "Renamed" || doc.Body != text || doc.Comments != 0 {
		t.Errorf("document %+v", doc)
	}
	msg := s.create(t, tools[api.MessageBoard], &api.Record{Ref: kind(api.Message), Title: "Hello", Body: "<div>b</div>"})
	if msg = s.update(t, msg, renamed); msg.Status != api.Active || msg.Title != "Renamed" || !strings.Contains(msg.Body, "b") {
		t.Errorf("message %+v", msg)
	}
	column := s.create(t, tools[api.CardTable], &api.Record{Ref: kind(api.Column), Title: "Waiting"})
	if column = s.update(t, column, func(r *api.Record) { r.Title, r.Color = "On ice", "blue" }); column.Title != "On ice" || column.Color != "blue" {
		t.Errorf("column %+v", column)
	}
	me, _ := s.Me(t.Context())
	card := s.create(t, column.Ref, &api.Record{Ref: kind(api.Card), Title: "Card", Body: "<div>c</div>", DueOn: "2027-02-01",
		Assignees: []*api.Human{{ID: me.ID, Name: me.Title}}})
	if card = s.update(t, card, renamed); card.Title != "Renamed" || card.DueOn != "2027-02-01" || len(card.Assignees) != 1 || !strings.Contains(card.Body, "c") {
		t.Errorf("card %+v", card)
	}
	other := s.list(t, api.Query{Kind: api.Column, In: tools[api.CardTable]})[0]
	if moved, err := s.Move(t.Context(), card.Ref, other.Ref, 0); err != nil || moved.Parent.ID != other.ID {
		t.Errorf("moved card %+v, %v", moved, err)
	}
	at := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	entry := s.create(t, tools[api.Schedule], &api.Record{Ref: kind(api.ScheduleEntry), Title: "Review", StartsAt: at, EndsAt: at.Add(time.Hour),
		Assignees: []*api.Human{{ID: me.ID}}})
	if entry = s.update(t, entry, renamed); !entry.StartsAt.Equal(at) || entry.AllDay || len(entry.Assignees) != 1 || entry.Title != "Renamed" {
		t.Errorf("entry %+v", entry)
	}
	if entry = s.update(t, entry, func(r *api.Record) { r.AllDay = true }); !entry.AllDay || !entry.StartsAt.Equal(at.Truncate(24*time.Hour)) {
		t.Errorf("all-day entry %+v", entry)
	}
	line := s.create(t, tools[api.Chat], &api.Record{Ref: kind(api.ChatLine), Body: "<div>Hi</div>"})
	if line = s.update(t, line, func(r *api.Record) { r.Body = "<div>Hi all</div>" }); !strings.Contains(line.Body, "Hi all") {
		t.Errorf("line %+v", line)
	}
	if err := s.SetStatus(t.Context(), line.Ref, api.Trashed); err != nil {
		t.Error(err)
	}
	if _, err := s.Get(t.Context(), line.Ref); api.CodeOf(err) != api.NotFound {
		t.Errorf("a deleted line: %v", err)
	}
	q := s.list(t, api.Query{Kind: api.Question, In: tools[api.Questionnaire]})[0]
	if q = s.update(t, q, renamed); q.Title != "Renamed" {
		t.Errorf("question %+v", q)
	}
	answer := s.create(t, q.Ref, &api.Record{Ref: kind(api.Answer), Body: "<div>Fine</div>"})
	if again := s.update(t, answer, func(r *api.Record) { r.Body = "<div>Good</div>" }); !strings.Contains(again.Body, "Good") || fmt.Sprint(again.Rest) != fmt.Sprint(answer.Rest) {
		t.Errorf("answer %+v, was %+v", again, answer)
	}
	p := s.create(t, api.Ref{}, &api.Record{Ref: kind(api.Project), Title: "Brand new", Body: "x"})
	if p = s.update(t, p, renamed); p.Title != "Renamed" || !strings.Contains(p.Body, "x") {
		t.Errorf("project %+v", p)
	}
	for _, st := range []api.Status{api.Archived, api.Active, api.Trashed, api.Active} {
		if err := s.SetStatus(t.Context(), p.Ref, st); err != nil {
			t.Fatalf("%s: %v", st, err)
		}
		if got := s.get(t, p.Ref); got.Status != st {
			t.Errorf("project is %s, want %s", got.Status, st)
		}
	}
	if project.Title == "" {
		t.Error("a project without a name")
	}
}

func TestFilesGoBothWays(t *testing.T) {
	s := connect(t, simulator.Options{})
	_, set, _ := s.place(t)
	var vault api.Ref
	for _, tool := range s.get(t, api.Ref{Kind: api.Project, ID: set.Project}).Tools {
		if tool.Kind == api.Vault {
			vault = tool.Ref
		}
	}
	read := func(r *api.Record) []byte {
		t.Helper()
		body, err := s.Open(t.Context(), r.Files[0])
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	old, next := bytes.Repeat([]byte("plan\x00"), 50_000), []byte("a new plan")
	token, err := s.Upload(t.Context(), "plan.bin", "application/octet-stream", int64(len(old)), bytes.NewReader(old))
	if err != nil {
		t.Fatal(err)
	}
	up := s.create(t, vault, &api.Record{Ref: kind(api.Upload), Title: "plan.bin", Token: token})
	if !bytes.Equal(read(up), old) || up.Files[0].Size != int64(len(old)) || up.Title != "plan.bin" {
		t.Errorf("the file came back otherwise: %+v", up.Files)
	}
	token, err = s.Upload(t.Context(), "plan.bin", "application/octet-stream", int64(len(next)), bytes.NewReader(next))
	if err != nil {
		t.Fatal(err)
	}
	again := s.update(t, up, func(r *api.Record) { r.Token = token })
	if again.ID != up.ID || !bytes.Equal(read(again), next) || again.Title != "plan.bin" {
		t.Errorf("a new version: %+v", again)
	}
	again = s.update(t, again, func(r *api.Record) { r.Title, r.Body = "old plan.bin", "<div>see</div>" })
	if again.Title != "old plan.bin" || !strings.Contains(again.Body, "see") || !bytes.Equal(read(again), next) {
		t.Errorf("renamed: %+v", again)
	}
}

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
