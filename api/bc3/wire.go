package bc3

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"basecampfs/api"
)

// wire is what this package reads of any object that the service sends. A
// member of an unexpected type is left zero, and the rest is still read.
type wire struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Status    string `json:"status"`
	CreatedAt string `json:"created_at"`
	UpdatedAt string `json:"updated_at"`
	AppURL    string `json:"app_url"`

	Title       string `json:"title"`
	Name        string `json:"name"`
	Subject     string `json:"subject"`
	Summary     string `json:"summary"`
	Filename    string `json:"filename"`
	Content     string `json:"content"`
	Description string `json:"description"`

	Completed   bool   `json:"completed"`
	CompletedAt string `json:"completed_at"`
	Completion  struct {
		CreatedAt string `json:"created_at"`
	} `json:"completion"`
	StartsOn string `json:"starts_on"`
	DueOn    string `json:"due_on"`
	StartsAt string `json:"starts_at"`
	EndsAt   string `json:"ends_at"`
	AllDay   bool   `json:"all_day"`
	Position int    `json:"position"`
	Color    string `json:"color"`

	CommentsCount int    `json:"comments_count"`
	CommentsURL   string `json:"comments_url"`

	Parent  link    `json:"parent"`
	Bucket  link    `json:"bucket"`
	Creator *person `json:"creator"`

	Assignees             []*person `json:"assignees"`
	CompletionSubscribers []*person `json:"completion_subscribers"`
	Participants          []*person `json:"participants"`

	DescriptionAttachments []attachment `json:"description_attachments"`
	ContentAttachments     []attachment `json:"content_attachments"`
	Attachments            []attachment `json:"attachments"`

	GroupsURL        string `json:"groups_url"`
	GroupPositionURL string `json:"group_position_url"`
	Dock             []tool `json:"dock"`

	// of a person
	EmailAddress   string `json:"email_address"`
	AttachableSGID string `json:"attachable_sgid"`
	PersonableType string `json:"personable_type"`
	Tagline        string `json:"tagline"`
	Bio            string `json:"bio"`
	Location       string `json:"location"`
	TimeZone       string `json:"time_zone"`
	Admin          bool   `json:"admin"`
	Owner          bool   `json:"owner"`
	Client         bool   `json:"client"`
	Company        link   `json:"company"`

	// of an upload
	ContentType string `json:"content_type"`
	ByteSize    *int64 `json:"byte_size"`
	DownloadURL string `json:"download_url"`

	// of other kinds
	Purpose  string  `json:"purpose"`
	Category link    `json:"category"`
	From     string  `json:"from"`
	GroupOn  string  `json:"group_on"`
	JoinURL  string  `json:"join_url"`
	Topic    string  `json:"topic"`
	Paused   bool    `json:"paused"`
	Steps    []step  `json:"steps"`
	OnHold   *onHold `json:"on_hold"`
	Schedule struct {
		Frequency string `json:"frequency"`
	} `json:"schedule"`
}

// link is how an object names another one.
type link struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

type person struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email_address"`
}

type attachment struct {
	ID          int64  `json:"id"`
	Filename    string `json:"filename"`
	Title       string `json:"title"`
	ContentType string `json:"content_type"`
	ByteSize    *int64 `json:"byte_size"`
	DownloadURL string `json:"download_url"`
}

type tool struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Title   string `json:"title"`
	Enabled bool   `json:"enabled"`
}

type step struct {
	Title     string `json:"title"`
	Completed bool   `json:"completed"`
}

type onHold struct {
	ID int64 `json:"id"`
}

// decode reads an object. What does not fit is skipped: json.Unmarshal goes on
// after a member of a wrong type and reports it at the end.
func decode(raw json.RawMessage) *wire {
	var w wire
	if err := json.Unmarshal(raw, &w); err != nil {
		return salvage(raw, &w)
	}
	return &w
}

// salvage reads the members that identify an object even where one of them is
// not what it should be: an id in quotes, say.
func salvage(raw json.RawMessage, w *wire) *wire {
	if w.ID != 0 {
		return w
	}
	var m struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(raw, &m) == nil {
		// A number that is quoted is still that number, digit for digit.
		_ = json.Unmarshal(bytes.Trim(m.ID, `"`), &w.ID)
	}
	return w
}

// isGroup tells a group from a list, which have the same type: a group has a
// position among groups and no groups of its own.
func (w *wire) isGroup() bool {
	if w.GroupPositionURL != "" {
		return true
	}
	return w.GroupsURL == "" && w.Parent.Type == "Todolist"
}

func (w *wire) status() api.Status {
	switch s := api.Status(w.Status); s {
	case api.Archived, api.Trashed, api.Drafted:
		return s
	}
	return api.Active
}

// moment reads a time, or a bare date as its midnight in UTC. Anything else is
// zero.
func moment(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		if t, err = time.Parse(time.DateOnly, s); err != nil {
			return time.Time{}
		}
	}
	return t.UTC()
}

// date returns s where it is a date, or the date that a time begins with.
func date(s string) string {
	s, _, _ = strings.Cut(s, "T")
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return ""
	}
	return shared(s)
}

func first(s ...string) string {
	for _, v := range s {
		if v != "" {
			return v
		}
	}
	return ""
}
