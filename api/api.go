// Package api is the one interface through which the rest of the program sees
// Basecamp, whichever product an account belongs to.
//
// An Account lists, reads and changes Records. A Record is what every product
// agrees on (a title, a body, who and when) with the product's own JSON kept
// beside it. What a product cannot do is said by Account.Can before anything
// is tried, so that callers ask for abilities and never for a product.
//
// Implementations live in a folder each: bc3 (Basecamp 3 and later) and bcx
// (Basecamp 2). All of them stand on package transport.
package api

import (
	"context"
	"io"
	"time"
)

// Account is one Basecamp account, reached as one signed-in person.
// Every method may be called from many goroutines at once, honours its
// context, and returns errors of type *Error.
type Account interface {
	// Info says which account this is. It never touches the network.
	Info() AccountInfo

	// Can says what the account's API can do with a kind. It never touches
	// the network.
	Can(Kind) Abilities

	// List calls page with each page of the records that q selects, in the
	// service's order, and returns nil only after the last one. Records that
	// a shifting listing repeats are passed on once. An error from page ends
	// the listing and is returned as it is.
	List(ctx context.Context, q Query, page func([]*Record) error) error

	// Get reads one record, whatever its status.
	Get(ctx context.Context, r Ref) (*Record, error)

	// Create adds a record like want below parent and returns it as the
	// service has it now. It is sent once: an Error with Code Unknown means
	// that the service may or may not have acted.
	Create(ctx context.Context, parent Ref, want *Record) (*Record, error)

	// Update brings a record from base, the version that the service has
	// now, to want, and returns the result. Only what differs between the
	// two is changed, whatever the service's own update would clear.
	Update(ctx context.Context, base, want *Record) (*Record, error)

	// Move puts a record below another parent of the same account, at a
	// position counted from 1, or last where position is 0.
	Move(ctx context.Context, r Ref, parent Ref, position int) (*Record, error)

	// SetStatus trashes, archives or restores a record, with what it holds.
	SetStatus(ctx context.Context, r Ref, s Status) error

	// Open reads the bytes of a file. The caller closes the reader.
	Open(ctx context.Context, f File) (io.ReadCloser, error)

	// Upload stores bytes and returns a token with which one record can
	// then be created (Record.Upload). Size is in bytes.
	Upload(ctx context.Context, name, contentType string, size int64, body io.Reader) (token string, err error)

	// Changes returns what changed after the mark of an earlier call, trashed
	// and archived records included, and the mark to pass next time. A zero
	// mark returns no records, only where to start.
	Changes(ctx context.Context, since Mark) (Changes, error)

	// Me returns the person that the account is signed in as.
	Me(ctx context.Context) (*Record, error)

	// Assigned returns the open to-dos and cards assigned to that person.
	Assigned(ctx context.Context) ([]*Record, error)
}

// AccountInfo identifies an account.
type AccountInfo struct {
	Product Product `json:"product"`
	ID      int64   `json:"id"`
	Name    string  `json:"name"`
	Href    string  `json:"href"` // the base URL of its API
}

// Product is a product code as Launchpad's authorization.json spells it.
type Product string

// The products that can be mounted.
const (
	Basecamp3       Product = "bc3" // the vendor now calls it Basecamp 4 and 5
	Basecamp2       Product = "bcx"
	BasecampClassic Product = "basecamp"
)

// Ref addresses a record. Kind and ID identify it within its account; Project
// is where it lives, which Basecamp 2 needs in every path.
type Ref struct {
	Kind    Kind
	Project int64 // 0 for what belongs to no project
	ID      int64
}

// IsZero reports whether r addresses nothing.
func (r Ref) IsZero() bool { return r == Ref{} }

// Is reports whether r and o identify the same record.
func (r Ref) Is(o Ref) bool { return r.Kind == o.Kind && r.ID == o.ID }

// Kind is what a record is, in Basecamp's own words.
type Kind string

// The kinds of records.
const (
	Project       Kind = "project"
	Person        Kind = "person"
	TodoSet       Kind = "todoset"
	TodoList      Kind = "todolist"
	TodoGroup     Kind = "group" // a list within a list
	Todo          Kind = "todo"
	Comment       Kind = "comment"
	MessageBoard  Kind = "message_board"
	Message       Kind = "message"
	Vault         Kind = "vault" // a folder of documents and uploads
	Document      Kind = "document"
	Upload        Kind = "upload"
	CardTable     Kind = "card_table"
	Column        Kind = "column"
	Card          Kind = "card"
	Schedule      Kind = "schedule"
	ScheduleEntry Kind = "schedule_entry"
	Chat          Kind = "chat"
	ChatLine      Kind = "chat_line"
	Questionnaire Kind = "questionnaire"
	Question      Kind = "question"
	Answer        Kind = "answer"
	Inbox         Kind = "inbox"
	Forward       Kind = "forward"
)

// Status is where in its life a record is.
type Status string

// The statuses. A completed to-do is Active.
const (
	Active   Status = "active"
	Archived Status = "archived"
	Trashed  Status = "trashed"
	Drafted  Status = "drafted"
)

// Record is one thing in Basecamp. A field that does not apply to its kind is
// zero. Records are shared: whoever has one must not change it, but Clone it.
type Record struct {
	Ref
	Parent Ref
	Status Status

	Title string // plain text
	Body  string // HTML, as the service gave it

	Completed   bool
	CompletedAt time.Time
	StartsOn    string // a date, 2006-01-02
	DueOn       string // a date, 2006-01-02
	StartsAt    time.Time
	EndsAt      time.Time
	AllDay      bool
	Assignees   []*Human
	Notify      []*Human // who is told when it is completed
	Position    int      // from 1; 0 where the service gives none
	Color       string

	Creator   *Human
	CreatedAt time.Time
	UpdatedAt time.Time
	URL       string // for a browser
	Comments  int    // how many; -1 where comments are impossible

	Email string  // of a person
	SGID  string  // of a person: what a mention in a body names
	Tools []Tool  // of a project: its dock
	Files []File  // embedded in the body; of an upload: its one file
	Token string  // to create an upload: what Upload returned
	Rest  []Extra // further facts worth showing, read-only, in order

	Raw []byte // the JSON object exactly as the service sent it
}

// Clone returns a copy of r whose fields and slices can be changed.
func (r *Record) Clone() *Record {
	c := *r
	c.Assignees = append([]*Human(nil), r.Assignees...)
	c.Notify = append([]*Human(nil), r.Notify...)
	c.Tools = append([]Tool(nil), r.Tools...)
	c.Files = append([]File(nil), r.Files...)
	c.Rest = append([]Extra(nil), r.Rest...)
	return &c
}

// Human is how records name a person. One person of one account is one
// *Human wherever an implementation can share it.
type Human struct {
	ID    int64
	Name  string
	Email string // empty where the service hides it
}

// Extra is a fact of a record that only its product or kind knows.
type Extra struct {
	Key   string
	Value any // a string, a number, a bool, or a slice of strings
}

// Tool is an entry of a project's dock.
type Tool struct {
	Ref
	Title   string
	Enabled bool
}

// File is an attachment or an upload, not its bytes.
type File struct {
	ID          int64
	Name        string
	ContentType string
	Size        int64 // in bytes; -1 where the service does not say
	URL         string
}

// Query selects records for Account.List.
type Query struct {
	Kind Kind
	// In is what directly holds them: a to-do set's lists, a list's groups
	// or to-dos, a record's comments. Zero asks for every record of the kind
	// in Project, or in the whole account where Project is 0 too.
	In      Ref
	Project int64
	State   State
	// Projects, with In and Project zero, narrows the account to some
	// projects, no more than Abilities.Chunk.
	Projects []int64
	// Groups, with Kind TodoList and In zero, asks for groups as well.
	Groups bool
}

// State narrows a Query. Kinds that are never completed know only Any,
// ArchivedState and TrashedState.
type State string

// The states.
const (
	Any           State = ""          // active, open and completed alike
	Open          State = "open"      // active and not completed
	Completed     State = "completed" // active and completed
	ArchivedState State = "archived"
	TrashedState  State = "trashed"
)

// Abilities says what an account's API can do with one kind.
type Abilities struct {
	List bool // of a container, Query.In
	Bulk bool // of a project or the account, Query.In zero
	// Chunk is how many projects one such listing can be narrowed to at the
	// most; 0 where only one, or the whole account.
	Chunk  int
	Create bool
	Update Fields // what an existing record lets itself be changed
	With   Fields // what a new record can be given
	Move   bool   // to another parent within its project
	Across bool   // to another project
	Trash  bool
	// Restore is whether what was trashed can be brought back.
	Restore  bool
	Archive  bool
	Comments bool
	// Body says in which form the body is written; "" where there is none.
	Body BodyFormat
	// Why has a sentence for a person where something is missing, keyed by
	// what is missing: "create", "update", "move", "trash", "restore",
	// "comments", or the name of a field.
	Why map[string]string
}

// BodyFormat is the form of Record.Body.
type BodyFormat string

// The formats.
const (
	HTML  BodyFormat = "html"
	Plain BodyFormat = "plain"
)

// Fields is a set of fields of a Record.
type Fields uint32

// The fields that can be changed.
const (
	FieldTitle Fields = 1 << iota
	FieldBody
	FieldCompleted
	FieldStartsOn
	FieldDueOn
	FieldAssignees
	FieldNotify
	FieldPosition
	FieldTimes // StartsAt, EndsAt, AllDay
	FieldColor
)

// Has reports whether all of g is in f.
func (f Fields) Has(g Fields) bool { return f&g == g }

// Mark is a point in an account's history, opaque to callers.
type Mark string

// Changes is what happened in an account since a Mark. Records hold the state
// after the change: what was trashed or archived has that Status.
type Changes struct {
	Records []*Record
	// Lists are containers of which some content changed in a way that only
	// listing them again tells.
	Lists []Ref
	Next  Mark
}
