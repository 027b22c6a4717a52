// Package text is the form in which a record is read and written as a file:
// a YAML front matter of its fields above its body in Markdown.
//
// It is pure: no input or output, no clock, and the same record renders to the
// same bytes every time. Package markup under it turns bodies to Markdown and
// back, checklist does a whole to-do list, merge joins two versions.
package text

import (
	"time"

	"basecampfs/api"
)

// Options is what rendering and applying need to know beside the record.
type Options struct {
	// Can says which fields of the record's kind can be written.
	Can api.Abilities
	// People resolves and disambiguates names. Nil knows only the people that
	// the record itself names.
	People *People
	// Original, for New, is the record whose id the file carries: what it is
	// a copy of. Nil where that is unknown.
	Original *api.Record
}

// File is what a file says. A nil pointer means that the file does not say.
type File struct {
	ID        int64     // of the record that the file was rendered from; 0 without
	UpdatedAt time.Time // of the version that the file was rendered from; zero without
	Title     *string
	Completed *bool
	StartsOn  *string // a date; "" clears
	DueOn     *string // a date; "" clears
	StartsAt  *When
	EndsAt    *When
	AllDay    *bool
	Color     *string   // "" clears
	Assignees *[]string // as written: names, emails, ids or "me"; empty clears
	Notify    *[]string
	Body      *string // Markdown, or plain text, with "\n" line ends; "" clears
	BodyLine  int     // of the file, from 1, where the body starts

	line map[string]int // of the file, from 1, where each key is
}

// When is a moment, or a bare date of an all-day event; zero clears.
type When struct {
	Time time.Time
	Date bool
}

// MaxTitle is the longest title that can be given, in characters. Basecamp
// states no limit; a longer one is a text pasted into the wrong place.
const MaxTitle = 4000

// MaxSize is the largest file that is parsed, in bytes.
const MaxSize = 16 << 20
