package tree

import (
	"context"
	"sync/atomic"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/records"
	"basecampfs/nodes/save"
)

// Edit begins an edit of an item's text.
func (f *itemFile) Edit(ctx context.Context, truncate bool) (*Draft, error) {
	if err := f.v.writable(f.i.Ref().Kind); err != nil {
		return nil, err
	}
	who, err := f.v.a.people(ctx)
	if err != nil {
		return nil, err
	}
	base := f.i.Record()
	name := f.v.titleOf(base) + textSuffix
	if base.Kind == api.Project {
		name = projectName
	}
	d := &Draft{name: name, stamp: f.SetTime, tell: f.v.a.tree.cfg.Log.Add}
	d.load = func(context.Context) ([]byte, error) { return f.v.render(base, who), nil }
	d.save = func(ctx context.Context, data []byte) error {
		now, err := f.v.a.tree.cfg.Saver.Update(ctx, f.v.a, save.Edit{Item: f.i, Base: base, Name: d.name, Data: data})
		if err == nil {
			base = now
		}
		return err
	}
	if truncate {
		err = d.Truncate(ctx, 0)
	}
	return d, err
}

// SetTime keeps a time that a program sets, for this version of the item.
func (f *itemFile) SetTime(t time.Time) { f.v.a.setTime(f.i, t) }

// writable says whether texts of a kind can be changed in this view, or why not.
func (v *view) writable(k api.Kind) error {
	if err := v.changeable(); err != nil {
		return err
	}
	can := v.a.recs.Can(k)
	if can.Update == 0 {
		return can.Cannot("update")
	}
	return nil
}

// Edit begins an edit of a whole list.
func (f *checklistFile) Edit(ctx context.Context, truncate bool) (*Draft, error) {
	if err := f.v.writable(api.Todo); err != nil {
		return nil, err
	}
	before, _, err := f.list(ctx)
	if err != nil {
		return nil, err
	}
	d := &Draft{name: f.i.Record().Title + "/" + checklistName, tell: f.v.a.tree.cfg.Log.Add}
	d.load = func(ctx context.Context) ([]byte, error) { return f.render(ctx, before) }
	d.save = func(ctx context.Context, data []byte) error {
		err := f.v.a.tree.cfg.Saver.Checklist(ctx, f.v.a, save.List{Item: f.i, Before: before, Name: d.name, Data: data, Allow: f.v.a.tree.allowTrash})
		if err != nil {
			return err
		}
		before, _, err = f.list(ctx)
		return err
	}
	if truncate {
		err = d.Truncate(ctx, 0)
	}
	return d, err
}

// SetTime does nothing: a checklist's time is that of what is in the list.
func (f *checklistFile) SetTime(time.Time) {}

func (t *Tree) allowTrash() error { return t.guard.allow(time.Now()) }

// Fresh is a new file that is not in Basecamp yet. Every handle on it shares
// one draft.
type Fresh struct {
	*Draft
	a     *Account
	inode uint64
	begun time.Time

	saved atomic.Pointer[records.Item] // what it became
}

// Inode is a number for the time being: the item gets its own.
func (f *Fresh) Inode() uint64 { return f.inode }

// Volatile keeps others from remembering it.
func (f *Fresh) Volatile() bool { return true }

// Attr is what was written so far.
func (f *Fresh) Attr(ctx context.Context) (Attr, error) {
	n, err := f.Size(ctx)
	a := Attr{Mode: fileMode, Size: n, ModTime: f.begun}
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := f.saved.Load(); i != nil {
		a.ModTime = f.a.timeOf(i)
	} else if !f.mtime.IsZero() {
		a.ModTime = f.mtime
	}
	return a, err
}

// Open reads what was written so far.
func (f *Fresh) Open(ctx context.Context) (Content, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return NewText(append([]byte(nil), f.data...)), nil
}

// Edit joins the draft.
func (f *Fresh) Edit(ctx context.Context, truncate bool) (*Draft, error) {
	if truncate {
		return f.Draft, f.Truncate(ctx, 0)
	}
	return f.Draft, nil
}

// SetTime is the time that the item is going to have, or has.
func (f *Fresh) SetTime(t time.Time) {
	if i := f.saved.Load(); i != nil && !f.Dirty() {
		f.a.setTime(i, t)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.mtime = t
}
