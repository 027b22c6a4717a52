package records

import (
	"slices"

	"basecampfs/api"
)

// learn makes r the newest version of its item, unless what is known is newer
// or the same.
func (a *Account) learn(r *api.Record) *Item {
	a.warm()
	v := newVersion(r)
	if r.Raw == nil { // changed here: its JSON is that of the version before
		if i := a.Known(r.Ref); i != nil {
			was := i.now.Load()
			v.length, v.sum = was.length, was.sum
		}
	}
	a.mu.Lock()
	k := idOf(r.Ref)
	i, ok := a.items[k]
	if !ok {
		v.rec = a.disk.keep(r)
		i = &Item{ref: r.Ref}
		i.now.Store(v)
		a.items[k] = i
		a.mu.Unlock()
		return i
	}
	was := i.now.Load()
	before := was.rec
	if same(was, v) || before.UpdatedAt.After(r.UpdatedAt) {
		a.mu.Unlock()
		return i
	}
	v.rec = a.disk.keep(r)
	i.replace(v)
	a.epoch.Add(1)
	a.mu.Unlock()
	a.tell(i, before, r)
	return i
}

// same reports whether two versions say the same.
func same(x, y *version) bool {
	a, b := x.rec, y.rec
	return a.UpdatedAt.Equal(b.UpdatedAt) && a.Status == b.Status && a.Completed == b.Completed &&
		Same(a.Parent, b.Parent) && a.Comments == b.Comments && a.Position == b.Position && x.length == y.length && x.sum == y.sum
}

// Put takes a record that a save or a refresh brought: it becomes the item's
// version, and every listing kept gains or loses it accordingly.
func (a *Account) Put(r *api.Record) *Item { return a.put(r, a.learn) }

// Replace is Put for a record that is newer than what is known although its
// UpdatedAt does not say so, such as one that was just trashed.
func (a *Account) Replace(r *api.Record) *Item {
	return a.put(r, func(r *api.Record) *Item {
		if i := a.Known(r.Ref); i != nil {
			r = r.Clone()
			if now := i.Record().UpdatedAt; now.After(r.UpdatedAt) {
				r.UpdatedAt = now
			}
		}
		return a.learn(r)
	})
}

func (a *Account) put(r *api.Record, learn func(*api.Record) *Item) *Item {
	homes := []id{{}, idOf(r.Parent)}
	known := a.Known(r.Ref)
	if known != nil {
		homes = append(homes, idOf(known.Record().Parent))
	}
	i := learn(r)
	r = i.Record()
	a.mu.Lock()
	var touched []api.Query
	for _, h := range homes {
		for _, q := range a.kept[h] {
			if q.Kind == r.Kind {
				touched = append(touched, q)
			}
		}
	}
	a.mu.Unlock()
	for _, q := range touched {
		k := key(q)
		a.lists.Update(k, func(l *Listing) *Listing { return place(l, i, selects(q, r)) })
		if l, info, ok := a.lists.Peek(k); ok {
			a.disk.list(k, q, l, a.opts.Now().Add(-info.Age))
		}
	}
	f := familyOf(api.Query{Kind: r.Kind, State: stateOf(r)})
	a.bulks.Update(bulkKey(f, r.Project), func(b *whole) *whole { return b.with(i, r) })
	if b, info, ok := a.bulks.Peek(bulkKey(f, r.Project)); ok {
		a.disk.whole(f, r.Project, b, a.opts.Now().Add(-info.Age))
	}
	if known == nil {
		a.tell(i, r)
	}
	return i
}

// place returns the listing with or without an item: the same one where
// nothing changes.
func place(l *Listing, i *Item, in bool) *Listing {
	at := slices.Index(l.Items, i)
	switch {
	case in && at < 0:
		return &Listing{Items: append(slices.Clip(slices.Clone(l.Items)), i)}
	case !in && at >= 0:
		return &Listing{Items: slices.Delete(slices.Clone(l.Items), at, at+1)}
	}
	return l
}

// selects reports whether a query's answer has a record in it.
func selects(q api.Query, r *api.Record) bool {
	switch {
	case q.Kind != r.Kind:
		return false
	case !q.In.IsZero() && !Same(q.In, r.Parent):
		return false
	case q.In.IsZero() && q.Project != 0 && q.Project != r.Project:
		return false
	}
	switch q.State {
	case api.Any:
		return r.Status == api.Active
	case api.Open:
		return r.Status == api.Active && !r.Completed
	case api.Completed:
		return r.Status == api.Active && r.Completed
	case api.ArchivedState:
		return r.Status == api.Archived
	case api.TrashedState:
		return r.Status == api.Trashed
	}
	return false
}

// stateOf is the state by which a record is found.
func stateOf(r *api.Record) api.State {
	switch r.Status {
	case api.Archived:
		return api.ArchivedState
	case api.Trashed:
		return api.TrashedState
	}
	return api.Any
}

// keep remembers that the answer to q is kept.
func (a *Account) keep(k string, q api.Query) {
	a.mu.Lock()
	defer a.mu.Unlock()
	in := idOf(q.In)
	if a.kept[in] == nil {
		a.kept[in] = map[string]api.Query{}
	}
	a.kept[in][k] = q
}

// Forget drops the freshness of everything that is kept of a container, so
// that the next reader asks the service again.
func (a *Account) Forget(in api.Ref) {
	a.warm()
	a.mu.Lock()
	var keys []string
	for k := range a.kept[idOf(in)] {
		keys = append(keys, k)
		a.stale[k] = true
	}
	a.mu.Unlock()
	for _, k := range keys {
		a.lists.Invalidate(k)
		a.disk.forget(k)
	}
}

// renewed notes that an answer came from the service itself.
func (a *Account) renewed(k string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.stale, k)
}

// Inside returns what is known to be in a container, of one kind and active:
// from the listings that are kept, of whatever age, without asking.
func (a *Account) Inside(k api.Kind, in api.Ref) []*Item {
	a.warm()
	a.mu.Lock()
	var keys []string
	for key, q := range a.kept[idOf(in)] {
		if q.Kind == k {
			keys = append(keys, key)
		}
	}
	a.mu.Unlock()
	var out []*Item
	for _, key := range keys {
		if l, _, ok := a.lists.Peek(key); ok {
			out = append(out, l.Items...)
		}
	}
	return out
}
