package tree

import (
	"context"
	"time"

	"basecampfs/nodes/records"
)

// listed is a folder whose content comes from listings of an account.
type listed interface {
	Dir
	view() *view
	// fixed are the entries that are there whatever the listings say.
	fixed() Entries
	// contents asks for the listings, all of them, and says which of their
	// items the folder shows.
	contents(ctx context.Context) (contents, error)
}

// contents is what a folder shows beside its fixed entries.
type contents struct {
	from []*records.Listing
	// pick narrows the listings to the folder's items; nil takes all.
	pick func(*records.Item) bool
}

func (c contents) items() []*records.Item {
	var out []*records.Item
	for _, l := range c.from {
		for _, i := range l.Items {
			if c.pick == nil || c.pick(i) {
				out = append(out, i)
			}
		}
	}
	return out
}

// newest is the latest time in a folder's listings, at least t.
func (c contents) newest(t time.Time) time.Time {
	for _, i := range c.items() {
		t = newest(t, i.Record().UpdatedAt)
	}
	return t
}

func rollOf(ctx context.Context, d listed) (*place, *roll, error) {
	c, err := d.contents(ctx)
	if err != nil {
		return nil, nil, err
	}
	v := d.view()
	p := v.a.tree.place(d.Inode())
	return p, p.roll(v, c.from, c.items, d.fixed()), nil
}

func entriesOf(ctx context.Context, d listed) (Entries, error) {
	_, m, err := rollOf(ctx, d)
	if err != nil {
		return nil, err
	}
	return m.list, nil
}

func lookupIn(ctx context.Context, d listed, name string) (Node, error) {
	if e, ok := d.fixed().Find(name); ok {
		return e.Node, nil
	}
	p, m, err := rollOf(ctx, d)
	if err != nil {
		return nil, err
	}
	if e, ok := m.list.Find(name); ok {
		return e.Node, nil
	}
	if n, ok := p.find(d.view(), m, name, !isWithoutFormer(ctx)); ok {
		return n, nil
	}
	return nil, absent(name)
}
