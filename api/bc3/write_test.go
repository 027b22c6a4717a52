package bc3

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"basecampfs/api"

	"github.com/google/go-cmp/cmp"
)

const todoJSON = `{"id":1,"type":"Todo","content":"Pack","description":"<div>a</div>","starts_on":"2026-03-01","due_on":"2026-03-09",
	"position":2,"completed":false,"bucket":{"id":40},"parent":{"id":60,"type":"Todolist"},
	"assignees":[{"id":8,"name":"Bo Lindqvist"}],"completion_subscribers":[{"id":7,"name":"Ines Okoro"}]}`

func todo(a *Account) *api.Record { return a.record(api.Todo, []byte(todoJSON)) }

func TestUpdateTodoSendsEverything(t *testing.T) {
	f, a := newFake(t, map[string]string{"PUT /todos/1.json": `{"id":1,"type":"Todo","content":"Pack all"}`})
	base := todo(a)
	want := base.Clone()
	want.Title, want.DueOn = "Pack all", ""
	got, err := a.Update(t.Context(), base, want)
	if err != nil || got.Title != "Pack all" {
		t.Fatalf("%+v, %v", got, err)
	}
	sent := f.requests()
	if len(sent) != 1 {
		t.Errorf("a save cost %q", sent)
	}
	b := body(t, sent, "PUT /todos/1.json")
	if d := cmp.Diff(map[string]any{"content": "Pack all", "description": "<div>a</div>", "starts_on": "2026-03-01", "due_on": nil,
		"assignee_ids": []any{8.}, "completion_subscriber_ids": []any{7.}}, b); d != "" {
		t.Error(d)
	}
}

func TestUpdateSteps(t *testing.T) {
	answers := map[string]string{
		"PUT /todos/1.json": todoJSON, "GET /todos/1.json": todoJSON,
		"POST /todos/1/completion.json": "", "DELETE /todos/1/completion.json": "", "PUT /todos/1/position.json": "",
	}
	const put = "PUT /todos/1.json"
	for _, tt := range []struct {
		name string
		edit func(*api.Record)
		want []string // methods and paths
	}{
		{"nothing", func(*api.Record) {}, nil},
		{"people in another order", func(r *api.Record) { r.Assignees = []*api.Human{{ID: 8, Name: "?"}} }, nil},
		{"finish", func(r *api.Record) { r.Completed = true }, []string{"POST /todos/1/completion.json", "GET /todos/1.json"}},
		{"move up", func(r *api.Record) { r.Position = 1 }, []string{"PUT /todos/1/position.json", "GET /todos/1.json"}},
		{"all", func(r *api.Record) { r.Completed, r.Position, r.Body = true, 1, "x" },
			[]string{put, "POST /todos/1/completion.json", "PUT /todos/1/position.json", "GET /todos/1.json"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, a := newFake(t, answers)
			base := todo(a)
			want := base.Clone()
			tt.edit(want)
			if _, err := a.Update(t.Context(), base, want); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range f.requests() {
				got = append(got, strings.Join(strings.Fields(s)[:2], " "))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("sent %q, want %q", got, tt.want)
			}
		})
	}
	// Half-way: the text is saved, the rest failed, and the caller has both.
	f, a := newFake(t, answers)
	f.status["POST /todos/1/completion.json"] = 403
	base := todo(a)
	want := base.Clone()
	want.Completed, want.Body = true, "x"
	r, err := a.Update(t.Context(), base, want)
	if api.CodeOf(err) != api.Forbidden || r == nil {
		t.Errorf("half-way: %v, %v", r, err)
	}
}

func TestUpdateNotifiesOnlyTheNewlyAssigned(t *testing.T) {
	f, a := newFake(t, map[string]string{"PUT /todos/1.json": todoJSON})
	base := todo(a)
	want := base.Clone()
	want.Assignees = nil
	if _, err := a.Update(t.Context(), base, want); err != nil {
		t.Fatal(err)
	}
	b := body(t, f.requests(), "PUT /todos/1.json")
	if _, ok := b["notify"]; ok || len(b["assignee_ids"].([]any)) != 0 {
		t.Errorf("unassigning sent %v", b)
	}
	want.Assignees = []*api.Human{{ID: 8}, {ID: 9}}
	if _, err := a.Update(t.Context(), base, want); err != nil {
		t.Fatal(err)
	}
	if b := body(t, f.requests(), "PUT /todos/1.json"); b["notify"] != true {
		t.Errorf("assigning sent %v", b)
	}
}

func TestUpdateOfOtherKinds(t *testing.T) {
	for _, tt := range []struct {
		name, raw string
		kind      api.Kind
		edit      func(*api.Record)
		request   string
		want      map[string]any
	}{
		{"list", `{"id":1,"name":"Van","description":"<div>d</div>","groups_url":"g"}`, api.TodoList, func(r *api.Record) { r.Title = "Vans" },
			"PUT /todolists/1.json", map[string]any{"name": "Vans", "description": "<div>d</div>"}},
		{"document", `{"id":1,"title":"Lease","content":"<div>d</div>"}`, api.Document, func(r *api.Record) { r.Title = "The lease" },
			"PUT /documents/1.json", map[string]any{"title": "The lease", "content": "<div>d</div>"}},
		{"message", `{"id":1,"subject":"Hi","content":"<div>d</div>"}`, api.Message, func(r *api.Record) { r.Body = "<div>e</div>" },
			"PUT /messages/1.json", map[string]any{"content": "<div>e</div>"}},
		{"comment", `{"id":1,"content":"a"}`, api.Comment, func(r *api.Record) { r.Body = "b" }, "PUT /comments/1.json", map[string]any{"content": "b"}},
		{"project", `{"id":1,"name":"Move","description":"d","start_date":"2026-01-01","end_date":"2026-06-01"}`, api.Project,
			func(r *api.Record) { r.Body = "e" }, "PUT /projects/1.json",
			map[string]any{"name": "Move", "description": "e", "schedule_attributes": map[string]any{"start_date": "2026-01-01", "end_date": "2026-06-01"}}},
		{"card keeps its date", `{"id":1,"title":"Boxes","due_on":"2026-04-01"}`, api.Card, func(r *api.Record) { r.Title = "Crates" },
			"PUT /card_tables/cards/1.json", map[string]any{"title": "Crates", "due_on": "2026-04-01"}},
		{"entry keeps its times", `{"id":1,"summary":"Move","starts_at":"2026-05-01T09:00:00.000+02:00","ends_at":"2026-05-01T10:00:00.000+02:00","all_day":false,"participants":[{"id":8,"name":"Bo"}]}`,
			api.ScheduleEntry, func(r *api.Record) { r.Title = "Moving" }, "PUT /schedule_entries/1.json",
			map[string]any{"summary": "Moving", "description": "", "all_day": false, "starts_at": "2026-05-01T09:00:00.000+02:00", "ends_at": "2026-05-01T10:00:00.000+02:00"}},
		{"all-day entry moves", `{"id":1,"summary":"Move","starts_at":"2026-05-01","ends_at":"2026-05-01","all_day":true}`,
			api.ScheduleEntry, func(r *api.Record) { r.EndsAt = r.EndsAt.AddDate(0, 0, 1) }, "PUT /schedule_entries/1.json",
			map[string]any{"summary": "Move", "description": "", "all_day": true, "starts_at": "2026-05-01", "ends_at": "2026-05-02"}},
		{"upload is renamed", `{"id":1,"filename":"lease.pdf","description":"d"}`, api.Upload, func(r *api.Record) { r.Title = "old lease.pdf" },
			"PUT /uploads/1.json", map[string]any{"base_name": "old lease"}},
		{"upload gets new bytes", `{"id":1,"filename":"lease.pdf","description":"d"}`, api.Upload, func(r *api.Record) { r.Token = "sgid" },
			"POST /uploads/1/versions.json", map[string]any{"attachable_sgid": "sgid", "base_name": "lease", "description": "d"}},
		{"answer keeps its day", `{"id":1,"content":"a","group_on":"2026-03-01"}`, api.Answer, func(r *api.Record) { r.Body = "b" },
			"PUT /question_answers/1.json", map[string]any{"content": "b", "group_on": "2026-03-01"}},
		{"folder", `{"id":1,"title":"A"}`, api.Vault, func(r *api.Record) { r.Title = "B" }, "PUT /vaults/1.json", map[string]any{"title": "B"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, a := newFake(t, map[string]string{tt.request: `{"id":1}`})
			base := a.record(tt.kind, []byte(tt.raw))
			want := base.Clone()
			tt.edit(want)
			if _, err := a.Update(t.Context(), base, want); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, body(t, f.requests(), tt.request)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUpdateRefusesBeforeItSends(t *testing.T) {
	f, a := newFake(t, map[string]string{})
	for _, tt := range []struct {
		kind api.Kind
		edit func(*api.Record)
		why  string
	}{
		{api.Card, func(r *api.Record) { r.Completed = true }, noDone},
		{api.Card, func(r *api.Record) { r.StartsOn = "2026-01-01"; r.Title = "x" }, noCardStart},
		{api.Person, func(r *api.Record) { r.Title = "x" }, noPerson},
		{api.Comment, func(r *api.Record) { r.Title = "x" }, "a comment has no title"},
		{api.Document, func(r *api.Record) { r.DueOn = "2026-01-01" }, "Basecamp's API cannot set due_on of a document"},
		{api.Upload, func(r *api.Record) { r.Title = "a.exe" }, "Basecamp keeps the extension of a file: .pdf"},
	} {
		base := &api.Record{Ref: api.Ref{Kind: tt.kind, ID: 1}}
		if tt.kind == api.Upload {
			base.Title = "a.pdf"
		}
		want := base.Clone()
		tt.edit(want)
		_, err := a.Update(t.Context(), base, want)
		if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != api.Unsupported || e.Message != tt.why {
			t.Errorf("%s: %v", tt.kind, err)
		}
	}
	if s := f.requests(); len(s) != 0 {
		t.Errorf("sent %q", s)
	}
}

func TestCreate(t *testing.T) {
	ref := func(k api.Kind) api.Ref { return api.Ref{Kind: k, Project: 40, ID: 5} }
	day := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name    string
		in      api.Ref
		want    api.Record
		request string
		body    map[string]any
	}{
		{"to-do", ref(api.TodoList), api.Record{Ref: api.Ref{Kind: api.Todo}, Title: "A", DueOn: "2026-03-01", Assignees: []*api.Human{bo}},
			"POST /todolists/5/todos.json", map[string]any{"content": "A", "due_on": "2026-03-01", "assignee_ids": []any{8.}, "notify": true}},
		{"loose to-do", ref(api.TodoSet), api.Record{Ref: api.Ref{Kind: api.Todo}, Title: "A"}, "POST /buckets/40/todosets/5/todos.json", map[string]any{"content": "A"}},
		{"list", ref(api.TodoSet), api.Record{Ref: api.Ref{Kind: api.TodoList}, Title: "A", Body: "b"}, "POST /todosets/5/todolists.json", map[string]any{"name": "A", "description": "b"}},
		{"group", ref(api.TodoList), api.Record{Ref: api.Ref{Kind: api.TodoGroup}, Title: "A"}, "POST /todolists/5/groups.json", map[string]any{"name": "A"}},
		{"comment", ref(api.Todo), api.Record{Ref: api.Ref{Kind: api.Comment}, Body: "b"}, "POST /recordings/5/comments.json", map[string]any{"content": "b"}},
		{"project", api.Ref{}, api.Record{Ref: api.Ref{Kind: api.Project}, Title: "A"}, "POST /projects.json", map[string]any{"name": "A"}},
		{"document is no draft", ref(api.Vault), api.Record{Ref: api.Ref{Kind: api.Document}, Title: "A"}, "POST /vaults/5/documents.json", map[string]any{"title": "A", "content": "", "status": "active"}},
		{"message is no draft", ref(api.MessageBoard), api.Record{Ref: api.Ref{Kind: api.Message}, Title: "A", Body: "b"}, "POST /message_boards/5/messages.json", map[string]any{"subject": "A", "content": "b", "status": "active"}},
		{"folder", ref(api.Vault), api.Record{Ref: api.Ref{Kind: api.Vault}, Title: "A"}, "POST /vaults/5/vaults.json", map[string]any{"title": "A"}},
		{"upload", ref(api.Vault), api.Record{Ref: api.Ref{Kind: api.Upload}, Title: "a.pdf", Token: "s"}, "POST /vaults/5/uploads.json", map[string]any{"attachable_sgid": "s", "base_name": "a"}},
		{"card", ref(api.Column), api.Record{Ref: api.Ref{Kind: api.Card}, Title: "A", Body: "b"}, "POST /card_tables/lists/5/cards.json", map[string]any{"title": "A", "content": "b"}},
		{"entry", ref(api.Schedule), api.Record{Ref: api.Ref{Kind: api.ScheduleEntry}, Title: "A", AllDay: true, StartsAt: day, EndsAt: day}, "POST /schedules/5/entries.json",
			map[string]any{"summary": "A", "description": "", "all_day": true, "starts_at": "2026-05-01", "ends_at": "2026-05-01"}},
		{"line", ref(api.Chat), api.Record{Ref: api.Ref{Kind: api.ChatLine}, Body: "b"}, "POST /chats/5/lines.json", map[string]any{"content": "b", "content_type": "text/html"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, a := newFake(t, map[string]string{tt.request: `{"id":6,"bucket":{"id":40}}`})
			r, err := a.Create(t.Context(), tt.in, &tt.want)
			if err != nil {
				t.Fatal(err)
			}
			if r.ID != 6 || r.Kind != tt.want.Kind {
				t.Errorf("got %v", r.Ref)
			}
			if d := cmp.Diff(tt.body, body(t, f.requests(), tt.request)); d != "" {
				t.Error(d)
			}
		})
	}
	f, a := newFake(t, map[string]string{"POST /todolists/5/todos.json": `{"id":6,"parent":{"id":5,"type":"Todolist"}}`,
		"POST /todos/6/completion.json": "", "GET /todos/6.json": `{"id":6,"completed":true,"parent":{"id":5,"type":"Todolist"}}`})
	r, err := a.Create(t.Context(), ref(api.TodoList), &api.Record{Ref: api.Ref{Kind: api.Todo}, Title: "A", Completed: true})
	if err != nil || !r.Completed {
		t.Errorf("a completed one: %+v, %v", r, err)
	}
	f.status["POST /todolists/5/todos.json"] = 201
	f.set("POST /todolists/5/todos.json", `<html>`)
	if _, err := a.Create(t.Context(), ref(api.TodoList), &api.Record{Ref: api.Ref{Kind: api.Todo}, Title: "A"}); api.CodeOf(err) != api.Unknown {
		t.Errorf("an answer that cannot be read: %v", err)
	}
	f.requests()
	for _, r := range []*api.Record{{Ref: api.Ref{Kind: api.Question}}, {Ref: api.Ref{Kind: api.Card}, Title: "x", StartsOn: "2026-01-01"}, {Ref: api.Ref{Kind: api.Document}, Title: "x"}} {
		if _, err := a.Create(t.Context(), ref(api.Column), r); api.CodeOf(err) != api.Unsupported {
			t.Errorf("%s: %v", r.Kind, err)
		}
	}
	if s := f.requests(); len(s) != 0 {
		t.Errorf("sent %q", s)
	}
}

func TestMove(t *testing.T) {
	f, a := newFake(t, map[string]string{
		"GET /todolists/61/todos.json": `[{"id":2},{"id":3}]`, "PUT /todos/1/position.json": "",
		"GET /todos/1.json":                        `{"id":1,"parent":{"id":61,"type":"Todolist"}}`,
		"POST /card_tables/cards/1/moves.json":     "",
		"GET /card_tables/cards/1.json":            `{"id":1,"parent":{"id":94,"type":"Kanban::Column"}}`,
		"GET /todolists/60.json":                   `{"id":60,"groups_url":"g","parent":{"id":50,"type":"Todoset"}}`,
		"PUT /todosets/todolists/60/position.json": "",
	})
	r, err := a.Move(t.Context(), api.Ref{Kind: api.Todo, Project: 40, ID: 1}, api.Ref{Kind: api.TodoGroup, Project: 40, ID: 61}, 0)
	if err != nil || r.Parent.Kind != api.TodoGroup {
		t.Fatalf("%+v, %v", r, err)
	}
	if b := body(t, f.requests(), "PUT /todos/1/position.json"); b["position"] != 3. || b["parent_id"] != 61. {
		t.Errorf("sent %v", b)
	}
	if _, err := a.Move(t.Context(), api.Ref{Kind: api.Card, Project: 40, ID: 1}, api.Ref{Kind: api.Column, Project: 40, ID: 94}, 2); err != nil {
		t.Error(err)
	}
	if b := body(t, f.requests(), "POST /card_tables/cards/1/moves.json"); b["position"] != 2. || b["column_id"] != 94. {
		t.Errorf("sent %v", b)
	}
	if _, err := a.Move(t.Context(), api.Ref{Kind: api.TodoList, ID: 60}, api.Ref{Kind: api.TodoSet, ID: 50}, 2); err != nil {
		t.Error(err)
	}
	f.requests()
	for _, tt := range []struct {
		r, parent api.Ref
		why       string
	}{
		{api.Ref{Kind: api.Todo, Project: 40, ID: 1}, api.Ref{Kind: api.TodoList, Project: 41, ID: 62}, noAcross},
		{api.Ref{Kind: api.Document, Project: 40, ID: 1}, api.Ref{Kind: api.Vault, Project: 40, ID: 62}, noMoveFiles},
		{api.Ref{Kind: api.Comment, ID: 1}, api.Ref{Kind: api.Todo, ID: 62}, "a comment stays with what it is about"},
	} {
		_, err := a.Move(t.Context(), tt.r, tt.parent, 1)
		if e, ok := errors.AsType[*api.Error](err); !ok || e.Code != api.Unsupported || e.Message != tt.why {
			t.Errorf("%v to %v: %v", tt.r, tt.parent, err)
		}
	}
	if s := f.requests(); len(s) != 0 {
		t.Errorf("sent %q", s)
	}
}

func TestSetStatus(t *testing.T) {
	for _, tt := range []struct {
		kind   api.Kind
		status api.Status
		want   string
	}{
		{api.Todo, api.Trashed, "PUT /recordings/1/status/trashed.json"},
		{api.Document, api.Active, "PUT /recordings/1/status/active.json"},
		{api.Project, api.Trashed, "DELETE /projects/1.json"},
		{api.Project, api.Archived, "PUT /projects/1/status/archived.json"},
		{api.Project, api.Active, "PUT /projects/1/status/active.json"},
	} {
		f, a := newFake(t, map[string]string{tt.want: ""})
		if err := a.SetStatus(t.Context(), api.Ref{Kind: tt.kind, ID: 1}, tt.status); err != nil {
			t.Error(err)
		}
		if s := f.requests(); !slices.Equal(s, []string{tt.want}) {
			t.Errorf("%s %s: sent %q", tt.kind, tt.status, s)
		}
	}
	_, a := newFake(t, map[string]string{})
	for k, s := range map[api.Kind]api.Status{api.Person: api.Trashed, api.TodoSet: api.Archived, api.ChatLine: api.Active, api.Todo: api.Drafted} {
		if err := a.SetStatus(t.Context(), api.Ref{Kind: k, ID: 1}, s); api.CodeOf(err) != api.Unsupported {
			t.Errorf("%s %s: %v", k, s, err)
		}
	}
}

func TestFiles(t *testing.T) {
	_, a := newFake(t, map[string]string{"GET /blobs/k/download/a.txt": "bytes", "POST /attachments.json?name=a+b.txt": `{"attachable_sgid":"s"}`})
	body, err := a.Open(t.Context(), api.File{URL: "https://storage.example/77/blobs/k/download/a.txt"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(body)
	body.Close()
	if err != nil || string(b) != "bytes" {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := a.Open(t.Context(), api.File{}); api.CodeOf(err) != api.NotFound {
		t.Errorf("no address: %v", err)
	}
	if tok, err := a.Upload(t.Context(), "a b.txt", "text/plain", 5, strings.NewReader("bytes")); err != nil || tok != "s" {
		t.Errorf("%q, %v", tok, err)
	}
}

func TestAbilitiesGiveReasons(t *testing.T) {
	for k, ab := range can {
		if !ab.Create && ab.Why["create"] == "" || !ab.Move && ab.Why["move"] == "" || !ab.Comments && ab.Why["comments"] == "" ||
			ab.Update == 0 && ab.Why["update"] == "" || !ab.Trash && ab.Why["trash"] == "" || ab.Trash && !ab.Restore && ab.Why["restore"] == "" {
			t.Errorf("%s cannot do something and does not say why", k)
		}
		if ab.Update.Has(api.FieldBody) && ab.Body == "" {
			t.Errorf("%s has a body of no form", k)
		}
		if ab.Bulk && bulkType(k) == "" && k != api.Project && k != api.Person && k != api.Chat {
			t.Errorf("%s cannot be listed at once", k)
		}
	}
}
