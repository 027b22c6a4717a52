package bc3

import (
	"sync"

	"basecampfs/api/simulator/product"
)

// state is everything that an account holds. Handlers have it locked: for
// reading, or for writing where their route changes something.
type state struct {
	mu   sync.RWMutex
	env  product.Env
	id   int64
	name string

	people      []*person
	personByID  map[int64]*person
	projects    []*project // oldest first
	projectByID map[int64]*project
	recs        map[int64]*recording
	index       [kinds]index
	gen         uint64 // counts writes

	attachments map[string]*attachment // by sgid
	blobs       map[string]*attachment // by key
	events      map[int64][]event      // by recording; without what creation implies
	subs        map[int64]map[*person]bool
	pins        map[int64]bool

	ids      *product.IDs // of what requests create
	eventIDs *product.IDs
	views    views
}

func newState(env product.Env, id int64, name string) *state {
	return &state{
		env: env, id: id, name: name,
		personByID:  map[int64]*person{},
		projectByID: map[int64]*project{},
		recs:        map[int64]*recording{},
		attachments: map[string]*attachment{},
		blobs:       map[string]*attachment{},
		events:      map[int64][]event{},
		subs:        map[int64]map[*person]bool{},
		pins:        map[int64]bool{},
		eventIDs:    product.NewIDs(1052473400),
	}
}

// now is the time of a write, in milliseconds since 1970.
func (s *state) now() int64 { return s.env.Now().UnixMilli() }

func (s *state) addPerson(p *person) *person {
	if p.timeZone == "" {
		p.timeZone = "America/Chicago"
	}
	if p.weekStart == "" {
		p.weekStart, p.clockForm = "Sunday", "twelve_hour"
	}
	s.people = append(s.people, p)
	s.personByID[p.id] = p
	return p
}

// insert puts a new recording in place: below its parent, last, and in the
// indexes. id, kind, created, updated and creator are set already.
func (s *state) insert(b *project, parent *recording, r *recording) *recording {
	r.project, r.parent = b, parent
	s.recs[r.id] = r
	if parent != nil {
		parent.children = append(parent.children, r)
	}
	s.index[r.kind].add(r)
	s.gen++
	return r
}

// create inserts what a request makes, renumbers, and tells the ancestors.
func (s *state) create(parent *recording, r *recording, by *person) *recording {
	now := s.now()
	r.id, r.created, r.updated, r.creator = s.ids.Next(), now, now, by
	if parent.status != active {
		r.status = parent.status
	}
	r.clients = parent.clients
	s.insert(parent.project, parent, r)
	if r.kind == kindTodolist && parent.kind == kindTodoset {
		moveChild(parent, r, 0) // new lists go on top
	}
	s.renumber(parent)
	s.touchAncestors(r, now)
	return r
}

// touch gives r a new updated_at, and its ancestors and project with it.
func (s *state) touch(r *recording) {
	now := s.now()
	s.setUpdated(r, now)
	s.touchAncestors(r, now)
}

// touchAncestors passes a change up: a comment changes what it is on, a to-do
// its list, and everything its project. Tools of the dock keep their time.
func (s *state) touchAncestors(r *recording, now int64) {
	for p := r.parent; p != nil && p.parent != nil; p = p.parent {
		s.setUpdated(p, now)
	}
	r.project.updated = now
	s.gen++
}

func (s *state) setUpdated(r *recording, now int64) {
	s.index[r.kind].updating(r, func() { r.updated = now })
}

// positioned reports which sequence of positions a kind takes part in; 0 for
// none. Documents, uploads and folders of one folder share theirs.
func positioned(k kind) int {
	switch k {
	case kindTodo, kindTodolist, kindCard, kindStep:
		return 1 + int(k)
	case kindDocument, kindUpload, kindVault:
		return 1 + int(kindVault)
	}
	return 0
}

// renumber gives the children of parent their positions, from 1: only active,
// incomplete ones have one.
func (s *state) renumber(parent *recording) {
	var next [kinds + 1]int32
	for _, c := range parent.children {
		seq := positioned(c.kind)
		if seq == 0 {
			continue
		}
		if c.status != active || c.done {
			c.pos = 0
			continue
		}
		next[seq]++
		c.pos = next[seq]
	}
}

// place moves r among its siblings to a position from 1; a position beyond
// the last is the last.
func (s *state) place(r *recording, position int) {
	p, seq, n := r.parent, positioned(r.kind), 0
	at := len(p.children)
	for i, c := range p.children {
		if c == r || positioned(c.kind) != seq || c.status != active || c.done {
			continue
		}
		if n++; n == position {
			at = i
			break
		}
	}
	moveChild(p, r, at)
	s.renumber(p)
}

// moveChild moves r within p.children to before the child that is at index
// at now.
func moveChild(p *recording, r *recording, at int) {
	for i, c := range p.children {
		if c != r {
			continue
		}
		copy(p.children[i:], p.children[i+1:])
		p.children = p.children[:len(p.children)-1]
		if at > i {
			at--
		}
		break
	}
	p.children = append(p.children, nil)
	copy(p.children[at+1:], p.children[at:])
	p.children[at] = r
}

// reparent moves r below another parent, last.
func (s *state) reparent(r *recording, to *recording) {
	old := r.parent
	for i, c := range old.children {
		if c == r {
			old.children = append(old.children[:i], old.children[i+1:]...)
			break
		}
	}
	r.parent = to
	to.children = append(to.children, r)
	s.renumber(old)
	s.renumber(to)
}

// setStatus trashes, archives or restores r. What is below r follows unless
// it has a status of its own (inherits_status false); only r's own time and
// its ancestors' change, as the guide promises nothing of what follows.
func (s *state) setStatus(r *recording, to status) {
	r.status = to
	r.detached = to != active || r.parent != nil && r.parent.status != active
	s.inherit(r)
	if r.parent != nil {
		s.renumber(r.parent)
	}
	s.touch(r)
}

func (s *state) inherit(r *recording) {
	for _, c := range r.children {
		if c.detached || c.status == drafted {
			continue
		}
		c.status = r.status
		s.inherit(c)
	}
	s.renumber(r)
}
