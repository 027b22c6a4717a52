package records

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"basecampfs/api"
)

// bulk is all active records of one kind in one project, by what holds them.
type bulk struct {
	in map[id]*Listing
}

func bulkKey(t track) string { return fmt.Sprintf("%s/%d", t.kind, t.project) }

// with returns b with an item below its record's parent. Where it was before
// need not forget it: an answer is selected by what the records say now.
func (b *bulk) with(i *Item, r *api.Record) *bulk {
	in := idOf(r.Parent)
	l := b.in[in]
	if l == nil {
		l = &Listing{}
	}
	grown := place(l, i, true)
	if grown == l {
		return b
	}
	c := &bulk{in: maps.Clone(b.in)}
	c.in[in] = grown
	return c
}

// fromBulk answers q out of a listing of the whole project, which is fetched
// once for all that ask.
func (a *Account) fromBulk(ctx context.Context, t track, q api.Query) (*Listing, error) {
	b, info, err := a.bulks.Get(ctx, bulkKey(t), func(ctx context.Context) (*bulk, error) { return a.fetchBulk(ctx, t) })
	if err != nil {
		return nil, canceled(err)
	}
	if info.Stale {
		return nil, info.Err
	}
	a.mu.Lock()
	a.bulkKeys[bulkKey(t)] = true
	a.mu.Unlock()
	l := &Listing{}
	if all := b.in[idOf(q.In)]; all != nil {
		for _, i := range all.Items {
			if selects(q, i.Record()) {
				l.Items = append(l.Items, i)
			}
		}
	}
	a.lists.SetAt(key(q), l, a.opts.Now().Add(-info.Age))
	a.keep(key(q), q)
	return l, nil
}

func (a *Account) fetchBulk(ctx context.Context, t track) (*bulk, error) {
	b := &bulk{in: map[id]*Listing{}}
	q := api.Query{Kind: t.kind, Project: t.project, State: api.Any}
	err := a.Account.List(ctx, q, func(page []*api.Record) error {
		for _, r := range page {
			in := idOf(r.Parent)
			if b.in[in] == nil {
				b.in[in] = &Listing{}
			}
			b.in[in].Items = append(b.in[in].Items, a.learn(r))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, l := range b.in {
		arrange(l.Items)
	}
	return b, nil
}

// arrange puts items in the order of their positions; what has none, such as
// what is completed, follows by id. The service's own order is not stable
// enough to compare two texts by.
func arrange(items []*Item) {
	slices.SortStableFunc(items, func(a, b *Item) int {
		x, y := a.Record(), b.Record()
		if (x.Position > 0) != (y.Position > 0) {
			if x.Position > 0 {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(x.Position, y.Position), cmp.Compare(x.ID, y.ID))
	})
}
