package bcx

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"basecampfs/api"
)

// overlap is how far before the newest event known a poll begins: an edit
// within 15 minutes makes no event of its own, but changes the time of the one
// before.
const overlap = 16 * time.Minute

// mark is what a Mark holds: when the newest event known was made, and which
// events of the overlap were seen, as they were then.
type mark struct {
	Last string           `json:"last,omitempty"` // the service's own spelling
	Seen map[int64]string `json:"seen,omitempty"` // an event's updated_at
}

// beginning is before every event there is.
const beginning = "2004-01-01T00:00:00Z"

type event struct {
	ID        number          `json:"id"`
	CreatedAt lax[string]     `json:"created_at"`
	UpdatedAt lax[string]     `json:"updated_at"`
	Action    lax[string]     `json:"action"`
	Eventable lax[place]      `json:"eventable"`
	Bucket    lax[place]      `json:"bucket"`
	Excerpt   json.RawMessage `json:"excerpt"`
}

// Changes reads the log of events after a mark, and what the new ones are
// about. Polling an idle account takes one request.
func (a *Account) Changes(ctx context.Context, since api.Mark) (api.Changes, error) {
	var m mark
	if since != "" && json.Unmarshal([]byte(since), &m) != nil {
		return api.Changes{}, api.Errorf(api.Invalid, "not a mark of this account")
	}
	events, err := a.events(ctx, m, since == "")
	if err != nil {
		return api.Changes{}, err
	}
	next := mark{Last: m.Last, Seen: map[int64]string{}}
	for _, e := range events {
		if moment(e.CreatedAt.V).After(moment(next.Last)) {
			next.Last = e.CreatedAt.V
		}
	}
	var fresh []event
	for _, e := range events {
		if was, ok := m.Seen[int64(e.ID)]; !ok || was != e.UpdatedAt.V {
			fresh = append(fresh, e)
		}
		if moment(e.CreatedAt.V).After(moment(next.Last).Add(-overlap)) {
			next.Seen[int64(e.ID)] = e.UpdatedAt.V
		}
	}
	var c api.Changes
	if since != "" {
		if c, err = a.changed(ctx, fresh); err != nil {
			return api.Changes{}, err
		}
	}
	b, err := json.Marshal(next)
	if err != nil {
		return api.Changes{}, &api.Error{Code: api.Malformed, Message: "the log of events cannot be marked", Err: err}
	}
	c.Next = api.Mark(b)
	return c, nil
}

// events reads the log from the overlap before a mark on, or as much of its
// newest part as a first mark needs.
func (a *Account) events(ctx context.Context, m mark, start bool) ([]event, error) {
	q := url.Values{}
	if !start {
		q.Set("since", beginning)
		if at := moment(m.Last); !at.IsZero() {
			q.Set("since", at.Add(-overlap).Format(time.RFC3339)) // url.Values escapes its "+"
		}
	}
	var out []event
	err := a.pages(ctx, "/events.json", q, untilShort(func(all []json.RawMessage) error {
		for _, raw := range all {
			var e event
			if json.Unmarshal(raw, &e) == nil && e.ID != 0 {
				out = append(out, e)
			}
		}
		if start && len(out) > 0 && moment(out[len(out)-1].CreatedAt.V).Before(moment(out[0].CreatedAt.V).Add(-overlap)) {
			return errStop
		}
		return nil
	}))
	return out, err
}

// changed reads what events are about: each thing once, and the to-dos of a
// list with the list where there are several.
func (a *Account) changed(ctx context.Context, events []event) (api.Changes, error) {
	var c api.Changes
	todos := map[api.Ref]bool{}
	var others []api.Ref
	lists := map[api.Ref]bool{}
	at := times{}
	for _, e := range events {
		r := a.about(e)
		a.known.forget(r)
		at.see(r, moment(first(e.UpdatedAt.V, e.CreatedAt.V)))
		switch {
		case r.ID == 0:
			continue
		case r.Kind == api.Todo:
			todos[r] = true
		case !slices.Contains(others, r):
			others = append(others, r)
		}
		if len(e.Excerpt) > 0 || strings.Contains(e.Action.V, "comment") {
			lists[r] = true
		}
	}
	recs, err := a.now(ctx, others, at)
	if err != nil {
		return c, err
	}
	c.Records = recs
	byList, err := a.changedTodos(ctx, todos, at, &c)
	if err != nil {
		return c, err
	}
	for _, l := range byList {
		lists[l] = true
	}
	for l := range lists {
		c.Lists = append(c.Lists, l)
	}
	slices.SortFunc(c.Lists, byRef)
	return c, nil
}

func byRef(x, y api.Ref) int {
	return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.ID, y.ID))
}

// about addresses what an event is about; no Ref for what is no record here,
// such as a calendar of no project.
func (a *Account) about(e event) api.Ref {
	on := e.Eventable.V
	r := api.Ref{Kind: kindOf(on.Type.V), ID: int64(on.ID)}
	if r.Kind == api.Project {
		r.Project = r.ID
		return r
	}
	r.Project = projectIn(on.URL.V)
	if r.Project == 0 && e.Bucket.V.Type.V == "Project" {
		r.Project = int64(e.Bucket.V.ID)
	}
	if r.Kind == api.Comment {
		r = a.known.parentOf(r.ID)
	}
	if r.Kind == "" || r.Project == 0 {
		return api.Ref{}
	}
	return r
}

// times are when things were last heard of.
type times map[api.Ref]time.Time

func (t times) see(r api.Ref, at time.Time) {
	if at.After(t[r]) {
		t[r] = at
	}
}

// now reads records as they are now. One that is not there any more, or not
// for this person, is as good as in trash since it was last heard of.
func (a *Account) now(ctx context.Context, refs []api.Ref, at times) ([]*api.Record, error) {
	return readAll(ctx, refs, func(ctx context.Context, r api.Ref) (*api.Record, error) {
		rec, err := a.Get(ctx, r)
		if api.CodeOf(err) == api.NotFound {
			return &api.Record{Ref: r, Status: api.Trashed, UpdatedAt: at[r], Comments: -1, Raw: []byte("{}")}, nil
		}
		return rec, err
	})
}

// changedTodos adds changed to-dos and returns the lists that had several.
// Which list a to-do is on is known from listings; of others, one is asked
// for, which often tells of the rest.
func (a *Account) changedTodos(ctx context.Context, todos map[api.Ref]bool, at times, c *api.Changes) ([]api.Ref, error) {
	byList := map[api.Ref][]api.Ref{}
	var alone, unknown, several []api.Ref
	for t := range todos {
		if l := a.known.listOf(t.ID); l != 0 {
			list := api.Ref{Kind: api.TodoList, Project: t.Project, ID: l}
			byList[list] = append(byList[list], t)
		} else {
			unknown = append(unknown, t)
		}
	}
	slices.SortFunc(unknown, byRef)
	for len(unknown) > 0 {
		one := unknown[0]
		recs, err := a.now(ctx, unknown[:1], at)
		if err != nil {
			return nil, err
		}
		c.Records = append(c.Records, recs...)
		unknown = unknown[1:]
		list := recs[0].Parent
		more := slices.ContainsFunc(unknown, func(r api.Ref) bool { return r.Project == one.Project })
		if list.Kind != api.TodoList || !more && len(byList[list]) == 0 {
			continue
		}
		asked := append(slices.Clone(unknown), byList[list]...)
		left, err := a.changedOn(ctx, list, asked, c)
		if err != nil {
			return nil, err
		}
		if len(left) < len(asked) {
			several = append(several, list)
		}
		stays := func(r api.Ref) bool { return !slices.Contains(left, r) }
		unknown = slices.DeleteFunc(unknown, stays)
		alone = append(alone, slices.DeleteFunc(byList[list], stays)...)
		delete(byList, list)
	}
	for list, changed := range byList {
		if len(changed) == 1 {
			alone = append(alone, changed...)
			continue
		}
		several = append(several, list)
		left, err := a.changedOn(ctx, list, changed, c)
		if err != nil {
			return nil, err
		}
		alone = append(alone, left...)
	}
	slices.SortFunc(alone, byRef)
	recs, err := a.now(ctx, alone, at)
	if err != nil {
		return nil, err
	}
	c.Records = append(c.Records, recs...)
	return several, nil
}

// changedOn reads a list for the to-dos on it that changed, and returns those
// that it does not have.
func (a *Account) changedOn(ctx context.Context, list api.Ref, changed []api.Ref, c *api.Changes) ([]api.Ref, error) {
	found, err := a.listWithTodos(ctx, list)
	if api.CodeOf(err) == api.NotFound {
		return changed, nil
	}
	if err != nil {
		return nil, err
	}
	left := map[api.Ref]bool{}
	for _, r := range changed {
		left[r] = true
	}
	for _, r := range found {
		if left[r.Ref] {
			delete(left, r.Ref)
			if !a.thin.Load() {
				c.Records = append(c.Records, r)
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(changed), func(r api.Ref) bool { return !left[r] }), nil
}
