package bc3

import "net/http"

// findTool returns the entry of a dock with the id in the path, or nil.
func (c *call) findTool() *tool {
	r := c.find(c.ids[0])
	if r == nil || r.parent != nil {
		return nil
	}
	for _, t := range r.project.dock {
		if t.rec == r {
			return t
		}
	}
	return nil
}

func getTool(c *call) answer {
	t := c.findTool()
	if t == nil {
		return notFound
	}
	a := c.object(func(w *writer) {
		w.head(c.s, t.rec)
		w.str("name", t.name)
		w.bool("enabled", t.enabled)
	})
	a.modified = t.rec.updated
	return a
}

func renameTool(c *call) answer {
	t := c.findTool()
	if t == nil {
		return notFound
	}
	if !c.mayWrite(t.rec.project) {
		return forbidden
	}
	if a, ok := c.parse("tool"); !ok {
		return a
	}
	if c.in.plain("title") == "" {
		return invalidFields("title", "can't be blank")
	}
	t.rec.title = c.in.plain("title")
	c.s.touch(t.rec)
	return getTool(c)
}

// enableTool turns a tool on, or off: it loses its position then.
func enableTool(on bool) func(*call) answer {
	return func(c *call) answer {
		t := c.findTool()
		if t == nil {
			return notFound
		}
		if !c.mayWrite(t.rec.project) {
			return forbidden
		}
		t.enabled = on
		c.s.touch(t.rec)
		if on {
			return answer{status: http.StatusCreated, body: getTool(c).body}
		}
		return noContent
	}
}
