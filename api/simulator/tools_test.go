package simulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestCards(t *testing.T) {
	a := company(t)
	me := id(a.get("/my/profile.json"))
	table := a.get(fmt.Sprintf("/card_tables/%d.json", a.tool("kanban_board")))
	columns := map[string]object{}
	for _, c := range table["lists"].([]any) {
		columns[c.(object)["title"].(string)] = c.(object)
	}
	if c := columns["Triage"]; c["type"] != "Kanban::Triage" || c["position"] != nil {
		t.Errorf("Triage: %v at %v", c["type"], c["position"])
	}
	lane := columns["In progress"]
	c := a.post(path("/card_tables/lists/%d/cards.json", lane), object{"title": "C", "content": "<div>c</div>", "due_on": "2026-04-01", "assignee_ids": []int64{me}})
	if len(c["assignees"].([]any)) != 0 {
		t.Error("a card was created with assignees")
	}
	p := path("/card_tables/cards/%d.json", c)
	c = a.put(p, object{"assignee_ids": []int64{me}})
	if c["title"] != "C" || c["description"] != "<div>c</div>" || c["due_on"] != "2026-04-01" || len(c["assignees"].([]any)) != 1 {
		t.Errorf("a partial update left %v", c)
	}
	if c = a.put(p, object{"due_on": nil, "content": ""}); c["due_on"] != nil || c["content"] != "" || len(c["assignees"].([]any)) != 1 {
		t.Errorf("clearing left %v", c)
	}
	a.want(204, "POST", path("/card_tables/cards/%d/moves.json", c), object{"column_id": id(columns["Done"]), "position": 2})
	c = a.get(p)
	if c["completed"] != true || c["parent"].(object)["title"] != "Done" || c["completer"].(object)["name"] != "Victor Cooper" {
		t.Errorf("in the Done column: %v", c)
	}
	a.want(204, "POST", fmt.Sprintf("/card_tables/%d/moves.json", id(table)), object{"source_id": id(c), "target_id": id(lane), "position": 1})
	c = a.get(p)
	if c["completed"] != false || fmt.Sprint(c["position"]) != "2" {
		t.Errorf("moved back: completed %v at %v", c["completed"], c["position"])
	}
	a.want(400, "POST", path("/card_tables/cards/%d/moves.json", c), object{"column_id": id(lane), "position": 0})

	for _, n := range []string{"one", "two"} {
		a.post(path("/card_tables/cards/%d/steps.json", c), object{"title": n})
	}
	steps := func() (out []object) {
		for _, s := range a.get(p)["steps"].([]any) {
			out = append(out, s.(object))
		}
		return out
	}
	s := steps()
	a.want(204, "POST", path("/card_tables/cards/%d/positions.json", c), object{"source_id": id(s[1]), "position": 0})
	if got := titles(steps()); !slices.Equal(got, []string{"two", "one"}) {
		t.Errorf("steps %v", got)
	}
	if got := a.put(path("/card_tables/steps/%d/completions.json", s[0]), object{"completion": "on"}); got["completed"] != true {
		t.Errorf("step %v", got)
	}
}

func TestColumns(t *testing.T) {
	a := company(t)
	p := fmt.Sprintf("/card_tables/%d.json", a.tool("kanban_board"))
	order := func() (out []string) {
		for _, c := range a.get(p)["lists"].([]any) {
			out = append(out, c.(object)["title"].(string))
		}
		return out
	}
	table := a.get(p)
	c := a.post(path("/card_tables/%d/columns.json", table), object{"title": "New"})
	if got := order(); !slices.Equal(got, []string{"Triage", "Not now", "Figuring it out", "In progress", "New", "Done"}) {
		t.Errorf("with a new one: %v", got)
	}
	a.want(204, "POST", path("/card_tables/%d/moves.json", table), object{"source_id": id(c), "target_id": id(table), "position": 1})
	if got := order(); !slices.Equal(got, []string{"Triage", "Not now", "New", "Figuring it out", "In progress", "Done"}) {
		t.Errorf("moved to the first place: %v", got)
	}
	a.want(204, "POST", path("/card_tables/%d/moves.json", table), object{"source_id": id(c), "target_id": id(table), "position": 3})
	if got := order(); !slices.Equal(got, []string{"Triage", "Not now", "Figuring it out", "In progress", "New", "Done"}) {
		t.Errorf("moved to the last place: %v", got)
	}
	if got := a.put(path("/card_tables/columns/%d/color.json", c), object{"color": "aqua"}); got["color"] != "aqua" {
		t.Errorf("colour %v", got["color"])
	}
}

func TestScheduleEntries(t *testing.T) {
	a := company(t)
	me := id(a.get("/my/profile.json"))
	sched := a.tool("schedule")
	e := a.post(fmt.Sprintf("/schedules/%d/entries.json", sched), object{"summary": "S", "starts_at": "2026-05-01T10:00:00Z",
		"ends_at": "2026-05-01T11:00:00Z", "description": "<div>d</div>", "participant_ids": []int64{me}})
	p := path("/schedule_entries/%d.json", e)
	e = a.put(p, object{"summary": "All day", "starts_at": "2026-05-02", "ends_at": "2026-05-03", "all_day": true})
	if e["starts_at"] != "2026-05-02" || e["ends_at"] != "2026-05-03" || e["description"] != "" || len(e["participants"].([]any)) != 1 {
		t.Errorf("replaced: %v", e)
	}
	if got := a.put(p, object{"summary": "Alone", "starts_at": "2026-05-02", "ends_at": "2026-05-03", "participant_ids": []int64{}}); len(got["participants"].([]any)) != 0 || got["all_day"] != false {
		t.Errorf("emptied: %v", got)
	}
	a.want(422, "PUT", p, object{"summary": "Backwards", "starts_at": "2026-05-03", "ends_at": "2026-05-02"})

	r := named(t, a.all(fmt.Sprintf("/schedules/%d/entries.json", sched)), "Stand-up")
	loc := a.want(302, "GET", path("/schedule_entries/%d.json", r), nil).header.Get("Location")
	first := a.get(loc)
	if first["starts_at"] != "2026-01-12T09:30:00.000Z" || !strings.Contains(loc, "/occurrences/20260112.json") {
		t.Errorf("first occurrence %v at %s", first["starts_at"], loc)
	}
	later := a.get(path("/schedule_entries/%d/occurrences/20260116.json", r))
	if later["starts_at"] != "2026-01-16T09:30:00.000Z" {
		t.Errorf("a later one starts at %v", later["starts_at"])
	}
	a.want(404, "GET", path("/schedule_entries/%d/occurrences/20260117.json", r), nil) // a Saturday
	a.want(302, "PUT", path("/schedule_entries/%d.json", r), object{"summary": "x"})
}

func TestChat(t *testing.T) {
	a := company(t)
	annie := as(t, a.s, "Annie Bryan")
	chat := a.tool("chat")
	p := fmt.Sprintf("/chats/%d/lines.json", chat)
	plain := a.post(p, object{"content": "a <b> & c"})
	rich := a.post(p, object{"content": "<strong>d</strong>", "content_type": "text/html"})
	if plain["type"] != "Chat::Lines::Text" || plain["content"] != "a <b> & c" || rich["type"] != "Chat::Lines::RichText" || rich["title"] != "d" {
		t.Errorf("%v and %v", plain, rich)
	}
	if l := a.all(p); id(l[0]) != id(rich) || id(l[1]) != id(plain) {
		t.Errorf("not newest first: %v", titles(l))
	}
	line := fmt.Sprintf("/chats/%d/lines/%d.json", chat, id(plain))
	annie.want(403, "PUT", line, object{"content": "not mine"})
	a.want(204, "PUT", line, object{"content": "edited"})
	if got := annie.get(line)["content"]; got != "edited" {
		t.Errorf("content %v", got)
	}
	a.want(204, "DELETE", line, nil)
	a.want(404, "GET", line, nil)
}

func TestCheckins(t *testing.T) {
	a := company(t)
	q := a.post(fmt.Sprintf("/questionnaires/%d/questions.json", a.tool("questionnaire")), object{"question": object{"title": "Q?",
		"schedule": object{"frequency": "every_day", "time_of_day": "5:00pm", "days": []string{"1", "2"}}}})
	if w := q["schedule"].(object); fmt.Sprint(w["hour"]) != "17" || len(w["days"].([]any)) != 2 {
		t.Errorf("schedule %v", w)
	}
	an := a.post(path("/questions/%d/answers.json", q), object{"question_answer": object{"content": "<div>a</div>", "group_on": "2026-02-03"}})
	if an["group_on"] != "2026-02-03" || an["title"] != "Answer to “Q?”" {
		t.Errorf("answer %v", an)
	}
	a.want(422, "PUT", path("/question_answers/%d.json", an), object{"question_answer": object{"content": "no day"}})
	as(t, a.s, "Annie Bryan").want(403, "PUT", path("/question_answers/%d.json", an), object{"question_answer": object{"content": "x", "group_on": "2026-02-03"}})
	if l := a.all(path("/questions/%d/answers.json?date=2026-02-04", q)); len(l) != 0 {
		t.Errorf("of another day: %v", l)
	}
	if l := a.all(path("/questions/%d/answers/by.json", q)); len(l) != 1 || l[0]["name"] != "Victor Cooper" {
		t.Errorf("answered by %v", l)
	}
}

func TestProjects(t *testing.T) {
	a := company(t)
	p := a.post("/projects.json", object{"name": "Fresh", "description": "d"})
	if dock := p["dock"].([]any); len(dock) != 8 || dock[5].(object)["position"] != nil || dock[5].(object)["enabled"] != false {
		t.Errorf("dock %v", p["dock"])
	}
	if got := a.put(path("/projects/%d.json", p), object{"name": "Stale"}); got["name"] != "Stale" || got["description"] != "d" {
		t.Errorf("updated %v", got)
	}
	if l := a.all("/projects.json"); id(l[0]) != id(p) {
		t.Errorf("newest is %v", l[0]["name"])
	}
	a.want(204, "PUT", path("/projects/%d/status/archived.json", p), nil)
	if l := a.all("/projects.json?status=archived"); id(l[0]) != id(p) || l[0]["status"] != "archived" {
		t.Errorf("archived: %v", l[0]["name"])
	}
	a.want(204, "PUT", path("/projects/%d/status/active.json", p), nil)
	as(t, a.s, "Annie Bryan").want(403, "DELETE", path("/projects/%d.json", p), nil)
	a.want(204, "DELETE", path("/projects/%d.json", p), nil)
	if got := a.get(path("/projects/%d.json", p))["status"]; got != "trashed" {
		t.Errorf("status %v", got)
	}
	a.want(422, "POST", "/projects.json", object{"name": " "})
}

func TestPeopleAndPermissions(t *testing.T) {
	a := company(t)
	annie, henry := as(t, a.s, "Annie Bryan"), as(t, a.s, "Henry Bowman")
	email := func(a api, name string) any { return named(t, a.all("/people.json"), name)["email_address"] }
	if got := email(a, "Sharon Bradford"); got != "sharon@honchodesign.com" {
		t.Errorf("an administrator sees %v", got)
	}
	if got := email(annie, "Sharon Bradford"); got == "sharon@honchodesign.com" || !strings.Contains(fmt.Sprint(got), "••••@") {
		t.Errorf("somebody else sees %v", got)
	}
	if got := email(annie, "Annie Bryan"); got != "annie@honchodesign.com" {
		t.Errorf("the person sees %v", got)
	}
	if l := henry.all("/projects.json"); len(l) != 1 || l[0]["name"] != "The Leto Locator" {
		t.Errorf("the client sees %v", l)
	}
	henry.want(404, "GET", "/todos/1069479576.json", nil)
	shown := henry.all("/projects/recordings.json?type=Todo")
	if got := titles(shown); !slices.Equal(got, []string{"Approve the mock-ups", "Agree on the colours"}) {
		t.Errorf("the client sees to-dos %v", got)
	}
	henry.want(403, "PUT", path("/todos/%d.json", shown[0]), object{"content": "no"})
	henry.want(403, "POST", path("/todos/%d/completion.json", shown[0]), nil)
	henry.want(201, "POST", path("/recordings/%d/comments.json", shown[0]), object{"content": "<div>Fine.</div>"})
	c := a.post(path("/recordings/%d/comments.json", shown[0]), object{"content": "<div>Good.</div>"})
	henry.want(403, "PUT", path("/comments/%d.json", c), object{"content": "Bad."})
	same := 0
	for _, p := range a.all("/people.json") {
		if p["name"] == "Jennifer Young" {
			same++
		}
	}
	if same != 2 {
		t.Errorf("%d people of one name", same)
	}
}

func TestAssignments(t *testing.T) {
	a := company(t)
	me := id(a.get("/my/profile.json"))
	_, made := a.list("L", "1", "2")
	for _, o := range made {
		a.put(path("/todos/%d.json", o), object{"content": o["title"], "assignee_ids": []int64{me}, "due_on": "2026-01-01"})
	}
	a.want(204, "POST", path("/todos/%d/completion.json", made[1]), nil)
	has := func(l []any, o object) bool {
		return slices.ContainsFunc(l, func(x any) bool { return id(x.(object)) == id(o) })
	}
	open := a.get("/my/assignments.json")["non_priorities"].([]any)
	if !has(open, made[0]) || has(open, made[1]) {
		t.Error("open assignments are wrong")
	}
	done := decode[[]any](t, a.want(200, "GET", "/my/assignments/completed.json", nil).body)
	if has(done, made[0]) || !has(done, made[1]) {
		t.Error("completed assignments are wrong")
	}
	if due := decode[[]any](t, a.want(200, "GET", "/my/assignments/due.json", nil).body); !has(due, made[0]) {
		t.Error("overdue assignments are wrong")
	}
	a.want(400, "GET", "/my/assignments/due.json?scope=whenever", nil)
}
