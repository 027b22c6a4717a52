package bcx

import (
	"cmp"
	"net/http"
	"slices"
	"time"
)

func (c *call) lists(keep func(*item) bool) (any, error) {
	lists, err := c.scope(kindList, keep)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(lists, func(a, b *item) int {
		return cmp.Or(cmp.Compare(a.in.id, b.in.id), cmp.Compare(a.position, b.position), cmp.Compare(a.id, b.id))
	})
	return paged(c, lists, c.withBucket(c.item)), nil
}

func (c *call) activeLists() (any, error) {
	return c.lists(func(i *item) bool { return !i.gone() && !i.done() })
}

func (c *call) completedLists() (any, error) {
	return c.lists(func(i *item) bool { return !i.gone() && i.done() })
}

func (c *call) trashedLists() (any, error) {
	return c.lists(func(i *item) bool { return i.trashed })
}

func (c *call) getList() (any, error) {
	l, err := c.itemOf(kindList)
	if err != nil {
		return nil, err
	}
	return c.listWithTodos(l, c.r.URL.Query().Get("exclude_todos") == "true"), nil
}

func (c *call) createList() (any, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	if b.archived || b.trashed {
		return nil, errForbidden
	}
	f, err := c.fields()
	if err != nil {
		return nil, err
	}
	l := &item{id: c.s.ids.Next(), kind: kindList, in: b, creator: c.me, created: c.s.env.Now()}
	l.updated = l.created
	if err := c.set(l, f, "name", "description"); err != nil {
		return nil, err
	}
	c.s.add(l)
	c.s.reorderLists(l, 1)
	c.s.note(c.me, "created a to-do list<span>:</span>", l, nil)
	return created{c.common(l)["url"].(string), c.listWithTodos(l, false)}, nil
}

// reorderLists puts a list at a position among those of its project.
func (s *state) reorderLists(l *item, position int) {
	var all []*item
	for _, i := range s.items {
		if i.kind == kindList && i.in == l.in && i != l && !i.trashed {
			all = append(all, i)
		}
	}
	slices.SortStableFunc(all, func(a, b *item) int { return cmp.Compare(a.position, b.position) })
	for n, i := range slices.Insert(all, within(position, len(all)), l) {
		i.position = n + 1
	}
}

// within turns a position into an index: one out of bounds is the bottom.
func within(position, n int) int {
	if position < 1 || position > n {
		return n
	}
	return position - 1
}

func (c *call) updateList() (any, error) {
	l, f, err := c.writable(kindList)
	if err != nil {
		return nil, err
	}
	var position int
	moved, err := read(f, "position", &position)
	if err != nil {
		return nil, err
	}
	if err := c.set(l, f, "name", "description"); err != nil {
		return nil, err
	}
	l.updated = c.s.env.Now()
	if moved {
		c.s.reorderLists(l, position)
	}
	if !moved || len(f) > 1 {
		c.s.edited(c.me, "updated a to-do list<span>:</span>", l)
	}
	return c.listWithTodos(l, false), nil
}

// todoIndex answers the account's, a project's or a list's to-dos.
func (c *call) todoIndex(keep func(*item) bool) (any, error) {
	var list *item
	if c.r.PathValue("id") != "" {
		l, err := c.itemOf(kindList)
		if err != nil {
			return nil, err
		}
		list = l
	}
	since := c.r.URL.Query().Get("due_since")
	if _, err := time.Parse(time.DateOnly, since); since != "" && err != nil {
		return nil, errBadDate
	}
	todos, err := c.scope(kindTodo, func(i *item) bool {
		return (list == nil || i.list == list) && (since == "" || i.due > since) && keep(i)
	})
	if err != nil {
		return nil, err
	}
	if list != nil {
		slices.SortStableFunc(todos, func(a, b *item) int { return cmp.Compare(a.placeInList(), b.placeInList()) })
	}
	return paged(c, todos, c.todoInIndex), nil
}

func (c *call) allTodos() (any, error) { return c.todoIndex(present) }

func (c *call) remainingTodos() (any, error) {
	return c.todoIndex(func(i *item) bool { return !i.gone() && i.completed.IsZero() })
}

func (c *call) completedTodos() (any, error) {
	return c.todoIndex(func(i *item) bool { return !i.gone() && !i.completed.IsZero() })
}

func (c *call) trashedTodos() (any, error) {
	return c.todoIndex(func(i *item) bool { return i.trashed })
}

func (c *call) createTodo() (any, error) {
	l, f, err := c.writable(kindList)
	if err != nil {
		return nil, err
	}
	t := &item{id: c.s.ids.Next(), kind: kindTodo, in: l.in, list: l, creator: c.me, created: c.s.env.Now(), private: l.private}
	t.updated = t.created
	if err := c.setTodo(t, f); err != nil {
		return nil, err
	}
	files, err := c.claim(f, t, nil)
	if err != nil {
		return nil, err
	}
	t.files = files
	c.s.files = append(c.s.files, files...)
	c.s.add(t)
	c.s.note(c.me, "added a to-do<span>:</span>", t, nil)
	return created{c.common(t)["url"].(string), c.whole(t)}, nil
}

// setTodo reads what a to-do can be given. Nothing changes on an error.
func (c *call) setTodo(t *item, f fields) error {
	due, who := t.due, t.assignee
	at := new(string)
	for _, name := range []string{"due_at", "due_on"} {
		if ok, err := read(f, name, &at); err != nil {
			return err
		} else if !ok {
			continue
		}
		if at == nil {
			due = ""
			continue
		}
		day, err := time.Parse(time.DateOnly, *at)
		if err != nil {
			if day, err = time.Parse(time.RFC3339, *at); err != nil {
				return errBadDate
			}
		}
		due = day.Format(time.DateOnly)
	}
	var to *struct {
		ID   int64
		Type string
	}
	if ok, err := read(f, "assignee", &to); err != nil {
		return err
	} else if ok && to == nil {
		who = nil
	} else if ok {
		who = c.s.person(to.ID)
		if to.Type != "Person" || who == nil {
			return failure{http.StatusBadRequest, "the assignee is not recognized"}
		}
	}
	if err := c.set(t, f, "content", ""); err != nil {
		return err
	}
	t.due, t.assignee = due, who
	return nil
}

func (c *call) updateTodo() (any, error) {
	t, f, err := c.writable(kindTodo)
	if err != nil {
		return nil, err
	}
	var position int
	placed, err := read(f, "position", &position)
	if err != nil {
		return nil, err
	}
	var done bool
	ticked, err := read(f, "completed", &done)
	if err != nil {
		return nil, err
	}
	list := t.list
	var to int64
	if _, err := read(f, "todolist_id", &to); err != nil {
		return nil, err
	}
	if to != 0 {
		l := c.s.byID[to]
		if l == nil || l.kind != kindList || l.in != t.in || l.trashed {
			return nil, failure{http.StatusUnprocessableEntity, "the to-do list is not one of this project"}
		}
		list = l
	}
	if err := c.setTodo(t, f); err != nil {
		return nil, err
	}
	t.updated = c.s.env.Now()
	switch {
	case ticked && done && t.completed.IsZero():
		t.completed, t.completer = t.updated, c.me
		c.s.note(c.me, "completed a to-do<span>:</span>", t, nil).edit = false
	case ticked && !done && !t.completed.IsZero():
		t.completed, t.completer = time.Time{}, nil
		c.s.note(c.me, "re-opened a to-do<span>:</span>", t, nil).edit = false
	case list != t.list:
		c.s.note(c.me, "moved a to-do<span>:</span>", t, nil).edit = false
	case !placed || len(f) > 1:
		c.s.edited(c.me, "updated a to-do<span>:</span>", t)
	}
	if list != t.list || placed {
		t.list.todos = slices.DeleteFunc(t.list.todos, func(o *item) bool { return o == t })
		t.list = list
		t.insert(position)
	}
	return c.whole(t), nil
}

// insert puts a to-do into its list, at a position among what is not in trash.
func (t *item) insert(position int) {
	at, n := len(t.list.todos), 0
	for i, o := range t.list.todos {
		if !o.trashed {
			n++
		}
		if n == position && !o.trashed {
			at = i
			break
		}
	}
	t.list.todos = slices.Insert(t.list.todos, at, t)
}
