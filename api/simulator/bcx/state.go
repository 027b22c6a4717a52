package bcx

import (
	"sync"
	"time"

	"basecampfs/api/simulator/product"
)

// zone is the account's time zone. It lies east of Greenwich, so that its
// times have the "+" that a client must escape in a query.
var zone = time.FixedZone("", 3600)

// state is everything that the account holds. mu guards all of it.
type state struct {
	mu  sync.Mutex
	env product.Env
	ids *product.IDs

	people   []*person
	groups   []*group
	projects []*bucket // drafts, archived, trashed ones and templates too
	cals     []*bucket
	items    []*item // in the order of their creation, trashed ones too
	byID     map[int64]*item
	files    []*attachment
	events   []*event // oldest first
	tokens   map[string]upload

	stored       int64 // bytes of attachments
	storageLimit int64
	projectLimit int
}

type person struct {
	id, identity     int64
	name, email      string
	admin, trashed   bool
	created, updated time.Time
}

type group struct {
	id, parent       int64
	name             string
	members          []*person
	created, updated time.Time
}

// bucket is what holds items: a project, or a calendar of its own.
type bucket struct {
	id                               int64
	calendar                         bool
	name, color                      string
	description                      *string
	creator                          *person
	created, updated, starred        time.Time
	archived, trashed, draft, client bool
	template                         bool
	access                           []*person
}

// live reports whether account-wide lists show what is in the bucket.
func (b *bucket) live() bool { return !b.archived && !b.trashed && !b.draft && !b.template }

// kind is the type of an item, as "type" spells it.
type kind string

const (
	kindList     kind = "Todolist"
	kindTodo     kind = "Todo"
	kindMessage  kind = "Message"
	kindDocument kind = "Document"
	kindUpload   kind = "Upload"
	kindForward  kind = "Forward"
	kindCalendar kind = "CalendarEvent"
)

// section is a kind's part of a path.
var section = map[kind]string{
	kindList: "todolists", kindTodo: "todos", kindMessage: "messages", kindDocument: "documents",
	kindUpload: "uploads", kindForward: "forwards", kindCalendar: "calendar_events",
}

// item is anything that can have comments.
type item struct {
	id                         int64
	kind                       kind
	in                         *bucket
	title, body                string
	creator, updater           *person
	created, updated           time.Time
	private, trashed, archived bool
	files                      []*attachment
	comments                   []*comment
	subscribers                []*person
	topic                      int64 // 0 until there is one

	todos    []*item // of a list, in order, trashed ones too
	position int     // of a list among the project's
	place    int     // of a to-do that is in trash: where it was

	list      *item
	completed time.Time
	completer *person
	assignee  *person
	due       string

	allDay       bool
	starts, ends time.Time
	remind       time.Time
	recurring    *recurrence

	from string
	html string
}

type recurrence struct {
	frequency string
	count     int    // 0 for no end
	until     string // a date; "" for none
	excluding []int
}

type comment struct {
	id               int64
	content          string
	creator          *person
	created, updated time.Time
	trashed          bool
	files            []*attachment
}

type attachment struct {
	id               int64
	key, name, typ   string
	size             int64
	link, linkedBy   string // of a linked cloud file, which has no bytes
	linkedType       string
	tags             []string
	creator          *person
	created, updated time.Time
	trashed          bool
	on               *item
	comment          *comment // where it hangs on a comment of on
}

// upload is what POST /attachments.json stored.
type upload struct {
	typ  string
	data []byte
}

// event is an entry of the log.
type event struct {
	id               int64
	created, updated time.Time
	action, target   string
	on               *item // nil where it is about the bucket itself
	in               *bucket
	creator          *person
	comment          *comment
	edit             bool // an edit within the correction window may join it
}

// full reports whether the plan allows no more projects and no more bytes.
func (s *state) full() bool { return s.env.Full != nil && s.env.Full() }

func (s *state) person(id int64) *person {
	for _, p := range s.people {
		if p.id == id {
			return p
		}
	}
	return nil
}

func (s *state) project(id int64) *bucket {
	for _, b := range s.projects {
		if b.id == id {
			return b
		}
	}
	return nil
}

func (s *state) calendar(id int64) *bucket {
	for _, b := range s.cals {
		if b.id == id {
			return b
		}
	}
	return nil
}

// add puts a new item into the account.
func (s *state) add(i *item) *item {
	s.items = append(s.items, i)
	s.byID[i.id] = i
	if i.kind == kindMessage {
		i.topic = i.id
	}
	if i.list != nil {
		i.list.todos = append(i.list.todos, i)
	}
	return i
}

// counts returns how many of a list's to-dos remain and are completed.
func (i *item) counts() (remaining, completed int) {
	for _, t := range i.todos {
		switch {
		case t.trashed:
		case t.completed.IsZero():
			remaining++
		default:
			completed++
		}
	}
	return
}

// done reports whether a list is completed: it has to-dos and none remain.
func (i *item) done() bool {
	r, c := i.counts()
	return r == 0 && c > 0
}

// gone reports whether an item or what holds it is in trash.
func (i *item) gone() bool {
	return i.trashed || i.list != nil && i.list.trashed || i.in.trashed
}

func (i *item) visibleComments() []*comment {
	out := make([]*comment, 0, len(i.comments))
	for _, c := range i.comments {
		if !c.trashed {
			out = append(out, c)
		}
	}
	return out
}

// gone reports whether an attachment is shown nowhere any more.
func (f *attachment) gone() bool {
	return f.trashed || f.on.gone() || f.comment != nil && f.comment.trashed
}
