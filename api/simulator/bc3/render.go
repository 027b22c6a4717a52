package bc3

import (
	"strconv"
	"time"
)

// bucketPath is "/buckets/{project}/…" of a recording.
func (w *writer) recURL(k string, r *recording, tail string) {
	w.url(k, "/buckets/", r.project.id, "/", info[r.kind].path, "/", r.id, tail)
}

func (w *writer) recAppURL(k string, r *recording, tail string) {
	w.appURL(k, "/buckets/", r.project.id, "/", info[r.kind].path, "/", r.id, tail)
}

// under is a URL of the form /buckets/{project}/recordings/{id}/….
func (w *writer) under(k string, r *recording, tail string) {
	w.url(k, "/buckets/", r.project.id, "/recordings/", r.id, tail)
}

// own writes url and app_url of a recording, which some kinds nest.
func (w *writer) own(r *recording) {
	switch r.kind {
	case kindLine:
		w.url("url", "/buckets/", r.project.id, "/chats/", r.parent.id, "/lines/", r.id, ".json")
		w.appURL("app_url", "/buckets/", r.project.id, "/chats/", r.parent.id, "@", r.id)
	case kindComment, kindReply, kindStep:
		w.recURL("url", r, ".json")
		w.appURL("app_url", "/buckets/", r.project.id, "/", info[r.parent.kind].path, "/", r.parent.id,
			"#__recording_", r.id)
	case kindEntry:
		tail := ".json"
		if x := r.x.(*entry); x.rule != nil { // what GET redirects to
			tail = "/occurrences/" + midnight(x.starts).Format("20060102") + ".json"
		}
		w.recURL("url", r, tail)
		w.recAppURL("app_url", r, "")
	default:
		w.recURL("url", r, ".json")
		w.recAppURL("app_url", r, "")
	}
}

// typeOf is the "type" of a recording.
func typeOf(r *recording) string {
	switch x := r.x.(type) {
	case *column:
		return x.typ
	case *line:
		if x.upload != nil {
			return "Chat::Lines::Upload"
		}
		if x.rich {
			return "Chat::Lines::RichText"
		}
	}
	return info[r.kind].typ
}

// titleOf is the "title" of a recording.
func titleOf(r *recording) string {
	switch r.kind {
	case kindComment, kindReply:
		return "Re: " + r.parent.title
	case kindAnswer:
		return "Answer to “" + r.parent.title + "”"
	}
	return r.title
}

// head writes what every recording has, in the guide's order.
func (w *writer) head(s *state, r *recording) {
	i := &info[r.kind]
	w.int("id", r.id)
	w.str("status", statusName[r.status])
	w.bool("visible_to_clients", r.clients)
	w.time("created_at", r.created)
	w.time("updated_at", r.updated)
	w.str("title", titleOf(r))
	w.bool("inherits_status", !r.detached)
	w.str("type", typeOf(r))
	w.own(r)
	w.url("bookmark_url", "/my/bookmarks/", sgid("Recording", r.id, "readable"), ".json")
	if i.subscribe {
		w.under("subscription_url", r, "/subscription.json")
	}
	if i.comments {
		w.int("comments_count", r.count(kindComment, active))
		w.under("comments_url", r, "/comments.json")
	}
	if i.boosts {
		w.int("boosts_count", 0)
		w.under("boosts_url", r, "/boosts.json")
	}
	w.position(r)
	if r.parent != nil {
		w.parent("parent", r.parent)
	}
	w.bucket(r.project)
	w.person("creator", r.creator)
}

// position is absent where there is none: when completed, archived or trashed.
func (w *writer) position(r *recording) {
	if r.parent == nil {
		if n := r.project.dockPosition(r); n > 0 {
			w.int("position", n)
		}
		return
	}
	if r.pos > 0 {
		w.int("position", int64(r.pos))
	}
}

// dockPosition counts the enabled tools up to r's; 0 where r is disabled.
func (b *project) dockPosition(r *recording) (n int64) {
	for _, t := range b.dock {
		if t.enabled {
			n++
		}
		if t.rec == r {
			if !t.enabled {
				return 0
			}
			return n
		}
	}
	return 0
}

func (w *writer) parent(k string, p *recording) {
	w.obj(k)
	w.int("id", p.id)
	w.str("title", titleOf(p))
	w.str("type", typeOf(p))
	w.own(p)
	w.close()
}

func (w *writer) bucket(b *project) {
	w.obj("bucket")
	w.int("id", b.id)
	w.str("name", b.name)
	w.str("type", "Project")
	w.close()
}

// recording writes a whole recording of any kind.
func (w *writer) recording(s *state, r *recording) {
	w.open()
	w.head(s, r)
	switch r.kind {
	case kindTodoset:
		w.todoset(s, r)
	case kindTodolist:
		w.todolist(s, r)
	case kindTodo:
		w.todo(s, r)
	case kindComment:
		w.rich(s, "content", r.body)
	case kindMessageBoard:
		w.messageBoard(r)
	case kindMessage:
		w.message(s, r)
	case kindVault:
		w.vault(r)
	case kindDocument:
		w.rich(s, "content", r.body)
	case kindUpload:
		w.upload(s, r)
	case kindCardTable:
		w.cardTable(s, r)
	case kindColumn:
		w.column(s, r)
	case kindCard:
		w.card(s, r)
	case kindStep:
		w.step(s, r)
	case kindSchedule:
		w.schedule(r)
	case kindEntry:
		w.entry(s, r, time.Time{})
	case kindChat:
		w.chat(r)
	case kindLine:
		w.line(r)
	case kindQuestionnaire:
		w.questionnaire(r)
	case kindQuestion:
		w.question(r)
	case kindAnswer:
		w.answer(s, r)
	case kindInbox:
		w.inbox(r)
	case kindForward:
		w.forward(s, r)
	case kindReply:
		w.rich(s, "content", r.body)
	}
	w.close()
}

func (w *writer) todo(s *state, r *recording) {
	t := r.todo()
	w.rich(s, "description", r.body)
	w.bool("completed", r.done)
	if r.done {
		w.obj("completion")
		w.time("created_at", t.completedAt)
		w.person("creator", t.completedBy)
		w.close()
	}
	w.str("content", r.title)
	w.orNull("starts_on", t.startsOn)
	w.orNull("due_on", t.dueOn)
	w.persons("assignees", t.assignees)
	w.persons("completion_subscribers", t.subscribers)
	w.url("completion_url", "/todos/", r.id, "/completion.json")
	w.list("steps")
	r.each(kindStep, active, func(c *recording) { w.recording(s, c) })
	w.closeList()
}

// ratio counts the active to-dos of a list and its groups, or of a whole set.
func ratio(r *recording) (done, all int64) {
	for _, c := range r.children {
		switch {
		case c.status != active:
		case c.kind == kindTodo:
			all++
			if c.done {
				done++
			}
		case c.kind == kindTodolist:
			d, a := ratio(c)
			done, all = done+d, all+a
		}
	}
	return done, all
}

func (w *writer) ratio(r *recording) {
	done, all := ratio(r)
	w.bool("completed", all > 0 && done == all)
	w.str("completed_ratio", strconv.FormatInt(done, 10)+"/"+strconv.FormatInt(all, 10))
}

func (w *writer) todolist(s *state, r *recording) {
	w.rich(s, "description", r.body)
	w.ratio(r)
	w.str("name", r.title)
	color, _ := r.x.(string)
	w.orNull("color", color)
	if r.isGroup() {
		w.url("group_position_url", "/buckets/", r.project.id, "/todolists/groups/", r.id, "/position.json")
	} else {
		w.recURL("groups_url", r, "/groups.json")
	}
	w.recURL("todos_url", r, "/todos.json")
	w.recAppURL("app_todos_url", r, "/todos")
	w.appURL("comments_app_url", "/buckets/", r.project.id, "/recordings/", r.id, "/comments")
}

// todoset writes a to-do set. todos_count and completed_loose_todos_count are
// of its loose to-dos, those in no list.
func (w *writer) todoset(s *state, r *recording) {
	var loose, looseDone int64
	r.each(kindTodo, active, func(c *recording) {
		loose++
		if c.done {
			looseDone++
		}
	})
	w.ratio(r)
	w.str("name", r.title)
	w.int("todos_count", loose)
	w.int("todolists_count", r.count(kindTodolist, active))
	w.int("completed_loose_todos_count", looseDone)
	w.list("todolists")
	r.each(kindTodolist, active, func(c *recording) {
		w.open()
		w.int("id", c.id)
		w.str("title", c.title)
		w.orNull("description", c.body)
		w.ratio(c)
		w.own(c)
		w.close()
	})
	w.closeList()
	w.recURL("todos_url", r, "/todos.json")
	w.recAppURL("app_todos_url", r, "/todos")
	w.recURL("hill_chart_url", r, "/hill.json")
	w.recURL("todolists_url", r, "/todolists.json")
	w.recAppURL("app_todoslists_url", r, "/todolists")
}
