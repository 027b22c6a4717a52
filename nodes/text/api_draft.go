package text

import "basecampfs/api"

// Render returns the file of a record. The result is deterministic in r and o.
func Render(r *api.Record, o Options) []byte { panic("text: not built yet") }

// Size returns len(Render(r, o)).
func Size(r *api.Record, o Options) int64 { return int64(len(Render(r, o))) }

// Parse reads a file. It accepts a byte order mark, CRLF, a missing final
// newline and a missing front matter, which makes the whole file the body.
// Errors are *api.Error with Code Invalid, naming the line and the key.
func Parse(data []byte) (*File, error) { panic("text: not built yet") }

// Apply returns what base becomes when f is saved over it. A field that f does
// not say stays. One that differs and that o.Can does not allow is an error
// with Code Unsupported; a person that cannot be told is one with Code Invalid.
func Apply(base *api.Record, f *File, o Options) (*api.Record, error) {
	panic("text: not built yet")
}

// New returns the record that a new file asks for. Title comes from the
// file's name; a title in f wins over it, unless it is only the title of
// o.Original, of which the file is a copy under a new name.
func New(kind api.Kind, title string, f *File, o Options) (*api.Record, error) {
	panic("text: not built yet")
}

// People is the persons of an account, for names in files. It is immutable.
type People struct{}

// NewPeople takes records of kind Person, and the one signed in or nil.
func NewPeople(persons []*api.Record, me *api.Record) *People { panic("text: not built yet") }

// Label names a person so that Find gives that person back: the name, or
// "Name (ID)" where somebody else has it too.
func (p *People) Label(h *api.Human) string { panic("text: not built yet") }

// Find resolves a name, an email, an id, "Name <email>", "Name (ID)" or "me".
// Errors have Code Invalid; an ambiguous name lists the candidates, an unknown
// one what is near.
func (p *People) Find(s string) (*api.Human, error) { panic("text: not built yet") }

// Mention returns what a mention of the person with that very name needs, if
// exactly one has it.
func (p *People) Mention(name string) (sgid string, ok bool) { panic("text: not built yet") }
