package bcx

import (
	"slices"
	"time"
)

func (c *call) persons(trashed bool) (any, error) {
	var out []*person
	for _, p := range c.s.people {
		if p.trashed == trashed {
			out = append(out, p)
		}
	}
	return paged(c, out, c.view.person), nil
}

func (c *call) listPeople() (any, error) { return c.persons(false) }

func (c *call) listTrashedPeople() (any, error) {
	if !c.me.admin {
		return nil, errForbidden
	}
	return c.persons(true)
}

func (c *call) getPerson() (any, error) {
	if p := c.s.person(c.id("id")); p != nil {
		return c.personInFull(p), nil
	}
	return nil, errNotFound
}

func (c *call) deletePerson() (any, error) {
	p := c.s.person(c.id("id"))
	if p == nil {
		return nil, errNotFound
	}
	if !c.me.admin || p == c.me {
		return nil, errForbidden
	}
	p.trashed, p.updated = true, c.s.env.Now()
	return nil, nil
}

func (c *call) personProjects() (any, error) {
	p := c.s.person(c.id("id"))
	if p == nil {
		return nil, errNotFound
	}
	return c.projects(func(b *bucket) bool { return slices.Contains(b.access, p) })
}

// assignedTodos are lists, each with the person's open to-dos inside.
func (c *call) assignedTodos() (any, error) {
	p := c.s.person(c.id("id"))
	if p == nil {
		return nil, errNotFound
	}
	since := c.r.URL.Query().Get("due_since")
	if _, err := time.Parse(time.DateOnly, since); since != "" && err != nil {
		return nil, errBadDate
	}
	mine := func(t *item) bool {
		return t.assignee == p && t.completed.IsZero() && !t.gone() && (since == "" || t.due >= since)
	}
	lists, err := c.scope(kindList, func(l *item) bool { return !l.gone() && slices.ContainsFunc(l.todos, mine) })
	if err != nil {
		return nil, err
	}
	return paged(c, lists, func(l *item) object {
		o := c.item(l)
		todos := []object{}
		for _, t := range l.todos {
			if mine(t) {
				e := c.item(t)
				delete(e, "assignee")
				delete(e, "todolist_id")
				todos = append(todos, e)
			}
		}
		o["assigned_todos"], o["bucket"] = todos, c.bucket(l.in)
		return o
	}), nil
}

func (v view) group(g *group) object {
	o := object{"id": g.id, "name": g.name, "created_at": stamp(g.created), "updated_at": stamp(g.updated)}
	sub := []object{}
	for _, s := range v.s.groups {
		if s.parent == g.id {
			sub = append(sub, v.group(s))
		}
	}
	if len(sub) > 0 {
		o["subgroups"] = sub
	}
	return o
}

func (v view) groupInFull(g *group) object {
	o := v.group(g)
	ms := []object{}
	for _, p := range g.members {
		ms = append(ms, v.person(p))
	}
	o["memberships"] = ms
	if g.parent != 0 {
		o["parent_id"] = g.parent
	}
	return o
}

func (c *call) listGroups() (any, error) {
	var out []*group
	for _, g := range c.s.groups {
		if g.parent == 0 {
			out = append(out, g)
		}
	}
	return paged(c, out, c.view.group), nil
}

func (c *call) findGroup(id, parent int64) (any, error) {
	for _, g := range c.s.groups {
		if g.id == id && g.parent == parent {
			return c.groupInFull(g), nil
		}
	}
	return nil, errNotFound
}

func (c *call) getGroup() (any, error)    { return c.findGroup(c.id("id"), 0) }
func (c *call) getSubgroup() (any, error) { return c.findGroup(c.id("sub"), c.id("id")) }
