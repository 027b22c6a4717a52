package bc3

import (
	"slices"
	"sync"
)

// index holds the recordings of a kind in both orders that listings ask for,
// so that no request sorts. Both are oldest first; ties go by id.
type index struct {
	created []*recording
	updated []*recording
	loose   bool // while sample data goes in, in no order
}

func byCreated(a, b *recording) int { return order(a.created, b.created, a.id, b.id) }
func byUpdated(a, b *recording) int { return order(a.updated, b.updated, a.id, b.id) }

func order(a, b, idA, idB int64) int {
	switch {
	case a < b || a == b && idA < idB:
		return -1
	case a == b && idA == idB:
		return 0
	}
	return 1
}

func (x *index) add(r *recording) {
	if x.loose {
		x.created = append(x.created, r)
		return
	}
	x.created = insertSorted(x.created, r, byCreated)
	x.updated = insertSorted(x.updated, r, byUpdated)
}

// updating takes r out of the order by updated_at, lets change set its time
// and puts it back.
func (x *index) updating(r *recording, change func()) {
	if x.loose {
		change()
		return
	}
	if i, ok := slices.BinarySearchFunc(x.updated, r, byUpdated); ok {
		x.updated = slices.Delete(x.updated, i, i+1)
	}
	change()
	x.updated = insertSorted(x.updated, r, byUpdated)
}

func insertSorted(a []*recording, r *recording, cmp func(a, b *recording) int) []*recording {
	i, _ := slices.BinarySearchFunc(a, r, cmp)
	return slices.Insert(a, i, r)
}

// load starts the loading of sample data, or ends it.
func (s *state) load(on bool) {
	for k := range s.index {
		x := &s.index[k]
		x.loose = on
		if !on {
			slices.SortFunc(x.created, byCreated)
			x.updated = slices.Clone(x.created)
			slices.SortFunc(x.updated, byUpdated)
		}
	}
	s.gen++
}

// views remembers the filtered listings of the last requests until something
// is written: a crawl through hundreds of pages filters once.
type views struct {
	mu   sync.Mutex
	gen  uint64
	list map[viewKey][]*recording
}

type viewKey struct {
	kind    kind
	status  status
	buckets string
	updated bool
	desc    bool
	person  *person
}

const maxViews = 64

// view returns the recordings that k names, making them with pick from the
// index where they are not at hand.
func (s *state) view(k viewKey, pick func(*recording) bool) []*recording {
	v := &s.views
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.gen != s.gen || v.list == nil || len(v.list) >= maxViews {
		v.gen, v.list = s.gen, map[viewKey][]*recording{}
	}
	if l, ok := v.list[k]; ok {
		return l
	}
	src := s.index[k.kind].created
	if k.updated {
		src = s.index[k.kind].updated
	}
	l := make([]*recording, 0, 64)
	for _, r := range src {
		if r.status == k.status && pick(r) {
			l = append(l, r)
		}
	}
	if k.desc {
		slices.Reverse(l)
	}
	v.list[k] = l
	return l
}
