package bc3

import (
	"net/http"
	"slices"
)

var todoRoutes = map[string]func(*call) answer{
	"GET /todosets/{id}":                    get(kindTodoset),
	"GET /todosets/{id}/todolists":          list(kindTodoset, kindTodolist),
	"POST /todosets/{id}/todolists":         createTodolist,
	"GET /todosets/{id}/todos":              listTodos,
	"POST /todosets/{id}/todos":             createTodo,
	"GET /todolists/{id}":                   get(kindTodolist),
	"PUT /todolists/{id}":                   replaceTodolist,
	"PUT /todosets/todolists/{id}/position": reposition(kindTodolist),
	"GET /todolists/{id}/groups":            list(kindTodolist, kindTodolist),
	"POST /todolists/{id}/groups":           createGroup,
	"PUT /todolists/groups/{id}/position":   reposition(kindTodolist),
	"GET /todolists/{id}/todos":             listTodos,
	"POST /todolists/{id}/todos":            createTodo,
	"GET /todos/{id}":                       get(kindTodo),
	"PUT /todos/{id}":                       replaceTodo,
	"POST /todos/{id}/completion":           complete(true),
	"DELETE /todos/{id}/completion":         complete(false),
	"PUT /todos/{id}/position":              repositionTodo,
}

var colors = []string{"white", "red", "orange", "yellow", "green", "blue", "aqua", "purple", "gray", "pink", "brown"}

// listTodos lists a list's or a set's own to-dos: active and pending ones
// unless told otherwise. Archived and trashed ones come whether completed or
// not.
func listTodos(c *call) answer {
	p := c.find(c.ids[0], kindTodolist, kindTodoset)
	q := c.r.URL.Query()
	st, ok := statusOf(q.Get("status"))
	if p == nil || !ok {
		return notFound
	}
	completed := q.Get("completed") == "true"
	l := c.children(p, kindTodo, st)
	l = slices.DeleteFunc(l, func(r *recording) bool {
		if completed {
			return !r.done
		}
		return st == active && r.done
	})
	if completed && st == active {
		slices.SortStableFunc(l, func(a, b *recording) int {
			return order(b.todo().completedAt, a.todo().completedAt, b.id, a.id)
		})
	}
	return c.many(l)
}

// parent finds what a new recording goes below, and says what stands against
// it.
func (c *call) parent(ks ...kind) (*recording, answer, bool) {
	p := c.find(c.ids[0], ks...)
	if p == nil {
		return nil, notFound, false
	}
	if !c.mayWrite(p.project) {
		return nil, forbidden, false
	}
	return p, answer{}, true
}

func createTodolist(c *call) answer {
	p, a, ok := c.parent(kindTodoset)
	if !ok {
		return a
	}
	if a, ok := c.parse("todolist"); !ok {
		return a
	}
	return c.makeList(p)
}

func createGroup(c *call) answer {
	p, a, ok := c.parent(kindTodolist)
	if !ok {
		return a
	}
	if p.isGroup() {
		return notFound
	}
	if a, ok := c.parse("todolist"); !ok {
		return a
	}
	return c.makeList(p)
}

func (c *call) makeList(p *recording) answer {
	name := c.in.plain("name")
	if name == "" {
		return invalidFields("name", "can't be blank")
	}
	r := &recording{kind: kindTodolist, title: name}
	if color := c.in.str("color"); slices.Contains(colors, color) {
		r.x = color
	}
	c.s.create(p, r, c.me)
	if c.in.has("visible_to_clients") {
		r.clients = c.in.bool("visible_to_clients")
	}
	r.body = c.rich(r, "description")
	return c.one(http.StatusCreated, r)
}

// replaceTodolist replaces name and description: the latter is cleared where
// it is omitted.
func replaceTodolist(c *call) answer {
	r, a, ok := c.parent(kindTodolist)
	if !ok {
		return a
	}
	if a, ok := c.parse("todolist"); !ok {
		return a
	}
	name := c.in.plain("name")
	if name == "" {
		return invalidFields("name", "can't be blank")
	}
	r.title, r.body = name, c.rich(r, "description")
	if color := c.in.str("color"); slices.Contains(colors, color) {
		r.x = color
	}
	c.changed(r, "updated")
	return c.one(http.StatusOK, r)
}

func createTodo(c *call) answer {
	p, a, ok := c.parent(kindTodolist, kindTodoset)
	if !ok {
		return a
	}
	if a, ok := c.parse("todo"); !ok {
		return a
	}
	content := c.in.plain("content")
	if content == "" {
		return invalidFields("content", "can't be blank")
	}
	r := c.s.create(p, &recording{kind: kindTodo, title: content}, c.me)
	r.body = c.rich(r, "description")
	c.todoFields(r)
	return c.one(http.StatusCreated, r)
}

// todoFields sets everything of a to-do but its texts from the parameters;
// what is omitted is cleared.
func (c *call) todoFields(r *recording) {
	t := todo{
		startsOn: c.in.date("starts_on"), dueOn: c.in.date("due_on"),
		assignees: c.people("assignee_ids"), subscribers: c.people("completion_subscriber_ids"),
		completedAt: r.todo().completedAt, completedBy: r.todo().completedBy,
	}
	if t.startsOn != "" && (t.dueOn == "" || t.dueOn < t.startsOn) {
		t.startsOn = "" // a to-do runs from a start to a due date
	}
	if t.zero() {
		r.x = nil
		return
	}
	r.x = &t
}

func (t *todo) zero() bool {
	return t.startsOn == "" && t.dueOn == "" && t.assignees == nil && t.subscribers == nil && t.completedAt == 0
}

// replaceTodo replaces every writable field: what is omitted is cleared.
func replaceTodo(c *call) answer {
	r, a, ok := c.parent(kindTodo)
	if !ok {
		return a
	}
	if a, ok := c.parse("todo"); !ok {
		return a
	}
	content := c.in.plain("content")
	if content == "" {
		return invalidFields("content", "can't be blank")
	}
	before := r.todo().assignees
	r.title, r.body = content, c.rich(r, "description")
	c.todoFields(r)
	c.changed(r, "updated")
	c.assigned(r, before)
	return c.one(http.StatusOK, r)
}

// complete makes the handler that finishes or reopens a to-do. Doing it twice
// changes nothing.
func complete(done bool) func(*call) answer {
	return func(c *call) answer {
		r, a, ok := c.parent(kindTodo)
		if !ok {
			return a
		}
		c.setDone(r, done)
		return noContent
	}
}

func (c *call) setDone(r *recording, done bool) {
	if r.done == done {
		return
	}
	r.done = done
	if done {
		t := r.editTodo()
		t.completedAt, t.completedBy = c.s.now(), c.me
		c.changed(r, "completed")
	} else {
		t := r.editTodo()
		t.completedAt, t.completedBy = 0, nil
		moveChild(r.parent, r, len(r.parent.children)) // it comes back last
		c.changed(r, "uncompleted")
	}
	c.s.renumber(r.parent)
}

// reposition makes the handler of …/position.json for a kind.
func reposition(k kind) func(*call) answer {
	return func(c *call) answer {
		r, a, ok := c.parent(k)
		if !ok {
			return a
		}
		if a, ok := c.parse(""); !ok {
			return a
		}
		n, ok := c.in.int("position")
		if !ok || n < 1 {
			return invalid("position", "must be greater than or equal to 1")
		}
		c.s.place(r, int(min(n, 1<<30)))
		c.s.touch(r)
		return noContent
	}
}

// repositionTodo moves a to-do within its list, or to another list of its
// project with parent_id.
func repositionTodo(c *call) answer {
	r, a, ok := c.parent(kindTodo)
	if !ok {
		return a
	}
	if a, ok := c.parse(""); !ok {
		return a
	}
	n, ok := c.in.int("position")
	if !ok || n < 1 {
		return invalid("position", "must be greater than or equal to 1")
	}
	if c.in.has("parent_id") {
		id, _ := c.in.int("parent_id")
		to := c.find(id, kindTodolist, kindTodoset)
		if to == nil || to.project != r.project {
			return notFound
		}
		if to != r.parent {
			c.s.touchAncestors(r, c.s.now())
			c.s.reparent(r, to)
		}
	}
	c.s.place(r, int(min(n, 1<<30)))
	c.s.touch(r)
	return noContent
}
