package bc3

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

var chatRoutes = map[string]func(*call) answer{
	"GET /chats":                    listChats,
	"GET /chats/{id}":               get(kindChat),
	"GET /chats/{id}/lines":         listLines(false),
	"POST /chats/{id}/lines":        createLine,
	"GET /chats/{id}/lines/{id}":    getLine,
	"PUT /chats/{id}/lines/{id}":    updateLine,
	"DELETE /chats/{id}/lines/{id}": deleteLine,
	"GET /chats/{id}/uploads":       listLines(true),
	"POST /chats/{id}/uploads":      createChatUpload,
	"GET /chats/{id}/integrations":  emptyPages,
}

// line is what a line of a chat has of its own.
type line struct {
	rich   bool
	upload *attachment
}

func (w *writer) chat(r *recording) {
	w.str("topic", r.title)
	w.recURL("lines_url", r, "/lines.json")
	w.recURL("files_url", r, "/uploads.json")
}

func (w *writer) line(r *recording) {
	x, _ := r.x.(*line)
	if x == nil || x.upload == nil {
		w.str("content", r.body)
		return
	}
	f := x.upload
	w.list("attachments")
	w.open()
	w.str("title", f.name)
	w.url("url", "/blobs/", f.key, "/previews/full")
	w.str("filename", f.name)
	w.str("content_type", f.contentType)
	w.int("byte_size", int64(f.size))
	w.str("download_url", f.storageURL(w))
	w.close()
	w.closeList()
}

func listChats(c *call) answer {
	var l []*recording
	for _, r := range c.s.index[kindChat].created {
		if c.sees(r) && r.project.status == active && r.project.dockPosition(r) > 0 {
			l = append(l, r)
		}
	}
	return c.many(l)
}

// listLines is newest first; only what was uploaded where uploads is set.
func listLines(uploads bool) func(*call) answer {
	return func(c *call) answer {
		p := c.find(c.ids[0], kindChat)
		if p == nil {
			return notFound
		}
		l := c.children(p, kindLine, active)
		if uploads {
			l = slices.DeleteFunc(l, func(r *recording) bool {
				x, _ := r.x.(*line)
				return x == nil || x.upload == nil
			})
		}
		q := c.r.URL.Query()
		sortRecordings(l, q.Get("sort") == "updated_at", q.Get("direction") != "asc")
		return c.many(l)
	}
}

func (c *call) findLine() *recording {
	r := c.find(c.ids[1], kindLine)
	if r == nil || r.parent.id != c.ids[0] {
		return nil
	}
	return r
}

func getLine(c *call) answer {
	r := c.findLine()
	if r == nil {
		return notFound
	}
	return c.one(http.StatusOK, r)
}

var tags = regexp.MustCompile(`<[^>]*>`)

// lineTitle is the text of a line.
func lineTitle(body string, rich bool) string {
	if !rich {
		return body
	}
	return strings.TrimSpace(html.UnescapeString(tags.ReplaceAllString(body, "")))
}

func createLine(c *call) answer {
	p := c.find(c.ids[0], kindChat)
	if p == nil {
		return notFound
	}
	if a, ok := c.parse("line"); !ok {
		return a
	}
	if strings.TrimSpace(c.in.str("content")) == "" {
		return invalidFields("content", "can't be blank")
	}
	x := &line{rich: c.in.str("content_type") == "text/html"}
	r := c.s.create(p, &recording{kind: kindLine, x: x}, c.me)
	c.setLine(r, x)
	c.s.setUpdated(p, r.updated)
	return c.one(http.StatusCreated, r)
}

func (c *call) setLine(r *recording, x *line) {
	r.body = c.in.str("content")
	if x.rich {
		r.body = c.rich(r, "content")
	}
	r.title = lineTitle(r.body, x.rich)
}

func updateLine(c *call) answer {
	r := c.findLine()
	if r == nil {
		return notFound
	}
	x := r.x.(*line)
	if r.creator != c.me || x.upload != nil {
		return forbidden
	}
	if a, ok := c.parse("line"); !ok {
		return a
	}
	if strings.TrimSpace(c.in.str("content")) == "" {
		return invalidFields("content", "can't be blank")
	}
	c.setLine(r, x)
	c.s.touch(r)
	return noContent
}

// deleteLine takes a line away for good: there is no trash for them.
func deleteLine(c *call) answer {
	r := c.findLine()
	if r == nil {
		return notFound
	}
	if r.creator != c.me && !c.me.admin {
		return forbidden
	}
	p := r.parent
	p.children = slices.DeleteFunc(p.children, func(o *recording) bool { return o == r })
	delete(c.s.recs, r.id)
	x := &c.s.index[kindLine]
	gone := func(o *recording) bool { return o == r }
	x.created, x.updated = slices.DeleteFunc(x.created, gone), slices.DeleteFunc(x.updated, gone)
	c.s.gen++
	return noContent
}

func createChatUpload(c *call) answer {
	p := c.find(c.ids[0], kindChat)
	if p == nil {
		return notFound
	}
	name := c.r.URL.Query().Get("name")
	if name == "" {
		return fail(http.StatusBadRequest, "param is missing or the value is empty: name")
	}
	f := c.s.store(c.s.ids.Next(), name, c.r.Header.Get("Content-Type"), c.body)
	r := c.s.create(p, &recording{kind: kindLine, title: name, x: &line{upload: f}}, c.me)
	f.usedBy = r.id
	return c.one(http.StatusCreated, r)
}
