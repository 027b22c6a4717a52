package simulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func path(form string, o object) string { return fmt.Sprintf(form, id(o)) }

func TestReplacingATodoClearsWhatIsOmitted(t *testing.T) {
	a := company(t)
	me := id(a.get("/my/profile.json"))
	_, made := a.list("L", "x")
	p := path("/todos/%d.json", made[0])
	full := a.put(p, object{"content": "y", "description": "<div>d</div>", "assignee_ids": []int64{me},
		"completion_subscriber_ids": []int64{me}, "starts_on": "2026-01-02", "due_on": "2026-01-03"})
	if full["description"] != "<div>d</div>" || full["due_on"] != "2026-01-03" || full["starts_on"] != "2026-01-02" ||
		len(full["assignees"].([]any)) != 1 || len(full["completion_subscribers"].([]any)) != 1 {
		t.Fatalf("what was set is not there: %v", full)
	}
	bare := a.put(p, object{"content": "z"})
	if bare["content"] != "z" || bare["description"] != "" || bare["due_on"] != nil || bare["starts_on"] != nil ||
		len(bare["assignees"].([]any)) != 0 || len(bare["completion_subscribers"].([]any)) != 0 {
		t.Errorf("what was omitted is still there: %v", bare)
	}
	if r := a.do("PUT", p, object{"description": "no content"}); r.status != 422 || !strings.Contains(string(r.body), `"error"`) {
		t.Errorf("without content: %d %s", r.status, r.body)
	}
	if got := a.get(p)["content"]; got != "z" {
		t.Errorf("a refused update changed content to %v", got)
	}
}

func TestReplacingAListClearsItsDescription(t *testing.T) {
	a := company(t)
	l, _ := a.list("L")
	p := path("/todolists/%d.json", l)
	if got := a.put(p, object{"name": "M", "description": "<div>d</div>"}); got["description"] != "<div>d</div>" || got["title"] != "M" {
		t.Fatal(got)
	}
	if got := a.put(p, object{"name": "M"}); got["description"] != "" {
		t.Errorf("description is still %v", got["description"])
	}
}

func TestPositions(t *testing.T) {
	a := company(t)
	l, made := a.list("L", "1", "2", "3", "4")
	order := func() []string { return titles(a.all(path("/todolists/%d/todos.json", l))) }
	positions := func() string {
		var b strings.Builder
		for _, o := range made {
			fmt.Fprint(&b, o["title"], "=", a.get(path("/todos/%d.json", o))["position"], " ")
		}
		return b.String()
	}
	if got := positions(); got != "1=1 2=2 3=3 4=4 " {
		t.Fatal(got)
	}
	a.want(204, "PUT", path("/todos/%d/position.json", made[3]), object{"position": 1})
	if got := order(); !slices.Equal(got, []string{"4", "1", "2", "3"}) {
		t.Errorf("after moving 4 up: %v", got)
	}
	a.want(204, "PUT", path("/todos/%d/position.json", made[3]), object{"position": 3})
	if got := order(); !slices.Equal(got, []string{"1", "2", "4", "3"}) {
		t.Errorf("after moving 4 down: %v", got)
	}
	a.want(204, "PUT", path("/todos/%d/position.json", made[0]), object{"position": 99})
	if got := order(); !slices.Equal(got, []string{"2", "4", "3", "1"}) {
		t.Errorf("after moving 1 beyond the end: %v", got)
	}
	a.want(422, "PUT", path("/todos/%d/position.json", made[0]), object{"position": 0})
	a.want(204, "POST", path("/todos/%d/completion.json", made[3]), nil)
	if got := positions(); got != "1=3 2=1 3=2 4=<nil> " {
		t.Errorf("with 4 completed: %s", got)
	}
	a.want(204, "PUT", path("/recordings/%d/status/trashed.json", made[1]), nil)
	if got := positions(); got != "1=2 2=<nil> 3=1 4=<nil> " {
		t.Errorf("with 2 trashed: %s", got)
	}
}

func TestMovingToAnotherList(t *testing.T) {
	a := company(t)
	l, made := a.list("From", "1", "2")
	to, _ := a.list("To", "a", "b")
	before := a.get(path("/todolists/%d.json", l))["updated_at"].(string)
	a.want(204, "PUT", path("/todos/%d/position.json", made[0]), object{"position": 2, "parent_id": id(to)})
	if got := titles(a.all(path("/todolists/%d/todos.json", to))); !slices.Equal(got, []string{"a", "1", "b"}) {
		t.Errorf("there: %v", got)
	}
	if got := titles(a.all(path("/todolists/%d/todos.json", l))); !slices.Equal(got, []string{"2"}) {
		t.Errorf("here: %v", got)
	}
	moved := a.get(path("/todos/%d.json", made[0]))
	if id(moved["parent"].(object)) != id(to) {
		t.Errorf("parent is %v", moved["parent"])
	}
	if after := a.get(path("/todolists/%d.json", l))["updated_at"].(string); after <= before {
		t.Errorf("the list that it left still says %s", after)
	}
	other := named(t, a.all("/projects/recordings.json?type=Todolist"), "Every Monday")
	a.want(404, "PUT", path("/todos/%d/position.json", made[1]), object{"position": 1, "parent_id": id(other)})
}

func TestCompletion(t *testing.T) {
	a := company(t)
	l, made := a.list("L", "1", "2")
	p := path("/todos/%d.json", made[0])
	a.want(204, "POST", path("/todos/%d/completion.json", made[0]), nil)
	a.want(204, "POST", path("/todos/%d/completion.json", made[0]), nil) // again
	done := a.get(p)
	c, ok := done["completion"].(object)
	if done["completed"] != true || !ok || c["creator"].(object)["name"] != "Victor Cooper" {
		t.Fatalf("completed %v, completion %v", done["completed"], done["completion"])
	}
	if got := titles(a.all(path("/todolists/%d/todos.json", l))); !slices.Equal(got, []string{"2"}) {
		t.Errorf("pending: %v", got)
	}
	if got := titles(a.all(path("/todolists/%d/todos.json?completed=true", l))); !slices.Equal(got, []string{"1"}) {
		t.Errorf("completed: %v", got)
	}
	if got := a.get(path("/todolists/%d.json", l))["completed_ratio"]; got != "1/2" {
		t.Errorf("ratio %v", got)
	}
	a.put(p, object{"content": "still done"})
	if got := a.get(p); got["completed"] != true {
		t.Error("an update reopened it")
	}
	a.want(204, "DELETE", path("/todos/%d/completion.json", made[0]), nil)
	open := a.get(p)
	if open["completed"] != false || open["completion"] != nil || fmt.Sprint(open["position"]) != "2" {
		t.Errorf("reopened: %v", open)
	}
	var actions []string
	for _, e := range a.all(path("/recordings/%d/events.json", made[0])) {
		actions = append(actions, e["action"].(string))
	}
	if want := []string{"uncompleted", "updated", "completed", "created"}; !slices.Equal(actions, want) {
		t.Errorf("events %v, want %v", actions, want)
	}
}

func TestLooseTodos(t *testing.T) {
	a := company(t)
	set := a.tool("todoset")
	before := a.get(fmt.Sprintf("/todosets/%d.json", set))
	made := a.post(fmt.Sprintf("/buckets/%d/todosets/%d/todos.json", leto, set), object{"content": "loose"})
	if p := made["parent"].(object); p["type"] != "Todoset" {
		t.Errorf("parent %v", p)
	}
	after := a.get(fmt.Sprintf("/todosets/%d.json", set))
	if fmt.Sprint(before["todos_count"]) != "2" || fmt.Sprint(before["completed_loose_todos_count"]) != "1" || fmt.Sprint(after["todos_count"]) != "3" {
		t.Errorf("counts %v and %v, then %v", before["todos_count"], before["completed_loose_todos_count"], after["todos_count"])
	}
	if !slices.Contains(titles(a.all("/projects/recordings.json?type=Todo&bucket="+fmt.Sprint(leto))), "loose") {
		t.Error("not among the recordings")
	}
}

func TestGroups(t *testing.T) {
	a := company(t)
	l, _ := a.list("L")
	for _, n := range []string{"A", "B"} {
		a.post(path("/todolists/%d/groups.json", l), object{"name": n, "color": "green"})
	}
	gs := a.all(path("/todolists/%d/groups.json", l))
	if !slices.Equal(titles(gs), []string{"A", "B"}) || gs[0]["color"] != "green" || gs[0]["group_position_url"] == nil || gs[0]["groups_url"] != nil {
		t.Fatalf("groups %v", gs)
	}
	if l["groups_url"] == nil || l["group_position_url"] != nil {
		t.Error("a list is taken for a group")
	}
	a.want(204, "PUT", path("/todolists/groups/%d/position.json", gs[1]), object{"position": 1})
	if got := titles(a.all(path("/todolists/%d/groups.json", l))); !slices.Equal(got, []string{"B", "A"}) {
		t.Errorf("after moving B up: %v", got)
	}
	a.want(404, "POST", path("/todolists/%d/groups.json", gs[0]), object{"name": "no groups in groups"})
}
