package bc3

// subscribed reports whether p hears of what happens to r: who created it or
// has it assigned does until they leave, everybody else once they join.
func (s *state) subscribed(r *recording, p *person) bool {
	if on, ok := s.subs[r.id][p]; ok {
		return on
	}
	return r.creator == p || contains(r.todo().assignees, p)
}

func (s *state) subscribe(r *recording, p *person, on bool) {
	if s.subs[r.id] == nil {
		s.subs[r.id] = map[*person]bool{}
	}
	s.subs[r.id][p] = on
}

func (s *state) subscribers(r *recording) []*person {
	var out []*person
	for _, p := range s.people {
		if s.subscribed(r, p) {
			out = append(out, p)
		}
	}
	return out
}

func getSubscription(c *call) answer {
	r := c.find(c.ids[0])
	if r == nil || !info[r.kind].subscribe {
		return notFound
	}
	return c.subscription(r)
}

func (c *call) subscription(r *recording) answer {
	l := c.s.subscribers(r)
	return c.object(func(w *writer) {
		w.bool("subscribed", c.s.subscribed(r, c.me))
		w.int("count", int64(len(l)))
		w.under("url", r, "/subscription.json")
		w.persons("subscribers", l)
	})
}

func subscribe(c *call) answer {
	r := c.find(c.ids[0])
	if r == nil || !info[r.kind].subscribe {
		return notFound
	}
	c.s.subscribe(r, c.me, true)
	return c.subscription(r)
}

func unsubscribe(c *call) answer {
	r := c.find(c.ids[0])
	if r == nil || !info[r.kind].subscribe {
		return notFound
	}
	c.s.subscribe(r, c.me, false)
	return noContent
}

func updateSubscription(c *call) answer {
	r := c.find(c.ids[0])
	if r == nil || !info[r.kind].subscribe {
		return notFound
	}
	if a, ok := c.parse(""); !ok {
		return a
	}
	for _, p := range c.people("subscriptions") {
		c.s.subscribe(r, p, true)
	}
	for _, p := range c.people("unsubscriptions") {
		c.s.subscribe(r, p, false)
	}
	return c.subscription(r)
}
