package bc3

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

var assignmentRoutes = map[string]func(*call) answer{
	"GET /my/assignments":           myAssignments,
	"GET /my/assignments/completed": myCompleted,
	"GET /my/assignments/due":       myDue,
}

// assignments are the to-dos and cards of active projects that are assigned
// to p, and the cards of which a step is, in the order of their ids.
func (s *state) assignments(p *person, done bool) []*recording {
	var out []*recording
	add := func(r *recording) {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	for _, k := range []kind{kindTodo, kindCard, kindStep} {
		for _, r := range s.index[k].created {
			if r.status != active || r.project.status != active || r.done != done || r.x == nil || !contains(r.todo().assignees, p) {
				continue
			}
			if k == kindStep {
				r = r.parent
				if r.status != active || r.done != done {
					continue
				}
			}
			add(r)
		}
	}
	slices.SortFunc(out, func(a, b *recording) int { return order(a.id, b.id, 0, 0) })
	return out
}

func myAssignments(c *call) answer {
	l := c.s.assignments(c.me, false)
	return c.object(func(w *writer) {
		w.list("priorities")
		w.closeList()
		w.list("non_priorities")
		for _, r := range l {
			w.assignment(c.s, r)
		}
		w.closeList()
	})
}

func myCompleted(c *call) answer {
	l := c.s.assignments(c.me, true)
	return c.all(len(l), func(w *writer, i int) { w.assignment(c.s, l[i]) })
}

var scopes = []string{"overdue", "due_today", "due_tomorrow", "due_later_this_week", "due_next_week", "due_later"}

func myDue(c *call) answer {
	scope := c.r.URL.Query().Get("scope")
	if scope == "" {
		scope = scopes[0]
	}
	if !slices.Contains(scopes, scope) {
		return fail(http.StatusBadRequest, "Invalid scope '"+scope+"'. Valid options: "+strings.Join(scopes, ", "))
	}
	today := time.UnixMilli(c.s.now()).UTC()
	l := slices.DeleteFunc(c.s.assignments(c.me, false), func(r *recording) bool {
		return r.todo().dueOn == "" || dueScope(r.todo().dueOn, today) != scope
	})
	slices.SortStableFunc(l, func(a, b *recording) int { return strings.Compare(a.todo().dueOn, b.todo().dueOn) })
	return c.all(len(l), func(w *writer, i int) { w.assignment(c.s, l[i]) })
}

// dueScope is the scope that a due date falls in; weeks end on Sunday.
func dueScope(due string, today time.Time) string {
	day := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
	left := (7 - int(today.Weekday())) % 7 // days of this week after today
	switch {
	case due < day(0):
		return "overdue"
	case due == day(0):
		return "due_today"
	case due == day(1):
		return "due_tomorrow"
	case due <= day(left):
		return "due_later_this_week"
	case due <= day(left+7):
		return "due_next_week"
	}
	return "due_later"
}

func (w *writer) assignment(s *state, r *recording) {
	t := r.todo()
	w.open()
	w.int("id", r.id)
	w.recAppURL("app_url", r, "")
	w.str("content", r.title)
	w.orNull("starts_on", t.startsOn)
	w.orNull("due_on", t.dueOn)
	w.obj("bucket")
	w.int("id", r.project.id)
	w.str("name", r.project.name)
	w.appURL("app_url", "/buckets/", r.project.id)
	w.close()
	w.bool("completed", r.done)
	w.str("type", map[kind]string{kindTodo: "todo", kindCard: "card", kindStep: "step"}[r.kind])
	w.list("assignees")
	for _, p := range t.assignees {
		w.shortPerson(p)
	}
	w.closeList()
	w.int("comments_count", r.count(kindComment, active))
	w.bool("has_description", r.body != "")
	if r.kind != kindStep {
		w.obj("parent")
		w.int("id", r.parent.id)
		w.str("title", r.parent.title)
		w.recAppURL("app_url", r.parent, "")
		w.close()
	}
	w.list("children")
	r.each(kindStep, active, func(c *recording) { w.assignment(s, c) })
	w.closeList()
	w.close()
}
