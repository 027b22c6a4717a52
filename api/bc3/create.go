package bc3

import (
	"context"
	"net/http"
	"path"
	"strings"
	"time"

	"basecampfs/api"
)

// Create adds a record like want below parent: a to-do in a list, a group or,
// loose, a to-do set; a project below the zero Ref. It is sent once.
//
// What the creating request cannot say (that a to-do is completed, who a card
// is assigned to) follows in a second one. Where that one fails, the error
// comes with the record that was created.
func (a *Account) Create(ctx context.Context, parent api.Ref, want *api.Record) (*api.Record, error) {
	k := want.Kind
	ab := can[k]
	if !ab.Create {
		return nil, ab.Cannot("create")
	}
	empty := &api.Record{Ref: want.Ref}
	f := diff(empty, want) &^ api.FieldPosition
	switch k { // a title that the service makes up by itself is no fault
	case api.Comment, api.ChatLine, api.Answer:
		f &^= api.FieldTitle
	}
	if err := refused(k, f, ab.With); err != nil {
		return nil, err
	}
	at, body, err := creation(parent, want)
	if err != nil {
		return nil, err
	}
	r, err := a.send(ctx, http.MethodPost, at, body, k)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, &api.Error{Code: api.Unknown, Op: "POST " + at, Message: "it was probably created, but the answer is empty",
			Hint: "look whether it is there before doing it again"}
	}
	if k == api.TodoGroup && r.Kind != k {
		r.Kind = k
		a.groups.add(r.ID)
	}
	if r.Parent.IsZero() {
		r.Parent = parent
	}
	if r.Parent.Is(api.Ref{Kind: api.TodoList, ID: parent.ID}) {
		r.Parent.Kind = parent.Kind
	}
	switch {
	case k == api.Todo && want.Completed:
		if err := a.complete(ctx, r.ID, true); err != nil {
			return r, err
		}
		done, err := a.Get(ctx, r.Ref)
		if err != nil {
			return r, err
		}
		return done, nil
	case k == api.Card && len(want.Assignees) > 0 && !samePeople(r.Assignees, want.Assignees):
		next := r.Clone()
		next.Assignees = want.Assignees
		assigned, err := a.Update(ctx, r, next)
		if err != nil {
			return r, err
		}
		return assigned, nil
	}
	return r, nil
}

// creation says where and what to POST for a new record.
func creation(parent api.Ref, want *api.Record) (at string, body map[string]any, err error) {
	in := func(kinds ...api.Kind) bool {
		for _, k := range kinds {
			if parent.Kind == k {
				return true
			}
		}
		return false
	}
	body = map[string]any{}
	some := func(key, v string) {
		if v != "" {
			body[key] = v
		}
	}
	switch k := want.Kind; {
	case k == api.Project && parent.IsZero():
		body["name"] = want.Title
		some("description", want.Body)
		return "/projects.json", body, nil
	case k == api.TodoList && in(api.TodoSet):
		body["name"] = want.Title
		some("description", want.Body)
		return below(api.TodoSet, parent.ID, "todolists"), body, nil
	case k == api.TodoGroup && in(api.TodoList):
		body["name"] = want.Title
		some("description", want.Body)
		some("color", want.Color)
		return below(api.TodoList, parent.ID, "groups"), body, nil
	case k == api.Todo && in(api.TodoList, api.TodoGroup):
		return below(api.TodoList, parent.ID, "todos"), newTodo(want), nil
	case k == api.Todo && in(api.TodoSet):
		if parent.Project == 0 {
			return "", nil, api.Errorf(api.Invalid, "a loose to-do needs to know its project")
		}
		return "/buckets/" + num(parent.Project) + below(api.TodoSet, parent.ID, "todos"), newTodo(want), nil
	case k == api.Comment:
		body["content"] = want.Body
		return "/recordings/" + num(parent.ID) + "/comments.json", body, nil
	case k == api.Vault && in(api.Vault):
		body["title"] = want.Title
		return below(api.Vault, parent.ID, "vaults"), body, nil
	case k == api.Document && in(api.Vault):
		body["title"], body["content"], body["status"] = want.Title, want.Body, "active"
		return below(api.Vault, parent.ID, "documents"), body, nil
	case k == api.Upload && in(api.Vault):
		if want.Token == "" {
			return "", nil, api.Errorf(api.Invalid, "the bytes of a file must be uploaded first")
		}
		body["attachable_sgid"] = want.Token
		some("description", want.Body)
		some("base_name", strings.TrimSuffix(want.Title, path.Ext(want.Title)))
		return below(api.Vault, parent.ID, "uploads"), body, nil
	case k == api.Message && in(api.MessageBoard):
		body["subject"], body["content"], body["status"] = want.Title, want.Body, "active"
		return below(api.MessageBoard, parent.ID, "messages"), body, nil
	case k == api.Column && in(api.CardTable):
		body["title"] = want.Title
		some("description", want.Body)
		return below(api.CardTable, parent.ID, "columns"), body, nil
	case k == api.Card && in(api.Column):
		body["title"] = want.Title
		some("content", want.Body)
		some("due_on", want.DueOn)
		return "/card_tables/lists/" + num(parent.ID) + "/cards.json", body, nil
	case k == api.ScheduleEntry && in(api.Schedule):
		body = entryBody(&api.Record{}, want, api.FieldTimes)
		if len(want.Assignees) > 0 {
			body["participant_ids"] = ids(want.Assignees)
		}
		return below(api.Schedule, parent.ID, "entries"), body, nil
	case k == api.ChatLine && in(api.Chat):
		body["content"], body["content_type"] = want.Body, "text/html"
		return below(api.Chat, parent.ID, "lines"), body, nil
	case k == api.Answer && in(api.Question):
		// The day that is answered for: a person who answers means today.
		body["content"], body["group_on"] = want.Body, time.Now().Format(time.DateOnly)
		for _, x := range want.Rest {
			if x.Key == "group_on" {
				body["group_on"] = x.Value
			}
		}
		return below(api.Question, parent.ID, "answers"), body, nil
	}
	return "", nil, api.Errorf(api.Unsupported, "a %s cannot be made in a %s", want.Kind, parent.Kind)
}

// newTodo leaves out what a new to-do does not have.
func newTodo(want *api.Record) map[string]any {
	b := todoBody(nil, want)
	for k, v := range b {
		switch v := v.(type) {
		case nil:
			delete(b, k)
		case string:
			if v == "" && k != "content" {
				delete(b, k)
			}
		case []int64:
			if len(v) == 0 {
				delete(b, k)
			}
		}
	}
	return b
}
