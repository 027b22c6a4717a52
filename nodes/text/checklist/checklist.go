// Package checklist renders a whole to-do list as one Markdown file and works
// out what an edit of that file means.
package checklist

import (
	"basecampfs/api"
	"basecampfs/nodes/text"
)

// List is a to-do list with everything in it, open and completed, in order.
type List struct {
	Record *api.Record
	Todos  []*api.Record // directly in the list
	Groups []List        // groups hold no groups
}

// Render returns the file: the list's own front matter and description, then
// a line a to-do and a heading a group. o.Can is that of the list's kind.
func Render(l List, o text.Options) []byte { panic("checklist: not built yet") }

// File is a parsed file.
type File struct {
	List   *text.File // title and description
	Todos  []Line
	Groups []Group
}

// Group is a "## Title" heading and the lines below it.
type Group struct {
	Number int   // of the line in the file, from 1
	ID     int64 // 0 for a new one
	Title  string
	Todos  []Line
}

// Line is a to-do.
type Line struct {
	Number    int   // in the file, from 1
	ID        int64 // 0 for a new one
	Title     string
	Completed bool
}

// Parse reads a file. Errors are *api.Error with Code Invalid and name a line.
func Parse(data []byte) (*File, error) { panic("checklist: not built yet") }

// Op is what a Step does.
type Op string

// The operations, in the order in which a plan has them.
const (
	Create Op = "create"
	Update Op = "update"
	Move   Op = "move"
	Trash  Op = "trash"
)

// Step is one call to make.
type Step struct {
	Op   Op
	Line int // of the file, from 1; 0 for what has none any more

	// Ref is what the step is about. It is zero where that is new: a Create,
	// or the Move of what the Create with number Of-1 in the plan returned.
	Ref api.Ref
	Of  int

	Base, Want *api.Record // of an Update; a Create has Want

	// Parent is where a Create or Move puts it; InNew is a Create's number
	// plus one if that is a group made by this plan.
	Parent api.Ref
	InNew  int
	// Position is for a Move, from 1 among what is open; 0 is last.
	Position int
}

// Plan returns the steps that bring before to what f says, or an error and no
// step at all. Creates and edits come first, trashes last. Before must be what
// the file was rendered from: only what is missing from it is trashed. Can
// says what the account can do with a kind; o is for the list's own fields.
func Plan(before List, f *File, can func(api.Kind) api.Abilities, o text.Options) ([]Step, error) {
	panic("checklist: not built yet")
}
