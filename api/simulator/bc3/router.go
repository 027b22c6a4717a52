package bc3

import (
	"io"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"

	"basecampfs/api/simulator/product"
)

// maxBody is the largest request body that is read, in bytes.
const maxBody = 64 << 20

// route is one operation. A segment {id} of its pattern matches a number, {s}
// anything.
type route struct {
	method string
	segs   []string
	static int
	handle func(*call) answer
}

// Handler serves the API of one account.
type Handler struct {
	s      *state
	routes map[int][]route // by number of segments, most literal first
}

func newHandler(s *state) *Handler {
	h := &Handler{s: s, routes: map[int][]route{}}
	for _, table := range []map[string]func(*call) answer{
		projectRoutes, todoRoutes, recordingRoutes, peopleRoutes, assignmentRoutes,
		messageRoutes, vaultRoutes, cardRoutes, scheduleRoutes, chatRoutes,
		checkinRoutes, inboxRoutes, fileRoutes, everythingRoutes, otherRoutes,
	} {
		for pattern, f := range table {
			method, path, _ := strings.Cut(pattern, " ")
			r := route{method: method, segs: strings.Split(strings.Trim(path, "/"), "/"), handle: f}
			for _, s := range r.segs {
				if s[0] != '{' {
					r.static++
				}
			}
			h.routes[len(r.segs)] = append(h.routes[len(r.segs)], r)
		}
	}
	for _, rs := range h.routes {
		sort.Slice(rs, func(i, j int) bool { return rs[i].static > rs[j].static })
	}
	return h
}

// ServeHTTP answers a request that came through the server.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{r: r, s: h.s, ctx: product.CallOf(r)}
	segs := c.split(r.URL.EscapedPath())
	f, known := h.match(r.Method, segs, c)
	if f == nil {
		if known {
			c.send(w, fail(http.StatusMethodNotAllowed, "Method Not Allowed"))
			return
		}
		c.send(w, notFound)
		return
	}
	if !c.read(w) {
		return
	}
	c.send(w, c.run(f))
}

// split cuts a path into segments without .json and takes a leading
// /buckets/{id} off it: both spellings of a path are the same operation.
func (c *call) split(path string) []string {
	segs := strings.Split(strings.Trim(strings.TrimSuffix(path, ".json"), "/"), "/")
	if len(segs) > 2 && segs[0] == "buckets" {
		if id, ok := number(segs[1]); ok {
			c.bucket = id
			segs = segs[2:]
		}
	}
	return segs
}

func (h *Handler) match(method string, segs []string, c *call) (f func(*call) answer, known bool) {
	for _, r := range h.routes[len(segs)] {
		ids, texts, ok := r.match(segs)
		if !ok {
			continue
		}
		known = true
		if r.method == method || r.method == http.MethodGet && method == http.MethodHead {
			c.ids, c.texts = ids, texts
			return r.handle, true
		}
	}
	return nil, known
}

func (r *route) match(segs []string) (ids []int64, texts []string, ok bool) {
	for i, p := range r.segs {
		switch p {
		case "{id}":
			n, ok := number(segs[i])
			if !ok {
				return nil, nil, false
			}
			ids = append(ids, n)
		case "{s}":
			t, err := url.PathUnescape(segs[i])
			if err != nil {
				return nil, nil, false
			}
			texts = append(texts, t)
		default:
			if p != segs[i] {
				return nil, nil, false
			}
		}
	}
	return ids, texts, true
}

func number(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && s[0] != '+'
}

// read takes the body in before anything is locked. It answers by itself and
// returns false where the body is unusable.
func (c *call) read(w http.ResponseWriter) bool {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
		return true
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, c.r.Body, maxBody))
	if err != nil {
		c.send(w, fail(http.StatusRequestEntityTooLarge, "The request body is too large"))
		return false
	}
	c.body = b
	return true
}

// run calls a handler with the state locked as its method needs.
func (c *call) run(f func(*call) answer) answer {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
		c.s.mu.RLock()
		defer c.s.mu.RUnlock()
	} else {
		c.s.mu.Lock()
		defer c.s.mu.Unlock()
	}
	c.me = c.s.personFor(c.ctx.Caller)
	if c.me == nil {
		return notFound
	}
	if c.bucket != 0 {
		if b := c.s.projectByID[c.bucket]; b == nil || !b.has(c.me) {
			return notFound
		}
	}
	return f(c)
}

func (s *state) personFor(i product.Identity) *person {
	for _, p := range s.people {
		if p.email == i.Email {
			return p
		}
	}
	return nil
}
