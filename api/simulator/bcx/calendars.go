package bcx

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

func (c *call) listCalendars() (any, error) {
	var out []*bucket
	for _, b := range c.s.cals {
		if !b.trashed {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b *bucket) int { return strings.Compare(a.name, b.name) })
	return paged(c, out, func(b *bucket) object {
		return object{"id": b.id, "name": b.name, "color": b.color, "updated_at": stamp(b.updated), "url": c.bucketURL(b) + ".json"}
	}), nil
}

func (v view) calendarInFull(b *bucket) object {
	n := 0
	for _, i := range v.s.items {
		if i.in == b && !i.gone() {
			n++
		}
	}
	at := v.bucketURL(b)
	return object{"id": b.id, "name": b.name, "color": b.color, "created_at": stamp(b.created), "updated_at": stamp(b.updated),
		"creator":  v.short(b.creator),
		"accesses": object{"count": len(b.access), "updated_at": stamp(b.updated), "url": at + "/accesses.json"},
		"calendar_events": object{"count": n, "updated_at": stamp(b.updated),
			"urls": object{"upcoming": at + "/calendar_events.json", "past": at + "/calendar_events/past.json"}}}
}

func (c *call) getCalendar() (any, error) {
	b, err := c.bucketOf()
	if err != nil {
		return nil, err
	}
	return c.calendarInFull(b), nil
}

func (c *call) createCalendar() (any, error) {
	f, err := c.fields()
	if err != nil {
		return nil, err
	}
	b := &bucket{id: c.s.ids.Next(), calendar: true, creator: c.me, color: "5e9e2f", access: []*person{c.me}, created: c.s.env.Now()}
	b.updated = b.created
	if err := setProject(b, f); err != nil {
		return nil, err
	}
	c.s.cals = append(c.s.cals, b)
	return created{c.bucketURL(b) + ".json", c.calendarInFull(b)}, nil
}

func (c *call) updateCalendar() (any, error) {
	b, err := c.bucketOf()
	if err != nil {
		return nil, err
	}
	f, err := c.fields()
	if err != nil {
		return nil, err
	}
	if err := setProject(b, f); err != nil {
		return nil, err
	}
	b.updated = c.s.env.Now()
	return c.calendarInFull(b), nil
}

func (c *call) deleteCalendar() (any, error) {
	b, err := c.bucketOf()
	if err != nil {
		return nil, err
	}
	b.trashed = true
	return nil, nil
}

// window is the longest that one answer covers.
const window = 6 * 7 * 24 * time.Hour

// upcoming answers what has not ended, or what begins within a window, where
// recurring events show once for each time.
func (c *call) upcoming() (any, error) {
	q := c.r.URL.Query()
	if q.Get("start_date") == "" {
		if c.r.PathValue("p") == "" && c.r.PathValue("c") == "" {
			return nil, failure{http.StatusBadRequest, "start_date is missing"}
		}
		now := c.s.env.Now()
		return c.calendarIndex(func(i *item) bool { return !i.over(now) }, false)
	}
	from, err := time.Parse(time.DateOnly, q.Get("start_date"))
	if err != nil {
		return nil, errBadDate
	}
	to := from.Add(window)
	if e := q.Get("end_date"); e != "" {
		end, err := time.Parse(time.DateOnly, e)
		if err != nil {
			return nil, errBadDate
		}
		if end = end.AddDate(0, 0, 1); end.Before(to) {
			to = end
		}
	}
	items, err := c.scope(kindCalendar, present)
	if err != nil {
		return nil, err
	}
	var out []*item
	numbers := map[*item]int{}
	for _, i := range items {
		for n := 0; n <= 1000; n++ {
			at, ok := i.occurrence(n)
			if !ok || !at.Before(to) {
				break
			}
			if at.Before(from) || i.recurring != nil && slices.Contains(i.recurring.excluding, n) {
				continue
			}
			o := *i
			o.starts, o.ends = at, at.Add(i.ends.Sub(i.starts))
			numbers[&o] = n
			out = append(out, &o)
		}
	}
	slices.SortStableFunc(out, func(a, b *item) int { return a.starts.Compare(b.starts) })
	return paged(c, out, c.withBucket(func(i *item) object {
		o := c.item(i)
		if n := numbers[i]; n > 0 {
			for _, k := range []string{"id", "url", "app_url", "created_at", "updated_at", "recurring"} {
				delete(o, k)
			}
			o["recurrence"] = object{"number": n, "master": object{"id": i.id, "url": fmt.Sprintf("%s/calendar_events/%d.json", c.bucketURL(i.in), i.id)}}
		}
		return o
	})), nil
}

// occurrence returns when an event takes place for the nth time, from 0.
func (i *item) occurrence(n int) (time.Time, bool) {
	r := i.recurring
	if n == 0 {
		return i.starts, true
	}
	if r == nil || r.count > 0 && n >= r.count {
		return time.Time{}, false
	}
	at := i.starts
	switch r.frequency {
	case "daily":
		at = at.AddDate(0, 0, n)
	case "weekly":
		at = at.AddDate(0, 0, 7*n)
	case "monthly":
		at = at.AddDate(0, n, 0)
	case "yearly":
		at = at.AddDate(n, 0, 0)
	}
	return at, r.until == "" || at.Format(time.DateOnly) <= r.until
}

// over reports whether an event has taken place for the last time.
func (i *item) over(now time.Time) bool {
	end := i.ends
	if r := i.recurring; r != nil {
		switch {
		case r.count > 0:
			at, _ := i.occurrence(r.count - 1)
			end = at.Add(i.ends.Sub(i.starts))
		case r.until != "":
			end, _ = time.Parse(time.DateOnly, r.until)
		default:
			return false
		}
	}
	if i.allDay {
		end = end.AddDate(0, 0, 1)
	}
	return end.Before(now)
}

func (c *call) past() (any, error) {
	now := c.s.env.Now()
	return c.calendarIndex(func(i *item) bool { return i.over(now) }, true)
}

func (c *call) calendarIndex(keep func(*item) bool, newest bool) (any, error) {
	items, err := c.scope(kindCalendar, func(i *item) bool { return !i.gone() && keep(i) })
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(items, func(a, b *item) int {
		if newest {
			a, b = b, a
		}
		return a.starts.Compare(b.starts)
	})
	return paged(c, items, c.item), nil
}

func (c *call) createCalendarEvent() (any, error) {
	b, err := c.bucketOf()
	if err != nil {
		return nil, err
	}
	f, err := c.fields()
	if err != nil {
		return nil, err
	}
	i := &item{id: c.s.ids.Next(), kind: kindCalendar, in: b, creator: c.me, created: c.s.env.Now()}
	i.updated = i.created
	if _, ok := f["starts_at"]; !ok {
		return nil, errBadDate
	}
	if err := c.setCalendarEvent(i, f); err != nil {
		return nil, err
	}
	c.s.add(i)
	c.s.note(c.me, "added an event<span>:</span>", i, nil)
	return created{c.common(i)["url"].(string), c.whole(i)}, nil
}

func (c *call) updateCalendarEvent() (any, error) {
	i, f, err := c.writable(kindCalendar)
	if err != nil {
		return nil, err
	}
	if err := c.setCalendarEvent(i, f); err != nil {
		return nil, err
	}
	i.updated = c.s.env.Now()
	c.s.edited(c.me, "updated an event<span>:</span>", i)
	return c.whole(i), nil
}

func (c *call) setCalendarEvent(i *item, f fields) error {
	all, starts, ends, remind := i.allDay, i.starts, i.ends, i.remind
	if _, err := read(f, "all_day", &all); err != nil {
		return err
	}
	var err error
	length := ends.Sub(starts)
	began, err := instant(f, "starts_at", all, &starts)
	if err != nil {
		return err
	}
	ended, err := instant(f, "ends_at", all, &ends)
	if err != nil {
		return err
	}
	if began && !ended {
		ends = starts.Add(length)
	}
	if _, err := instant(f, "remind_at", false, &remind); err != nil {
		return err
	}
	if ends.Before(starts) {
		return failure{http.StatusUnprocessableEntity, "An event can't end before it starts"}
	}
	if !remind.IsZero() && (remind.After(starts) || starts.Sub(remind) > 72*time.Hour) {
		return failure{http.StatusUnprocessableEntity, "The reminder is too early or too late"}
	}
	if err := c.set(i, f, "summary", "description"); err != nil {
		return err
	}
	i.allDay, i.starts, i.ends, i.remind = all, starts, ends, remind
	return nil
}

// instant reads a date or, where the event is not all-day, a time.
func instant(f fields, name string, allDay bool, t *time.Time) (bool, error) {
	var s *string
	ok, err := read(f, name, &s)
	if err != nil || !ok || s == nil {
		return false, err
	}
	layout := time.RFC3339
	if allDay {
		layout = time.DateOnly
	}
	v, err := time.Parse(layout, *s)
	if err != nil {
		return false, errBadDate
	}
	*t = v
	return true, nil
}
