package bc3

import "strconv"

// event is something that happened to a recording.
type event struct {
	id      int64
	action  string
	at      int64
	by      *person
	added   []int64 // of assignments
	removed []int64
}

// event notes what the caller did to r.
func (c *call) event(r *recording, action string) {
	c.s.events[r.id] = append(c.s.events[r.id], event{id: c.s.eventIDs.Next(), action: action, at: r.updated, by: c.me})
}

// changed gives r and what is above it a new time, and notes the event.
func (c *call) changed(r *recording, action string) {
	c.s.touch(r)
	c.event(r, action)
}

// assigned notes a change of who r is assigned to.
func (c *call) assigned(r *recording, before []*person) {
	e := event{action: "assignment_changed", at: r.updated, by: c.me}
	for _, p := range r.todo().assignees {
		if !contains(before, p) {
			e.added = append(e.added, p.id)
		}
	}
	for _, p := range before {
		if !contains(r.todo().assignees, p) {
			e.removed = append(e.removed, p.id)
		}
	}
	if e.added == nil && e.removed == nil {
		return
	}
	e.id = c.s.eventIDs.Next()
	c.s.events[r.id] = append(c.s.events[r.id], e)
}

// listEvents is newest first and ends in the creation, which every recording
// has without its being stored.
func listEvents(c *call) answer {
	r := c.find(c.ids[0])
	if r == nil {
		return notFound
	}
	l := append([]event{{id: r.id, action: "created", at: r.created, by: r.creator}}, c.s.events[r.id]...)
	return c.pages(len(l), func(w *writer, i int) {
		e := l[len(l)-1-i]
		w.open()
		w.int("id", e.id)
		w.int("recording_id", r.id)
		w.str("action", e.action)
		w.obj("details")
		if e.action == "assignment_changed" {
			w.ids("added_person_ids", e.added)
			w.ids("removed_person_ids", e.removed)
		} else if e.action == "created" || e.action == "completed" {
			w.ids("notified_recipient_ids", nil)
		}
		w.close()
		w.time("created_at", e.at)
		w.person("creator", e.by)
		if e.action == "completed" {
			w.int("boosts_count", 0)
			w.url("boosts_url", "/buckets/", r.project.id, "/recordings/", r.id, "/events/", e.id, "/boosts.json")
		}
		w.close()
	})
}

func (w *writer) ids(k string, ids []int64) {
	w.list(k)
	for _, id := range ids {
		w.comma()
		w.b = strconv.AppendInt(w.b, id, 10)
	}
	w.closeList()
}
