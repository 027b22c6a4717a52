package bc3

import (
	"slices"
	"strings"
	"time"
)

var everythingRoutes = map[string]func(*call) answer{
	"GET /messages":          everything(kindMessage),
	"GET /comments":          everything(kindComment),
	"GET /checkins":          everything(kindAnswer),
	"GET /forwards":          everything(kindForward),
	"GET /files":             everything(kindDocument, kindUpload),
	"GET /todos/open":        grouped(kindTodo, "todos", (*recording).open),
	"GET /todos/completed":   grouped(kindTodo, "todos", (*recording).isDone),
	"GET /todos/unassigned":  grouped(kindTodo, "todos", (*recording).unassigned),
	"GET /todos/no_due_date": grouped(kindTodo, "todos", (*recording).undated),
	"GET /todos/overdue":     overdue(kindTodo),
	"GET /cards/open":        grouped(kindCard, "cards", (*recording).open),
	"GET /cards/completed":   grouped(kindCard, "cards", (*recording).isDone),
	"GET /cards/unassigned":  grouped(kindCard, "cards", (*recording).unassigned),
	"GET /cards/no_due_date": grouped(kindCard, "cards", (*recording).undated),
	"GET /cards/not_now":     grouped(kindCard, "cards", (*recording).notNow),
	"GET /cards/overdue":     overdue(kindCard),
	"GET /search":            search,
	"GET /my/drafts":         drafts,
}

func (r *recording) isDone() bool     { return r.done }
func (r *recording) open() bool       { return !r.done && !r.notNow() }
func (r *recording) unassigned() bool { return r.open() && len(r.todo().assignees) == 0 }
func (r *recording) undated() bool    { return r.open() && r.todo().dueOn == "" }
func (r *recording) notNow() bool {
	x, ok := r.parent.x.(*column)
	return ok && x.typ == notNow && !r.done
}

// active are the active recordings of some kinds in active projects, as far
// as the caller sees them, newest first.
func (c *call) active(ks ...kind) []*recording {
	var l []*recording
	for _, k := range ks {
		key := viewKey{kind: k, status: active, person: c.me, desc: true}
		l = append(l, c.s.view(key, func(r *recording) bool {
			return r.project.status == active && r.parent != nil && c.sees(r)
		})...)
	}
	if len(ks) > 1 {
		sortRecordings(l, false, true)
	}
	return l
}

func everything(ks ...kind) func(*call) answer {
	return func(c *call) answer { return c.many(c.active(ks...)) }
}

// grouped lists one page of projects, each with what it has of a kind.
func grouped(k kind, name string, want func(*recording) bool) func(*call) answer {
	return func(c *call) answer {
		of := map[*project][]*recording{}
		var bs []*project
		for _, r := range c.active(k) {
			if !want(r) {
				continue
			}
			if of[r.project] == nil {
				bs = append(bs, r.project)
			}
			of[r.project] = append(of[r.project], r)
		}
		slices.SortFunc(bs, func(a, b *project) int { return order(b.created, a.created, b.id, a.id) })
		return c.pages(len(bs), func(w *writer, i int) {
			w.open()
			w.bucket(bs[i])
			w.list(name)
			for _, r := range of[bs[i]] {
				w.recording(c.s, r)
			}
			w.closeList()
			w.close()
		})
	}
}

// late are the open ones of a kind that are due before today, oldest first.
func (c *call) late(k kind) []*recording {
	today := time.UnixMilli(c.s.now()).UTC().Format(time.DateOnly)
	var l []*recording
	for _, r := range c.active(k) {
		if due := r.todo().dueOn; r.open() && due != "" && due < today {
			l = append(l, r)
		}
	}
	slices.SortStableFunc(l, func(a, b *recording) int { return strings.Compare(a.todo().dueOn, b.todo().dueOn) })
	return l
}

func overdue(k kind) func(*call) answer {
	return func(c *call) answer {
		l := c.late(k)
		return c.all(len(l), func(w *writer, i int) { w.recording(c.s, l[i]) })
	}
}

// search finds the words of q in titles and texts, newest first.
func search(c *call) answer {
	q := c.r.URL.Query()
	words := strings.Fields(strings.ToLower(q.Get("q")))
	types, buckets := q["type_names[]"], q["bucket_ids[]"]
	if t := q.Get("type"); t != "" {
		types = append(types, t)
	}
	if b := q.Get("bucket_id"); b != "" {
		buckets = append(buckets, b)
	}
	l := slices.DeleteFunc(slices.Clone(c.active(kindTodo, kindTodolist, kindMessage, kindDocument, kindUpload, kindComment, kindCard, kindEntry)),
		func(r *recording) bool {
			text := strings.ToLower(r.title + "\n" + lineTitle(r.body, true))
			for _, w := range words {
				if !strings.Contains(text, w) {
					return true
				}
			}
			return len(words) == 0 || types != nil && !slices.Contains(types, typeOf(r)) ||
				buckets != nil && !slices.Contains(buckets, itoa(r.project.id))
		})
	return c.pages(len(l), func(w *writer, i int) {
		r := l[i]
		text, _ := c.s.expanded(w, r.body)
		w.open()
		w.head(c.s, r)
		described := r.kind != kindMessage && r.kind != kindDocument && r.kind != kindComment
		if described {
			w.rich(c.s, "description", r.body)
			w.null("content")
		} else {
			w.rich(c.s, "content", r.body)
			w.null("description")
		}
		w.str("plain_text_content", lineTitle(text, true))
		w.str("plain_text_description", lineTitle(text, true))
		w.close()
	})
}

// drafts are the caller's own messages and documents that are not published.
func drafts(c *call) answer {
	var l []*recording
	for _, k := range []kind{kindMessage, kindDocument} {
		for _, r := range c.s.index[k].created {
			if r.status == drafted && r.creator == c.me && r.project.has(c.me) {
				l = append(l, r)
			}
		}
	}
	sortRecordings(l, true, true)
	return c.pages(len(l), func(w *writer, i int) {
		r := l[i]
		w.open()
		w.int("id", r.id)
		w.recAppURL("app_url", r, "")
		w.str("title", r.title)
		w.str("type", typeOf(r))
		w.obj("bucket")
		w.int("id", r.project.id)
		w.str("name", r.project.name)
		w.appURL("app_url", "/projects/", r.project.id)
		w.close()
		w.obj("parent")
		w.int("id", r.parent.id)
		w.str("title", r.parent.title)
		w.recAppURL("app_url", r.parent, "")
		w.close()
		w.str("excerpt", lineTitle(r.body, true))
		w.time("created_at", r.created)
		w.time("updated_at", r.updated)
		w.null("scheduled_posting_at")
		w.close()
	})
}
