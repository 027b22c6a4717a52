package bc3

import "net/http"

var inboxRoutes = map[string]func(*call) answer{
	"GET /inboxes/{id}":                     get(kindInbox),
	"GET /inboxes/{id}/forwards":            legacyForwards,
	"GET /inboxes/{id}/inbox_forwards":      sorted(kindInbox, kindForward),
	"GET /inbox_forwards/{id}":              get(kindForward),
	"GET /inbox_forwards/{id}/replies":      list(kindForward, kindReply),
	"GET /inbox_forwards/{id}/replies/{id}": getReply,
	"GET /inbox_replies/{id}":               get(kindReply),
}

// legacyForwards is the older path of a listing, known with its project alone.
func legacyForwards(c *call) answer {
	if c.bucket == 0 {
		return notFound
	}
	return sorted(kindInbox, kindForward)(c)
}

// forward is who sent an email, as its header says.
type forward struct{ from string }

func (w *writer) inbox(r *recording) {
	w.int("forwards_count", r.count(kindForward, active))
	w.recURL("forwards_url", r, "/inbox_forwards.json")
}

func (w *writer) forward(s *state, r *recording) {
	w.rich(s, "content", r.body)
	w.str("subject", r.title)
	x, _ := r.x.(*forward)
	if x == nil {
		x = &forward{}
	}
	w.orNull("from", x.from)
	w.int("replies_count", r.count(kindReply, active))
	w.recURL("replies_url", r, "/replies.json")
}

func getReply(c *call) answer {
	r := c.find(c.ids[1], kindReply)
	if r == nil || r.parent.id != c.ids[0] {
		return notFound
	}
	return c.one(http.StatusOK, r)
}
