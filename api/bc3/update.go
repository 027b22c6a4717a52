package bc3

import (
	"context"
	"encoding/json"
	"net/http"
	"path"
	"strings"
	"time"

	"basecampfs/api"
)

// Update brings a record from base to want. What the service replaces as a
// whole is sent as a whole, with base's values where nothing changed; texts
// that did not change go back byte for byte.
//
// The content is sent first, then whether it is completed, then its position:
// where a later step fails, the error comes with the record as the steps before
// have left it.
func (a *Account) Update(ctx context.Context, base, want *api.Record) (*api.Record, error) {
	k := base.Kind
	f := diff(base, want)
	newBytes := k == api.Upload && want.Token != "" && want.Token != base.Token
	if f == 0 && !newBytes {
		return base, nil
	}
	if err := refused(k, f, can[k].Update); err != nil {
		return nil, err
	}
	now := base
	stale := false // now is older than what was sent last
	fail := func(err error) (*api.Record, error) {
		if now == base {
			return nil, err
		}
		return now, err
	}

	if content := f &^ (api.FieldCompleted | api.FieldPosition | api.FieldColor); content != 0 || newBytes {
		r, err := a.updateContent(ctx, base, want, content, newBytes)
		if err != nil {
			return nil, err
		}
		if r == nil {
			stale = true
		} else {
			now = r
		}
	}
	if f.Has(api.FieldColor) {
		p := "/buckets/" + num(base.Project) + "/card_tables/columns/" + num(base.ID) + "/color.json"
		if err := a.do(ctx, http.MethodPut, p, map[string]any{"color": want.Color}); err != nil {
			return fail(err)
		}
		stale = true
	}
	if f.Has(api.FieldCompleted) {
		if err := a.complete(ctx, base.ID, want.Completed); err != nil {
			return fail(err)
		}
		stale = true
	}
	if f.Has(api.FieldPosition) {
		if err := a.reposition(ctx, base.Ref, base.Parent, want.Position); err != nil {
			return fail(err)
		}
		stale = true
	}
	if stale {
		r, err := a.Get(ctx, base.Ref)
		if err != nil {
			return fail(err)
		}
		now = r
	}
	return now, nil
}

// complete finishes or reopens a to-do.
func (a *Account) complete(ctx context.Context, id int64, done bool) error {
	method := http.MethodDelete
	if done {
		method = http.MethodPost
	}
	return a.do(ctx, method, "/todos/"+num(id)+"/completion.json", nil)
}

// updateContent sends the one request that changes what a record says.
func (a *Account) updateContent(ctx context.Context, base, want *api.Record, f api.Fields, newBytes bool) (*api.Record, error) {
	if newBytes {
		body, err := uploadBody(base, want, api.FieldBody|api.FieldTitle)
		if err != nil {
			return nil, err
		}
		body["attachable_sgid"] = want.Token
		return a.send(ctx, http.MethodPost, "/uploads/"+num(base.ID)+"/versions.json", body, api.Upload)
	}
	body, err := contentBody(base, want, f)
	if err != nil {
		return nil, err
	}
	at := pathOf(base.Kind, base.ID)
	if base.Kind == api.ChatLine {
		if base.Parent.Kind != api.Chat {
			return nil, api.Errorf(api.Invalid, "the line does not say which chat it is in")
		}
		at = below(api.Chat, base.Parent.ID, "lines/"+num(base.ID))
	}
	return a.send(ctx, http.MethodPut, at, body, base.Kind)
}

// contentBody is what a PUT of each kind sends. Where the service replaces
// (to-dos, lists, groups, documents, schedule entries, answers), all that can
// be written is in it; a card's due date is cleared by a PUT that omits it.
func contentBody(base, want *api.Record, f api.Fields) (map[string]any, error) {
	b := map[string]any{}
	if1 := func(field api.Fields, key string, v any) {
		if f.Has(field) {
			b[key] = v
		}
	}
	switch base.Kind {
	case api.Todo:
		return todoBody(base, want), nil
	case api.TodoList, api.TodoGroup:
		return map[string]any{"name": want.Title, "description": want.Body}, nil
	case api.Project:
		b["name"], b["description"] = want.Title, want.Body
		var dates struct {
			Start string `json:"start_date"`
			End   string `json:"end_date"`
		}
		if json.Unmarshal(base.Raw, &dates) == nil && dates.Start != "" && dates.End != "" {
			b["schedule_attributes"] = map[string]any{"start_date": dates.Start, "end_date": dates.End}
		}
	case api.Document:
		b["title"], b["content"] = want.Title, want.Body
	case api.Message:
		if1(api.FieldTitle, "subject", want.Title)
		if1(api.FieldBody, "content", want.Body)
	case api.Comment, api.ChatLine:
		b["content"] = want.Body
	case api.Answer:
		b["content"] = want.Body
		for _, x := range base.Rest {
			if x.Key == "group_on" {
				b["group_on"] = x.Value
			}
		}
	case api.Vault, api.Question:
		b["title"] = want.Title
	case api.Column:
		b["title"], b["description"] = want.Title, want.Body
	case api.Upload:
		return uploadBody(base, want, f)
	case api.Card:
		if1(api.FieldTitle, "title", want.Title)
		if1(api.FieldBody, "content", want.Body)
		b["due_on"] = orNull(want.DueOn)
		if1(api.FieldAssignees, "assignee_ids", ids(want.Assignees))
	case api.ScheduleEntry:
		return entryBody(base, want, f), nil
	}
	return b, nil
}

// todoBody has all that can be written of a to-do. Whoever is assigned anew is
// told, as in Basecamp itself; without that the service tells nobody.
func todoBody(base, want *api.Record) map[string]any {
	b := map[string]any{
		"content":                   want.Title,
		"description":               want.Body,
		"assignee_ids":              ids(want.Assignees),
		"completion_subscriber_ids": ids(want.Notify),
		"due_on":                    orNull(want.DueOn),
		"starts_on":                 orNull(want.StartsOn),
	}
	had := map[int64]bool{}
	if base != nil {
		for _, id := range ids(base.Assignees) {
			had[id] = true
		}
	}
	for _, id := range ids(want.Assignees) {
		if !had[id] {
			b["notify"] = true
		}
	}
	return b
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// entryBody has all that a PUT of a schedule entry would clear. Times that did
// not change go back as the service wrote them, since all-day entries have bare
// dates. Participants, the link to join and the highlight are kept by the
// service where they are not sent.
func entryBody(base, want *api.Record, f api.Fields) map[string]any {
	b := map[string]any{"summary": want.Title, "description": want.Body, "all_day": want.AllDay}
	var had struct {
		StartsAt string `json:"starts_at"`
		EndsAt   string `json:"ends_at"`
	}
	_ = json.Unmarshal(base.Raw, &had) // what is not there is rendered anew
	same := base.AllDay == want.AllDay
	b["starts_at"] = sameOr(had.StartsAt, same && base.StartsAt.Equal(want.StartsAt), want.StartsAt, want.AllDay)
	b["ends_at"] = sameOr(had.EndsAt, same && base.EndsAt.Equal(want.EndsAt), want.EndsAt, want.AllDay)
	if f.Has(api.FieldAssignees) {
		b["participant_ids"] = ids(want.Assignees)
	}
	return b
}

func sameOr(had string, same bool, t time.Time, allDay bool) string {
	if same && had != "" {
		return had
	}
	if allDay {
		return t.UTC().Format(time.DateOnly)
	}
	return instant(t)
}

// uploadBody renames and describes a file. The service keeps the extension by
// itself and takes the name without it.
func uploadBody(base, want *api.Record, f api.Fields) (map[string]any, error) {
	b := map[string]any{}
	if f.Has(api.FieldTitle) {
		ext := path.Ext(want.Title)
		if base != nil && base.Title != want.Title && !strings.EqualFold(ext, path.Ext(base.Title)) {
			return nil, &api.Error{Code: api.Unsupported, Message: "Basecamp keeps the extension of a file: " + path.Ext(base.Title),
				Hint: "upload it as a new file under the other name"}
		}
		if stem := strings.TrimSuffix(want.Title, ext); stem != "" {
			b["base_name"] = stem
		}
	}
	if f.Has(api.FieldBody) {
		b["description"] = want.Body
	}
	return b, nil
}
