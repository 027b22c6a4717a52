package bc3

import (
	"net/http"
	"strconv"
	"time"

	"basecampfs/api/simulator/product"
)

// call is one request while it is answered.
type call struct {
	r      *http.Request
	s      *state
	ctx    product.Call
	me     *person
	bucket int64 // from /buckets/{id}; 0 without
	ids    []int64
	texts  []string
	body   []byte
	in     params
}

// answer is what a handler returns.
type answer struct {
	status   int
	body     []byte // JSON; nil for none
	modified int64  // for Last-Modified; 0 for none
	header   map[string]string
	file     string // the key of a stored file to redirect to
}

func fail(status int, message string) answer {
	return answer{status: status, body: product.MustJSON(map[string]any{"status": status, "error": message})}
}

var (
	notFound  = fail(http.StatusNotFound, "Not Found")
	forbidden = fail(http.StatusForbidden, "You don't have permission to do that")
	noContent = answer{status: http.StatusNoContent}
)

// invalid is a 422 that says what is wrong with a field.
func invalid(field, message string) answer {
	return answer{status: http.StatusUnprocessableEntity,
		body: product.MustJSON(map[string]any{"error": field + " " + message})}
}

// invalidFields is the other form of a 422.
func invalidFields(field, message string) answer {
	return answer{status: http.StatusUnprocessableEntity, body: product.MustJSON(map[string]any{
		"error": field + " " + message, "errors": map[string][]string{field: {message}}})}
}

func (c *call) send(w http.ResponseWriter, a answer) {
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	switch {
	case a.file != "":
		c.s.env.Files.Redirect(w, c.r, a.file)
	case a.body == nil:
		w.WriteHeader(a.status)
	default:
		var m time.Time
		if a.modified != 0 {
			m = time.UnixMilli(a.modified)
		}
		product.Write(w, c.r, a.status, a.body, m)
	}
}

func (c *call) writer() *writer {
	return &writer{base: c.ctx.Base(), app: c.ctx.Origin + "/app" + c.ctx.Account.Path, viewer: c.me, b: make([]byte, 0, 4096)}
}

// one answers with a recording.
func (c *call) one(status int, r *recording) answer {
	w := c.writer()
	w.recording(c.s, r)
	a := answer{status: status, body: w.b, modified: r.updated}
	if status == http.StatusCreated {
		a.header = map[string]string{"Location": c.ctx.Base() + "/buckets/" + strconv.FormatInt(r.project.id, 10) +
			"/" + info[r.kind].path + "/" + strconv.FormatInt(r.id, 10) + ".json"}
	}
	return a
}

// gear returns the bounds of a page of the geared sizes, 15, 30, 50 and then
// 100 for ever. Pages count from 1.
func gear(page int) (from, size int) {
	switch page {
	case 1:
		return 0, 15
	case 2:
		return 15, 30
	case 3:
		return 45, 50
	}
	return 95 + 100*(page-4), 100
}

// pages answers with the page of n items that the request asks for.
func (c *call) pages(n int, item func(w *writer, i int)) answer {
	page, err := strconv.Atoi(c.r.URL.Query().Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	from, size := gear(min(page, 1<<40))
	to := min(from+size, n)
	w := c.writer()
	w.openList()
	for i := from; i < to; i++ {
		item(w, i)
	}
	w.closeList()
	a := answer{status: http.StatusOK, body: w.b, header: map[string]string{"X-Total-Count": strconv.Itoa(n)}}
	if to < n && from < n {
		q := c.r.URL.Query()
		q.Set("page", strconv.Itoa(page+1))
		a.header["Link"] = "<" + c.ctx.Base() + c.r.URL.EscapedPath() + "?" + q.Encode() + `>; rel="next"`
	}
	return a
}

// many answers with a page of recordings.
func (c *call) many(l []*recording) answer {
	return c.pages(len(l), func(w *writer, i int) { w.recording(c.s, l[i]) })
}

// all answers with a list that the API does not paginate.
func (c *call) all(n int, item func(w *writer, i int)) answer {
	w := c.writer()
	w.openList()
	for i := range n {
		item(w, i)
	}
	w.closeList()
	return answer{status: http.StatusOK, body: w.b}
}

// object answers with the object that f fills.
func (c *call) object(f func(w *writer)) answer {
	w := c.writer()
	w.open()
	f(w)
	w.close()
	return answer{status: http.StatusOK, body: w.b}
}

// sees reports whether the caller may see r: it is in one of the caller's
// projects, and shown to clients where the caller is one.
func (c *call) sees(r *recording) bool {
	return r.project.has(c.me) && (!c.me.client || r.clients || r.parent == nil || r.creator == c.me) &&
		(r.status != drafted || r.creator == c.me)
}

// find returns the recording with an id, of one of the kinds, or nil.
func (c *call) find(id int64, ks ...kind) *recording {
	r := c.s.recs[id]
	if r == nil || !c.sees(r) || c.bucket != 0 && r.project.id != c.bucket {
		return nil
	}
	if len(ks) == 0 {
		return r
	}
	for _, k := range ks {
		if r.kind == k {
			return r
		}
	}
	return nil
}

// project returns the project with an id, or nil.
func (c *call) project(id int64) *project {
	b := c.s.projectByID[id]
	if b == nil || !b.has(c.me) {
		return nil
	}
	return b
}

// mayWrite reports whether the caller may change things in b. Clients may
// only comment.
func (c *call) mayWrite(b *project) bool { return !c.me.client }

// get makes a handler that answers with one recording of a kind.
func get(ks ...kind) func(*call) answer {
	return func(c *call) answer {
		r := c.find(c.ids[len(c.ids)-1], ks...)
		if r == nil {
			return notFound
		}
		return c.one(http.StatusOK, r)
	}
}

// list makes a handler that answers with the children of a kind, oldest or
// first positioned first. It takes ?status=.
func list(parent, child kind) func(*call) answer {
	return func(c *call) answer {
		p := c.find(c.ids[0], parent)
		st, ok := statusOf(c.r.URL.Query().Get("status"))
		if p == nil || !ok {
			return notFound
		}
		return c.many(c.children(p, child, st))
	}
}

func (c *call) children(p *recording, k kind, st status) []*recording {
	var l []*recording
	p.each(k, st, func(r *recording) {
		if c.sees(r) {
			l = append(l, r)
		}
	})
	return l
}

// sorted makes a handler like list, for the listings that take sort= and
// direction=, newest first otherwise.
func sorted(parent, child kind) func(*call) answer {
	return func(c *call) answer {
		p := c.find(c.ids[0], parent)
		if p == nil {
			return notFound
		}
		l := c.children(p, child, active)
		q := c.r.URL.Query()
		sortRecordings(l, q.Get("sort") == "updated_at", q.Get("direction") != "asc")
		return c.many(l)
	}
}
