package text

import (
	"slices"

	"basecampfs/api"
)

// The keys of a front matter that can be written, in the order of a file.
const (
	keyTitle     = "title"
	keyCompleted = "completed"
	keyStartsOn  = "starts_on"
	keyDueOn     = "due_on"
	keyStartsAt  = "starts_at"
	keyEndsAt    = "ends_at"
	keyAllDay    = "all_day"
	keyColor     = "color"
	keyAssignees = "assignees"
	keyNotify    = "notify_on_completion"
	keyBody      = "body" // no key of a file: what messages call the text below
)

// The keys that only inform. Keys of records' Rest stand below keyDetails, so
// that none can be taken for one of ours.
const (
	keyID          = "id"
	keyName        = "name"
	keyEmail       = "email"
	keyURL         = "url"
	keyCreator     = "creator"
	keyCreatedAt   = "created_at"
	keyUpdatedAt   = "updated_at"
	keyCompletedAt = "completed_at"
	keyStatus      = "status"
	keyFilename    = "filename"
	keyContentType = "content_type"
	keyByteSize    = "byte_size"
	keyDetails     = "details"
)

var writableKeys = []string{keyTitle, keyCompleted, keyStartsOn, keyDueOn, keyStartsAt, keyEndsAt,
	keyAllDay, keyColor, keyAssignees, keyNotify}

var readOnlyKeys = []string{keyID, keyName, keyEmail, keyURL, keyCreator, keyCreatedAt, keyUpdatedAt,
	keyCompletedAt, keyStatus, keyFilename, keyContentType, keyByteSize, keyDetails}

// fieldOf returns what a writable key changes.
func fieldOf(key string) api.Fields {
	switch key {
	case keyTitle:
		return api.FieldTitle
	case keyCompleted:
		return api.FieldCompleted
	case keyStartsOn:
		return api.FieldStartsOn
	case keyDueOn:
		return api.FieldDueOn
	case keyStartsAt, keyEndsAt, keyAllDay:
		return api.FieldTimes
	case keyColor:
		return api.FieldColor
	case keyAssignees:
		return api.FieldAssignees
	case keyNotify:
		return api.FieldNotify
	case keyBody:
		return api.FieldBody
	}
	return 0
}

// hasTitle reports whether records of a kind have a title of their own.
func hasTitle(k api.Kind) bool {
	switch k {
	case api.Comment, api.ChatLine, api.Answer:
		return false
	}
	return true
}

// isZero reports whether a record has nothing at a key.
func isZero(r *api.Record, key string) bool {
	switch key {
	case keyTitle:
		return r.Title == ""
	case keyCompleted:
		return !r.Completed
	case keyStartsOn:
		return r.StartsOn == ""
	case keyDueOn:
		return r.DueOn == ""
	case keyStartsAt:
		return r.StartsAt.IsZero()
	case keyEndsAt:
		return r.EndsAt.IsZero()
	case keyAllDay:
		return !r.AllDay
	case keyColor:
		return r.Color == ""
	case keyAssignees:
		return len(r.Assignees) == 0
	case keyNotify:
		return len(r.Notify) == 0
	}
	return true
}

// layout splits the keys of a record into those that its file offers for
// writing and those that it only shows.
func layout(r *api.Record, can api.Abilities) (writable, shown []string) {
	for _, key := range writableKeys {
		if key == keyTitle && !hasTitle(r.Kind) {
			continue
		}
		switch {
		case can.Update.Has(fieldOf(key)):
			writable = append(writable, key)
		case !isZero(r, key) && !(key == keyTitle && r.Kind == api.Person):
			shown = append(shown, key)
		}
	}
	return writable, shown
}

func known(key string) bool {
	return slices.Contains(writableKeys, key) || slices.Contains(readOnlyKeys, key)
}
