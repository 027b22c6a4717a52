package bc3

import (
	"slices"

	"basecampfs/api"
)

// fieldNames are the words by which Abilities.Why explains a field.
var fieldNames = []struct {
	field api.Fields
	name  string
}{
	{api.FieldTitle, "title"}, {api.FieldBody, "body"}, {api.FieldCompleted, "completed"},
	{api.FieldStartsOn, "starts_on"}, {api.FieldDueOn, "due_on"}, {api.FieldAssignees, "assignees"},
	{api.FieldNotify, "notify"}, {api.FieldPosition, "position"}, {api.FieldTimes, "times"}, {api.FieldColor, "color"},
}

// diff says which fields differ between two versions of a record. A position of
// 0 asks for nothing.
func diff(base, want *api.Record) api.Fields {
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
	set(api.FieldPosition, want.Position > 0 && base.Position != want.Position)
	set(api.FieldTimes, !base.StartsAt.Equal(want.StartsAt) || !base.EndsAt.Equal(want.EndsAt) || base.AllDay != want.AllDay)
	set(api.FieldColor, base.Color != want.Color)
	return f
}

// samePeople compares two sets of people: their order means nothing.
func samePeople(a, b []*api.Human) bool { return slices.Equal(sorted(ids(a)), sorted(ids(b))) }

func sorted(s []int64) []int64 {
	slices.Sort(s)
	return slices.Compact(s)
}

// ids returns the ids of people, never nil: it is sent as [] where there are
// none.
func ids(hs []*api.Human) []int64 {
	out := make([]int64, 0, len(hs))
	for _, h := range hs {
		if h != nil {
			out = append(out, h.ID)
		}
	}
	return out
}

// refused returns the error for a field of f that is not in allowed.
func refused(k api.Kind, f, allowed api.Fields) error {
	for _, n := range fieldNames {
		if f.Has(n.field) && !allowed.Has(n.field) {
			e := can[k].Cannot(n.name)
			if can[k].Why[n.name] == "" {
				e.Message = "Basecamp's API cannot set " + n.name + " of a " + string(k)
				if w := can[k].Why["update"]; w != "" {
					e.Message = w
				}
			}
			return e
		}
	}
	return nil
}
