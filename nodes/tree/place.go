package tree

import (
	"slices"
	"strings"
	"sync"

	"basecampfs/nodes/names"
	"basecampfs/nodes/records"
)

// place is what the mount keeps of one folder for as long as it lives: the
// entries worked out last, and the names that its items had before.
type place struct {
	mu     sync.Mutex
	now    *roll
	former map[string]*records.Item // by name without suffix
	own    overlay
}

// roll is a folder's items under their names.
type roll struct {
	from  []*records.Listing
	epoch uint64 // of the account's records when it was made or last checked
	items []*records.Item
	looks []look   // what decided the names and entries, item by item
	stems []string // names without suffixes, item by item
	list  Entries
}

// look is what a folder shows of an item.
type look struct {
	title           string
	comments, files bool
}

func lookOf(v *view, i *records.Item) look {
	r := i.Record()
	return look{v.titleOf(r), r.Comments > 0, len(r.Files) > 0}
}

// roll returns a folder's items under their names: the roll made before, where
// nothing that it depends on has changed.
func (p *place) roll(v *view, from []*records.Listing, pick func() []*records.Item, fixed Entries) *roll {
	epoch := v.a.recs.Epoch()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now != nil && slices.Equal(p.now.from, from) {
		if p.now.epoch == epoch {
			return p.now
		}
		if items := pick(); p.now.same(v, items) {
			p.now.epoch = epoch
			return p.now
		}
	}
	m := &roll{from: from, epoch: epoch, items: pick()}
	m.name(v, fixed)
	for _, i := range m.items {
		delete(p.own.left, i)
	}
	p.remember(m)
	p.now = m
	return m
}

func (m *roll) same(v *view, items []*records.Item) bool {
	if !slices.Equal(m.items, items) {
		return false
	}
	for n, i := range items {
		if lookOf(v, i) != m.looks[n] {
			return false
		}
	}
	return true
}

func (m *roll) name(v *view, fixed Entries) {
	claims := make([]names.Claim, len(m.items))
	m.looks = make([]look, len(m.items))
	for n, i := range m.items {
		m.looks[n] = lookOf(v, i)
		claims[n] = names.Claim{ID: i.Ref().ID, Title: m.looks[n].title, Suffixes: v.suffixes(i)}
		if f := v.extension(i); f != "" {
			claims[n].Title = strings.TrimSuffix(claims[n].Title, f)
		}
	}
	reserved := make([]string, len(fixed))
	for n, e := range fixed {
		reserved[n] = e.Name
	}
	m.stems = names.Assign(claims, reserved...)
	m.list = slices.Clone(fixed)
	for n, i := range m.items {
		for _, s := range claims[n].Suffixes {
			if node, listed := v.node(i, s); listed {
				m.list = append(m.list, Entry{m.stems[n] + s, typeOf(node), node})
			}
		}
	}
	m.list = m.list.sort()
}

// remember keeps the names that m no longer gives out. The caller holds p.mu.
func (p *place) remember(m *roll) {
	if p.now == nil {
		return
	}
	is := make(map[*records.Item]string, len(m.items))
	for n, i := range m.items {
		is[i] = m.stems[n]
	}
	for n, i := range p.now.items {
		was := p.now.stems[n]
		if p.own.freed[was] == i {
			delete(p.own.freed, was)
			continue
		}
		if is[i] != was && !p.own.left[i] {
			if p.former == nil {
				p.former = map[string]*records.Item{}
			}
			p.former[was] = i
		}
	}
}

// find returns the node of a name that the roll's list does not show: a part
// of an item that is there but not listed, a name with an id, or, with former,
// a name that an item of the folder had before.
func (p *place) find(v *view, m *roll, name string, former bool) (Node, bool) {
	for n, i := range m.items {
		for _, s := range v.suffixes(i) {
			if len(name) == len(m.stems[n])+len(s) && strings.HasPrefix(name, m.stems[n]) && strings.HasSuffix(name, s) {
				if node, _ := v.node(i, s); node != nil {
					return node, true
				}
			}
		}
	}
	for n, i := range m.items {
		for _, s := range v.suffixes(i) {
			stem, ok := strings.CutSuffix(name, s)
			if !ok {
				continue
			}
			if id, ok := names.ID(stem); ok && id == m.items[n].Ref().ID {
				node, _ := v.node(i, s)
				return node, node != nil
			}
		}
	}
	if !former {
		return nil, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for was, i := range p.former {
		s, ok := strings.CutPrefix(name, was)
		if ok && slices.Contains(v.suffixes(i), s) && v.alive(i) {
			node, _ := v.node(i, s)
			return node, node != nil
		}
	}
	return nil, false
}
