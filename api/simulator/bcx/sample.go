package bcx

import (
	"fmt"
	"strings"
	"time"

	"basecampfs/api/simulator/product"
)

// epoch is when the sample account was opened.
var epoch = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

// maker makes sample data with a clock of its own.
type maker struct {
	*state
	at time.Time
	n  int
}

// tick moves the clock on, by more than an edit may join an event before it.
func (m *maker) tick() time.Time {
	m.at = m.at.Add(17 * time.Minute)
	return m.at
}

// by takes turns among the first people.
func (m *maker) by() *person {
	m.n++
	return m.people[m.n%min(4, len(m.people))]
}

func (s *state) fill(env product.Env) {
	m := &maker{state: s, at: epoch}
	m.fillPeople(env.Identities)
	if env.Size.Small() {
		m.small()
		return
	}
	m.large(env.Size)
}

var staff = []string{"Annie Bryan", "Victor Cooper", "Jared Davis", "Jennifer Young", "Nicole Katz", "Steve Marsh",
	"Amy Rivera", "Zoë Ångström", "O'Neil / Sons", "山田 太郎", "Cheryl Walters", "Bernard Poe"}

func (m *maker) fillPeople(ids []product.Identity) {
	add := func(name, email string, identity int64) {
		m.people = append(m.people, &person{id: m.ids.Next(), identity: identity, name: name, email: email,
			admin: identity != 0 && len(m.people) == 0, created: m.tick(), updated: m.at})
	}
	seen := map[string]bool{}
	for _, i := range ids {
		add(i.Name(), i.Email, i.ID)
		seen[i.Name()] = true
	}
	for n, name := range staff {
		if !seen[name] {
			add(name, fmt.Sprintf("person%d@honcho.example", n+1), 7_000_000+int64(n))
		}
	}
	for n := range 46 {
		add(fmt.Sprintf("Freelancer %02d", n+1), fmt.Sprintf("freelancer%02d@honcho.example", n+1), 7_100_000+int64(n))
	}
	add("Gone Girl", "gone@honcho.example", 7_200_000)
	m.people[len(m.people)-1].trashed = true
	m.people[0].admin = true
	all := &group{id: m.ids.Next(), name: "Honcho Design", members: m.people[:6], created: epoch, updated: epoch}
	m.groups = append(m.groups, all, &group{id: m.ids.Next(), parent: all.id, name: "Designers", members: m.people[1:4], created: epoch, updated: epoch})
}

func (m *maker) project(name, description string) *bucket {
	b := &bucket{id: m.ids.Next(), name: name, color: "3185c5", creator: m.people[0], created: m.tick(), access: m.people[:min(6, len(m.people))]}
	b.updated = b.created
	if description != "" {
		b.description = &description
	}
	m.projects = append(m.projects, b)
	m.noteBucket(b.creator, "created the project<span>:</span>", b)
	return b
}

func (m *maker) item(k kind, b *bucket, title, body string) *item {
	i := &item{id: m.ids.Next(), kind: k, in: b, title: title, body: body, creator: m.by(), created: m.tick()}
	i.updated, i.updater = i.created, i.creator
	i.subscribers = []*person{m.people[0], i.creator}
	return i
}

func (m *maker) post(i *item) *item {
	m.add(i)
	m.note(i.creator, "posted "+noun[i.kind]+"<span>:</span>", i, nil)
	return i
}

func (m *maker) list(b *bucket, name, description string) *item {
	l := m.item(kindList, b, name, description)
	for _, o := range m.items {
		if o.kind == kindList && o.in == b {
			l.position++
		}
	}
	l.position++
	return m.post(l)
}

func (m *maker) todo(l *item, content string) *item {
	t := m.item(kindTodo, l.in, content, "")
	t.list = l
	return m.post(t)
}

func (m *maker) done(t *item) *item {
	t.completed, t.completer = m.tick(), m.by()
	t.updated = t.completed
	m.note(t.completer, "completed a to-do<span>:</span>", t, nil).edit = false
	return t
}

func (m *maker) drop(i *item) {
	i.place = 0
	if i.list != nil {
		i.place = i.placeInList()
	}
	i.trashed, i.updated = true, m.tick()
	m.note(m.people[0], "moved "+noun[i.kind]+" to the trash<span>:</span>", i, nil).edit = false
}

func (m *maker) comment(i *item, content string) *comment {
	c := &comment{id: m.ids.Next(), content: content, creator: m.by(), created: m.tick()}
	c.updated, i.updated = c.created, c.created
	i.comments = append(i.comments, c)
	if i.topic == 0 {
		i.topic = m.ids.Next()
	}
	m.note(c.creator, "commented on", i, c)
	return c
}

func (m *maker) file(on *item, c *comment, name, typ, data string) *attachment {
	f := m.attach(on.creator, on, c, name, upload{typ, []byte(data)})
	m.files = append(m.files, f)
	if c != nil {
		c.files = append(c.files, f)
	} else {
		on.files = append(on.files, f)
	}
	return f
}

// upload is a file in the project's files.
func (m *maker) upload(b *bucket, name, typ, data, note string) *item {
	u := m.item(kindUpload, b, name, note)
	m.file(u, nil, name, typ, data)
	return m.post(u)
}

// linked is a file that lies at another service: it has no bytes and no URL.
func (m *maker) linked(b *bucket, name string) *item {
	u := m.item(kindUpload, b, name, "")
	f := &attachment{id: m.ids.Next(), name: name, typ: "application/vnd.google-apps.document", creator: u.creator,
		created: u.created, updated: u.created, on: u, linkedBy: "google", linkedType: "document",
		link: "https://docs.google.example/document/d/" + strings.ToLower(strings.ReplaceAll(name, " ", "-"))}
	m.files, u.files = append(m.files, f), append(u.files, f)
	return m.post(u)
}

func (m *maker) event(b *bucket, summary string, starts time.Time, length time.Duration, allDay bool) *item {
	i := m.item(kindCalendar, b, summary, "")
	i.starts, i.ends, i.allDay = starts, starts.Add(length), allDay
	return m.post(i)
}

// large makes so many lists and to-dos and nothing else. Every fourth to-do is
// completed, and every tenth has someone to do it.
func (m *maker) large(size product.Size) {
	for p := range size.Projects {
		b := m.project(fmt.Sprintf("Project %03d", p+1), "")
		for l := range size.Lists {
			list := m.list(b, fmt.Sprintf("List %03d", l+1), "")
			for t := range size.Todos {
				todo := m.todo(list, fmt.Sprintf("To-do %03d of list %03d in project %03d", t+1, l+1, p+1))
				if t%10 == 3 {
					todo.assignee = m.people[t%min(4, len(m.people))]
				}
				if t%4 == 1 {
					m.done(todo)
				}
			}
		}
	}
}
