package bcx

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
)

// lax reads a value of type T where there is one, and is zero for anything
// else. Basecamp 2 has false for a time that is not there, {} for nobody and
// null for no text, and no such value may cost the rest of the object.
type lax[T any] struct{ V T }

// UnmarshalJSON never fails.
func (l *lax[T]) UnmarshalJSON(b []byte) error {
	var t T
	if json.Unmarshal(b, &t) == nil {
		l.V = t
	}
	return nil
}

// number reads an integer, also one written as a string or with a fraction.
type number int64

// UnmarshalJSON never fails.
func (n *number) UnmarshalJSON(b []byte) error {
	s := string(bytes.Trim(b, `"`))
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		*n = number(i)
	} else if f, err := strconv.ParseFloat(s, 64); err == nil {
		*n = number(f)
	}
	return nil
}

// person is how things name a person: {} is nobody.
type person struct {
	ID    number      `json:"id"`
	Name  lax[string] `json:"name"`
	Email lax[string] `json:"email_address"`
	Type  lax[string] `json:"type"`
}

// place is a to-do list, a bucket or a topicable inside of something else.
type place struct {
	ID   number      `json:"id"`
	Type lax[string] `json:"type"`
	URL  lax[string] `json:"url"`
}

type attachment struct {
	ID         number      `json:"id"`
	Name       lax[string] `json:"name"`
	Type       lax[string] `json:"content_type"`
	Size       *number     `json:"byte_size"`
	URL        lax[string] `json:"url"`
	Link       lax[string] `json:"link_url"`
	Source     lax[string] `json:"linked_source"`
	Trashed    lax[bool]   `json:"trashed"`
	Attachable lax[place]  `json:"attachable"`
	Bucket     lax[place]  `json:"bucket"`
	Creator    lax[person] `json:"creator"`
}

type recurring struct {
	Frequency lax[string]   `json:"frequency"`
	Count     number        `json:"count"`
	Until     lax[string]   `json:"until"`
	Excluding lax[[]number] `json:"excluding"`
}

// wire is every field of every kind of object.
type wire struct {
	ID          number      `json:"id"`
	Name        lax[string] `json:"name"`
	Title       lax[string] `json:"title"`
	Subject     lax[string] `json:"subject"`
	Summary     lax[string] `json:"summary"`
	Content     lax[string] `json:"content"`
	ContentHTML lax[string] `json:"content_html"`
	Description lax[string] `json:"description"`
	Email       lax[string] `json:"email_address"`
	From        lax[string] `json:"from"`
	Color       lax[string] `json:"color"`

	CreatedAt lax[string] `json:"created_at"`
	UpdatedAt lax[string] `json:"updated_at"`
	URL       lax[string] `json:"url"`
	AppURL    lax[string] `json:"app_url"`

	Archived lax[bool] `json:"archived"`
	Trashed  lax[bool] `json:"trashed"`
	Draft    lax[bool] `json:"draft"`
	Private  lax[bool] `json:"private"`
	Client   lax[bool] `json:"is_client_project"`
	Template lax[bool] `json:"template"`
	Admin    lax[bool] `json:"admin"`

	Completed      lax[bool]   `json:"completed"`
	CompletedAt    lax[string] `json:"completed_at"`
	Completer      lax[person] `json:"completer"`
	Assignee       lax[person] `json:"assignee"`
	DueOn          lax[string] `json:"due_on"`
	DueAt          lax[string] `json:"due_at"`
	Position       number      `json:"position"`
	TodolistID     number      `json:"todolist_id"`
	Todolist       lax[place]  `json:"todolist"`
	Remaining      number      `json:"remaining_count"`
	CompletedCount number      `json:"completed_count"`
	CommentsCount  *number     `json:"comments_count"`

	Creator lax[person] `json:"creator"`
	Bucket  lax[place]  `json:"bucket"`

	StartsAt  lax[string]    `json:"starts_at"`
	EndsAt    lax[string]    `json:"ends_at"`
	RemindAt  lax[string]    `json:"remind_at"`
	AllDay    lax[bool]      `json:"all_day"`
	Recurring lax[recurring] `json:"recurring"`

	// Comments and Attachments are nil where the object does not have them:
	// in most lists. A topic has the number of its attachments instead.
	Comments    []json.RawMessage `json:"-"`
	Attachments []attachment      `json:"-"`
	RawComments json.RawMessage   `json:"comments"`
	RawFiles    json.RawMessage   `json:"attachments"`
	Topicable   lax[place]        `json:"topicable"`
	Todos       lax[todoGroups]   `json:"todos"`
	Assigned    []json.RawMessage `json:"-"`
	RawAssigned json.RawMessage   `json:"assigned_todos"`
}

// todoGroups is what GET of one list holds.
type todoGroups struct {
	Remaining []json.RawMessage `json:"remaining"`
	Completed []json.RawMessage `json:"completed"`
	Trashed   []json.RawMessage `json:"trashed"`
}

// decode reads what can be read of an object; ok is whether it is one.
func decode(raw []byte) (w *wire, ok bool) {
	w = &wire{}
	ok = json.Unmarshal(raw, w) == nil && bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("{"))
	w.Comments = array(w.RawComments)
	w.Assigned = array(w.RawAssigned)
	if all := array(w.RawFiles); all != nil {
		w.Attachments = make([]attachment, 0, len(all))
		for _, e := range all {
			var f attachment
			if json.Unmarshal(e, &f) == nil && !f.Trashed.V {
				w.Attachments = append(w.Attachments, f)
			}
		}
	}
	w.RawComments, w.RawFiles, w.RawAssigned = nil, nil, nil
	return w, ok
}

// array cuts an array into its elements; nil for anything else.
func array(raw json.RawMessage) []json.RawMessage {
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	return all
}

// moment reads a time, or a date as its first moment in UTC; anything else is
// the zero time.
func moment(s string) time.Time {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t
	}
	t, _ := time.Parse(time.DateOnly, s)
	return t
}

// date takes the date out of a date or a time, as it is where it was written.
func date(s string) string {
	if len(s) < len(time.DateOnly) {
		return ""
	}
	s = s[:len(time.DateOnly)]
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return ""
	}
	return s
}

func first(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}
