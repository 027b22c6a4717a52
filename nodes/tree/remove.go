package tree

import (
	"context"
	"syscall"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// Remove removes a file: an item goes to Basecamp's trash. Its name stands for
// it a moment longer, since many programs replace a file by removing it first.
func (t *Tree) Remove(ctx context.Context, d Dir, name string) error {
	if r, ok := d.(*rejectedDir); ok {
		return r.Remove(ctx, name)
	}
	if _, err := own(d); err != nil {
		return err
	}
	n, err := t.Lookup(ctx, d, name)
	if err != nil {
		return err
	}
	p, err := t.over(d, true)
	if err != nil {
		return err
	}
	switch n := n.(type) {
	case *Scratch:
		return t.removeScratch(p, n, name)
	case *scratchLink:
		return t.removeScratch(p, n.s, name)
	case *Fresh:
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.own.fresh, name)
		n.discard()
		return nil
	case *itemFile:
		if n.i.Ref().Kind == api.Project {
			p.park(name, &parked{node: n, until: time.Now().Add(parkTime)})
			return nil
		}
		if err := t.rejoin(ctx, n); err != nil {
			return err
		}
		if !n.v.a.recs.Can(n.i.Ref().Kind).Restore {
			return t.trashLater(p, name, n)
		}
		if err := t.trash(ctx, n.v, n.i); err != nil {
			return err
		}
		p.park(name, &parked{node: n, trashed: true, until: time.Now().Add(parkTime)})
		return nil
	case Dir:
		return syscall.EISDIR
	case *jsonFile, *listJSONFile, *checklistFile:
		// They are there as long as what they show; a program that replaces
		// or removes a whole folder has to get past them.
		p.park(name, &parked{node: n, until: time.Now().Add(parkTime)})
		return nil
	}
	return &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: name + " cannot be removed"}
}

func (t *Tree) removeScratch(p *place, s *Scratch, name string) error {
	folder, _ := s.at()
	s.vanish()
	if err := t.cfg.Scratch.Remove(folder, name); err != nil {
		return diskError(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.own.scratch, name)
	return nil
}

// trash puts an item into Basecamp's trash, unless too many went just before.
func (t *Tree) trash(ctx context.Context, v *view, i *records.Item) error {
	if err := t.mayTrash(v, i); err != nil {
		return err
	}
	return t.cfg.Saver.SetStatus(ctx, v.a, i, api.Trashed)
}

func (t *Tree) mayTrash(v *view, i *records.Item) error {
	if can := v.a.recs.Can(i.Ref().Kind); !can.Trash {
		return can.Cannot("trash")
	}
	return t.guard.allow(time.Now())
}

// rejoin brings back the comments on an item that were removed just before it:
// rm -r removes them first, and each by itself. They go to the trash with the
// item, and come back with it.
func (t *Tree) rejoin(ctx context.Context, f *itemFile) error {
	p := t.place((&commentsDir{f.v, f.i}).Inode())
	p.mu.Lock()
	now := time.Now()
	var gone []*parked
	for _, k := range p.own.parked {
		if now.Before(k.until) && (k.trashed || k.cancel != nil) {
			gone = append(gone, k)
		}
	}
	p.mu.Unlock()
	for _, k := range gone {
		c, ok := k.node.(*itemFile)
		if !ok || k.cancel != nil && !k.cancel() {
			continue
		}
		if k.trashed {
			if err := t.restore(ctx, c.v, c.i); err != nil {
				return err
			}
		}
		t.guard.forgive()
		p.unpark(k)
	}
	return nil
}

// graceTime is how long a file that was removed is left out of a trash that
// nothing comes back from.
const graceTime = 2 * time.Second

// trashLater trashes an item unless its name is written again at once.
func (t *Tree) trashLater(p *place, name string, f *itemFile) error {
	if err := t.mayTrash(f.v, f.i); err != nil {
		return err
	}
	k := &parked{node: f, until: time.Now().Add(time.Hour)}
	k.cancel = t.cfg.Saver.Later(graceTime, "trashing "+name, func(ctx context.Context) error {
		defer p.unpark(k) // if it failed the item shows again
		return t.cfg.Saver.SetStatus(ctx, f.v.a, f.i, api.Trashed)
	})
	p.park(name, k)
	return nil
}

// Rmdir removes a folder of which all items are gone.
func (t *Tree) Rmdir(ctx context.Context, d Dir, name string) error {
	v, err := own(d)
	if err != nil {
		return err
	}
	n, err := t.Lookup(ctx, d, name)
	if err != nil {
		return err
	}
	dir, ok := n.(Dir)
	if !ok {
		return syscall.ENOTDIR
	}
	if err := t.vacant(ctx, dir); err != nil {
		return err
	}
	if err := t.cfg.Saver.Settle(ctx); err != nil {
		return err
	}
	var i *records.Item
	switch n := n.(type) {
	case *listDir:
		i = n.i
	case *vaultDir:
		i = n.i
	case *projectDir:
		if !t.cfg.ProjectTrash {
			return &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "a project is not trashed from here",
				Hint: "mount with --allow-project-trash, or do it in Basecamp"}
		}
		i = n.i
	case *completedDir, *commentsDir, *filesDir:
		// Gone for as long as it takes to remove what it belongs to.
		t.place(d.Inode()).park(name, &parked{node: n, until: time.Now().Add(parkTime)})
		return nil
	default:
		return &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: name + " cannot be removed"}
	}
	return t.trash(ctx, v, i)
}

// vacant fails with ENOTEMPTY where a folder holds something that would go with it.
func (t *Tree) vacant(ctx context.Context, d Dir) error {
	entries, err := t.Entries(ctx, d)
	if err != nil {
		return err
	}
	for _, e := range entries {
		switch n := e.Node.(type) {
		case *checklistFile, *listJSONFile, *jsonFile:
			continue
		case *completedDir:
			if err := t.vacant(ctx, n); err != nil {
				return err
			}
			continue
		case *itemFile:
			if n.i.Ref().Kind == api.Project {
				continue
			}
		}
		return syscall.ENOTEMPTY
	}
	return nil
}
