// Package merge joins two changes of one record.
package merge

import (
	"slices"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/text/markup"
)

// Conflict is a field that both sides changed, each in its own way.
type Conflict struct {
	Field string // its key in a file, or "body"
	// The values for a person to compare; for a body, as files show it.
	Base, Mine, Theirs string
}

// Merge applies to theirs what mine changed since base. Fields are merged one
// by one, people as sets, bodies by lines; the body keeps theirs' HTML where
// mine changed nothing. In conflict the result has theirs. Format is that of
// the bodies; mention may be nil. None of the three is changed.
func Merge(base, mine, theirs *api.Record, format api.BodyFormat, mention markup.Mention) (*api.Record, []Conflict) {
	m := merger{out: theirs.Clone()}
	m.text("title", base.Title, mine.Title, &m.out.Title)
	m.text("starts_on", base.StartsOn, mine.StartsOn, &m.out.StartsOn)
	m.text("due_on", base.DueOn, mine.DueOn, &m.out.DueOn)
	m.text("color", base.Color, mine.Color, &m.out.Color)
	if mine.Completed != base.Completed {
		m.out.Completed = mine.Completed // it has two values: both sides agree, or one changed it
	}
	m.times(base, mine, theirs)
	m.out.Assignees = people(base.Assignees, mine.Assignees, theirs.Assignees)
	m.out.Notify = people(base.Notify, mine.Notify, theirs.Notify)
	m.body(base.Body, mine.Body, theirs.Body, format, mention)
	return m.out, m.conflicts
}

type merger struct {
	out       *api.Record
	conflicts []Conflict
}

// text merges a field of which out holds what theirs has.
func (m *merger) text(field, base, mine string, out *string) {
	switch {
	case mine == base || mine == *out:
	case *out == base:
		*out = mine
	default:
		m.conflicts = append(m.conflicts, Conflict{Field: field, Base: base, Mine: mine, Theirs: *out})
	}
}

// times merges when something starts and ends as one: half of each side's would
// be a time that nobody meant.
func (m *merger) times(base, mine, theirs *api.Record) {
	same := func(a, b *api.Record) bool {
		return a.StartsAt.Equal(b.StartsAt) && a.EndsAt.Equal(b.EndsAt) && a.AllDay == b.AllDay
	}
	switch {
	case same(mine, base) || same(mine, theirs):
	case same(theirs, base):
		m.out.StartsAt, m.out.EndsAt, m.out.AllDay = mine.StartsAt, mine.EndsAt, mine.AllDay
	default:
		m.conflicts = append(m.conflicts, Conflict{Field: "starts_at", Base: span(base), Mine: span(mine), Theirs: span(theirs)})
	}
}

func span(r *api.Record) string {
	form := time.RFC3339
	if r.AllDay {
		form = time.DateOnly
	}
	show := func(t time.Time) string {
		if t.IsZero() {
			return "none"
		}
		return t.UTC().Format(form)
	}
	return show(r.StartsAt) + " to " + show(r.EndsAt)
}

// people adds to theirs whom mine added and takes away whom mine took away.
func people(base, mine, theirs []*api.Human) []*api.Human {
	in := func(hs []*api.Human, id int64) bool {
		return slices.ContainsFunc(hs, func(h *api.Human) bool { return h != nil && h.ID == id })
	}
	var out []*api.Human
	for _, h := range theirs {
		if h != nil && (!in(base, h.ID) || in(mine, h.ID)) {
			out = append(out, h)
		}
	}
	for _, h := range mine {
		if h != nil && !in(base, h.ID) && !in(out, h.ID) {
			out = append(out, h)
		}
	}
	return out
}

func (m *merger) body(base, mine, theirs string, format api.BodyFormat, mention markup.Mention) {
	switch {
	case mine == base || mine == theirs:
		return
	case theirs == base:
		m.out.Body = mine
		return
	}
	show := markup.Plain
	if format == api.HTML {
		show = markup.Markdown
	}
	b, mi, th := show(base), show(mine), show(theirs)
	merged, ok := Lines(b, mi, th)
	switch {
	case !ok:
		m.conflicts = append(m.conflicts, Conflict{Field: "body", Base: b, Mine: mi, Theirs: th})
	case format == api.HTML:
		m.out.Body = markup.ToHTML(theirs, merged, mention, mine)
	default:
		m.out.Body = markup.ToPlain(theirs, merged)
	}
}
