package bc3

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
)

var scheduleRoutes = map[string]func(*call) answer{
	"GET /schedules/{id}":                         get(kindSchedule),
	"PUT /schedules/{id}":                         updateSchedule,
	"GET /schedules/{id}/entries":                 listEntries,
	"POST /schedules/{id}/entries":                createEntry,
	"GET /schedule_entries/{id}":                  getEntry,
	"PUT /schedule_entries/{id}":                  replaceEntry,
	"GET /schedule_entries/{id}/occurrences/{id}": getOccurrence,
}

// schedule is a project's schedule.
type schedule struct{ hideDue bool }

// entry is what a schedule entry has of its own. Times are milliseconds since
// 1970; those of an entry that lasts all day are midnights in UTC.
type entry struct {
	starts, ends int64
	allDay       bool
	participants []*person
	highlighted  bool
	joinURL      string
	rule         *recurrence
}

// recurrence makes an entry recur.
type recurrence struct {
	frequency string
	days      []int
	until     string // a date; "" for ever
}

func (w *writer) schedule(r *recording) {
	x, _ := r.x.(*schedule)
	w.bool("include_due_assignments", x == nil || !x.hideDue)
	w.int("entries_count", r.count(kindEntry, active))
	w.url("entries_url", "/schedules/", r.id, "/entries.json")
}

// entry writes an entry, or where day is one of its occurrences, that one.
func (w *writer) entry(s *state, r *recording, day time.Time) {
	x := r.x.(*entry)
	starts, ends := x.starts, x.ends
	if !day.IsZero() {
		shift := day.UnixMilli() - midnight(starts).UnixMilli()
		starts, ends = starts+shift, ends+shift
	}
	w.rich(s, "description", r.body)
	w.str("summary", r.title)
	w.bool("all_day", x.allDay)
	if x.allDay {
		w.str("starts_at", time.UnixMilli(starts).UTC().Format(time.DateOnly))
		w.str("ends_at", time.UnixMilli(ends).UTC().Format(time.DateOnly))
	} else {
		w.time("starts_at", starts)
		w.time("ends_at", ends)
	}
	w.persons("participants", x.participants)
	w.orNull("join_url", x.joinURL)
	w.bool("highlighted", x.highlighted)
	if x.rule != nil {
		w.recurrence(x, midnight(x.starts))
	}
}

func (w *writer) recurrence(x *entry, from time.Time) {
	at := time.UnixMilli(x.starts).UTC()
	w.obj("recurrence_schedule")
	w.str("frequency", x.rule.frequency)
	w.list("days")
	for _, d := range x.rule.days {
		w.comma()
		w.b = append(w.b, byte('0'+d))
	}
	w.closeList()
	w.int("hour", int64(at.Hour()))
	w.int("minute", int64(at.Minute()))
	w.null("week_instance")
	w.str("start_date", from.Format(time.DateOnly))
	w.int("duration", (x.ends-x.starts)/1000)
	w.orNull("end_date", x.rule.until)
	w.close()
}

func midnight(ms int64) time.Time { return time.UnixMilli(ms).UTC().Truncate(24 * time.Hour) }

// occurs reports whether a recurring entry happens on a day.
func (x *entry) occurs(day time.Time) bool {
	from := midnight(x.starts)
	if day.Before(from) || x.rule.until != "" && day.Format(time.DateOnly) > x.rule.until {
		return false
	}
	days := int(day.Sub(from).Hours() / 24)
	switch x.rule.frequency {
	case "every_day":
		return len(x.rule.days) == 0 || slices.Contains(x.rule.days, int(day.Weekday()))
	case "every_weekday":
		return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
	case "every_week":
		return days%7 == 0
	case "every_other_week":
		return days%14 == 0
	case "every_day_of_month":
		return day.Day() == from.Day()
	case "every_month":
		return day.Weekday() == from.Weekday() && (day.Day()-1)/7 == (from.Day()-1)/7
	case "every_year":
		return day.YearDay() == from.YearDay()
	}
	return days == 0
}

var frequencies = strings.Fields("every_day every_weekday every_week every_other_week every_month every_day_of_month every_year")

func updateSchedule(c *call) answer {
	r, a, ok := c.parent(kindSchedule)
	if !ok {
		return a
	}
	if a, ok := c.parse("schedule"); !ok {
		return a
	}
	r.x = &schedule{hideDue: !c.in.bool("include_due_assignments")}
	c.s.touch(r)
	return c.one(http.StatusOK, r)
}

// listEntries is in the order in which the entries start.
func listEntries(c *call) answer {
	p := c.find(c.ids[0], kindSchedule)
	st, ok := statusOf(c.r.URL.Query().Get("status"))
	if p == nil || !ok {
		return notFound
	}
	l := c.children(p, kindEntry, st)
	slices.SortFunc(l, func(a, b *recording) int {
		return order(a.x.(*entry).starts, b.x.(*entry).starts, a.id, b.id)
	})
	return c.many(l)
}

// recurring redirects to the first occurrence of an entry that recurs.
func (c *call) recurring(r *recording) (answer, bool) {
	x := r.x.(*entry)
	if x.rule == nil {
		return answer{}, false
	}
	w := c.writer()
	w.link("", []any{"/buckets/", r.project.id, "/schedule_entries/", r.id, "/occurrences/"})
	to := c.ctx.Base() + strings.Trim(string(w.b), `"`) + midnight(x.starts).Format("20060102") + ".json"
	return answer{status: http.StatusFound, header: map[string]string{"Location": to}}, true
}

func getEntry(c *call) answer {
	r := c.find(c.ids[0], kindEntry)
	if r == nil {
		return notFound
	}
	if a, ok := c.recurring(r); ok {
		return a
	}
	return c.one(http.StatusOK, r)
}

func getOccurrence(c *call) answer {
	r := c.find(c.ids[0], kindEntry)
	if r == nil {
		return notFound
	}
	day, err := time.Parse("20060102", lastSegment(c.r.URL.Path))
	x := r.x.(*entry)
	if err != nil || x.rule == nil || !x.occurs(day) {
		return notFound
	}
	w := c.writer()
	w.open()
	w.head(c.s, r)
	w.entry(c.s, r, day)
	w.close()
	return answer{status: http.StatusOK, body: w.b, modified: r.updated}
}

func lastSegment(p string) string {
	p = strings.TrimSuffix(p, ".json")
	return p[strings.LastIndexByte(p, '/')+1:]
}

func createEntry(c *call) answer {
	p, a, ok := c.parent(kindSchedule)
	if !ok {
		return a
	}
	if a, ok := c.parse("schedule_entry"); !ok {
		return a
	}
	x := &entry{participants: c.people("participant_ids")}
	if a, ok := c.entryFields(x); !ok {
		return a
	}
	r := &recording{kind: kindEntry, title: c.in.plain("summary"), x: x}
	if c.in.str("status") == "drafted" {
		r.status = drafted
	}
	c.s.create(p, r, c.me)
	r.body = c.rich(r, "description")
	return c.one(http.StatusCreated, r)
}

// entryFields sets everything but participants and highlighting, which an
// update keeps where they are omitted.
func (c *call) entryFields(x *entry) (answer, bool) {
	if c.in.plain("summary") == "" {
		return invalidFields("summary", "can't be blank"), false
	}
	x.allDay = c.in.bool("all_day")
	var ok1, ok2 bool
	x.starts, ok1 = c.in.instant("starts_at", x.allDay)
	x.ends, ok2 = c.in.instant("ends_at", x.allDay)
	if !ok1 || !ok2 {
		return invalidFields("starts_at", "and ends_at must be times"), false
	}
	if x.ends < x.starts {
		return invalidFields("ends_at", "must be after starts_at"), false
	}
	var rule struct {
		Frequency string
		Days      []int
	}
	if json.Unmarshal(c.in["recurrence_schedule"], &rule) == nil && slices.Contains(frequencies, rule.Frequency) {
		if len(rule.Days) == 0 {
			rule.Days = []int{int(time.UnixMilli(x.starts).UTC().Weekday())}
		}
		x.rule = &recurrence{frequency: rule.Frequency, days: rule.Days, until: c.in.date("recurs_until")}
	}
	return answer{}, true
}

// instant reads a time, or a date, in milliseconds since 1970.
func (p params) instant(k string, allDay bool) (int64, bool) {
	s := p.str(k)
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999", "2006-01-02 15:04:05", time.DateOnly} {
		if t, err := time.Parse(form, s); err == nil {
			if allDay {
				t = t.Truncate(24 * time.Hour)
			}
			return t.UnixMilli(), true
		}
	}
	return 0, false
}

// replaceEntry replaces everything except participant_ids, url and
// highlighted, which stay where they are omitted.
func replaceEntry(c *call) answer {
	r, a, ok := c.parent(kindEntry)
	if !ok {
		return a
	}
	if a, ok := c.recurring(r); ok {
		return a
	}
	if a, ok := c.parse("schedule_entry"); !ok {
		return a
	}
	old := r.x.(*entry)
	x := &entry{participants: old.participants, highlighted: old.highlighted, joinURL: old.joinURL}
	if c.in.has("participant_ids") {
		x.participants = c.people("participant_ids")
	}
	if c.in.has("highlighted") {
		x.highlighted = c.in.bool("highlighted")
	}
	if c.in.has("url") {
		x.joinURL = c.in.str("url")
	}
	if a, ok := c.entryFields(x); !ok {
		return a
	}
	r.title, r.body, r.x = c.in.plain("summary"), c.rich(r, "description"), x
	c.changed(r, "updated")
	return c.one(http.StatusOK, r)
}
