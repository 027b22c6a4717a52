package bc3

import (
	"context"
	"errors"
	"net/url"
	"time"

	"basecampfs/api"
	"basecampfs/api/transport"
)

// How changes are found. Basecamp documents no feed of all changes: the
// timeline tells what was added and completed, not what was edited or trashed.
// What is documented is /projects/recordings.json by updated_at, a type at a
// time, with trashed and archived ones in listings of their own; so that is the
// way that decides.
//
// To spare requests, X-Total-Count of the active ones tells whether any can have
// been trashed or archived, so that a type without changes costs one request,
// answered 304. And where the list of projects has proven on this account that
// the updated_at of a project changes with whatever changes in it, which is so
// and nowhere promised, an unchanged list stands for "nothing changed", at the
// cost of its pages alone. Every tenth poll looks at everything all the same,
// and the first change that the list did not announce ends that trust.
const (
	overlap    = 2 * time.Minute
	enoughSeen = 3
	trustPolls = 9
	second     = 2 * time.Second // a Date header's precision, and a margin
)

// sweep lists the types in an order that has groups known before their to-dos.
var sweep = []api.Kind{api.TodoList, api.Todo, api.Comment, api.Message, api.Vault, api.Document, api.Upload,
	api.Card, api.ScheduleEntry, api.Answer}

// Changes returns what changed after a mark. Columns, questions, forwards and
// lines of chats are not among the service's recordings: they are found by
// listing them again. A zero Ref in Lists stands for the projects of the account,
// where one is gone that cannot be read any more.
func (a *Account) Changes(ctx context.Context, since api.Mark) (api.Changes, error) {
	ctx = transport.WithBulk(ctx)
	m := decodeMark(since)
	var out api.Changes
	if m == nil {
		m = &mark{Types: map[string]*progress{}, Projects: map[int64]int64{}}
		if _, err := a.projectChanges(ctx, m, nil); err != nil {
			return out, err
		}
		out.Next = m.encode()
		return out, nil
	}
	before := m.Listed
	announced, err := a.projectChanges(ctx, m, &out)
	if err != nil {
		return api.Changes{}, err
	}
	if len(announced) == 0 && len(out.Lists) == 0 && m.Proof >= enoughSeen && m.Skipped < trustPolls {
		m.Skipped++
		out.Next = m.encode()
		return out, nil
	}
	m.Skipped = 0
	from := len(out.Records)
	for _, k := range sweep {
		if err := a.typeChanges(ctx, k, m, &out); err != nil {
			return api.Changes{}, err
		}
	}
	m.judge(out.Records[from:], announced, before)
	out.Next = m.encode()
	return out, nil
}

// judge notes whether the list of projects announced what was found. Only what
// changed well between the two readings of that list can be evidence.
func (m *mark) judge(found []*api.Record, announced map[int64]bool, before time.Time) {
	for _, r := range found {
		if m.Proof < 0 || r.Project == 0 || r.UpdatedAt.Before(before.Add(second)) || r.UpdatedAt.After(m.Listed.Add(-second)) {
			continue
		}
		if announced[r.Project] {
			m.Proof++
		} else {
			m.Proof = -1
		}
	}
}

// projectChanges reads the list of projects, notes it in m, and adds what
// changed to out unless that is nil. It returns the projects that changed.
func (a *Account) projectChanges(ctx context.Context, m *mark, out *api.Changes) (map[int64]bool, error) {
	now := map[int64]int64{}
	var changed []*api.Record
	announced := map[int64]bool{}
	var listed time.Time
	s := a.sink(api.Project, func(rs []*api.Record) error {
		for _, r := range rs {
			now[r.ID] = r.UpdatedAt.UnixMilli()
			if was, ok := m.Projects[r.ID]; !ok || was != now[r.ID] {
				changed = append(changed, r)
				announced[r.ID] = true
			}
		}
		return nil
	})
	err := a.c.Follow(ctx, "/projects.json", nil, func(p transport.Page) error {
		if listed.IsZero() {
			if listed = p.Date; listed.IsZero() {
				// Without the service's clock, what is read twice does no harm.
				listed = time.Now().Add(-5 * overlap)
			}
		}
		return s.elements("GET /projects.json", p.Body)
	})
	if err != nil {
		return nil, err
	}
	if out != nil {
		out.Records = append(out.Records, changed...)
		for id := range m.Projects {
			if _, still := now[id]; still {
				continue
			}
			announced[id] = true
			r, err := a.getPath(ctx, pathOf(api.Project, id), api.Project)
			switch api.CodeOf(err) {
			case "":
				out.Records = append(out.Records, r)
			case api.NotFound, api.Forbidden:
				out.Lists = append(out.Lists, api.Ref{})
			default:
				return nil, err
			}
		}
	}
	m.Projects, m.Listed = now, listed
	if m.Since.IsZero() {
		m.Since = listed
	}
	return announced, nil
}

var errPast = errors.New("older than the mark")

// typeChanges adds the changed recordings of a kind to out and notes in m how
// far they were read. A type that the service does not list is passed over.
func (a *Account) typeChanges(ctx context.Context, k api.Kind, m *mark, out *api.Changes) error {
	typ := bulkType(k)
	p := m.Types[typ]
	if p == nil {
		p = &progress{Newest: m.Since, Total: -1}
	}
	next := &progress{Newest: p.Newest, Total: -1, Seen: map[int64]int64{}}
	floor := p.Newest.Add(-overlap)
	found := len(out.Records)
	counted := true
	read := func(status string) error {
		q := url.Values{"type": {typ}, "sort": {"updated_at"}, "direction": {"desc"}, "status": {status}}
		s := a.sink(k, func(rs []*api.Record) error {
			for _, r := range rs {
				if r.UpdatedAt.Before(floor) {
					return errPast
				}
				at := r.UpdatedAt.UnixMilli()
				next.Seen[r.ID] = at
				if r.UpdatedAt.After(next.Newest) {
					next.Newest = r.UpdatedAt
				}
				if was, ok := p.Seen[r.ID]; !ok || was != at {
					out.Records = append(out.Records, r)
				}
			}
			return nil
		})
		isFirst := true
		err := a.c.Follow(ctx, "/projects/recordings.json", q, func(page transport.Page) error {
			if isFirst && status == "active" {
				next.Total, counted = page.Total, page.Counted
			}
			isFirst = false
			return s.elements("GET /projects/recordings.json", page.Body)
		})
		if errors.Is(err, errPast) {
			err = nil
		}
		return err
	}
	if err := read("active"); err != nil {
		if c := api.CodeOf(err); c == api.NotFound || c == api.Invalid {
			return nil
		}
		return err
	}
	quiet := len(out.Records) == found && counted && next.Total == p.Total && p.Total >= 0
	if !quiet {
		for _, status := range []string{"archived", "trashed"} {
			if err := read(status); err != nil {
				return err
			}
		}
	} else {
		// What was trashed or archived shortly before is not reported again.
		for id, at := range p.Seen {
			if _, ok := next.Seen[id]; !ok {
				next.Seen[id] = at
			}
		}
	}
	for id, at := range next.Seen {
		if time.UnixMilli(at).Before(next.Newest.Add(-overlap - time.Second)) {
			delete(next.Seen, id)
		}
	}
	m.Types[typ] = next
	return nil
}
