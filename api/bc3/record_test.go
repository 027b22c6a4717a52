package bc3

import (
	"encoding/json"
	"testing"
	"time"

	"basecampfs/api"

	"github.com/google/go-cmp/cmp"
)

const common = `"status":"active","created_at":"2026-03-02T08:15:00.250Z","updated_at":"2026-03-04T09:00:00+01:00",
	"app_url":"https://3.example/77/x","bucket":{"id":40,"name":"Moving house","type":"Project"},
	"creator":{"id":7,"name":"Ines Okoro","email_address":"ines@example.com"}`

var (
	created = time.Date(2026, 3, 2, 8, 15, 0, 250e6, time.UTC)
	updated = time.Date(2026, 3, 4, 8, 0, 0, 0, time.UTC)
	ines    = &api.Human{ID: 7, Name: "Ines Okoro", Email: "ines@example.com"}
	bo      = &api.Human{ID: 8, Name: "Bo Lindqvist"}
)

// with returns the Record of common and what edit adds.
func with(kind api.Kind, id int64, edit func(*api.Record)) *api.Record {
	r := &api.Record{Ref: api.Ref{Kind: kind, Project: 40, ID: id}, Status: api.Active, Creator: ines,
		CreatedAt: created, UpdatedAt: updated, URL: "https://3.example/77/x", Comments: -1}
	edit(r)
	return r
}

func TestRecords(t *testing.T) {
	for _, tt := range []struct {
		name string
		ask  api.Kind
		json string
		want *api.Record
	}{
		{"to-do", api.Todo, `{"id":9007199254740993,"type":"Todo",` + common + `,"title":"Book “van”","content":"Book “van”",
			"description":"<div>Two <strong>days</strong></div>","completed":true,"completion":{"created_at":"2026-03-04T08:00:00Z"},
			"starts_on":"2026-03-05","due_on":"2026-03-09","position":3,"comments_count":2,"comments_url":"https://x/comments.json",
			"parent":{"id":60,"type":"Todolist","title":"Van"},"assignees":[{"id":8,"name":"Bo Lindqvist"}],
			"completion_subscribers":[{"id":7,"name":"Ines Okoro","email_address":"ines@example.com"}],
			"description_attachments":[{"id":5,"sgid":"s","filename":"plan.pdf","content_type":"application/pdf","byte_size":12,"download_url":"https://st/p"}]}`,
			with(api.Todo, 9007199254740993, func(r *api.Record) {
				r.Title, r.Body, r.Completed, r.CompletedAt = "Book “van”", "<div>Two <strong>days</strong></div>", true, updated
				r.StartsOn, r.DueOn, r.Position, r.Comments = "2026-03-05", "2026-03-09", 3, 2
				r.Parent = api.Ref{Kind: api.TodoList, Project: 40, ID: 60}
				r.Assignees, r.Notify = []*api.Human{bo}, []*api.Human{ines}
				r.Files = []api.File{{ID: 5, Name: "plan.pdf", ContentType: "application/pdf", Size: 12, URL: "https://st/p"}}
			})},
		{"list", api.TodoList, `{"id":60,"type":"Todolist",` + common + `,"name":"Van","title":"Van","description":"",
			"groups_url":"https://x/g","position":1,"completed":false,"parent":{"id":50,"type":"Todoset"}}`,
			with(api.TodoList, 60, func(r *api.Record) {
				r.Title, r.Position, r.Parent = "Van", 1, api.Ref{Kind: api.TodoSet, Project: 40, ID: 50}
			})},
		{"group", api.TodoList, `{"id":61,"type":"Todolist",` + common + `,"name":"Before","group_position_url":"https://x/p","color":"blue",
			"parent":{"id":60,"type":"Todolist"}}`,
			with(api.TodoGroup, 61, func(r *api.Record) {
				r.Title, r.Color, r.Parent = "Before", "blue", api.Ref{Kind: api.TodoList, Project: 40, ID: 60}
			})},
		{"group told by its parent alone", api.TodoGroup, `{"id":61,"type":"Todolist",` + common + `,"title":"Before","parent":{"id":60,"type":"Todolist"}}`,
			with(api.TodoGroup, 61, func(r *api.Record) {
				r.Title, r.Parent = "Before", api.Ref{Kind: api.TodoList, Project: 40, ID: 60}
			})},
		{"trashed comment", api.Comment, `{"id":70,"type":"Comment",` + common + `,"status":"trashed","title":"Re: Van","content":"<div>ok</div>",
			"parent":{"id":69,"type":"Todo"},"content_attachments":[]}`,
			with(api.Comment, 70, func(r *api.Record) {
				r.Status, r.Title, r.Body, r.Parent = api.Trashed, "Re: Van", "<div>ok</div>", api.Ref{Kind: api.Todo, Project: 40, ID: 69}
			})},
		{"project", api.Project, `{"id":40,"status":"archived","created_at":"2026-03-02T08:15:00.250Z","updated_at":"2026-03-04T08:00:00Z","name":"Moving house",
			"description":"Out by May","purpose":"topic","app_url":"https://3.example/77/x","dock":[{"id":50,"name":"todoset","title":"To-dos","enabled":true,"position":1},
			{"id":51,"name":"kanban_board","title":"Cards","enabled":false,"position":null},{"id":52,"name":"kanban_board","title":"More","enabled":true},
			{"id":53,"name":"some_new_tool","title":"?","enabled":true}]}`,
			with(api.Project, 40, func(r *api.Record) {
				r.Status, r.Title, r.Body, r.Creator = api.Archived, "Moving house", "Out by May", nil
				r.Tools = []api.Tool{{Ref: api.Ref{Kind: api.TodoSet, Project: 40, ID: 50}, Title: "To-dos", Enabled: true},
					{Ref: api.Ref{Kind: api.CardTable, Project: 40, ID: 51}, Title: "Cards"},
					{Ref: api.Ref{Kind: api.CardTable, Project: 40, ID: 52}, Title: "More", Enabled: true}}
				r.Rest = []api.Extra{{Key: "purpose", Value: "topic"}}
			})},
		{"person", api.Person, `{"id":8,"name":"Bo Lindqvist","email_address":"bo@example.com","attachable_sgid":"BAh8","title":"Mover","admin":true,
			"personable_type":"User","company":{"id":1,"name":"Haul"},"created_at":"2026-03-02T08:15:00.250Z","updated_at":"2026-03-04T08:00:00Z"}`,
			&api.Record{Ref: api.Ref{Kind: api.Person, ID: 8}, Status: api.Active, Title: "Bo Lindqvist", Email: "bo@example.com", SGID: "BAh8",
				CreatedAt: created, UpdatedAt: updated, Comments: -1,
				Rest: []api.Extra{{Key: "job", Value: "Mover"}, {Key: "company", Value: "Haul"}, {Key: "admin", Value: true}}}},
		{"all-day entry", api.ScheduleEntry, `{"id":80,"type":"Schedule::Entry",` + common + `,"title":"Move","summary":"Move","all_day":true,
			"starts_at":"2026-05-01","ends_at":"2026-05-02","participants":[{"id":8,"name":"Bo Lindqvist"}],"parent":{"id":79,"type":"Schedule"},"comments_url":"u"}`,
			with(api.ScheduleEntry, 80, func(r *api.Record) {
				r.Title, r.AllDay, r.Comments, r.Assignees = "Move", true, 0, []*api.Human{bo}
				r.StartsAt, r.EndsAt = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 2, 0, 0, 0, 0, time.UTC)
				r.Parent = api.Ref{Kind: api.Schedule, Project: 40, ID: 79}
			})},
		{"upload", api.Upload, `{"id":90,"type":"Upload",` + common + `,"title":"Lease","filename":"lease.pdf","content_type":"application/pdf","byte_size":0,
			"download_url":"https://st/lease.pdf","description":"<div>signed</div>","parent":{"id":89,"type":"Vault"}}`,
			with(api.Upload, 90, func(r *api.Record) {
				r.Title, r.Body, r.Parent = "lease.pdf", "<div>signed</div>", api.Ref{Kind: api.Vault, Project: 40, ID: 89}
				r.Files = []api.File{{ID: 90, Name: "lease.pdf", ContentType: "application/pdf", Size: 0, URL: "https://st/lease.pdf"}}
				r.Rest = []api.Extra{{Key: "content_type", Value: "application/pdf"}, {Key: "byte_size", Value: int64(0)}}
			})},
		{"card", api.Card, `{"id":95,"type":"Kanban::Card",` + common + `,"title":"Boxes","description":"<div>40</div>","content":"","due_on":"2026-04-01",
			"completed_at":"2026-03-04T08:00:00Z","completed":true,"steps":[{"id":1,"title":"buy","completed":true},{"id":2,"title":"fill","completed":false}],
			"parent":{"id":94,"type":"Kanban::DoneColumn"}}`,
			with(api.Card, 95, func(r *api.Record) {
				r.Title, r.Body, r.DueOn, r.Completed, r.CompletedAt = "Boxes", "<div>40</div>", "2026-04-01", true, updated
				r.Parent = api.Ref{Kind: api.Column, Project: 40, ID: 94}
				r.Rest = []api.Extra{{Key: "steps", Value: []string{"[x] buy", "[ ] fill"}}}
			})},
		{"members of wrong types", api.Todo, `{"id":"9007199254740995","type":"Todo","content":["x"],"title":"T","creator":"me","bucket":{"id":40},"position":"first","due_on":17,"new_member":{}}`,
			&api.Record{Ref: api.Ref{Kind: api.Todo, Project: 40, ID: 9007199254740995}, Status: api.Active, Title: "T", Comments: -1}},
		{"no object", api.Todo, `null`, &api.Record{Ref: api.Ref{Kind: api.Todo}, Status: api.Active, Comments: -1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := &Account{}
			got := a.record(tt.ask, json.RawMessage(tt.json))
			if string(got.Raw) != tt.json {
				t.Errorf("raw changed: %s", got.Raw)
			}
			got.Raw = nil
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRecordsShareAndOwn(t *testing.T) {
	a := &Account{}
	page := []byte(`{"id":1,"type":"Todo","creator":{"id":7,"name":"Ines Okoro"},"due_on":"2026-03-09"}`)
	r := a.record(api.Todo, page)
	o := a.record(api.Todo, page)
	if r.Creator != o.Creator {
		t.Error("one person is two")
	}
	before := string(r.Raw)
	page[2] = 'X'
	if string(r.Raw) != before {
		t.Error("a record holds on to its page")
	}
	renamed := a.record(api.Todo, []byte(`{"id":2,"creator":{"id":7,"name":"Ines O."}}`))
	if r.Creator.Name != "Ines Okoro" || renamed.Creator.Name != "Ines O." {
		t.Errorf("a rename reached a record that was handed out: %v, %v", r.Creator, renamed.Creator)
	}
	// A to-do below a group is known to be so once the group was seen.
	todo := []byte(`{"id":3,"parent":{"id":61,"type":"Todolist"}}`)
	if k := a.record(api.Todo, todo).Parent.Kind; k != api.TodoList {
		t.Errorf("before: %s", k)
	}
	a.record(api.TodoList, []byte(`{"id":61,"type":"Todolist","group_position_url":"u"}`))
	if k := a.record(api.Todo, todo).Parent.Kind; k != api.TodoGroup {
		t.Errorf("after: %s", k)
	}
}

func FuzzRecord(f *testing.F) {
	for _, s := range []string{`{"id":1,"type":"Todo"}`, `{"id":"1"}`, `[]`, `{"parent":7,"bucket":null,"dock":[null,{}],"assignees":[null,{}]}`,
		`{"id":1e400}`, `{"id":-1,"steps":[{}],"on_hold":[]}`, ``, `{`} {
		f.Add([]byte(s), "todo")
	}
	f.Fuzz(func(t *testing.T, raw []byte, kind string) {
		r := (&Account{}).record(api.Kind(kind), raw)
		if string(r.Raw) != string(raw) {
			t.Error("raw changed")
		}
		for _, h := range append(r.Assignees, r.Notify...) {
			if h == nil {
				t.Error("a nil person")
			}
		}
	})
}
