package tree

import (
	"context"
	"syscall"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// revive takes a new file under a parked name for the text of the item that
// had the name. The item is back from that moment on, whatever becomes of the
// text: a save that fails must not leave it in the trash.
func (t *Tree) revive(ctx context.Context, p *place, k *parked) (Node, *Draft, error) {
	e, ok := k.node.(Editable)
	if !ok {
		return nil, nil, &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "this file cannot be written"}
	}
	if f, ok := e.(*itemFile); ok && k.trashed {
		if err := t.restore(ctx, f.v, f.i); err != nil {
			return nil, nil, err
		}
	}
	if k.trashed || k.cancel != nil {
		t.guard.forgive()
	}
	p.unpark(k)
	draft, err := e.Edit(ctx, true)
	return k.node, draft, err
}

// restore brings an item back from Basecamp's trash.
func (t *Tree) restore(ctx context.Context, v *view, i *records.Item) error {
	if can := v.a.recs.Can(i.Ref().Kind); !can.Restore {
		return can.Cannot("restore")
	}
	if err := t.cfg.Saver.SetStatus(ctx, v.a, i, api.Active); err != nil {
		return err
	}
	t.unparkAll(i)
	return nil
}

// unparkAll shows the names again that were parked for an item and for what it
// has beside it.
func (t *Tree) unparkAll(i *records.Item) {
	t.mu.Lock()
	places := make([]*place, 0, len(t.places))
	for _, p := range t.places {
		places = append(places, p)
	}
	t.mu.Unlock()
	for _, p := range places {
		p.mu.Lock()
		for name, k := range p.own.parked {
			if behind(k.node) == i {
				delete(p.own.parked, name)
			}
		}
		p.mu.Unlock()
	}
}

// behind is the item that a node belongs to.
func behind(n Node) *records.Item {
	switch n := n.(type) {
	case *commentsDir:
		return n.i
	case *completedDir:
		return n.i
	case *checklistFile:
		return n.i
	case *listJSONFile:
		return n.i
	}
	return ItemOf(n)
}

// parked returns what a name stands for while it is parked, or nil.
func (p *place) parked(name string) *parked {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.own.hidden(name, time.Now()) {
		return nil
	}
	return p.own.parked[name]
}

func (p *place) unpark(k *parked) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, x := range p.own.parked {
		if x == k {
			delete(p.own.parked, name)
		}
	}
}

func (p *place) park(name string, k *parked) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.own.parked == nil {
		p.own.parked = map[string]*parked{}
	}
	p.own.parked[name] = k
}
