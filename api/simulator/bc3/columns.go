package bc3

import (
	"net/http"
	"slices"
)

// column is a column of a card table.
type column struct {
	typ    string // Kanban::Triage, NotNowColumn, Column or DoneColumn
	color  string
	onHold int64 // the id of its section on hold; 0 without
}

// The types of columns.
const (
	triage = "Kanban::Triage"
	notNow = "Kanban::NotNowColumn"
	normal = "Kanban::Column"
	doneIn = "Kanban::DoneColumn"
)

func (s *state) standardColumns(table *recording, by *person, at int64, next func() int64) {
	for _, c := range [][2]string{{"Triage", triage}, {"Not now", notNow}, {"Figuring it out", normal}, {"In progress", normal}, {"Done", doneIn}} {
		s.insert(table.project, table, &recording{id: next(), kind: kindColumn, title: c[0], x: &column{typ: c[1]},
			creator: by, created: at, updated: at})
	}
	s.renumberColumns(table)
}

// renumberColumns counts the normal columns alone: the others keep their
// places and have no position.
func (s *state) renumberColumns(table *recording) {
	var n int32
	for _, c := range table.children {
		c.pos = 0
		if x := c.x.(*column); x.typ == normal && c.status == active {
			n++
			c.pos = n
		}
	}
}

func (w *writer) column(s *state, r *recording) {
	x := r.x.(*column)
	w.orNull("description", r.body)
	w.persons("subscribers", s.subscribers(r))
	w.orNull("color", x.color)
	n := r.count(kindCard, active)
	w.int("cards_count", n)
	w.int("comment_count", 0)
	w.url("cards_url", "/buckets/", r.project.id, "/card_tables/lists/", r.id, "/cards.json")
	if x.onHold != 0 {
		w.obj("on_hold")
		w.int("id", x.onHold)
		w.str("status", "active")
		w.bool("inherits_status", true)
		w.str("title", "On hold")
		w.time("created_at", r.updated)
		w.time("updated_at", r.updated)
		w.int("cards_count", 0)
		w.url("cards_url", "/buckets/", r.project.id, "/card_tables/lists/", r.id, "/cards.json")
		w.close()
	}
}

func createColumn(c *call) answer {
	p, a, ok := c.parent(kindCardTable)
	if !ok {
		return a
	}
	if a, ok := c.parse("column"); !ok {
		return a
	}
	title := c.in.plain("title")
	if title == "" {
		return invalidFields("title", "can't be blank")
	}
	r := c.s.create(p, &recording{kind: kindColumn, title: title, body: c.in.str("description"), x: &column{typ: normal}}, c.me)
	moveChild(p, r, slices.IndexFunc(p.children, func(o *recording) bool { return o.x.(*column).typ == doneIn }))
	c.s.renumberColumns(p)
	return c.one(http.StatusCreated, r)
}

func updateColumn(c *call) answer {
	r, a, ok := c.parent(kindColumn)
	if !ok {
		return a
	}
	if a, ok := c.parse("column"); !ok {
		return a
	}
	if c.in.has("title") {
		if c.in.plain("title") == "" {
			return invalidFields("title", "can't be blank")
		}
		r.title = c.in.plain("title")
	}
	if c.in.has("description") {
		r.body = c.in.str("description")
	}
	c.changed(r, "updated")
	return c.one(http.StatusOK, r)
}

func colorColumn(c *call) answer {
	r, a, ok := c.parent(kindColumn)
	if !ok {
		return a
	}
	if a, ok := c.parse("column"); !ok {
		return a
	}
	if !slices.Contains(colors, c.in.str("color")) {
		return invalidFields("color", "is not included in the list")
	}
	r.x.(*column).color = c.in.str("color")
	c.changed(r, "color_changed")
	return c.one(http.StatusOK, r)
}

func holdColumn(on bool) func(*call) answer {
	return func(c *call) answer {
		r, a, ok := c.parent(kindColumn)
		if !ok {
			return a
		}
		x := r.x.(*column)
		switch {
		case on && x.onHold == 0:
			x.onHold = c.s.ids.Next()
		case !on:
			x.onHold = 0
		}
		c.s.touch(r)
		return c.one(http.StatusOK, r)
	}
}

func watchColumn(on bool) func(*call) answer {
	return func(c *call) answer {
		r := c.find(c.ids[0], kindColumn)
		if r == nil {
			return notFound
		}
		c.s.subscribe(r, c.me, on)
		return noContent
	}
}
