package bc3

import (
	"sync"
	"unique"

	"basecampfs/api"
)

// shared returns a string that is one in memory wherever it occurs, for values
// that many records repeat.
func shared(s string) string {
	if s == "" {
		return ""
	}
	return unique.Make(s).Value()
}

// people shares one *api.Human among the records that name a person.
type people struct {
	mu sync.Mutex
	by map[int64]*api.Human
}

// human returns the shared person. One whose name or address has changed is a
// new one: those handed out before belong to records that must not change.
func (p *people) human(w *person) *api.Human {
	if w == nil || (w.ID == 0 && w.Name == "") {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	h := p.by[w.ID]
	if h != nil && h.Name == w.Name && (h.Email == w.Email || w.Email == "") {
		return h
	}
	h = &api.Human{ID: w.ID, Name: w.Name, Email: w.Email}
	if p.by == nil {
		p.by = map[int64]*api.Human{}
	}
	p.by[w.ID] = h
	return h
}

func (p *people) humans(ws []*person) []*api.Human {
	if len(ws) == 0 {
		return nil
	}
	hs := make([]*api.Human, 0, len(ws))
	for _, w := range ws {
		if h := p.human(w); h != nil {
			hs = append(hs, h)
		}
	}
	return hs
}

// groups remembers which lists are groups: a to-do says only that its parent is
// a "Todolist".
type groups struct {
	mu  sync.RWMutex
	set map[int64]struct{}
}

func (g *groups) add(id int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.set == nil {
		g.set = map[int64]struct{}{}
	}
	g.set[id] = struct{}{}
}

func (g *groups) has(id int64) bool {
	g.mu.RLock()
	defer g.mu.RUnlock()
	_, ok := g.set[id]
	return ok
}
