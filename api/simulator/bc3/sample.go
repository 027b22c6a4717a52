package bc3

import "time"

// builder makes sample data: everything at times and with ids of its own, so
// that two starts give the same.
type builder struct {
	s  *state
	id int64
	at time.Time
}

// fill makes the sample data and returns the last id that it used.
func (s *state) fill(sample Sample) int64 {
	b := &builder{s: s, id: 1069478900, at: day("2025-12-29").Add(18 * time.Hour)}
	switch {
	case sample == Brand:
		b.id, b.at = 1169478900, day("2026-01-05").Add(9*time.Hour)
		b.brand()
	case s.env.Size.Small():
		b.company()
	default:
		b.sized()
	}
	return b.id
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func instant(s string) int64 {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UnixMilli()
}

// shown is the id of the to-do that documents show.
const shown = 1069479576

func (b *builder) next() int64 {
	if b.id++; b.id == shown {
		b.id++
	}
	return b.id
}

// tick is the time of the next thing: half an hour and a bit later.
func (b *builder) tick() int64 {
	b.at = b.at.Add(31*time.Minute + 7*time.Second)
	return b.at.UnixMilli()
}

// project adds a project with its dock.
func (b *builder) project(id int64, name, description string, by *person) *project {
	return b.s.newProject(id, name, description, by, b.tick(), b.next)
}

// enable turns tools of the dock on.
func (p *project) enable(names ...string) {
	for _, n := range names {
		for _, t := range p.dock {
			if t.name == n {
				t.enabled = true
			}
		}
	}
}

// add puts something below parent, last. The body is cleaned as a request's
// would be.
func (b *builder) add(parent *recording, k kind, title, body string, by *person) *recording {
	at := b.tick()
	r := &recording{id: b.next(), kind: k, title: title, creator: by, created: at, updated: at}
	b.s.insert(parent.project, parent, r)
	r.body = b.s.clean(r, body)
	r.clients = parent.clients
	b.s.renumber(parent)
	parent.project.updated = max(parent.project.updated, at)
	for p := parent; p != nil && p.parent != nil; p = p.parent {
		p.updated = max(p.updated, at)
	}
	return r
}

func (b *builder) list(set *recording, name, body string, by *person) *recording {
	return b.add(set, kindTodolist, name, body, by)
}

func (b *builder) todos(list *recording, by *person, titles ...string) (l []*recording) {
	for _, t := range titles {
		l = append(l, b.add(list, kindTodo, t, "", by))
	}
	return l
}

func (b *builder) comment(on *recording, by *person, body string) *recording {
	return b.add(on, kindComment, "", body, by)
}

// done completes a to-do, a card or a step.
func (b *builder) done(by *person, rs ...*recording) {
	for _, r := range rs {
		t := r.editTodo()
		t.completedAt, t.completedBy, r.done = b.tick(), by, true
		r.updated = t.completedAt
		b.s.renumber(r.parent)
	}
}

func (b *builder) assign(r *recording, from, to string, people ...*person) *recording {
	t := r.editTodo()
	t.startsOn, t.dueOn, t.assignees = from, to, people
	return r
}

// put archives or trashes recordings, with what is below them.
func (b *builder) put(st status, rs ...*recording) {
	for _, r := range rs {
		r.status, r.detached, r.updated = st, true, b.tick()
		b.s.inherit(r)
		b.s.renumber(r.parent)
	}
}

// file stores bytes and returns a tag that embeds them.
func (b *builder) file(name, contentType string, data []byte) (*attachment, string) {
	f := b.s.store(b.next(), name, contentType, data)
	return f, `<bc-attachment sgid="` + f.sgid() + `"></bc-attachment>`
}

// upload puts a file into a folder.
func (b *builder) upload(vault *recording, by *person, name, contentType, body string, data []byte) *recording {
	f, _ := b.file(name, contentType, data)
	r := b.add(vault, kindUpload, name, body, by)
	r.x = &upload{file: f, name: name}
	f.usedBy = r.id
	return r
}

// say writes a line into a chat.
func (b *builder) say(chat *recording, by *person, text string) {
	r := b.add(chat, kindLine, text, "", by)
	r.body, r.x = text, &line{}
	chat.updated = r.updated
}

func mention(p *person) string { return `<bc-attachment sgid="` + p.sgid() + `"></bc-attachment>` }
