package bc3

// kind is the type of a recording.
type kind uint8

const (
	kindTodoset kind = iota
	kindTodolist
	kindTodo
	kindComment
	kindMessageBoard
	kindMessage
	kindVault
	kindDocument
	kindUpload
	kindSchedule
	kindEntry
	kindChat
	kindLine
	kindQuestionnaire
	kindQuestion
	kindAnswer
	kindInbox
	kindForward
	kindReply
	kindCardTable
	kindColumn
	kindCard
	kindStep
	kinds
)

// kindInfo is what the API says of every recording of a kind.
type kindInfo struct {
	typ       string // "type"; a column's is its own
	path      string // of its URL
	comments  bool   // has comments_count and comments_url
	boosts    bool
	subscribe bool   // has subscription_url
	list      string // its name in /projects/recordings.json; "" where it has none
}

var info = [kinds]kindInfo{
	kindTodoset:       {"Todoset", "todosets", false, false, true, ""},
	kindTodolist:      {"Todolist", "todolists", true, true, true, "Todolist"},
	kindTodo:          {"Todo", "todos", true, true, true, "Todo"},
	kindComment:       {"Comment", "comments", false, true, false, "Comment"},
	kindMessageBoard:  {"Message::Board", "message_boards", false, false, false, ""},
	kindMessage:       {"Message", "messages", true, true, true, "Message"},
	kindVault:         {"Vault", "vaults", false, false, false, "Vault"},
	kindDocument:      {"Document", "documents", true, true, true, "Document"},
	kindUpload:        {"Upload", "uploads", true, true, true, "Upload"},
	kindSchedule:      {"Schedule", "schedules", false, false, false, ""},
	kindEntry:         {"Schedule::Entry", "schedule_entries", true, true, true, "Schedule::Entry"},
	kindChat:          {"Chat::Transcript", "chats", false, false, true, ""},
	kindLine:          {"Chat::Lines::Text", "lines", false, true, false, ""},
	kindQuestionnaire: {"Questionnaire", "questionnaires", false, false, false, ""},
	kindQuestion:      {"Question", "questions", false, false, true, ""},
	kindAnswer:        {"Question::Answer", "question_answers", true, true, true, "Question::Answer"},
	kindInbox:         {"Inbox", "inboxes", false, false, false, ""},
	kindForward:       {"Inbox::Forward", "inbox_forwards", false, false, true, ""},
	kindReply:         {"Inbox::Reply", "inbox_replies", false, true, false, ""},
	kindCardTable:     {"Kanban::Board", "card_tables", false, false, true, ""},
	kindColumn:        {"Kanban::Column", "card_tables/columns", false, false, true, ""},
	kindCard:          {"Kanban::Card", "card_tables/cards", true, true, true, "Kanban::Card"},
	kindStep:          {"Kanban::Step", "card_tables/steps", false, false, false, "Kanban::Step"},
}

// kindOfList finds the kind that /projects/recordings.json calls name.
func kindOfList(name string) (kind, bool) {
	for k := range kinds {
		if name != "" && info[k].list == name {
			return k, true
		}
	}
	return 0, false
}

// status is where in its life a recording or a project is.
type status uint8

const (
	active status = iota
	archived
	trashed
	drafted
)

var statusName = [...]string{"active", "archived", "trashed", "drafted"}

// statusOf reads a status parameter; "" is active.
func statusOf(s string) (status, bool) {
	switch s {
	case "", "active":
		return active, true
	case "archived":
		return archived, true
	case "trashed":
		return trashed, true
	}
	return 0, false
}

// recording is one entry of a project. Times are milliseconds since 1970.
type recording struct {
	id       int64
	created  int64
	updated  int64
	parent   *recording // nil for a tool of the dock
	project  *project
	creator  *person
	title    string // content, name, subject, summary or filename
	body     string // HTML
	children []*recording
	x        any // *todo, *upload, … where the kind has more to say; may be nil
	pos      int32
	kind     kind
	status   status
	detached bool // inherits_status is false: it has a status of its own
	done     bool // completed
	clients  bool // visible_to_clients
}

// isGroup reports whether r is a to-do list within a to-do list.
func (r *recording) isGroup() bool {
	return r.kind == kindTodolist && r.parent.kind == kindTodolist
}

// each calls f for every child of a kind and a status.
func (r *recording) each(k kind, st status, f func(*recording)) {
	for _, c := range r.children {
		if c.kind == k && c.status == st {
			f(c)
		}
	}
}

// count counts the children of a kind and a status.
func (r *recording) count(k kind, st status) (n int64) {
	r.each(k, st, func(*recording) { n++ })
	return n
}

// descendants calls f for everything below r.
func (r *recording) descendants(f func(*recording)) {
	for _, c := range r.children {
		f(c)
		c.descendants(f)
	}
}

// todo is what few to-dos, and cards and steps, have: most have no *todo.
type todo struct {
	startsOn, dueOn string
	assignees       []*person
	subscribers     []*person // told when it is completed
	completedAt     int64
	completedBy     *person
}

var noTodo = &todo{}

// todo returns r's details for reading; never nil.
func (r *recording) todo() *todo {
	if t, ok := r.x.(*todo); ok {
		return t
	}
	return noTodo
}

// editTodo returns r's details for writing.
func (r *recording) editTodo() *todo {
	t, ok := r.x.(*todo)
	if !ok {
		t = &todo{}
		r.x = t
	}
	return t
}

// project is a project and its bucket, which share an id.
type project struct {
	id               int64
	created, updated int64
	name             string
	description      string
	status           status
	creator          *person
	dock             []*tool
	members          map[*person]bool // nil: everyone of the account
	timesheet        bool
	categories       []*category
	admissions       string
	startDate        string
	endDate          string
	bookmarked       bool
	clientCompany    string // "" where clients are not enabled
}

// has reports whether p may see the project.
func (b *project) has(p *person) bool { return b.members == nil || b.members[p] }

// tool is an entry of a project's dock.
type tool struct {
	rec     *recording
	name    string // in the dock, such as "todoset"
	enabled bool
}

// tool returns the first enabled tool of a kind, or else the first one.
func (b *project) tool(k kind) *recording {
	var any *recording
	for _, t := range b.dock {
		if t.rec.kind == k && (t.enabled || any == nil) {
			if t.enabled {
				return t.rec
			}
			any = t.rec
		}
	}
	return any
}

// category is a message type.
type category struct {
	id               int64
	name, icon       string
	created, updated int64
}
