package bcx

import (
	"slices"
	"time"
)

// correction is how long an edit joins the event before it instead of making
// one of its own.
const correction = 15 * time.Minute

// note adds an event to the log.
func (s *state) note(by *person, action string, i *item, cm *comment) *event {
	at := i.updated
	if cm != nil {
		at = cm.created
	}
	e := &event{id: s.ids.Next(), created: at, updated: at, action: action, target: i.title, on: i, in: i.in,
		creator: by, comment: cm, edit: cm == nil}
	s.events = append(s.events, e)
	return e
}

// noteBucket adds an event about a project or a calendar itself.
func (s *state) noteBucket(by *person, action string, b *bucket) {
	s.events = append(s.events, &event{id: s.ids.Next(), created: b.updated, updated: b.updated, action: action,
		target: b.name, in: b, creator: by, edit: true})
}

// edited records that someone corrected what they wrote: within the window
// only the time of the event before changes.
func (s *state) edited(by *person, action string, i *item) {
	for _, e := range slices.Backward(s.events) {
		if e.on == i && e.comment == nil {
			if e.edit && e.creator == by && i.updated.Sub(e.created) <= correction {
				e.updated, e.target = i.updated, i.title
				return
			}
			break
		}
	}
	s.note(by, action, i, nil)
}

// listEvents answers for the account, a project or a person, the newest first.
func (c *call) listEvents() (any, error) {
	var since time.Time
	if q := c.r.URL.Query().Get("since"); q != "" {
		t, err := time.Parse(time.RFC3339, q)
		if err != nil {
			return nil, failure{400, "since is in a wrong format"}
		}
		since = t
	}
	var in *bucket
	if c.r.PathValue("p") != "" {
		b, err := c.project()
		if err != nil {
			return nil, err
		}
		in = b
	}
	by := c.id("id")
	var out []*event
	for _, e := range slices.Backward(c.s.events) {
		if !e.created.After(since) || in != nil && e.in != in || by != 0 && e.creator.id != by {
			continue
		}
		if in == nil && e.in.draft && e.in.creator != c.me {
			continue
		}
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b *event) int { return b.created.Compare(a.created) })
	return paged(c, out, func(e *event) object {
		o := c.event(e)
		if in == nil {
			o["bucket"] = c.bucket(e.in)
		}
		if by != 0 {
			delete(o, "creator")
		}
		return o
	}), nil
}
