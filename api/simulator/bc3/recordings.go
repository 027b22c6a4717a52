package bc3

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

var recordingRoutes = map[string]func(*call) answer{
	"GET /projects/recordings":                listRecordings,
	"PUT /recordings/{id}/status/active":      setRecordingStatus(active),
	"PUT /recordings/{id}/status/archived":    setRecordingStatus(archived),
	"PUT /recordings/{id}/status/trashed":     setRecordingStatus(trashed),
	"GET /recordings/{id}/comments":           listComments,
	"POST /recordings/{id}/comments":          createComment,
	"GET /comments/{id}":                      get(kindComment),
	"PUT /comments/{id}":                      updateComment,
	"GET /recordings/{id}/events":             listEvents,
	"GET /recordings/{id}/events/{id}/boosts": listBoosts,
	"GET /recordings/{id}/boosts":             listBoosts,
	"GET /recordings/{id}/subscription":       getSubscription,
	"POST /recordings/{id}/subscription":      subscribe,
	"DELETE /recordings/{id}/subscription":    unsubscribe,
	"PUT /recordings/{id}/subscription":       updateSubscription,
	"PUT /recordings/{id}/client_visibility":  setClientVisibility,
	"GET /recordings/{id}/timesheet":          emptyList,
}

// listRecordings renders whole entities of one type, across projects.
func listRecordings(c *call) answer {
	q := c.r.URL.Query()
	k, ok := kindOfList(q.Get("type"))
	if !ok {
		if q.Get("type") == "Door" {
			return c.many(nil)
		}
		return fail(http.StatusBadRequest, "Invalid or missing type")
	}
	st, ok := statusOf(q.Get("status"))
	if !ok {
		return fail(http.StatusBadRequest, "Invalid status")
	}
	key := viewKey{kind: k, status: st, buckets: q.Get("bucket"), person: c.me,
		updated: q.Get("sort") == "updated_at", desc: q.Get("direction") != "asc"}
	in := map[*project]bool{}
	if key.buckets == "" {
		for _, b := range c.s.projects {
			in[b] = b.status == active && b.has(c.me)
		}
	} else {
		for s := range strings.SplitSeq(key.buckets, ",") {
			id, _ := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
			b := c.project(id)
			if b == nil {
				return notFound
			}
			in[b] = true
		}
	}
	var last *project // neighbours mostly share theirs
	var wanted bool
	return c.many(c.s.view(key, func(r *recording) bool {
		if r.project != last {
			last, wanted = r.project, in[r.project]
		}
		// The folder in the dock is a tool, not something in a folder.
		return wanted && r.parent != nil && c.sees(r)
	}))
}

func setRecordingStatus(st status) func(*call) answer {
	return func(c *call) answer {
		r := c.find(c.ids[0])
		if r == nil {
			return notFound
		}
		if !c.mayWrite(r.project) && r.creator != c.me {
			return forbidden
		}
		if r.status != st {
			c.s.setStatus(r, st)
			c.event(r, statusName[st])
		}
		return noContent
	}
}

func sortRecordings(l []*recording, updated, desc bool) {
	cmp := byCreated
	if updated {
		cmp = byUpdated
	}
	slices.SortFunc(l, func(a, b *recording) int {
		if desc {
			return cmp(b, a)
		}
		return cmp(a, b)
	})
}

func listComments(c *call) answer {
	p := c.find(c.ids[0])
	if p == nil {
		return notFound
	}
	return c.many(c.children(p, kindComment, active))
}

func createComment(c *call) answer {
	p := c.find(c.ids[0])
	if p == nil || !info[p.kind].comments {
		return notFound
	}
	if p.status == trashed {
		return notFound
	}
	if a, ok := c.parse("comment"); !ok {
		return a
	}
	if strings.TrimSpace(c.in.str("content")) == "" {
		return invalidFields("content", "can't be blank")
	}
	r := c.s.create(p, &recording{kind: kindComment}, c.me)
	r.body = c.rich(r, "content")
	c.s.subscribe(p, c.me, true)
	return c.one(http.StatusCreated, r)
}

func updateComment(c *call) answer {
	r := c.find(c.ids[0], kindComment)
	if r == nil {
		return notFound
	}
	if r.creator != c.me && !c.me.admin {
		return forbidden
	}
	if a, ok := c.parse("comment"); !ok {
		return a
	}
	if strings.TrimSpace(c.in.str("content")) == "" {
		return invalidFields("content", "can't be blank")
	}
	r.body = c.rich(r, "content")
	c.changed(r, "content_changed")
	return c.one(http.StatusOK, r)
}

func setClientVisibility(c *call) answer {
	r := c.find(c.ids[0])
	if r == nil {
		return notFound
	}
	switch r.kind {
	case kindTodo, kindComment, kindStep, kindAnswer, kindReply, kindLine:
		return forbidden // these follow what they are in
	}
	if c.me.client {
		return forbidden
	}
	if a, ok := c.parse(""); !ok {
		return a
	}
	r.clients = c.in.bool("visible_to_clients")
	r.descendants(func(d *recording) { d.clients = r.clients })
	c.changed(r, "client_visibility_changed")
	return c.one(http.StatusOK, r)
}

func listBoosts(c *call) answer {
	if c.find(c.ids[0]) == nil {
		return notFound
	}
	return emptyPages(c)
}

func emptyPages(c *call) answer { return c.pages(0, nil) }
func emptyList(c *call) answer  { return c.all(0, nil) }
