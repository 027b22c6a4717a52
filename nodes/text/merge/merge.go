// Package merge joins two changes of one record.
package merge

import (
	"basecampfs/api"
	"basecampfs/nodes/text/markup"
)

// Conflict is a field that both sides changed, each in its own way.
type Conflict struct {
	Field string // its key in a file, or "body"
	// The values for a person to compare; for a body, Markdown.
	Base, Mine, Theirs string
}

// Merge applies to theirs what mine changed since base. Fields are merged one
// by one, people as sets, bodies by lines; the body keeps theirs' HTML where
// mine changed nothing. In conflict the result has theirs. Format is that of
// the bodies; mention may be nil.
func Merge(base, mine, theirs *api.Record, format api.BodyFormat, mention markup.Mention) (*api.Record, []Conflict) {
	panic("merge: not built yet")
}
