package bcx

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"basecampfs/api"
)

// fieldsOf tells which fields of a record differ from those of another.
func fieldsOf(base, want *api.Record) api.Fields {
	var f api.Fields
	set := func(field api.Fields, differs bool) {
		if differs {
			f |= field
		}
	}
	set(api.FieldTitle, base.Title != want.Title)
	set(api.FieldBody, base.Body != want.Body)
	set(api.FieldCompleted, base.Completed != want.Completed)
	set(api.FieldStartsOn, base.StartsOn != want.StartsOn)
	set(api.FieldDueOn, base.DueOn != want.DueOn)
	set(api.FieldAssignees, !samePeople(base.Assignees, want.Assignees))
	set(api.FieldNotify, !samePeople(base.Notify, want.Notify))
	set(api.FieldPosition, base.Position != want.Position)
	set(api.FieldTimes, !base.StartsAt.Equal(want.StartsAt) || !base.EndsAt.Equal(want.EndsAt) || base.AllDay != want.AllDay)
	set(api.FieldColor, base.Color != want.Color)
	return f
}

func samePeople(x, y []*api.Human) bool {
	ids := func(all []*api.Human) []int64 {
		var out []int64
		for _, h := range all {
			out = append(out, h.ID)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(ids(x), ids(y))
}

var fieldNames = []struct {
	field api.Fields
	name  string
}{
	{api.FieldTitle, "title"}, {api.FieldBody, "body"}, {api.FieldCompleted, "completed"}, {api.FieldStartsOn, "starts_on"},
	{api.FieldDueOn, "due_on"}, {api.FieldAssignees, "assignees"}, {api.FieldNotify, "notify"}, {api.FieldPosition, "position"},
	{api.FieldTimes, "times"}, {api.FieldColor, "color"},
}

// refuse returns the error for the first field that is not allowed, else nil.
func (a *Account) refuse(kind api.Kind, asked, allowed api.Fields) error {
	for _, n := range fieldNames {
		if asked.Has(n.field) && !allowed.Has(n.field) {
			c := a.Can(kind)
			if c.Why[n.name] == "" && c.Why["update"] != "" {
				return c.Cannot("update")
			}
			if c.Why[n.name] == "" {
				return &api.Error{Code: api.Unsupported, Message: "Basecamp 2 has no " + strings.ReplaceAll(n.name, "_", " ") + " here that can be set"}
			}
			return c.Cannot(n.name)
		}
	}
	return nil
}

// body is what a write says: of the fields that are asked for, what a record
// has of them; null clears.
func (a *Account) body(want *api.Record, asked api.Fields) (map[string]any, error) {
	b := map[string]any{}
	title, text := names(want.Kind)
	if asked.Has(api.FieldTitle) {
		if strings.TrimSpace(want.Title) == "" {
			return nil, &api.Error{Code: api.Invalid, Message: "the title is empty", Hint: "Basecamp wants one"}
		}
		b[title] = want.Title
	}
	if asked.Has(api.FieldBody) {
		b[text] = want.Body
	}
	if asked.Has(api.FieldCompleted) {
		b["completed"] = want.Completed
	}
	if asked.Has(api.FieldDueOn) {
		b["due_at"] = nil
		if want.DueOn != "" {
			if date(want.DueOn) != want.DueOn {
				return nil, &api.Error{Code: api.Invalid, Message: fmt.Sprintf("%q is no date", want.DueOn), Hint: "write it as 2026-03-01"}
			}
			b["due_at"] = want.DueOn
		}
	}
	if asked.Has(api.FieldAssignees) {
		b["assignee"] = nil
		switch len(want.Assignees) {
		case 0:
		case 1:
			b["assignee"] = map[string]any{"id": want.Assignees[0].ID, "type": "Person"}
		default:
			return nil, &api.Error{Code: api.Unsupported, Message: one + ", not " + fmt.Sprint(len(want.Assignees)), Hint: "name one, and the others in a comment"}
		}
	}
	if asked.Has(api.FieldPosition) {
		b["position"] = position(want.Position)
	}
	if asked.Has(api.FieldTimes) {
		if want.StartsAt.IsZero() {
			return nil, &api.Error{Code: api.Invalid, Message: "a date needs the day or the time when it begins"}
		}
		end := want.EndsAt
		if end.IsZero() {
			end = want.StartsAt
		}
		b["all_day"], b["starts_at"], b["ends_at"] = want.AllDay, instant(want.StartsAt, want.AllDay), instant(end, want.AllDay)
	}
	return b, nil
}

// names are what a kind's title and body are called.
func names(k api.Kind) (title, body string) {
	switch k {
	case api.Todo, api.Comment:
		return "content", "content"
	case api.Message:
		return "subject", "content"
	case api.Document:
		return "title", "content"
	case api.Upload:
		return "name", "content"
	case api.ScheduleEntry:
		return "summary", "description"
	}
	return "name", "description"
}

func instant(t time.Time, allDay bool) string {
	if allDay {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// position is what to send for a position: one out of bounds is the bottom.
func position(n int) int {
	if n <= 0 {
		return 1 << 20
	}
	return n
}

// hasExtension checks the name of an attachment, which the service refuses
// without one.
func hasExtension(name string) error {
	if ext := filepath.Ext(name); len(ext) < 2 || ext == name {
		return &api.Error{Code: api.Invalid, Message: "Basecamp 2 takes no file without an extension", Hint: "give it a name such as " + clipped(name) + ".txt"}
	}
	return nil
}

func clipped(name string) string {
	r := []rune(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name))
	return string(r[:min(len(r), 40)])
}
