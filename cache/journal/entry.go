// Package journal keeps on disk what a person has written until Basecamp has
// it: the saves that are under way, the texts that were refused, and the
// scratch files of editors.
//
// A save is appended before its request leaves and is durable when Append
// returns, so that neither a crash nor a kill loses text. After a restart,
// Pending tells what was not finished.
//
// A journal is a folder of its own, open in one process at a time:
//
//	journal.db    the entries, in bbolt
//	lock          the process that has it open
//	text/         texts that are too large for the database
//	rejected/     texts that were refused, as files a person can read
//	scratch/      editors' scratch files
package journal

import (
	"encoding/json"
	"time"
)

// ID numbers the entries of a journal, from 1, in the order in which they were
// appended. It is never used again.
type ID uint64

// Op is what a save does.
type Op string

// The operations.
const (
	Save   Op = "save"   // an update from Base to Text
	Create Op = "create" // Text becomes a new item below Parent
	Move   Op = "move"   // to Parent
	Status Op = "status" // Text is the status
	Upload Op = "upload" // Text is the bytes of a file
)

// State is how far an entry has come.
type State string

// The states.
const (
	// Pending: nothing has left for the service.
	Pending State = "pending"
	// Sending: a request may have left; the service may or may not have acted.
	Sending State = "sending"
	// Refused: the service or a check said no; a person has to decide.
	Refused State = "refused"
)

// Entry is one save. Base and Text are opaque here. An Entry that the journal
// returned must not be changed.
type Entry struct {
	ID         ID        `json:"id"`
	Created    time.Time `json:"created"` // set by Append where zero
	Changed    time.Time `json:"changed"` // of State; set by the journal
	Account    string    `json:"account"` // whose, in the caller's spelling
	Op         Op        `json:"op"`
	Kind       string    `json:"kind"` // of the item
	Project    int64     `json:"project,omitempty"`
	Item       int64     `json:"item,omitempty"` // its id; 0 where it is created
	Parent     int64     `json:"parent,omitempty"`
	ParentKind string    `json:"parent_kind,omitempty"`
	Name       string    `json:"name"`               // of the file, for messages and rejected/
	State      State     `json:"state"`              // Pending where empty
	Attempts   int       `json:"attempts,omitempty"` // how often it became Sending
	Reason     string    `json:"reason,omitempty"`   // of State, for a person
	Hint       string    `json:"hint,omitempty"`     // what to do about it
	// Extra is whatever else the caller needs to finish the save.
	Extra json.RawMessage `json:"extra,omitempty"`

	// Base is the version that the edit started from, Text the wanted one.
	Base []byte `json:"-"`
	Text []byte `json:"-"`
	// Size is the length of the text in bytes. Where Text is nil and Size is
	// not 0, it is in a file of its own: see Journal.OpenText.
	Size int64 `json:"size"`
}
