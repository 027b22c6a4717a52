package bc3

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"basecampfs/api"
)

func TestListPaths(t *testing.T) {
	ref := func(k api.Kind) api.Ref { return api.Ref{Kind: k, Project: 40, ID: 5} }
	rec := func(typ, status string) string {
		return "GET /projects/recordings.json?bucket=40&direction=asc&sort=created_at&status=" + status + "&type=" + typ
	}
	for _, tt := range []struct {
		name string
		q    api.Query
		want []string
	}{
		{"projects", api.Query{Kind: api.Project}, []string{"GET /projects.json"}},
		{"archived projects", api.Query{Kind: api.Project, State: api.ArchivedState}, []string{"GET /projects.json?status=archived"}},
		{"people", api.Query{Kind: api.Person}, []string{"GET /people.json"}},
		{"people of a project", api.Query{Kind: api.Person, Project: 40}, []string{"GET /projects/40/people.json"}},
		{"lists", api.Query{Kind: api.TodoList, In: ref(api.TodoSet)}, []string{"GET /todosets/5/todolists.json"}},
		{"trashed lists", api.Query{Kind: api.TodoList, In: ref(api.TodoSet), State: api.TrashedState}, []string{"GET /todosets/5/todolists.json?status=trashed"}},
		{"groups", api.Query{Kind: api.TodoGroup, In: ref(api.TodoList)}, []string{"GET /todolists/5/groups.json"}},
		{"trashed groups", api.Query{Kind: api.TodoGroup, In: ref(api.TodoList), State: api.TrashedState}, []string{rec("Todolist", "trashed")}},
		{"to-dos", api.Query{Kind: api.Todo, In: ref(api.TodoList)}, []string{"GET /todolists/5/todos.json", "GET /todolists/5/todos.json?completed=true"}},
		{"open to-dos", api.Query{Kind: api.Todo, In: ref(api.TodoGroup), State: api.Open}, []string{"GET /todolists/5/todos.json"}},
		{"completed to-dos", api.Query{Kind: api.Todo, In: ref(api.TodoList), State: api.Completed}, []string{"GET /todolists/5/todos.json?completed=true"}},
		{"archived to-dos", api.Query{Kind: api.Todo, In: ref(api.TodoList), State: api.ArchivedState}, []string{"GET /todolists/5/todos.json?status=archived"}},
		{"comments", api.Query{Kind: api.Comment, In: ref(api.Todo)}, []string{"GET /recordings/5/comments.json"}},
		{"trashed comments", api.Query{Kind: api.Comment, In: ref(api.Todo), State: api.TrashedState}, []string{rec("Comment", "trashed")}},
		{"documents", api.Query{Kind: api.Document, In: ref(api.Vault)}, []string{"GET /vaults/5/documents.json"}},
		{"uploads", api.Query{Kind: api.Upload, In: ref(api.Vault)}, []string{"GET /vaults/5/uploads.json"}},
		{"folders", api.Query{Kind: api.Vault, In: ref(api.Vault)}, []string{"GET /vaults/5/vaults.json"}},
		{"messages", api.Query{Kind: api.Message, In: ref(api.MessageBoard)}, []string{"GET /message_boards/5/messages.json"}},
		{"cards", api.Query{Kind: api.Card, In: ref(api.Column)}, []string{"GET /card_tables/lists/5/cards.json"}},
		{"entries", api.Query{Kind: api.ScheduleEntry, In: ref(api.Schedule)}, []string{"GET /schedules/5/entries.json"}},
		{"chats", api.Query{Kind: api.Chat}, []string{"GET /chats.json"}},
		{"lines", api.Query{Kind: api.ChatLine, In: ref(api.Chat)}, []string{"GET /chats/5/lines.json"}},
		{"questions", api.Query{Kind: api.Question, In: ref(api.Questionnaire)}, []string{"GET /questionnaires/5/questions.json"}},
		{"answers", api.Query{Kind: api.Answer, In: ref(api.Question)}, []string{"GET /questions/5/answers.json"}},
		{"forwards", api.Query{Kind: api.Forward, In: ref(api.Inbox)}, []string{"GET /inboxes/5/inbox_forwards.json"}},
		{"all to-dos", api.Query{Kind: api.Todo}, []string{strings.Replace(rec("Todo", "active"), "bucket=40&", "", 1)}},
		{"all cards of a project", api.Query{Kind: api.Card, Project: 40}, []string{rec("Kanban%3A%3ACard", "active")}},
		{"trashed documents of a project", api.Query{Kind: api.Document, Project: 40, State: api.TrashedState}, []string{rec("Document", "trashed")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, a := newFake(t, map[string]string{})
			for _, k := range tt.want {
				f.set(k, `[]`)
			}
			if rs := list(t, a, tt.q); len(rs) != 0 {
				t.Errorf("got %d records", len(rs))
			}
			if got := f.requests(); !slices.Equal(got, tt.want) {
				t.Errorf("asked %q\nwant  %q", got, tt.want)
			}
		})
	}
	_, a := newFake(t, map[string]string{})
	for _, q := range []api.Query{{Kind: api.Question}, {Kind: api.Column, In: ref(api.TodoList)}, {Kind: api.Document, In: ref(api.Vault), State: api.Open}} {
		if _, err := listErr(t.Context(), a, q); api.CodeOf(err) != api.Unsupported {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestListPages(t *testing.T) {
	f, a := newFake(t, map[string]string{
		"GET /todolists/5/todos.json":                `[{"id":1,"type":"Todo","content":"a"},7,{"id":2,"content":false}]`,
		"GET /todolists/5/todos.json?page=2":         `[{"id":2},{"id":3}]`,
		"GET /todolists/5/todos.json?completed=true": `[{"id":4,"completed":true},{"id":1}]`,
	})
	f.header["GET /todolists/5/todos.json"] = http.Header{"Link": {"<" + f.URL + `/77/todolists/5/todos.json?page=2>; rel="next"`}}
	rs := list(t, a, api.Query{Kind: api.Todo, In: api.Ref{Kind: api.TodoList, ID: 5}})
	if got := recordIDs(rs); !slices.Equal(got, []int64{1, 0, 2, 3, 4}) {
		t.Errorf("got %v", got)
	}
	if string(rs[1].Raw) != "7" {
		t.Errorf("what cannot be read lost its JSON: %s", rs[1].Raw)
	}
	// A page that fails fails the listing.
	f.status["GET /todolists/5/todos.json?page=2"] = 500
	if _, err := listErr(t.Context(), a, api.Query{Kind: api.Todo, In: api.Ref{Kind: api.TodoList, ID: 5}}); api.CodeOf(err) != api.Failed {
		t.Errorf("got %v", err)
	}
	f.set("GET /people.json", `{"error":"?"}`)
	if _, err := listErr(t.Context(), a, api.Query{Kind: api.Person}); api.CodeOf(err) != api.Malformed {
		t.Errorf("got %v", err)
	}
}

func TestListLooseTodos(t *testing.T) {
	const rec = "GET /projects/recordings.json?bucket=40&direction=asc&sort=created_at&status=active&type=Todo"
	q := api.Query{Kind: api.Todo, In: api.Ref{Kind: api.TodoSet, Project: 40, ID: 50}}
	f, a := newFake(t, map[string]string{
		"GET /todosets/50.json": `{"id":50,"todos_count":0,"completed_loose_todos_count":0}`,
		rec: `[{"id":1,"parent":{"id":60,"type":"Todolist"}},{"id":2,"parent":{"id":50,"type":"Todoset"}},
			{"id":3,"completed":true,"parent":{"id":50,"type":"Todoset"}}]`,
	})
	if rs := list(t, a, q); len(rs) != 0 || len(f.requests()) != 1 {
		t.Error("an empty set costs more than one request")
	}
	f.set("GET /todosets/50.json", `{"id":50,"todos_count":1,"completed_loose_todos_count":0,"bucket":{"id":40}}`)
	for state, want := range map[api.State][]int64{api.Any: {2, 3}, api.Open: {2}, api.Completed: {3}} {
		q.State = state
		if got := recordIDs(list(t, a, q)); !slices.Equal(got, want) {
			t.Errorf("%q: %v", state, got)
		}
	}
	q.In.Project, q.State = 0, api.Any
	f.set("GET /todosets/50.json", `{"id":50,"bucket":{"id":40}}`)
	if got := recordIDs(list(t, a, q)); !slices.Equal(got, []int64{2, 3}) {
		t.Errorf("without counts and project: %v", got)
	}
}

func TestBulkTellsListsFromGroups(t *testing.T) {
	const rec = "GET /projects/recordings.json?direction=asc&sort=created_at&status=active&type=Todolist"
	_, a := newFake(t, map[string]string{rec: `[{"id":1,"type":"Todolist","groups_url":"g"},{"id":2,"type":"Todolist","group_position_url":"p"}]`})
	if got := recordIDs(list(t, a, api.Query{Kind: api.TodoList})); !slices.Equal(got, []int64{1}) {
		t.Errorf("lists %v", got)
	}
	if got := recordIDs(list(t, a, api.Query{Kind: api.TodoGroup})); !slices.Equal(got, []int64{2}) {
		t.Errorf("groups %v", got)
	}
}

func TestListToolsAndColumns(t *testing.T) {
	f, a := newFake(t, map[string]string{
		"GET /projects/40.json": `{"id":40,"dock":[{"id":50,"name":"kanban_board","enabled":true},{"id":51,"name":"kanban_board","enabled":false},
			{"id":52,"name":"kanban_board","enabled":true},{"id":53,"name":"vault","enabled":true}]}`,
		"GET /card_tables/50.json": `{"id":50,"type":"Kanban::Board","title":"Cards","bucket":{"id":40},"lists":[
			{"id":1,"type":"Kanban::Triage","title":"In","bucket":{"id":40},"parent":{"id":50,"type":"Kanban::Board"}},
			{"id":2,"type":"Kanban::Column","title":"Doing","bucket":{"id":40},"on_hold":{"id":9,"title":"On hold","cards_count":1}},
			{"id":3,"type":"Kanban::DoneColumn","title":"Done","bucket":{"id":40}}]}`,
		"GET /card_tables/52.json": `{"id":52,"type":"Kanban::Board","title":"More","bucket":{"id":40}}`,
	})
	project := api.Ref{Kind: api.Project, Project: 40, ID: 40}
	rs := list(t, a, api.Query{Kind: api.CardTable, In: project})
	if got := recordIDs(rs); !slices.Equal(got, []int64{50, 52}) || rs[0].Parent != project {
		t.Errorf("tables %v below %v", got, rs[0].Parent)
	}
	f.requests()
	rs = list(t, a, api.Query{Kind: api.Column, In: rs[0].Ref})
	var titles []string
	for _, r := range rs {
		titles = append(titles, r.Title)
		if r.Parent != (api.Ref{Kind: api.CardTable, Project: 40, ID: 50}) || r.Kind != api.Column {
			t.Errorf("%s is a %s below %v", r.Title, r.Kind, r.Parent)
		}
	}
	if got := strings.Join(titles, ", "); got != "In, Doing, Doing (on hold), Done" || rs[2].ID != 9 {
		t.Errorf("columns %s", got)
	}
}

func TestAssigned(t *testing.T) {
	_, a := newFake(t, map[string]string{"GET /my/assignments.json": `{"priorities":[
		{"id":1,"type":"todo","content":"Pack","due_on":"2026-03-09","bucket":{"id":40},"parent":{"id":60,"title":"Van"},"comments_count":2,"assignees":[{"id":8,"name":"Bo Lindqvist"}]}],
		"non_priorities":[{"id":2,"type":"card","content":"Boxes","bucket":{"id":40},"parent":{"id":94},"children":[{"id":3,"type":"card_step","content":"buy"}]},
		{"id":1,"type":"todo","content":"Pack"},{"id":4,"type":"todo","content":"Done","completed":true},{"id":5,"type":"new_thing"}]}`})
	rs, err := a.Assigned(t.Context())
	if err != nil || !slices.Equal(recordIDs(rs), []int64{1, 2}) {
		t.Fatalf("%v, %v", recordIDs(rs), err)
	}
	todo, card := rs[0], rs[1]
	if todo.Title != "Pack" || todo.Parent != (api.Ref{Kind: api.TodoList, Project: 40, ID: 60}) || todo.Comments != 2 || todo.DueOn != "2026-03-09" {
		t.Errorf("to-do %+v", todo)
	}
	if card.Kind != api.Card || card.Title != "Boxes" || card.Body != "" || card.Parent != (api.Ref{Kind: api.Column, Project: 40, ID: 94}) {
		t.Errorf("card %+v", card)
	}
}
