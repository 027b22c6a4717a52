package bc3

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

var checkinRoutes = map[string]func(*call) answer{
	"GET /questionnaires/{id}":                  get(kindQuestionnaire),
	"GET /questionnaires/{id}/questions":        list(kindQuestionnaire, kindQuestion),
	"POST /questionnaires/{id}/questions":       createQuestion,
	"GET /questions/{id}":                       get(kindQuestion),
	"PUT /questions/{id}":                       updateQuestion,
	"POST /questions/{id}/pause":                pause(true),
	"DELETE /questions/{id}/pause":              pause(false),
	"PUT /questions/{id}/notification_settings": notificationSettings,
	"GET /questions/{id}/answers":               listAnswers,
	"POST /questions/{id}/answers":              createAnswer,
	"GET /questions/{id}/answers/by":            listAnswerers,
	"GET /questions/{id}/answers/by/{id}":       listAnswers,
	"GET /question_answers/{id}":                get(kindAnswer),
	"PUT /question_answers/{id}":                updateAnswer,
}

// question is when a check-in is asked.
type question struct {
	frequency    string
	days         []int
	hour, minute int
	start        string // a date
	paused       bool
}

// answerDay is the day that an answer is for, a date.
type answerDay string

func (w *writer) questionnaire(r *recording) {
	w.str("name", r.title)
	w.recURL("questions_url", r, "/questions.json")
	w.int("questions_count", r.count(kindQuestion, active))
}

func (w *writer) question(r *recording) {
	q := r.x.(*question)
	w.bool("paused", q.paused)
	w.obj("schedule")
	w.str("frequency", q.frequency)
	w.list("days")
	for _, d := range q.days {
		w.comma()
		w.b = strconv.AppendInt(w.b, int64(d), 10)
	}
	w.closeList()
	w.int("hour", int64(q.hour))
	w.int("minute", int64(q.minute))
	w.null("week_instance")
	w.null("week_interval")
	w.null("month_interval")
	w.str("start_date", q.start)
	w.null("duration")
	w.null("end_date")
	w.close()
	w.int("answers_count", r.count(kindAnswer, active))
	w.url("answers_url", "/questions/", r.id, "/answers.json")
}

func (w *writer) answer(s *state, r *recording) {
	w.rich(s, "content", r.body)
	w.str("group_on", string(r.x.(answerDay)))
}

// when reads a question's schedule; missing parts stay as they are.
func (c *call) when(q *question) bool {
	var in struct {
		Frequency   string `json:"frequency"`
		Time_of_day string
		Hour        *int
		Minute      *int
		Days        []json.RawMessage
	}
	raw, ok := c.in["schedule"]
	if !ok {
		return q.frequency != ""
	}
	if json.Unmarshal(raw, &in) != nil {
		return false
	}
	if in.Frequency != "" {
		q.frequency = in.Frequency
	}
	if t, err := time.Parse("3:04pm", strings.ToLower(in.Time_of_day)); err == nil {
		q.hour, q.minute = t.Hour(), t.Minute()
	}
	if in.Hour != nil {
		q.hour = *in.Hour
	}
	if in.Minute != nil {
		q.minute = *in.Minute
	}
	if in.Days != nil {
		q.days = nil
		for _, d := range in.Days {
			n, err := strconv.Atoi(strings.Trim(string(d), `"`))
			if err != nil || n < 0 || n > 6 {
				return false
			}
			q.days = append(q.days, n)
		}
	}
	return slices.Contains([]string{"every_day", "every_week", "every_other_week", "every_month", "on_certain_days"}, q.frequency)
}

func createQuestion(c *call) answer {
	p, a, ok := c.parent(kindQuestionnaire)
	if !ok {
		return a
	}
	if a, ok := c.parse("question"); !ok {
		return a
	}
	q := &question{hour: 9, start: time.UnixMilli(c.s.now()).UTC().Format(time.DateOnly)}
	title := c.in.plain("title")
	if title == "" {
		return invalidFields("title", "can't be blank")
	}
	if !c.when(q) {
		return invalidFields("schedule", "is invalid")
	}
	return c.one(http.StatusCreated, c.s.create(p, &recording{kind: kindQuestion, title: title, x: q}, c.me))
}

func updateQuestion(c *call) answer {
	r, a, ok := c.parent(kindQuestion)
	if !ok {
		return a
	}
	if a, ok := c.parse("question"); !ok {
		return a
	}
	q := *r.x.(*question)
	if !c.when(&q) {
		return invalidFields("schedule", "is invalid")
	}
	if c.in.has("title") {
		if c.in.plain("title") == "" {
			return invalidFields("title", "can't be blank")
		}
		r.title = c.in.plain("title")
	}
	r.x = &q
	c.changed(r, "updated")
	return c.one(http.StatusOK, r)
}

func pause(on bool) func(*call) answer {
	return func(c *call) answer {
		r, a, ok := c.parent(kindQuestion)
		if !ok {
			return a
		}
		r.x.(*question).paused = on
		c.s.touch(r)
		return c.object(func(w *writer) { w.bool("paused", on) })
	}
}

func notificationSettings(c *call) answer {
	r := c.find(c.ids[0], kindQuestion)
	if r == nil {
		return notFound
	}
	if a, ok := c.parse(""); !ok {
		return a
	}
	if c.in.has("subscribed") {
		c.s.subscribe(r, c.me, c.in.bool("subscribed"))
	}
	return c.object(func(w *writer) {
		w.bool("responding", !c.in.has("responding") || c.in.bool("responding"))
		w.bool("subscribed", c.s.subscribed(r, c.me))
	})
}

// listAnswers is newest first; of one day or one author where asked.
func listAnswers(c *call) answer {
	p := c.find(c.ids[0], kindQuestion)
	if p == nil {
		return notFound
	}
	q := c.r.URL.Query()
	by, _ := strconv.ParseInt(q.Get("creator_id"), 10, 64)
	if len(c.ids) == 2 {
		by = c.ids[1]
	}
	l := slices.DeleteFunc(c.children(p, kindAnswer, active), func(r *recording) bool {
		return by != 0 && r.creator.id != by || q.Get("date") != "" && q.Get("date") != string(r.x.(answerDay))
	})
	sortRecordings(l, false, true)
	return c.many(l)
}

func listAnswerers(c *call) answer {
	p := c.find(c.ids[0], kindQuestion)
	if p == nil {
		return notFound
	}
	var l []*person
	p.each(kindAnswer, active, func(r *recording) {
		if !contains(l, r.creator) {
			l = append(l, r.creator)
		}
	})
	return c.pages(len(l), func(w *writer, i int) { w.personValue(l[i]) })
}

func (c *call) answerFields(r *recording) (answer, bool) {
	day := c.in.date("group_on")
	if day == "" {
		return invalidFields("group_on", "must be a date"), false
	}
	if strings.TrimSpace(c.in.str("content")) == "" {
		return invalidFields("content", "can't be blank"), false
	}
	r.x = answerDay(day)
	return answer{}, true
}

func createAnswer(c *call) answer {
	p := c.find(c.ids[0], kindQuestion)
	if p == nil {
		return notFound
	}
	if a, ok := c.parse("question_answer"); !ok {
		return a
	}
	r := &recording{kind: kindAnswer}
	if a, ok := c.answerFields(r); !ok {
		return a
	}
	c.s.create(p, r, c.me)
	r.body = c.rich(r, "content")
	return c.one(http.StatusCreated, r)
}

func updateAnswer(c *call) answer {
	r := c.find(c.ids[0], kindAnswer)
	if r == nil {
		return notFound
	}
	if r.creator != c.me {
		return forbidden
	}
	if a, ok := c.parse("question_answer"); !ok {
		return a
	}
	if a, ok := c.answerFields(r); !ok {
		return a
	}
	r.body = c.rich(r, "content")
	c.changed(r, "updated")
	return c.one(http.StatusOK, r)
}
