package bcx

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"

	"basecampfs/api"
)

// from is what is known of a record from where it was found.
type from struct {
	project int64
	parent  api.Ref // of a to-do inside its list, of a comment
	trashed bool
	done    bool
}

// record makes a Record of an object. The record owns a copy of raw. What
// this answer lacks and an earlier one had is filled in from it.
func (a *Account) record(kind api.Kind, raw []byte, f from) *api.Record {
	w, _ := decode(raw)
	r := a.build(kind, w, f)
	r.Raw = bytes.Clone(raw)
	a.known.fill(r, w)
	return r
}

func (a *Account) build(kind api.Kind, w *wire, f from) *api.Record {
	r := &api.Record{
		Ref:       api.Ref{Kind: kind, Project: projectOf(kind, w, f), ID: int64(w.ID)},
		Parent:    f.parent,
		Status:    api.Active,
		Title:     w.title(kind),
		Body:      w.body(kind),
		Color:     shared(w.Color.V),
		Creator:   a.people.human(w.Creator.V),
		CreatedAt: moment(w.CreatedAt.V),
		UpdatedAt: moment(w.UpdatedAt.V),
		URL:       page(w.AppURL.V, w.URL.V),
		Comments:  -1,
	}
	if commentable(kind) {
		r.Comments = len(w.Comments)
		if w.Comments == nil && w.CommentsCount != nil {
			r.Comments = max(int(*w.CommentsCount), 0)
		}
	}
	if w.Archived.V {
		r.Status = api.Archived
	}
	if w.Trashed.V || f.trashed {
		r.Status = api.Trashed
	}
	p := r.Project
	switch kind {
	case api.Project:
		r.Tools = tools(p)
	case api.Person:
		r.Email = w.Email.V
		a.people.human(person{ID: w.ID, Name: w.Name, Email: w.Email})
	case api.TodoList:
		r.Parent = api.Ref{Kind: api.TodoSet, Project: p, ID: p}
		r.Completed, r.Position = w.Completed.V, int(max(w.Position, 0))
	case api.Todo:
		a.todo(r, w, f)
	case api.Message:
		r.Parent = api.Ref{Kind: api.MessageBoard, Project: p, ID: p}
	case api.Document, api.Upload:
		r.Parent = api.Ref{Kind: api.Vault, Project: p, ID: p}
	case api.Forward:
		r.Parent = api.Ref{Kind: api.Inbox, Project: p, ID: p}
	case api.ScheduleEntry:
		r.Parent = api.Ref{Kind: api.Schedule, Project: p, ID: p}
		r.StartsAt, r.EndsAt, r.AllDay = moment(w.StartsAt.V), moment(w.EndsAt.V), w.AllDay.V
	case api.Comment:
		if r.ID == 0 {
			r.ID = nameless(f.parent, w)
		}
	}
	for _, e := range w.Attachments {
		r.Files = append(r.Files, file(e))
	}
	if kind == api.Upload && len(r.Files) > 0 {
		r.Title = w.Attachments[0].Name.V
		if r.Creator == nil {
			r.Creator = a.people.human(w.Attachments[0].Creator.V) // whose file it is
		}
	}
	if r.URL == "" && kind != api.Comment {
		r.URL = a.site(r.Ref)
	}
	r.Rest = rest(w, kind)
	return r
}

// todo reads what only to-dos have. One inside its list says neither which
// list that is nor, in old answers, whether it is done.
func (a *Account) todo(r *api.Record, w *wire, f from) {
	list := int64(w.TodolistID)
	if list == 0 {
		list = int64(w.Todolist.V.ID)
	}
	if list != 0 {
		r.Parent = api.Ref{Kind: api.TodoList, Project: r.Project, ID: list}
	}
	r.CompletedAt = moment(w.CompletedAt.V)
	r.Completed = w.Completed.V || f.done || !r.CompletedAt.IsZero()
	r.DueOn = first(date(w.DueOn.V), date(w.DueAt.V))
	r.Position = int(max(w.Position, 0))
	if h := a.people.human(w.Assignee.V); h != nil {
		r.Assignees = []*api.Human{h}
	}
}

func projectOf(kind api.Kind, w *wire, f from) int64 {
	switch {
	case kind == api.Project:
		return int64(w.ID)
	case kind == api.Person:
		return 0
	case f.project != 0:
		return f.project
	case w.Bucket.V.ID != 0 && w.Bucket.V.Type.V != "Calendar":
		return int64(w.Bucket.V.ID)
	}
	return projectIn(w.URL.V)
}

// nameless makes an id for a comment without one, which some answers have: it
// can be read, and nothing else can be done with it.
func nameless(parent api.Ref, w *wire) int64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d %s %d %s", parent.Kind, parent.ID, w.CreatedAt.V, w.Creator.V.ID, w.Content.V)
	return -int64(h.Sum64()>>2) - 1
}

func (w *wire) title(k api.Kind) string {
	switch k {
	case api.Todo:
		return w.Content.V
	case api.Message, api.Forward:
		return w.Subject.V
	case api.ScheduleEntry:
		return w.Summary.V
	case api.Comment, api.Upload:
		return ""
	}
	return first(w.Name.V, w.Title.V)
}

func (w *wire) body(k api.Kind) string {
	switch k {
	case api.Todo, api.Person:
		return ""
	case api.Project, api.TodoList, api.ScheduleEntry:
		return w.Description.V
	case api.Forward:
		return first(w.ContentHTML.V, w.Content.V)
	}
	return w.Content.V
}

// shortcut is the content type under which a file that lies at another
// service is shown: it has no bytes here, only an address.
const shortcut = "application/internet-shortcut"

func file(e attachment) api.File {
	f := api.File{ID: int64(e.ID), Name: e.Name.V, ContentType: shared(e.Type.V), Size: -1, URL: e.URL.V}
	if f.ID == 0 {
		f.ID = attachmentIn(e.URL.V)
	}
	if e.Size != nil && *e.Size >= 0 {
		f.Size = int64(*e.Size)
	}
	if f.URL == "" && e.Link.V != "" {
		f.Name, f.ContentType, f.URL = f.Name+".url", shortcut, e.Link.V
		f.Size = int64(len(shortcutText(f.URL)))
	}
	return f
}

// shortcutText is what a desktop opens as a link. An address that would leave
// its line, or that a desktop would run, is not passed on.
func shortcutText(url string) string {
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") || strings.ContainsFunc(url, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "[InternetShortcut]\r\n"
	}
	return "[InternetShortcut]\r\nURL=" + url + "\r\n"
}

// dock are the tools of every project. Basecamp 2 has no such records: each
// stands for a section of the project and has the project's id.
var dock = []struct {
	kind  api.Kind
	title string
	key   string // of the section in a project's JSON
}{
	{api.TodoSet, "To-dos", "todolists"},
	{api.MessageBoard, "Discussions", "topics"},
	{api.Vault, "Files and documents", "documents"},
	{api.Schedule, "Dates", "calendar_events"},
	{api.Inbox, "Email forwards", "forwards"},
}

func tools(project int64) []api.Tool {
	out := make([]api.Tool, 0, len(dock))
	for _, t := range dock {
		out = append(out, api.Tool{Ref: api.Ref{Kind: t.kind, Project: project, ID: project}, Title: t.title, Enabled: true})
	}
	return out
}

// rest gathers further facts worth showing.
func rest(w *wire, k api.Kind) []api.Extra {
	var out []api.Extra
	add := func(key string, v any) {
		if v != false && v != "" {
			out = append(out, api.Extra{Key: key, Value: v})
		}
	}
	switch k {
	case api.Project:
		add("draft", w.Draft.V)
		add("template", w.Template.V)
		add("client_project", w.Client.V)
	case api.Person:
		add("admin", w.Admin.V)
	case api.Todo:
		add("completed_by", w.Completer.V.Name.V)
	case api.Forward:
		add("from", w.From.V)
	case api.ScheduleEntry:
		add("remind_at", w.RemindAt.V)
		add("recurring", w.Recurring.V.String())
	case api.Upload:
		if len(w.Attachments) > 0 {
			f := w.Attachments[0]
			add("content_type", f.Type.V)
			if f.Size != nil {
				add("byte_size", int64(*f.Size))
			}
			add("linked_source", f.Source.V)
			add("link_url", f.Link.V)
		}
	}
	add("private", w.Private.V)
	return out
}

// String says in words how often something recurs.
func (r recurring) String() string {
	s := r.Frequency.V
	switch {
	case s == "":
		return ""
	case r.Count > 0:
		s += fmt.Sprintf(", %d times", r.Count)
	case r.Until.V != "":
		s += ", until " + r.Until.V
	}
	for i, n := range r.Excluding.V {
		if i == 0 {
			s += ", without number"
		}
		s += fmt.Sprintf(" %d", n)
	}
	return s
}

// comments makes records of the comments that an object holds; they are
// archived and trashed with it.
func (a *Account) comments(parent *api.Record, raw []json.RawMessage) []*api.Record {
	out := make([]*api.Record, 0, len(raw))
	for _, e := range raw {
		r := a.record(api.Comment, e, from{project: parent.Project, parent: parent.Ref, trashed: parent.Status == api.Trashed})
		if parent.Status == api.Archived && r.Status == api.Active {
			r.Status = api.Archived
		}
		out = append(out, r)
	}
	return out
}
