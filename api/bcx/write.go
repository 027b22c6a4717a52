package bcx

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"basecampfs/api"
	"basecampfs/api/transport"
)

// send sends a write and returns the record that is answered, or nil where the
// answer has no body.
func (a *Account) send(ctx context.Context, method, path string, body any, kind api.Kind, f from) (*api.Record, error) {
	ans, err := a.c.Do(ctx, transport.Request{Method: method, Path: path, Body: body})
	if err != nil {
		return nil, err
	}
	if len(ans.Body) == 0 {
		// Answers of some versions have only the address of what was made.
		at := ans.Header.Get("Location")
		if id := idAtEnd(at); method == http.MethodPost && id != 0 && kind != api.Comment {
			return a.Get(ctx, api.Ref{Kind: kind, Project: f.project, ID: id})
		}
		return nil, nil
	}
	r, err := a.one(method+" "+path, kind, ans.Body, f)
	if err != nil && method == http.MethodPost {
		return nil, &api.Error{Code: api.Unknown, Op: method + " " + path, Status: ans.Status, Err: err,
			Message: "it was probably created, but the answer cannot be understood",
			Hint:    "look whether it is there before doing it again"}
	}
	return r, err
}

// Create adds a record below parent. For an upload, want.Token is what Upload
// returned and want.Title the name, which needs an extension.
func (a *Account) Create(ctx context.Context, parent api.Ref, want *api.Record) (*api.Record, error) {
	c := a.Can(want.Kind)
	if !c.Create {
		return nil, c.Cannot("create")
	}
	asked := fieldsOf(&api.Record{}, want)
	asked &^= api.FieldPosition | api.FieldColor // of a copy: the service gives its own
	if want.Kind != api.Comment {
		asked |= api.FieldTitle
	}
	if err := a.refuse(want.Kind, asked, c.With); err != nil {
		return nil, err
	}
	project := parent.Project
	if project == 0 && parent.Kind == api.Project {
		project = parent.ID
	}
	var path string
	switch want.Kind {
	case api.Project:
		path = "/projects.json"
	case api.Todo:
		if parent.Kind != api.TodoList {
			return nil, &api.Error{Code: api.Unsupported, Message: "every Basecamp 2 to-do is on a list: make a list first"}
		}
		path = fmt.Sprintf("/projects/%d/todolists/%d/todos.json", project, parent.ID)
	case api.Comment:
		if !commentable(parent.Kind) {
			return nil, &api.Error{Code: api.Unsupported, Message: "nothing of this kind can have comments on Basecamp 2"}
		}
		if strings.TrimSpace(want.Body) == "" {
			return nil, &api.Error{Code: api.Invalid, Message: "the comment is empty"}
		}
		asked |= api.FieldBody
		path = fmt.Sprintf("/projects/%d/%s/%d/comments.json", project, section(parent.Kind), parent.ID)
	default:
		path = in(project, section(want.Kind))
	}
	if project == 0 && want.Kind != api.Project {
		return nil, api.Errorf(api.NotFound, "there is no project to create it in")
	}
	b, err := a.body(want, asked)
	if err != nil {
		return nil, err
	}
	if want.Kind == api.Upload {
		if err := hasExtension(want.Title); err != nil {
			return nil, err
		}
		delete(b, "name")
		b["attachments"] = []any{map[string]any{"token": want.Token, "name": want.Title}}
	}
	f := from{project: project}
	if want.Kind == api.Comment || want.Kind == api.Todo {
		f.parent = parent
	}
	if want.Kind == api.Project {
		f.project = 0
	}
	r, err := a.send(ctx, http.MethodPost, path, b, want.Kind, f)
	if err == nil && r == nil {
		err = &api.Error{Code: api.Unknown, Op: "POST " + path, Message: "it was created, but the answer does not say as what"}
	}
	return r, err
}

// Update sends what differs between base and want, and nothing where nothing
// does.
func (a *Account) Update(ctx context.Context, base, want *api.Record) (*api.Record, error) {
	c := a.Can(base.Kind)
	asked := fieldsOf(base, want)
	if asked == 0 {
		return base, nil
	}
	if err := a.refuse(base.Kind, asked, c.Update); err != nil {
		return nil, err
	}
	b, err := a.body(want, asked)
	if err != nil {
		return nil, err
	}
	if base.Kind == api.Upload {
		return a.rename(ctx, base, want.Title)
	}
	at, err := path(base.Ref)
	if err != nil {
		return nil, err
	}
	return a.put(ctx, at, b, base.Ref)
}

func (a *Account) put(ctx context.Context, at string, body any, r api.Ref) (*api.Record, error) {
	a.known.forget(r)
	rec, err := a.send(ctx, http.MethodPut, at, body, r.Kind, from{project: r.Project})
	if err == nil && rec == nil {
		return a.Get(ctx, r)
	}
	return rec, err
}

// rename renames the file of an upload: the attachment has the name.
func (a *Account) rename(ctx context.Context, base *api.Record, name string) (*api.Record, error) {
	if err := hasExtension(name); err != nil {
		return nil, err
	}
	if len(base.Files) == 0 || base.Files[0].ID == 0 || base.Files[0].ContentType == shortcut {
		return nil, &api.Error{Code: api.Unsupported, Message: "a file that lies at another service is renamed there"}
	}
	path := fmt.Sprintf("/projects/%d/attachments/%d.json", base.Project, base.Files[0].ID)
	if _, err := a.c.Do(ctx, transport.Request{Method: http.MethodPut, Path: path, Body: map[string]string{"name": name}}); err != nil {
		return nil, err
	}
	return a.Get(ctx, base.Ref)
}

// Move puts a to-do on another list of its project, or a to-do or a list at
// another position. That a to-do can be moved is not in the guide: the answer
// is checked for it.
func (a *Account) Move(ctx context.Context, r api.Ref, parent api.Ref, pos int) (*api.Record, error) {
	c := a.Can(r.Kind)
	if !c.Move {
		return nil, c.Cannot("move")
	}
	if r.Project != parent.Project {
		return nil, &api.Error{Code: api.Unsupported, Message: noAcross}
	}
	b := map[string]any{}
	if r.Kind == api.Todo {
		if parent.Kind != api.TodoList {
			return nil, &api.Error{Code: api.Unsupported, Message: "every Basecamp 2 to-do is on a list"}
		}
		b["todolist_id"] = parent.ID
	} else if parent.Kind != api.TodoSet {
		return nil, &api.Error{Code: api.Unsupported, Message: "a Basecamp 2 to-do list is always in its project's to-dos"}
	}
	if pos > 0 || a.known.listOf(r.ID) == parent.ID || r.Kind == api.TodoList {
		b["position"] = position(pos)
	}
	at, err := path(r)
	if err != nil {
		return nil, err
	}
	rec, err := a.put(ctx, at, b, r)
	if err != nil {
		return nil, err
	}
	if r.Kind == api.Todo && rec.Parent.ID != parent.ID {
		return nil, &api.Error{Code: api.Unsupported, Op: "PUT " + at, Message: "this account's Basecamp does not move to-dos between lists through its API",
			Hint: "move it in the browser"}
	}
	return rec, nil
}

// SetStatus trashes by DELETE. Projects and messages can be archived and
// brought back from there; nothing can be brought back from trash.
func (a *Account) SetStatus(ctx context.Context, r api.Ref, s api.Status) error {
	c := a.Can(r.Kind)
	at, err := path(r)
	if err != nil {
		return err
	}
	a.known.forget(r)
	switch {
	case s == api.Trashed && c.Trash:
		_, err := a.c.Do(ctx, transport.Request{Method: http.MethodDelete, Path: at})
		if err == nil {
			a.known.setStatus(r, s)
		}
		return err
	case s == api.Trashed:
		return c.Cannot("trash")
	case s != api.Archived && s != api.Active:
		return &api.Error{Code: api.Unsupported, Message: "Basecamp 2 cannot make this a draft"}
	case !c.Archive && s == api.Archived:
		return c.Cannot("archive")
	case !c.Archive:
		return c.Cannot("restore")
	}
	now, err := a.Get(ctx, r)
	if err != nil {
		return err
	}
	if now.Status == api.Trashed {
		return c.Cannot("restore")
	}
	if r.Kind == api.Project {
		_, err = a.c.Do(ctx, transport.Request{Method: http.MethodPut, Path: at, Body: map[string]bool{"archived": s == api.Archived}})
		if err == nil {
			a.known.setStatus(r, s)
		}
		return err
	}
	return a.archiveMessage(ctx, r, s == api.Archived)
}

// archiveMessage archives a message's topic, which has an id of its own.
func (a *Account) archiveMessage(ctx context.Context, r api.Ref, on bool) error {
	t, ok := a.known.topicOf(r)
	for _, state := range []string{"topics", "topics/archived"} {
		if ok {
			break
		}
		err := a.pages(ctx, in(r.Project, state), nil, func(all []json.RawMessage) error {
			for _, e := range all {
				if about, _ := a.topic(e, r.Project, state != "topics"); about == r {
					return errStop
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		t, ok = a.known.topicOf(r)
	}
	if !ok {
		return api.Errorf(api.NotFound, "the message has no topic that could be archived")
	}
	what := map[bool]string{true: "archive", false: "activate"}[on]
	_, err := a.c.Do(ctx, transport.Request{Method: http.MethodPut, Path: fmt.Sprintf("/projects/%d/topics/%d/%s.json", r.Project, t.id, what)})
	if err == nil {
		a.known.setTopic(r, topic{t.id, on})
	}
	return err
}
