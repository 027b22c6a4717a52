package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"basecampfs/api"
	"basecampfs/nodes/text/markup"
)

// Apply returns what base becomes when f is saved over it. A field that f does
// not say stays. One that differs and that o.Can does not allow is an error
// with Code Unsupported; a person that cannot be told is one with Code Invalid.
func Apply(base *api.Record, f *File, o Options) (*api.Record, error) {
	a := applier{base: base, want: base.Clone(), f: f, o: o, allowed: o.Can.Update}
	if err := a.fields(); err != nil {
		return nil, err
	}
	if f.Body != nil {
		if err := a.body(*f.Body); err != nil {
			return nil, err
		}
	}
	return a.want, nil
}

// New returns the record that a new file asks for. Title comes from the
// file's name; a title in f wins over it, unless it is only the title of
// o.Original, of which the file is a copy under a new name. What o.Can.With
// does not allow is an error with Code Unsupported, unless it says nothing.
func New(kind api.Kind, title string, f *File, o Options) (*api.Record, error) {
	blank := &api.Record{Ref: api.Ref{Kind: kind}}
	a := applier{base: blank, want: blank.Clone(), f: f, o: o, allowed: o.Can.With, fresh: true}
	if hasTitle(kind) {
		if f.Title == nil || *f.Title == "" || o.Original != nil && *f.Title == o.Original.Title {
			c := *f
			c.Title = &title
			a.f = &c
		}
	} else if f.Title != nil && o.Original != nil && *f.Title == o.Original.Title {
		c := *f
		c.Title = nil
		a.f = &c
	}
	if err := a.fields(); err != nil {
		return nil, err
	}
	if f.Body != nil {
		if err := a.body(*f.Body); err != nil {
			return nil, err
		}
	}
	return a.want, nil
}

type applier struct {
	base, want *api.Record
	f          *File
	o          Options
	allowed    api.Fields
	fresh      bool // want is a new record
}

func (a *applier) fields() error {
	for _, key := range writableKeys {
		changed, err := a.field(key)
		if err != nil {
			return err
		}
		if changed && !a.allowed.Has(fieldOf(key)) {
			return a.cannot(key)
		}
	}
	return a.checkTimes()
}

// field puts one key into want and reports whether that changed it.
func (a *applier) field(key string) (changed bool, err error) {
	f, want := a.f, a.want
	switch key {
	case keyTitle:
		if changed = set(&want.Title, f.Title); changed {
			err = a.checkTitle(want.Title)
		}
	case keyCompleted:
		changed = set(&want.Completed, f.Completed)
	case keyStartsOn:
		changed = set(&want.StartsOn, f.StartsOn)
	case keyDueOn:
		changed = set(&want.DueOn, f.DueOn)
	case keyAllDay:
		changed = set(&want.AllDay, f.AllDay)
	case keyColor:
		changed = set(&want.Color, f.Color)
	case keyStartsAt:
		changed, err = a.when(key, &want.StartsAt, f.StartsAt)
	case keyEndsAt:
		changed, err = a.when(key, &want.EndsAt, f.EndsAt)
	case keyAssignees:
		changed, err = a.people(key, &want.Assignees, f.Assignees)
	case keyNotify:
		changed, err = a.people(key, &want.Notify, f.Notify)
	}
	return changed, err
}

func set[T comparable](dst *T, v *T) bool {
	if v == nil || *v == *dst {
		return false
	}
	*dst = *v
	return true
}

// cannot is the refusal of a change, with the reason that the abilities give.
func (a *applier) cannot(key string) error {
	e := a.o.Can.Cannot(key)
	if a.o.Can.Why[key] == "" {
		e.Message = fmt.Sprintf("Basecamp's API cannot change the %s of a %s", key, words(a.base.Kind))
		if a.fresh {
			e.Message = fmt.Sprintf("Basecamp's API cannot give a new %s a value for %s", words(a.base.Kind), key)
		}
		for _, name := range whyNames(key) {
			if why := a.o.Can.Why[name]; why != "" {
				e.Message = why
				break
			}
		}
	}
	if line := a.f.line[key]; line > 0 {
		e.Message = fmt.Sprintf("line %d: %s: %s", line, key, e.Message)
	}
	e.Hint = "leave " + key + " as it was"
	if a.fresh {
		e.Hint = "leave " + key + " out"
	}
	return e
}

// whyNames are the other words under which abilities may give a reason.
func whyNames(key string) []string {
	switch key {
	case keyNotify:
		return []string{"notify", "update"}
	case keyStartsAt, keyEndsAt, keyAllDay:
		return []string{"times", "update"}
	}
	return []string{"update"}
}

func words(k api.Kind) string {
	if k == api.Todo {
		return "to-do"
	}
	return strings.ReplaceAll(string(k), "_", " ")
}

// checkTitle judges a title that somebody gave. One that the service gave is
// never judged.
func (a *applier) checkTitle(title string) error {
	line := a.f.line[keyTitle]
	switch n := utf8.RuneCountInString(title); {
	case strings.TrimSpace(title) == "":
		return at(line, keyTitle, "it is empty", "every "+words(a.base.Kind)+" needs a title; to trash it remove the file")
	case n > MaxTitle:
		return at(line, keyTitle, fmt.Sprintf("it has %d characters", n),
			fmt.Sprintf("the limit is %d characters; a long text belongs below the front matter", MaxTitle))
	case strings.ContainsFunc(title, hidden):
		return at(line, keyTitle, "there is a line break or a control character in it", "write it on one line")
	}
	return nil
}

// when sets a time. A bare date says that there is no hour, so it is only for
// events of whole days.
func (a *applier) when(key string, dst *time.Time, v *When) (bool, error) {
	if v == nil {
		return false, nil
	}
	t := v.Time
	allDay := a.want.AllDay
	if a.f.AllDay != nil {
		allDay = *a.f.AllDay
	}
	switch {
	case t.IsZero():
	case allDay:
		if sameDate(t, *dst) {
			return false, nil
		}
		y, m, d := t.Date()
		t = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	case v.Date:
		return false, at(a.f.line[key], key, "a date without an hour is for what lasts all day",
			"add the hour as 2026-03-01T09:30:00Z, or set all_day: true")
	}
	if t.Equal(*dst) || !allDay && t.Equal(dst.Truncate(time.Second)) {
		return false, nil
	}
	*dst = t
	return true, nil
}

func sameDate(a, b time.Time) bool {
	return !b.IsZero() && a.Format(time.DateOnly) == b.Format(time.DateOnly)
}

func (a *applier) checkTimes() error {
	w, b := a.want, a.base
	if w.StartsAt.Equal(b.StartsAt) && w.EndsAt.Equal(b.EndsAt) {
		return nil
	}
	if !w.StartsAt.IsZero() && !w.EndsAt.IsZero() && w.EndsAt.Before(w.StartsAt) {
		line, key := a.f.line[keyEndsAt], keyEndsAt
		if line == 0 {
			line, key = a.f.line[keyStartsAt], keyStartsAt
		}
		return at(line, key, "it ends before it starts", "put ends_at after starts_at")
	}
	return nil
}

// people resolves names. The list as it was rendered is no change, whoever
// else came to bear one of the names since.
func (a *applier) people(key string, dst *[]*api.Human, names *[]string) (bool, error) {
	if names == nil || slices.Equal(*names, labels(*dst, a.o.People)) || slices.Equal(*names, labels(*dst, nil)) {
		return false, nil
	}
	var out []*api.Human
	for _, name := range *names {
		h, err := a.person(name, *dst)
		if err != nil {
			if e, ok := err.(*api.Error); ok {
				e.Message = at(a.f.line[key], key, e.Message, "").Message
			}
			return false, err
		}
		if !slices.ContainsFunc(out, func(o *api.Human) bool { return o.ID == h.ID }) {
			out = append(out, h)
		}
	}
	if sameSet(out, *dst) {
		return false, nil
	}
	*dst = out
	return true, nil
}

// person resolves one name: among the people of the account, then among those
// that the record has, of whom some may have left the account.
func (a *applier) person(name string, had []*api.Human) (*api.Human, error) {
	h, err := a.o.People.Find(name)
	if err == nil {
		return h, nil
	}
	if a.o.People != nil && len(a.o.People.byName[fold(name)]) > 1 {
		return nil, err
	}
	all := slices.Clone(had)
	if o := a.o.Original; o != nil {
		all = append(append(all, o.Assignees...), o.Notify...)
	}
	var found *api.Human
	for _, h := range all {
		if h == nil || !answersTo(h, name) || found != nil && found.ID == h.ID {
			continue
		}
		if found != nil {
			return nil, ambiguous(name, []*person{{human: found}, {human: h}})
		}
		found = h
	}
	if found == nil {
		return nil, err
	}
	return found, nil
}

func answersTo(h *api.Human, name string) bool {
	key := fold(name)
	return key == fold(h.Name) || key == fold(numbered(h)) || name == strconv.FormatInt(h.ID, 10) ||
		h.Email != "" && (key == fold(h.Email) || key == fold(h.Name+" <"+h.Email+">"))
}

func sameSet(a, b []*api.Human) bool {
	ids := func(hs []*api.Human) []int64 {
		out := []int64{}
		for _, h := range hs {
			if h != nil {
				out = append(out, h.ID)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(ids(a), ids(b))
}

func (a *applier) body(body string) error {
	o := a.o
	html := o.Can.Body == api.HTML
	var next string
	switch {
	case a.fresh && html && o.Original != nil:
		next = markup.Copy(o.Original.Body, body, o.People.Mention)
	case html:
		next = markup.ToHTML(a.base.Body, body, o.People.Mention)
	default:
		next = markup.ToPlain(a.base.Body, body)
	}
	if next == a.base.Body {
		return nil
	}
	if o.Can.Body == "" {
		e := &api.Error{Code: api.Unsupported,
			Message: fmt.Sprintf("a %s has no text here beside its title", words(a.base.Kind)),
			Hint:    "write it as a comment: a new file in the .comments folder beside this file"}
		if why := o.Can.Why[keyBody]; why != "" {
			e.Message = why
		}
		e.Message = fmt.Sprintf("line %d: %s", a.f.BodyLine, e.Message)
		return e
	}
	if !a.allowed.Has(api.FieldBody) {
		return a.cannot(keyBody)
	}
	a.want.Body = next
	return nil
}
