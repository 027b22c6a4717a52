package bc3

import (
	"net/http"
	"strings"
)

var messageRoutes = map[string]func(*call) answer{
	"GET /message_boards/{id}":           get(kindMessageBoard),
	"GET /message_boards/{id}/messages":  sorted(kindMessageBoard, kindMessage),
	"POST /message_boards/{id}/messages": createMessage,
	"GET /messages/{id}":                 get(kindMessage),
	"PUT /messages/{id}":                 updateMessage,
	"POST /recordings/{id}/pin":          pin(true),
	"DELETE /recordings/{id}/pin":        pin(false),
}

func (w *writer) messageBoard(r *recording) {
	w.int("messages_count", r.count(kindMessage, active))
	w.recURL("messages_url", r, "/messages.json")
	w.recAppURL("app_messages_url", r, "/messages")
}

func (w *writer) message(s *state, r *recording) {
	w.rich(s, "content", r.body)
	w.str("subject", r.title)
	if c, ok := r.x.(*category); ok {
		w.key("category")
		w.category(c)
	}
}

func createMessage(c *call) answer {
	p, a, ok := c.parent(kindMessageBoard)
	if !ok {
		return a
	}
	if a, ok := c.parse("message"); !ok {
		return a
	}
	subject := c.in.plain("subject")
	if subject == "" {
		return invalidFields("subject", "can't be blank")
	}
	r := &recording{kind: kindMessage, title: subject, status: c.draftStatus()}
	if cat := p.project.category(c.in); cat != nil {
		r.x = cat
	}
	c.s.create(p, r, c.me)
	r.body = c.rich(r, "content")
	for _, s := range c.s.people {
		if !p.project.has(s) {
			continue
		}
		if !c.in.has("subscriptions") || contains(c.people("subscriptions"), s) {
			c.s.subscribe(r, s, true)
		}
	}
	return c.one(http.StatusCreated, r)
}

// draftStatus is the status of a new message or document: a draft, unless it
// is to be published at once.
func (c *call) draftStatus() status {
	if c.in.str("status") == "active" {
		return active
	}
	return drafted
}

// publish makes an active recording of a draft where the request asks for it.
func (c *call) publish(r *recording) {
	if r.status == drafted && c.in.str("status") == "active" {
		r.status = active
		c.s.renumber(r.parent)
	}
}

// updateMessage merges what is sent.
func updateMessage(c *call) answer {
	r, a, ok := c.parent(kindMessage)
	if !ok {
		return a
	}
	if a, ok := c.parse("message"); !ok {
		return a
	}
	if c.in.has("subject") {
		if c.in.plain("subject") == "" {
			return invalidFields("subject", "can't be blank")
		}
		r.title = c.in.plain("subject")
	}
	if c.in.has("content") {
		r.body = c.rich(r, "content")
	}
	if c.in.has("category_id") {
		r.x = nil
		if cat := r.project.category(c.in); cat != nil {
			r.x = cat
		}
	}
	c.publish(r)
	c.changed(r, "updated")
	return c.one(http.StatusOK, r)
}

func pin(on bool) func(*call) answer {
	return func(c *call) answer {
		r, a, ok := c.parent(kindMessage)
		if !ok {
			return a
		}
		c.s.pins[r.id] = on
		return noContent
	}
}

func (b *project) category(in params) *category {
	id, _ := in.int("category_id")
	for _, c := range b.categories {
		if c.id == id {
			return c
		}
	}
	return nil
}

func (s *state) standardCategories(b *project, at int64, next func() int64) {
	for _, c := range [][2]string{{"Announcement", "📢"}, {"FYI", "✨"}, {"Heartbeat", "❤️"}, {"Pitch", "💡"}, {"Question", "👋"}} {
		b.categories = append(b.categories, &category{id: next(), name: c[0], icon: c[1], created: at, updated: at})
	}
}

func (w *writer) category(c *category) {
	w.open()
	w.int("id", c.id)
	w.str("name", c.name)
	w.str("icon", c.icon)
	w.time("created_at", c.created)
	w.time("updated_at", c.updated)
	w.close()
}

func (c *call) oneCategory(status int, cat *category) answer {
	w := c.writer()
	w.category(cat)
	return answer{status: status, body: w.b, modified: cat.updated}
}

// categoryOf finds the message type that the path names, and its index.
func (c *call) categoryOf() (*project, int) {
	b := c.project(c.bucket)
	if b == nil {
		return nil, 0
	}
	for i, cat := range b.categories {
		if cat.id == c.ids[0] {
			return b, i
		}
	}
	return nil, 0
}

func listCategories(c *call) answer {
	b := c.project(c.bucket)
	if b == nil {
		return notFound
	}
	return c.all(len(b.categories), func(w *writer, i int) { w.category(b.categories[i]) })
}

func getCategory(c *call) answer {
	b, i := c.categoryOf()
	if b == nil {
		return notFound
	}
	return c.oneCategory(http.StatusOK, b.categories[i])
}

func createCategory(c *call) answer {
	b := c.project(c.bucket)
	if b == nil {
		return notFound
	}
	if a, ok := c.parse("category"); !ok {
		return a
	}
	name, icon := c.in.plain("name"), strings.TrimSpace(c.in.str("icon"))
	if name == "" || icon == "" {
		return invalidFields("name", "and icon can't be blank")
	}
	now := c.s.now()
	cat := &category{id: c.s.ids.Next(), name: name, icon: icon, created: now, updated: now}
	b.categories = append(b.categories, cat)
	return c.oneCategory(http.StatusCreated, cat)
}

func updateCategory(c *call) answer {
	b, i := c.categoryOf()
	if b == nil {
		return notFound
	}
	if a, ok := c.parse("category"); !ok {
		return a
	}
	cat := b.categories[i]
	if v := c.in.plain("name"); v != "" {
		cat.name = v
	}
	if v := c.in.plain("icon"); v != "" {
		cat.icon = v
	}
	cat.updated = c.s.now()
	return c.oneCategory(http.StatusOK, cat)
}

func deleteCategory(c *call) answer {
	b, i := c.categoryOf()
	if b == nil {
		return notFound
	}
	b.categories = append(b.categories[:i], b.categories[i+1:]...)
	return noContent
}
