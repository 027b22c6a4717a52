package bc3

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// companyID is the id of the account's own company.
const companyID = 1033447817

var peopleRoutes = map[string]func(*call) answer{
	"GET /people":                    listPeople,
	"GET /people/{id}":               getPerson,
	"GET /people/{id}/out_of_office": outOfOffice,
	"GET /people/{s}/avatar":         avatar,
	"GET /circles/people":            pingable,
	"GET /my/profile":                myProfile,
	"PUT /my/profile":                updateProfile,
	"GET /my/preferences":            preferences,
	"PUT /my/preferences":            updatePreferences,
}

// visiblePeople are those of the account; clients see who shares a project.
func (c *call) visiblePeople() []*person {
	if !c.me.client {
		return c.s.people
	}
	var out []*person
	for _, p := range c.s.people {
		if slices.ContainsFunc(c.s.projects, func(b *project) bool { return b.has(c.me) && b.has(p) }) {
			out = append(out, p)
		}
	}
	return out
}

func listPeople(c *call) answer {
	l := c.visiblePeople()
	return c.pages(len(l), func(w *writer, i int) { w.personValue(l[i]) })
}

func pingable(c *call) answer {
	l := c.visiblePeople()
	return c.all(len(l), func(w *writer, i int) { w.personValue(l[i]) })
}

func (c *call) onePerson(p *person) answer {
	w := c.writer()
	w.open()
	w.personFields(p)
	if p.outFrom != "" {
		w.obj("out_of_office")
		w.str("start_date", p.outFrom)
		w.str("end_date", p.outTo)
		w.close()
	}
	w.close()
	return answer{status: http.StatusOK, body: w.b, modified: p.updated}
}

func getPerson(c *call) answer {
	p := c.s.personByID[c.ids[0]]
	if p == nil || !contains(c.visiblePeople(), p) {
		return notFound
	}
	return c.onePerson(p)
}

func myProfile(c *call) answer { return c.onePerson(c.me) }

func updateProfile(c *call) answer {
	if a, ok := c.parse("person"); !ok {
		return a
	}
	if c.in.has("name") && c.in.plain("name") == "" {
		return invalidFields("name", "can't be blank")
	}
	for k, field := range map[string]*string{"name": &c.me.name, "title": &c.me.title, "bio": &c.me.bio,
		"location": &c.me.location, "time_zone_name": &c.me.timeZone} {
		if c.in.has(k) {
			*field = c.in.str(k)
		}
	}
	c.me.updated = c.s.now()
	c.s.gen++
	return noContent
}

func preferences(c *call) answer {
	return c.object(func(w *writer) {
		w.url("url", "/my/preferences.json")
		w.appURL("app_url", "/my/preferences")
		w.str("time_zone_name", c.me.timeZone)
		w.str("first_week_day", c.me.weekStart)
		w.str("time_format", c.me.clockForm)
	})
}

func updatePreferences(c *call) answer {
	if a, ok := c.parse("person"); !ok {
		return a
	}
	for k, field := range map[string]*string{"time_zone_name": &c.me.timeZone,
		"first_week_day": &c.me.weekStart, "time_format": &c.me.clockForm} {
		if v := c.in.str(k); v != "" {
			*field = v
		}
	}
	return preferences(c)
}

func outOfOffice(c *call) answer {
	p := c.s.personByID[c.ids[0]]
	if p == nil || !contains(c.visiblePeople(), p) {
		return notFound
	}
	return c.object(func(w *writer) {
		w.key("person")
		w.shortPerson(p)
		w.bool("enabled", p.outFrom != "")
		w.bool("ongoing", p.outFrom != "")
		w.orNull("start_date", p.outFrom)
		w.orNull("end_date", p.outTo)
	})
}

// avatar redirects nowhere: every person's picture is the same small image.
func avatar(c *call) answer { return answer{file: avatarKey} }

func projectPeople(c *call) answer {
	b := c.project(c.ids[0])
	if b == nil {
		return notFound
	}
	var l []*person
	for _, p := range c.s.people {
		if b.has(p) && (p.personable == "" || p.personable == "User") {
			l = append(l, p)
		}
	}
	return c.pages(len(l), func(w *writer, i int) { w.personValue(l[i]) })
}

// updateProjectPeople grants, creates and revokes.
func updateProjectPeople(c *call) answer {
	b := c.project(c.ids[0])
	if b == nil {
		return notFound
	}
	if !c.mayWrite(b) {
		return forbidden
	}
	if a, ok := c.parse(""); !ok {
		return a
	}
	granted, revoked := c.people("grant"), c.people("revoke")
	var fresh []struct{ Name, Email_address, Title, Company_name string }
	_ = json.Unmarshal(c.in["create"], &fresh)
	for _, f := range fresh {
		if strings.TrimSpace(f.Name) == "" || !strings.Contains(f.Email_address, "@") {
			return invalid("create", "needs a name and an email_address")
		}
		now := c.s.now()
		p := c.s.addPerson(&person{id: c.s.ids.Next(), name: f.Name, email: f.Email_address, title: f.Title,
			company: f.Company_name, companyID: companyID + 2, created: now, updated: now})
		granted = append(granted, p)
	}
	if b.members == nil {
		b.members = map[*person]bool{}
		for _, p := range c.s.people {
			b.members[p] = true
		}
	}
	for _, p := range granted {
		b.members[p] = true
	}
	for _, p := range revoked {
		delete(b.members, p)
	}
	b.updated = c.s.now()
	c.s.gen++
	return c.object(func(w *writer) {
		w.persons("granted", granted)
		w.persons("revoked", revoked)
	})
}
