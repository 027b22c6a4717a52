package bc3

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// otherRoutes are what nothing of ours needs beyond their being there: other
// payloads link to them.
var otherRoutes = map[string]func(*call) answer{
	"GET /account":                     account,
	"GET /templates":                   emptyPages,
	"GET /stacks":                      emptyList,
	"GET /lineup/markers":              emptyList,
	"GET /my/bookmarks":                emptyPages,
	"GET /my/bookmarks/{s}":            bookmark,
	"GET /recordings/{id}/bookmark":    recordingBookmark,
	"GET /my/notes":                    myNote,
	"GET /my/question_reminders":       emptyPages,
	"GET /my/readings":                 readings,
	"GET /my/readings/bubble_ups":      emptyPages,
	"GET /todosets/{id}/hill":          hillChart,
	"GET /reports/gauges":              emptyPages,
	"GET /reports/timesheet":           emptyList,
	"GET /reports/progress":            progress,
	"GET /reports/users/progress/{id}": personProgress,
	"GET /reports/schedules/upcoming":  upcoming,
	"GET /reports/todos/assigned":      assignable,
	"GET /reports/todos/assigned/{id}": assignedTodos,
	"GET /reports/todos/overdue":       overdueTodos,
	"GET /searches/metadata":           searchMetadata,
	"GET /client/approvals":            emptyPages,
	"GET /client/correspondences":      emptyPages,
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func account(c *call) answer {
	owner, at := "", int64(0)
	for _, p := range c.s.people {
		if p.owner {
			owner, at = p.name, p.created
			break
		}
	}
	return c.object(func(w *writer) {
		w.int("id", c.s.id)
		w.str("name", c.s.name)
		w.str("owner_name", owner)
		w.bool("active", true)
		w.time("created_at", at)
		w.time("updated_at", at)
		w.bool("trial", false)
		w.null("trial_ends_on")
		w.bool("frozen", false)
		w.bool("paused", false)
		w.obj("limits")
		w.bool("can_create_projects", !c.s.env.Full())
		w.bool("can_pin_projects", true)
		w.bool("can_create_users", true)
		w.bool("can_upload_files", true)
		w.close()
	})
}

func bookmark(c *call) answer {
	return c.object(func(w *writer) { w.bool("bookmarked", false) })
}

func recordingBookmark(c *call) answer {
	if c.find(c.ids[0]) == nil {
		return notFound
	}
	return bookmark(c)
}

func myNote(c *call) answer {
	return c.object(func(w *writer) {
		w.null("id")
		w.str("type", "Note")
		w.null("created_at")
		w.null("updated_at")
		w.rich(c.s, "content", "")
		w.url("url", "/my/notes.json")
		w.appURL("app_url", "/my/notes")
	})
}

func readings(c *call) answer {
	return c.object(func(w *writer) {
		for _, k := range []string{"unreads", "reads", "memories", "bubble_ups", "scheduled_bubble_ups"} {
			w.list(k)
			w.closeList()
		}
		w.int("bubble_ups_count", 0)
		w.int("scheduled_bubble_ups_count", 0)
	})
}

func hillChart(c *call) answer {
	r := c.find(c.ids[0], kindTodoset)
	if r == nil {
		return notFound
	}
	a := c.object(func(w *writer) {
		w.bool("enabled", false)
		w.bool("stale", false)
		w.time("updated_at", r.updated)
		w.recAppURL("app_update_url", r, "/hill/edit")
		w.recAppURL("app_versions_url", r, "/hill/versions")
		w.list("dots")
		w.closeList()
	})
	return a
}

// progress is what was made lately, newest first.
func progress(c *call) answer { return c.timeline(func(*recording) bool { return true }) }

func personProgress(c *call) answer {
	p := c.s.personByID[c.ids[0]]
	if p == nil {
		return notFound
	}
	return c.timeline(func(r *recording) bool { return r.creator == p })
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

func searchMetadata(c *call) answer {
	pairs := func(w *writer, k, all string, l [][2]string) {
		w.list(k)
		w.open()
		w.null("key")
		w.str("value", all)
		w.close()
		for _, p := range l {
			w.open()
			w.str("key", p[0])
			w.str("value", p[1])
			w.close()
		}
		w.closeList()
	}
	return c.object(func(w *writer) {
		pairs(w, "recording_search_types", "Everything", [][2]string{{"Kanban::Card", "Card tables"}, {"Comment", "Comments"},
			{"Document", "Documents"}, {"Schedule::Entry", "Events"}, {"Upload", "Files"}, {"Message", "Messages"}, {"Todo", "To-dos"}})
		pairs(w, "file_search_types", "All files", [][2]string{{"Image", "Images"}, {"PDF", "PDFs"}})
		w.str("default_creator_label", "Anyone")
		w.str("default_bucket_label", "All projects")
		w.str("default_circle_label", "All pings")
		w.str("default_file_type_label", "All files")
		w.str("default_type_label", "Everything")
	})
}
