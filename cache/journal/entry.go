package journal

import (
	"encoding/json"
	"time"
)

// ID numbers the entries of a journal, from 1, in the order in which they were
// appended. It is never used again.
type ID uint64

// Op is what a save does, in the caller's words where these do not suffice.
type Op string

// The operations.
const (
	Save   Op = "save"   // an update from Base to Text
	Create Op = "create" // Text becomes a new item below Parent
	Move   Op = "move"   // to Parent
	Status Op = "status" // Text is the wanted status
	Upload Op = "upload" // Text is the bytes of a file
)

// State is how far an entry has come.
type State string

// The states. An entry that is done is not there any more.
const (
	// Pending: nothing has left for the service.
	Pending State = "pending"
	// Sending: a request may have left; the service may or may not have acted.
	Sending State = "sending"
	// Refused: the service or a check said no; a person has to decide.
	Refused State = "refused"
)

// Entry is one save. Its strings and texts are opaque here.
type Entry struct {
	ID         ID        `json:"id"`      // set by Append
	Created    time.Time `json:"created"` // set by Append where zero
	Changed    time.Time `json:"changed"` // of State; set by the journal
	Account    string    `json:"account"` // whose
	Op         Op        `json:"op"`
	Kind       string    `json:"kind,omitempty"` // of the item
	Project    int64     `json:"project,omitempty"`
	Item       int64     `json:"item,omitempty"` // its id; 0 where it does not exist yet
	ParentKind string    `json:"parent_kind,omitempty"`
	Parent     int64     `json:"parent,omitempty"`
	Name       string    `json:"name,omitempty"`     // of the file, for messages and rejected/
	State      State     `json:"state"`              // Append takes "" as Pending
	Attempts   int       `json:"attempts,omitempty"` // how often it became Sending
	Reason     string    `json:"reason,omitempty"`   // of State, for a person
	Hint       string    `json:"hint,omitempty"`     // what to do about it
	// Extra is whatever else the caller needs to finish the save.
	Extra json.RawMessage `json:"extra,omitempty"`

	// Base is the version that the edit started from, Text the wanted one. In
	// what Pending and Get return they are nil where they are so large that
	// they have a file each; see BaseSize, TextSize and Journal.OpenText.
	Base []byte `json:"-"`
	Text []byte `json:"-"`
	// The lengths of the two in bytes; set by Append.
	BaseSize int64 `json:"base_size,omitempty"`
	TextSize int64 `json:"text_size,omitempty"`
	// Whether they have a file each, and the CRC-32C of those files.
	BaseFile *Sum `json:"base_file,omitempty"`
	TextFile *Sum `json:"text_file,omitempty"`
}

// Sum is the CRC-32C of a file.
type Sum uint32
