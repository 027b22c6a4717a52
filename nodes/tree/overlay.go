package tree

import (
	"context"
	"os"
	"time"

	"basecampfs/nodes/records"
)

// parkTime is how long a name that a program moved out of its way stands for
// the item that had it: time enough to write the new text, which is then a
// save of that item. Without one the item shows up under its name again.
const parkTime = 10 * time.Second

// overlay is what a folder of the mount has beside, or in place of, what the
// service's listings say. It is guarded by its place's lock.
type overlay struct {
	loaded  bool
	scratch map[string]*Scratch
	fresh   map[string]*Fresh
	parked  map[string]*parked
	left    map[*records.Item]bool   // moved away by somebody here
	freed   map[string]*records.Item // names that somebody here took from them
}

// parked is a name whose item is about to be written anew.
type parked struct {
	node    Node // what has the name
	trashed bool // the item is in the trash and must be restored
	until   time.Time
	// cancel, where there is one, keeps the item from being trashed. It
	// returns false once that is too late.
	cancel func() bool
}

// over returns a folder's place with its scratch files loaded, or nil where
// the folder has nothing of its own.
func (t *Tree) over(d Dir, create bool) (*place, error) {
	key := d.Inode()
	t.mu.Lock()
	p := t.places[key]
	t.mu.Unlock()
	if p == nil && !create {
		has, err := t.hasScratch(key)
		if err != nil || !has {
			return nil, err
		}
	}
	if p == nil {
		p = t.place(key)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.own.loaded {
		if err := p.load(t, key); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (t *Tree) hasScratch(key uint64) (bool, error) {
	if t.cfg.Scratch == nil {
		return false, nil
	}
	infos, err := t.cfg.Scratch.List(scratchFolder(key))
	return len(infos) > 0, diskError(err)
}

// load takes over the scratch files of an earlier mount. p.mu is held.
func (p *place) load(t *Tree, key uint64) error {
	p.own.loaded = true
	if t.cfg.Scratch == nil {
		return nil
	}
	infos, err := t.cfg.Scratch.List(scratchFolder(key))
	if err != nil {
		return diskError(err)
	}
	for _, i := range infos {
		p.own.put(t.newScratch(key, i.Name(), i.Mode()&os.ModeSymlink != 0))
	}
	return nil
}

func (o *overlay) put(s *Scratch) {
	if o.scratch == nil {
		o.scratch = map[string]*Scratch{}
	}
	o.scratch[s.name] = s
}

// hidden reports whether a name is parked. It forgets names that were parked
// for too long.
func (o *overlay) hidden(name string, now time.Time) bool {
	k := o.parked[name]
	if k != nil && now.After(k.until) {
		delete(o.parked, name)
		k = nil
	}
	return k != nil
}

// Entries lists a folder as the mount shows it.
func (t *Tree) Entries(ctx context.Context, d Dir) (Entries, error) {
	e, err := d.Entries(ctx)
	if err != nil {
		return nil, err
	}
	p, err := t.over(d, false)
	if p == nil || err != nil {
		return e, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.own.scratch)+len(p.own.fresh)+len(p.own.parked) == 0 {
		return e, nil
	}
	now := time.Now()
	out := make(Entries, 0, len(e)+len(p.own.scratch))
	for _, x := range e {
		if p.own.scratch[x.Name] == nil && p.own.fresh[x.Name] == nil && !p.own.hidden(x.Name, now) {
			out = append(out, x)
		}
	}
	for name, s := range p.own.scratch {
		out = append(out, entry(name, s.node()))
	}
	for name, f := range p.own.fresh {
		out = append(out, entry(name, f))
	}
	return out.sort(), nil
}

// Lookup finds a name in a folder as the mount shows it.
func (t *Tree) Lookup(ctx context.Context, d Dir, name string) (Node, error) {
	p, err := t.over(d, false)
	if err != nil {
		return nil, err
	}
	if p != nil {
		p.mu.Lock()
		switch s, f := p.own.scratch[name], p.own.fresh[name]; {
		case s != nil:
			p.mu.Unlock()
			return s.node(), nil
		case f != nil:
			p.mu.Unlock()
			return f, nil
		case p.own.hidden(name, time.Now()):
			p.mu.Unlock()
			return nil, absent(name)
		}
		p.mu.Unlock()
	}
	return d.Lookup(ctx, name)
}
