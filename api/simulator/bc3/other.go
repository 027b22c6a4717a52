package bc3

import "strconv"

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
