package bc3

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"basecampfs/api"
)

// record makes a Record of an object, which is of kind unless its type says
// something else. The record owns a copy of raw.
//
// The parent of a to-do is a TodoGroup where this account has seen the group
// before, and a TodoList otherwise: the to-do itself does not tell.
func (a *Account) record(kind api.Kind, raw json.RawMessage) *api.Record {
	w := decode(raw)
	if k := kindOf(w.Type); k != "" && kind != api.Person {
		kind = k
	}
	if kind == api.TodoList || kind == api.TodoGroup {
		kind = api.TodoList
		if w.isGroup() {
			kind = api.TodoGroup
			a.groups.add(w.ID)
		}
	}
	r := &api.Record{
		Ref:         api.Ref{Kind: kind, Project: w.Bucket.ID, ID: w.ID},
		Status:      w.status(),
		Title:       w.title(kind),
		Body:        w.body(kind),
		Completed:   w.Completed && kind != api.TodoSet,
		CompletedAt: moment(first(w.CompletedAt, w.Completion.CreatedAt)),
		StartsOn:    date(w.StartsOn),
		DueOn:       date(w.DueOn),
		StartsAt:    moment(w.StartsAt),
		EndsAt:      moment(w.EndsAt),
		AllDay:      w.AllDay,
		Assignees:   a.people.humans(w.Assignees),
		Notify:      a.people.humans(w.CompletionSubscribers),
		Position:    max(w.Position, 0),
		Color:       shared(w.Color),
		Creator:     a.people.human(w.Creator),
		CreatedAt:   moment(w.CreatedAt),
		UpdatedAt:   moment(w.UpdatedAt),
		URL:         w.AppURL,
		Comments:    -1,
		Files:       files(w, kind),
		Raw:         bytes.Clone(raw),
	}
	if w.CommentsURL != "" {
		r.Comments = max(w.CommentsCount, 0)
	}
	if w.Parent.ID != 0 {
		r.Parent = api.Ref{Kind: a.parentKind(w.Parent), Project: w.Bucket.ID, ID: w.Parent.ID}
	}
	switch kind {
	case api.Project:
		r.Project = w.ID
		r.Tools = tools(w)
	case api.Person:
		r.Email, r.SGID = w.EmailAddress, w.AttachableSGID
		a.people.human(&person{ID: w.ID, Name: w.Name, Email: w.EmailAddress})
	case api.ScheduleEntry:
		r.Assignees = a.people.humans(w.Participants)
	case api.TodoSet, api.MessageBoard, api.CardTable, api.Schedule, api.Chat, api.Questionnaire, api.Inbox:
		if r.Parent.IsZero() && w.Bucket.ID != 0 {
			r.Parent = api.Ref{Kind: api.Project, Project: w.Bucket.ID, ID: w.Bucket.ID}
		}
	case api.Vault:
		if r.Parent.IsZero() && w.Bucket.ID != 0 {
			r.Parent = api.Ref{Kind: api.Project, Project: w.Bucket.ID, ID: w.Bucket.ID}
		}
	}
	r.Rest = rest(w, kind)
	return r
}

func (a *Account) parentKind(p link) api.Kind {
	k := kindOf(p.Type)
	if k == api.TodoList && a.groups.has(p.ID) {
		return api.TodoGroup
	}
	return k
}

// title picks what a person takes for the title of each kind.
func (w *wire) title(k api.Kind) string {
	switch k {
	case api.Todo:
		return first(w.Content, w.Title)
	case api.Person:
		return w.Name
	case api.Project, api.TodoSet, api.TodoList, api.TodoGroup, api.Questionnaire:
		return first(w.Name, w.Title)
	case api.Message, api.Forward:
		return first(w.Subject, w.Title)
	case api.ScheduleEntry:
		return first(w.Summary, w.Title)
	case api.Upload:
		return first(w.Filename, w.Title)
	}
	return first(w.Title, w.Name)
}

// body picks the HTML of each kind.
func (w *wire) body(k api.Kind) string {
	switch k {
	case api.Comment, api.Message, api.Document, api.Answer, api.ChatLine, api.Forward:
		return w.Content
	case api.Card:
		// It is written as content and read as description.
		return first(w.Description, w.Content)
	case api.Person:
		return ""
	}
	return w.Description
}

func files(w *wire, k api.Kind) []api.File {
	if k == api.Upload {
		return []api.File{{ID: w.ID, Name: first(w.Filename, w.Title), ContentType: shared(w.ContentType),
			Size: size(w.ByteSize), URL: w.DownloadURL}}
	}
	n := len(w.DescriptionAttachments) + len(w.ContentAttachments) + len(w.Attachments)
	if n == 0 {
		return nil
	}
	fs := make([]api.File, 0, n)
	for _, list := range [][]attachment{w.DescriptionAttachments, w.ContentAttachments, w.Attachments} {
		for _, f := range list {
			fs = append(fs, api.File{ID: f.ID, Name: first(f.Filename, f.Title), ContentType: shared(f.ContentType),
				Size: size(f.ByteSize), URL: f.DownloadURL})
		}
	}
	return fs
}

func size(n *int64) int64 {
	if n == nil || *n < 0 {
		return -1
	}
	return *n
}

func tools(w *wire) []api.Tool {
	ts := make([]api.Tool, 0, len(w.Dock))
	for _, t := range w.Dock {
		if k := toolKind(t.Name); k != "" && t.ID != 0 {
			ts = append(ts, api.Tool{Ref: api.Ref{Kind: k, Project: w.ID, ID: t.ID}, Title: t.Title, Enabled: t.Enabled})
		}
	}
	return ts
}

// rest gathers further facts worth showing.
func rest(w *wire, k api.Kind) []api.Extra {
	var out []api.Extra
	add := func(key string, v any) {
		switch v := v.(type) {
		case string:
			if v == "" {
				return
			}
		case bool:
			if !v {
				return
			}
		case []string:
			if len(v) == 0 {
				return
			}
		}
		out = append(out, api.Extra{Key: key, Value: v})
	}
	switch k {
	case api.Project:
		add("purpose", w.Purpose)
	case api.Person:
		add("job", w.Title)
		add("company", w.Company.Name)
		add("location", w.Location)
		add("time_zone", w.TimeZone)
		add("about", first(w.Tagline, w.Bio))
		add("admin", w.Admin)
		add("owner", w.Owner)
		add("client", w.Client)
	case api.Message:
		add("category", w.Category.Name)
	case api.Forward:
		add("from", w.From)
	case api.Answer:
		add("group_on", w.GroupOn)
	case api.ScheduleEntry:
		add("join_url", w.JoinURL)
	case api.Chat:
		add("topic", w.Topic)
	case api.Question:
		add("frequency", w.Schedule.Frequency)
		add("paused", w.Paused)
	case api.Column:
		add("column", strings.TrimPrefix(w.Type, "Kanban::"))
	case api.Upload:
		add("content_type", w.ContentType)
		if w.ByteSize != nil {
			add("byte_size", *w.ByteSize)
		}
	case api.Card, api.Todo:
		add("steps", steps(w.Steps))
	}
	return out
}

func steps(s []step) []string {
	out := make([]string, 0, len(s))
	for _, v := range s {
		mark := " "
		if v.Completed {
			mark = "x"
		}
		out = append(out, fmt.Sprintf("[%s] %s", mark, v.Title))
	}
	return out
}

// instant is how a moment is written to the service.
func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
