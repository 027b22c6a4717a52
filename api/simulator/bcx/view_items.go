package bcx

import (
	"html"
	"strings"
	"time"
)

// item renders an item as the lists of its kind have it.
func (v view) item(i *item) object {
	o := v.common(i)
	switch i.kind {
	case kindList:
		r, c := i.counts()
		o["name"], o["description"], o["position"] = i.title, orNull(i.body), i.position
		o["completed"], o["remaining_count"], o["completed_count"] = i.done(), r, c
		o["creator"] = v.short(i.creator)
	case kindTodo:
		v.todo(o, i)
	case kindDocument:
		o["title"] = i.title
	case kindForward:
		o["subject"], o["from"] = i.title, orNull(i.from)
	case kindCalendar:
		v.calendar(o, i)
	case kindMessage:
		o["subject"], o["content"], o["creator"] = i.title, i.body, v.short(i.creator)
	case kindUpload:
		o["content"], o["creator"] = i.body, v.short(i.creator)
	}
	return o
}

// whole renders an item with its body and its comments.
func (v view) whole(i *item) object {
	o := v.withComments(v.item(i), i)
	switch i.kind {
	case kindDocument:
		o["content"], o["creator"], o["last_updater"] = i.body, v.short(i.creator), v.short(i.updater)
	case kindForward:
		o["content"], o["content_html"], o["creator"] = i.body, i.html, v.short(i.creator)
		o["attachments"] = v.nested(i.files)
	case kindTodo, kindMessage, kindUpload:
		o["attachments"] = v.nested(i.files)
	}
	return o
}

// todo has the shapes that clients stumble over: completed_at is false while
// it is open, an assignee that nobody is is {} in a list's own answer and null
// in others, and due_at is a date like due_on.
func (v view) todo(o object, i *item) {
	o["todolist_id"], o["content"], o["position"] = i.list.id, i.title, i.placeInList()
	o["due_at"], o["due_on"] = orNull(i.due), orNull(i.due)
	o["comments_count"], o["creator"] = len(i.visibleComments()), v.short(i.creator)
	o["completed"], o["completed_at"] = !i.completed.IsZero(), false
	if !i.completed.IsZero() {
		o["completed_at"] = stamp(i.completed)
		o["completer"] = object{"id": i.completer.id, "name": i.completer.name}
	}
	if i.assignee != nil {
		o["assignee"] = object{"id": i.assignee.id, "type": "Person", "name": i.assignee.name}
	}
}

// todoInIndex is a to-do in /todos.json and its kin, with its list beside it.
func (v view) todoInIndex(i *item) object {
	o := v.item(i)
	if i.assignee == nil {
		o["assignee"] = nil
	}
	o["todolist"] = v.item(i.list)
	return o
}

// placeInList counts from 1 among what is not in trash.
func (i *item) placeInList() int {
	if i.trashed {
		return i.place
	}
	n := 0
	for _, t := range i.list.todos {
		if !t.trashed {
			n++
		}
		if t == i {
			break
		}
	}
	return n
}

// listWithTodos is GET of one list.
func (v view) listWithTodos(l *item, exclude bool) object {
	o := v.whole(l)
	if exclude {
		return o
	}
	groups := map[string][]object{"remaining": {}, "completed": {}, "trashed": {}}
	for _, t := range l.todos {
		g := "remaining"
		switch {
		case t.trashed:
			g = "trashed"
		case !t.completed.IsZero():
			g = "completed"
		}
		e := v.item(t)
		if t.assignee == nil {
			e["assignee"] = object{}
		}
		groups[g] = append(groups[g], e)
	}
	o["todos"] = groups
	return o
}

func (v view) calendar(o object, i *item) {
	o["summary"], o["description"], o["all_day"], o["creator"] = i.title, i.body, i.allDay, v.short(i.creator)
	o["starts_at"], o["ends_at"] = moment(i.starts, i.allDay), moment(i.ends, i.allDay)
	if !i.remind.IsZero() {
		o["remind_at"] = stamp(i.remind)
	}
	if r := i.recurring; r != nil {
		n := any(nil)
		if r.count > 0 {
			n = r.count
		}
		o["recurring"] = object{"frequency": r.frequency, "count": n, "until": orNull(r.until), "excluding": append([]int{}, r.excluding...)}
	}
}

func moment(t time.Time, allDay bool) any {
	if allDay {
		return t.Format(time.DateOnly)
	}
	return stamp(t)
}

// topicTime is when a topic was last written to; an edit of what it is about
// does not count.
func topicTime(i *item) time.Time {
	if cs := i.visibleComments(); len(cs) > 0 {
		return cs[len(cs)-1].created
	}
	return i.created
}

func (v view) topic(i *item) object {
	excerpt, by, n := i.body, i.creator, len(i.files)
	if cs := i.visibleComments(); len(cs) > 0 {
		excerpt, by = cs[len(cs)-1].content, cs[len(cs)-1].creator
		for _, c := range cs {
			n += len(c.files)
		}
	}
	at := v.common(i)
	return object{"id": i.topic, "title": i.title, "excerpt": cut(plain(excerpt), 100),
		"created_at": stamp(i.created), "updated_at": stamp(topicTime(i)), "attachments": n,
		"private": i.private, "trashed": i.trashed,
		"last_updater": object{"id": by.id, "name": by.name},
		"topicable":    object{"id": i.id, "type": string(i.kind), "url": at["url"], "app_url": at["app_url"]}}
}

func (v view) event(e *event) object {
	o := object{"id": e.id, "created_at": stamp(e.created), "updated_at": stamp(e.updated), "private": false,
		"action": e.action, "target": e.target, "creator": v.short(e.creator),
		"summary": plain(e.action) + " " + e.target}
	at, typ, id := v.bucketURL(e.in), "Project", e.in.id
	if e.in.calendar {
		typ = "Calendar"
	}
	if e.on != nil {
		c := v.common(e.on)
		at, typ, id = strings.TrimSuffix(c["url"].(string), ".json"), string(e.on.kind), e.on.id
	}
	page := strings.Replace(at, v.base, v.app, 1)
	o["eventable"] = object{"id": id, "type": typ, "url": at + ".json", "app_url": page}
	o["url"], o["html_url"] = at+".json", page
	if e.comment != nil {
		o["attachments"] = v.nested(e.comment.files)
		o["raw_excerpt"] = cut(plain(e.comment.content), 100)
		o["excerpt"] = html.EscapeString(o["raw_excerpt"].(string))
	}
	return o
}

// plain is the text of a little HTML.
func plain(s string) string {
	var b strings.Builder
	tag := false
	for _, r := range s {
		switch {
		case r == '<':
			tag = true
		case r == '>' && tag:
			tag = false
		case !tag:
			b.WriteRune(r)
		}
	}
	return html.UnescapeString(b.String())
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "..."
	}
	return s
}
