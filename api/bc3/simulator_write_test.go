package bc3_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/api/simulator"
)

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
