package bc3

import (
	"net/http"
	"slices"
)

var projectRoutes = map[string]func(*call) answer{
	"GET /projects":                      listProjects,
	"POST /projects":                     createProject,
	"GET /projects/{id}":                 getProject,
	"PUT /projects/{id}":                 updateProject,
	"DELETE /projects/{id}":              setProjectStatus(trashed),
	"PUT /projects/{id}/status/active":   setProjectStatus(active),
	"PUT /projects/{id}/status/archived": setProjectStatus(archived),
	"GET /projects/{id}/people":          projectPeople,
	"PUT /projects/{id}/people/users":    updateProjectPeople,
	"PUT /dock/tools/{id}":               renameTool,
	"POST /recordings/{id}/position":     enableTool(true),
	"DELETE /recordings/{id}/position":   enableTool(false),
	"GET /dock/tools/{id}":               getTool,
	"GET /projects/{id}/timeline":        projectTimeline,
	"GET /projects/{id}/timesheet":       emptyList,
	"GET /projects/{id}/gauge/needles":   emptyPages,
	"GET /webhooks":                      emptyList,
	"GET /categories":                    listCategories,
	"POST /categories":                   createCategory,
	"GET /categories/{id}":               getCategory,
	"PUT /categories/{id}":               updateCategory,
	"DELETE /categories/{id}":            deleteCategory,
}

// listProjects is newest first.
func listProjects(c *call) answer {
	st, ok := statusOf(c.r.URL.Query().Get("status"))
	if !ok {
		return fail(http.StatusBadRequest, "Invalid status")
	}
	var l []*project
	for _, b := range slices.Backward(c.s.projects) {
		if b.status == st && b.has(c.me) {
			l = append(l, b)
		}
	}
	return c.pages(len(l), func(w *writer, i int) {
		w.open()
		w.project(l[i])
		w.bool("bookmarked", l[i].bookmarked)
		w.close()
	})
}

func (w *writer) project(b *project) {
	w.int("id", b.id)
	w.str("status", statusName[b.status])
	w.time("created_at", b.created)
	w.time("updated_at", b.updated)
	w.str("name", b.name)
	w.orNull("description", b.description)
	w.str("purpose", "topic")
	if b.startDate != "" {
		w.str("start_date", b.startDate)
		w.str("end_date", b.endDate)
	}
	w.bool("clients_enabled", b.clientCompany != "")
	w.bool("timesheet_enabled", b.timesheet)
	w.null("color")
	w.null("last_needle_color")
	w.null("last_needle_position")
	w.null("previous_needle_position")
	w.url("bookmark_url", "/my/bookmarks/", sgid("Bucket", b.id, "readable"), ".json")
	w.url("url", "/projects/", b.id, ".json")
	w.appURL("app_url", "/projects/", b.id)
	if b.clientCompany != "" {
		w.obj("client_company")
		w.int("id", companyID+1)
		w.str("name", b.clientCompany)
		w.close()
		w.obj("clientside")
		w.url("url", "/buckets/", b.id, "/client/board.json")
		w.appURL("app_url", "/buckets/", b.id, "/client/board")
		w.close()
	}
	w.list("dock")
	for _, t := range b.dock {
		w.open()
		w.int("id", t.rec.id)
		w.str("title", t.rec.title)
		w.str("name", t.name)
		w.bool("enabled", t.enabled)
		if n := b.dockPosition(t.rec); n > 0 {
			w.int("position", n)
		} else {
			w.null("position")
		}
		w.own(t.rec)
		w.close()
	}
	w.closeList()
}

func (c *call) oneProject(status int, b *project) answer {
	a := c.object(func(w *writer) { w.project(b) })
	a.status, a.modified = status, b.updated
	return a
}

func getProject(c *call) answer {
	b := c.project(c.ids[0])
	if b == nil {
		return notFound
	}
	return c.oneProject(http.StatusOK, b)
}

func createProject(c *call) answer {
	if c.me.client {
		return forbidden
	}
	if a, ok := c.parse("project"); !ok {
		return a
	}
	name := c.in.plain("name")
	if name == "" {
		return invalidFields("name", "can't be blank")
	}
	if c.s.env.Full() {
		return fail(http.StatusInsufficientStorage, "The project limit for this account has been reached.")
	}
	now := c.s.now()
	b := c.s.newProject(c.s.ids.Next(), name, c.in.str("description"), c.me, now, c.s.ids.Next)
	return c.oneProject(http.StatusCreated, b)
}

// standardDock is what a new project comes with.
var standardDock = []struct {
	kind    kind
	name    string
	title   string
	enabled bool
}{
	{kindMessageBoard, "message_board", "Message Board", true},
	{kindTodoset, "todoset", "To-dos", true},
	{kindVault, "vault", "Docs & Files", true},
	{kindChat, "chat", "Chat", true},
	{kindSchedule, "schedule", "Schedule", true},
	{kindQuestionnaire, "questionnaire", "Automatic Check-ins", false},
	{kindInbox, "inbox", "Email Forwards", false},
	{kindCardTable, "kanban_board", "Card Table", false},
}

// newProject adds a project with its dock and the columns of its card table.
func (s *state) newProject(id int64, name, description string, by *person, at int64, next func() int64) *project {
	b := &project{id: id, name: name, description: description, creator: by, created: at, updated: at}
	s.projects = append(s.projects, b)
	s.projectByID[b.id] = b
	s.gen++
	for _, d := range standardDock {
		r := &recording{id: next(), kind: d.kind, title: d.title, creator: by, created: at, updated: at}
		s.insert(b, nil, r)
		b.dock = append(b.dock, &tool{rec: r, name: d.name, enabled: d.enabled})
		if d.kind == kindCardTable {
			s.standardColumns(r, by, at, next)
		}
	}
	s.standardCategories(b, at, next)
	return b
}

func updateProject(c *call) answer {
	b := c.project(c.ids[0])
	if b == nil {
		return notFound
	}
	if !c.mayWrite(b) {
		return forbidden
	}
	if a, ok := c.parse("project"); !ok {
		return a
	}
	name := c.in.plain("name")
	if name == "" {
		return invalidFields("name", "can't be blank")
	}
	b.name = name
	if c.in.has("description") {
		b.description = c.in.str("description")
	}
	if v := c.in.str("admissions"); v != "" {
		b.admissions = v
	}
	if raw, ok := c.in["schedule_attributes"]; ok {
		d := &call{body: raw}
		if _, ok := d.parse(""); ok {
			from, to := d.in.date("start_date"), d.in.date("end_date")
			if (from == "") != (to == "") {
				return invalid("schedule_attributes", "needs both start_date and end_date")
			}
			b.startDate, b.endDate = from, to
		}
	}
	b.updated = c.s.now()
	c.s.gen++
	return c.oneProject(http.StatusOK, b)
}

func setProjectStatus(st status) func(*call) answer {
	return func(c *call) answer {
		b := c.project(c.ids[0])
		if b == nil {
			return notFound
		}
		if !c.mayWrite(b) || st == trashed && !c.me.admin && b.creator != c.me {
			return forbidden
		}
		b.status, b.updated = st, c.s.now()
		c.s.gen++
		return noContent
	}
}
