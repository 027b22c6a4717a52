package bc3

import "net/http"

var cardRoutes = map[string]func(*call) answer{
	"GET /card_tables/{id}":                       get(kindCardTable),
	"POST /card_tables/{id}/columns":              createColumn,
	"POST /card_tables/{id}/moves":                moveOnTable,
	"GET /card_tables/columns/{id}":               get(kindColumn),
	"PUT /card_tables/columns/{id}":               updateColumn,
	"PUT /card_tables/columns/{id}/color":         colorColumn,
	"POST /card_tables/columns/{id}/on_hold":      holdColumn(true),
	"DELETE /card_tables/columns/{id}/on_hold":    holdColumn(false),
	"POST /card_tables/lists/{id}/subscription":   watchColumn(true),
	"DELETE /card_tables/lists/{id}/subscription": watchColumn(false),
	"GET /card_tables/lists/{id}/cards":           list(kindColumn, kindCard),
	"POST /card_tables/lists/{id}/cards":          createCard,
	"GET /card_tables/cards/{id}":                 get(kindCard),
	"PUT /card_tables/cards/{id}":                 updateCard,
	"POST /card_tables/cards/{id}/moves":          moveCard,
	"POST /card_tables/cards/{id}/steps":          createStep,
	"POST /card_tables/cards/{id}/positions":      repositionStep,
	"GET /card_tables/steps/{id}":                 get(kindStep),
	"PUT /card_tables/steps/{id}":                 updateStep,
	"PUT /card_tables/steps/{id}/completions":     completeStep,
}

func (w *writer) cardTable(s *state, r *recording) {
	w.persons("subscribers", s.subscribers(r))
	w.under("public_link_url", r, "/publication")
	w.list("lists")
	r.each(kindColumn, active, func(c *recording) { w.recording(s, c) })
	w.closeList()
	w.list("wormholes")
	w.closeList()
}

func (w *writer) card(s *state, r *recording) {
	t := r.todo()
	w.rich(s, "description", r.body)
	w.bool("completed", r.done)
	if r.done {
		w.timeOrNull("completed_at", t.completedAt)
		w.person("completer", t.completedBy)
	}
	text, _ := s.expanded(w, r.body)
	w.str("content", text) // the description under its older name
	w.orNull("due_on", t.dueOn)
	w.persons("assignees", t.assignees)
	w.persons("completion_subscribers", t.subscribers)
	w.url("completion_url", "/buckets/", r.project.id, "/todos/", r.id, "/completion.json")
	w.int("comment_count", r.count(kindComment, active))
	w.list("steps")
	r.each(kindStep, active, func(c *recording) { w.recording(s, c) })
	w.closeList()
}

func (w *writer) step(s *state, r *recording) {
	t := r.todo()
	w.bool("completed", r.done)
	if r.done {
		w.timeOrNull("completed_at", t.completedAt)
		w.person("completer", t.completedBy)
	}
	w.orNull("due_on", t.dueOn)
	w.persons("assignees", t.assignees)
	w.key("completion_url")
	w.link(w.accountPath(), []any{"/buckets/", r.project.id, "/steps/", r.id, "/completions.json"})
}

// moveOnTable moves a column among the normal columns, or a card into a
// column. A card's position counts from 0 here.
func moveOnTable(c *call) answer {
	table, a, ok := c.parent(kindCardTable)
	if !ok {
		return a
	}
	if a, ok := c.parse(""); !ok {
		return a
	}
	source, _ := c.in.int("source_id")
	target, _ := c.in.int("target_id")
	n, given := c.in.int("position")
	r := c.find(source, kindColumn, kindCard)
	if r == nil {
		return notFound
	}
	if r.kind == kindCard {
		to := c.find(target, kindColumn)
		if to == nil || to.parent != table {
			return notFound
		}
		if !given || n < 0 {
			return invalid("position", "must be greater than or equal to 0")
		}
		c.moveCardTo(r, to, int(min(n, 1<<30))+1)
		return noContent
	}
	if r.parent != table || target != table.id || r.x.(*column).typ != normal {
		return notFound
	}
	if !given {
		n = 1
	}
	if n < 1 {
		return invalid("position", "must be greater than or equal to 1")
	}
	at := -1
	for i, o := range table.children {
		x := o.x.(*column)
		if o == r {
			continue
		}
		if x.typ == normal && o.status == active {
			if n--; n == 0 {
				at = i
				break
			}
		}
		if x.typ == doneIn {
			at = i
		}
	}
	moveChild(table, r, at)
	c.s.renumberColumns(table)
	c.s.touch(r)
	return noContent
}

func (c *call) moveCardTo(r, to *recording, position int) {
	if to != r.parent {
		c.s.touchAncestors(r, c.s.now())
		c.s.reparent(r, to)
	}
	c.setDone(r, to.x.(*column).typ == doneIn)
	c.s.place(r, position)
	c.s.touch(r)
}

func moveCard(c *call) answer {
	r, a, ok := c.parent(kindCard)
	if !ok {
		return a
	}
	if a, ok := c.parse(""); !ok {
		return a
	}
	id, _ := c.in.int("column_id")
	to := c.find(id, kindColumn)
	if to == nil || to.parent != r.parent.parent {
		return notFound
	}
	n := int64(1)
	if c.in.has("position") {
		if n, ok = c.in.int("position"); !ok || n < 1 {
			return fail(http.StatusBadRequest, "Position must be a positive integer.")
		}
	}
	c.moveCardTo(r, to, int(min(n, 1<<30)))
	return noContent
}

// createCard takes no assignees: an update gives them.
func createCard(c *call) answer {
	p, a, ok := c.parent(kindColumn)
	if !ok {
		return a
	}
	if a, ok := c.parse("card"); !ok {
		return a
	}
	title := c.in.plain("title")
	if title == "" {
		return invalidFields("title", "can't be blank")
	}
	r := &recording{kind: kindCard, title: title}
	if due := c.in.date("due_on"); due != "" {
		r.editTodo().dueOn = due
	}
	c.s.create(p, r, c.me)
	moveChild(p, r, 0) // new cards go on top
	r.body = c.rich(r, "content")
	if p.x.(*column).typ == doneIn {
		c.setDone(r, true)
	}
	c.s.renumber(p)
	return c.one(http.StatusCreated, r)
}

// updateCard changes what is sent; null and "" clear.
func updateCard(c *call) answer {
	r, a, ok := c.parent(kindCard)
	if !ok {
		return a
	}
	if a, ok := c.parse("card"); !ok {
		return a
	}
	before := r.todo().assignees
	if a, ok := c.workFields(r); !ok {
		return a
	}
	if c.in.has("content") {
		r.body = c.rich(r, "content")
	}
	c.changed(r, "updated")
	c.assigned(r, before)
	return c.one(http.StatusOK, r)
}

// workFields sets what cards and steps share, as far as it is sent.
func (c *call) workFields(r *recording) (answer, bool) {
	if c.in.has("title") {
		if c.in.plain("title") == "" {
			return invalidFields("title", "can't be blank"), false
		}
		r.title = c.in.plain("title")
	}
	if c.in.has("due_on") {
		r.editTodo().dueOn = c.in.date("due_on")
	}
	if c.in.has("assignees") {
		r.editTodo().assignees = c.people("assignees")
	}
	if c.in.has("assignee_ids") {
		r.editTodo().assignees = c.people("assignee_ids")
	}
	return answer{}, true
}

func createStep(c *call) answer {
	p, a, ok := c.parent(kindCard)
	if !ok {
		return a
	}
	if a, ok := c.parse("step"); !ok {
		return a
	}
	r := &recording{kind: kindStep}
	if !c.in.has("title") {
		return invalidFields("title", "can't be blank")
	}
	if a, ok := c.workFields(r); !ok {
		return a
	}
	return c.one(http.StatusCreated, c.s.create(p, r, c.me))
}

func updateStep(c *call) answer {
	r, a, ok := c.parent(kindStep)
	if !ok {
		return a
	}
	if a, ok := c.parse("step"); !ok {
		return a
	}
	before := r.todo().assignees
	if a, ok := c.workFields(r); !ok {
		return a
	}
	c.changed(r, "updated")
	c.assigned(r, before)
	return c.one(http.StatusOK, r)
}

func completeStep(c *call) answer {
	r, a, ok := c.parent(kindStep)
	if !ok {
		return a
	}
	if a, ok := c.parse(""); !ok {
		return a
	}
	switch c.in.str("completion") {
	case "on":
		c.setDone(r, true)
	case "off":
		c.setDone(r, false)
	default:
		return fail(http.StatusBadRequest, "completion must be on or off")
	}
	return c.one(http.StatusOK, r)
}

// repositionStep counts from 0.
func repositionStep(c *call) answer {
	p, a, ok := c.parent(kindCard)
	if !ok {
		return a
	}
	if a, ok := c.parse(""); !ok {
		return a
	}
	id, _ := c.in.int("source_id")
	r := c.find(id, kindStep)
	if r == nil || r.parent != p {
		return notFound
	}
	n, ok := c.in.int("position")
	if !ok || n < 0 {
		return invalid("position", "must be greater than or equal to 0")
	}
	c.s.place(r, int(min(n, 1<<30))+1)
	c.s.touch(r)
	return noContent
}
