package bc3

import (
	"net/http"
	"slices"
	"time"
)

// progress is what was made lately, newest first.
func progress(c *call) answer { return c.timeline(func(*recording) bool { return true }) }

func personProgress(c *call) answer {
	p := c.s.personByID[c.ids[0]]
	if p == nil {
		return notFound
	}
	a := c.timeline(func(r *recording) bool { return r.creator == p })
	w := c.writer()
	w.open()
	w.person("person", p)
	w.raw("events", a.body)
	w.close()
	a.body = w.b
	return a
}

func projectTimeline(c *call) answer {
	b := c.project(c.ids[0])
	if b == nil {
		return notFound
	}
	return c.timeline(func(r *recording) bool { return r.project == b })
}

const timelineLength = 60

func (c *call) timeline(want func(*recording) bool) answer {
	l := slices.DeleteFunc(slices.Clone(c.active(kindTodo, kindMessage, kindComment, kindDocument, kindUpload)),
		func(r *recording) bool { return !want(r) })
	l = l[:min(len(l), timelineLength)]
	return c.pages(len(l), func(w *writer, i int) {
		r := l[i]
		w.open()
		w.int("id", r.id)
		w.time("created_at", r.created)
		w.str("kind", info[r.kind].path[:len(info[r.kind].path)-1]+"_created")
		w.int("parent_recording_id", r.parent.id)
		w.own(r)
		w.person("creator", r.creator)
		w.str("action", "added")
		w.str("target", titleOf(r.parent))
		w.str("title", titleOf(r))
		w.str("summary_excerpt", lineTitle(r.body, true))
		w.bucket(r.project)
		w.close()
	})
}

func (w *writer) shortBucket(b *project) {
	w.obj("bucket")
	w.int("id", b.id)
	w.str("name", b.name)
	w.close()
}

// upcoming is what lies between two days, both included.
func upcoming(c *call) answer {
	q := c.r.URL.Query()
	from, err1 := time.Parse(time.DateOnly, q.Get("window_starts_on"))
	to, err2 := time.Parse(time.DateOnly, q.Get("window_ends_on"))
	if err1 != nil || err2 != nil {
		return fail(http.StatusBadRequest, "window_starts_on and window_ends_on must be dates")
	}
	in := func(day string) bool {
		return day >= from.Format(time.DateOnly) && day <= to.Format(time.DateOnly)
	}
	entries := slices.DeleteFunc(slices.Clone(c.active(kindEntry)), func(r *recording) bool {
		x := r.x.(*entry)
		return x.rule != nil || !in(midnight(x.starts).Format(time.DateOnly))
	})
	return c.object(func(w *writer) {
		w.list("schedule_entries")
		for _, r := range entries {
			w.upcomingEntry(r)
		}
		w.closeList()
		w.list("recurring_schedule_entry_occurrences")
		w.closeList()
		w.list("assignables")
		for _, r := range c.active(kindTodo) {
			if t := r.todo(); t.dueOn != "" && in(t.dueOn) {
				w.assignable(c.s, r)
			}
		}
		w.closeList()
	})
}

func (w *writer) upcomingEntry(r *recording) {
	x := r.x.(*entry)
	w.open()
	w.int("id", r.id)
	w.str("status", statusName[r.status])
	w.bool("visible_to_clients", r.clients)
	w.own(r)
	w.str("type", typeOf(r))
	w.str("summary", r.title)
	w.bool("all_day", x.allDay)
	w.bool("recurring", false)
	w.time("starts_at", x.starts)
	w.time("ends_at", x.ends)
	w.key("creator")
	w.shortPerson(r.creator)
	w.list("participants")
	for _, p := range x.participants {
		w.shortPerson(p)
	}
	w.closeList()
	w.shortBucket(r.project)
	w.int("comments_count", r.count(kindComment, active))
	w.close()
}

func (w *writer) assignable(s *state, r *recording) {
	t := r.todo()
	w.open()
	w.int("id", r.id)
	w.str("status", statusName[r.status])
	w.bool("visible_to_clients", r.clients)
	w.own(r)
	w.orNull("starts_on", t.startsOn)
	w.orNull("due_on", t.dueOn)
	w.str("type", typeOf(r))
	w.str("content", r.title)
	w.list("assignees")
	for _, p := range t.assignees {
		w.shortPerson(p)
	}
	w.closeList()
	w.shortBucket(r.project)
	w.obj("parent")
	w.int("id", r.parent.id)
	w.str("title", r.parent.title)
	w.close()
	w.url("completion_url", "/todos/", r.id, "/completion.json")
	w.bool("completed", r.done)
	w.bool("repeating", false)
	w.int("comments_count", r.count(kindComment, active))
	w.close()
}

func assignable(c *call) answer {
	l := slices.DeleteFunc(slices.Clone(c.visiblePeople()), func(p *person) bool { return p.personable != "" })
	return c.all(len(l), func(w *writer, i int) { w.personValue(l[i]) })
}

func assignedTodos(c *call) answer {
	p := c.s.personByID[c.ids[0]]
	if p == nil {
		return notFound
	}
	return c.object(func(w *writer) {
		w.person("person", p)
		w.str("grouped_by", "bucket")
		w.list("todos")
		for _, r := range c.s.assignments(p, false) {
			if r.kind == kindTodo && c.sees(r) {
				w.recording(c.s, r)
			}
		}
		w.closeList()
	})
}

func overdueTodos(c *call) answer {
	today := time.UnixMilli(c.s.now()).UTC()
	groups := []struct {
		name  string
		since int // days before today
	}{{"under_a_week_late", 7}, {"over_a_week_late", 30}, {"over_a_month_late", 90}, {"over_three_months_late", 1 << 20}}
	l := c.late(kindTodo)
	return c.object(func(w *writer) {
		before := today.AddDate(0, 0, 1).Format(time.DateOnly)
		for _, g := range groups {
			from := today.AddDate(0, 0, -g.since).Format(time.DateOnly)
			if g.since > 10000 {
				from = ""
			}
			w.list(g.name)
			for _, r := range l {
				if due := r.todo().dueOn; due >= from && due < before {
					w.recording(c.s, r)
				}
			}
			w.closeList()
			before = from
		}
	})
}
