package tree

import (
	"context"
	"os"
	"strings"
	"syscall"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/names"
	"basecampfs/nodes/save"
)

// child says what a new text, or a new folder, in a folder becomes.
type child struct {
	v         *view
	kind      api.Kind
	parent    api.Ref
	completed bool
}

// texts is a folder in which a new file becomes an item.
type texts interface{ newText() child }

// folders is a folder in which a new folder becomes one of the service's.
type folders interface{ newFolder() child }

func (d *listDir) newText() child      { return child{d.v, api.Todo, d.i.Ref(), false} }
func (d *completedDir) newText() child { return child{d.v, api.Todo, d.i.Ref(), true} }
func (d *todosDir) newText() child     { return child{d.v, api.Todo, d.in, false} }
func (d *commentsDir) newText() child  { return child{d.v, api.Comment, d.i.Ref(), false} }
func (d *vaultDir) newText() child     { return child{d.v, api.Document, d.i.Ref(), false} }

func (d *toolDir) newText() child {
	if d.in.Kind == api.Vault {
		return child{d.v, api.Document, d.in, false}
	}
	return child{d.v, d.kinds[0], d.in, false}
}

func (d *projectsDir) newFolder() child { return child{d.v, api.Project, api.Ref{}, false} }
func (d *todosDir) newFolder() child    { return child{d.v, api.TodoList, d.in, false} }
func (d *listDir) newFolder() child     { return child{d.v, api.TodoGroup, d.i.Ref(), false} }
func (d *vaultDir) newFolder() child    { return child{d.v, api.Vault, d.i.Ref(), false} }

func (d *toolDir) newFolder() child {
	k := d.in.Kind
	return child{d.v, k, d.in, false}
}

// viewer is a folder that belongs to a view of an account.
type viewer interface{ viewOf() *view }

func (d *projectsDir) viewOf() *view  { return d.v }
func (d *projectDir) viewOf() *view   { return d.v }
func (d *todosDir) viewOf() *view     { return d.v }
func (d *listDir) viewOf() *view      { return d.v }
func (d *completedDir) viewOf() *view { return d.v }
func (d *commentsDir) viewOf() *view  { return d.v }
func (d *vaultDir) viewOf() *view     { return d.v }
func (d *toolDir) viewOf() *view      { return d.v }
func (d *trashDir) viewOf() *view     { return d.v }

// changeable says whether anything can be changed in this view, or why not.
func (v *view) changeable() error {
	switch {
	case v.a.tree.cfg.ReadOnly:
		return &api.Error{Code: api.Forbidden, Err: syscall.EROFS, Message: "the mount is read-only"}
	case v.state == api.ArchivedState:
		return &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "what is archived cannot be changed",
			Hint: "restore the project in Basecamp first"}
	case v.state == api.TrashedState:
		return &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "what is in the trash cannot be changed",
			Hint: "move it out of trash/ to restore it"}
	}
	return nil
}

// own returns the view of a folder in which programs can make files.
func own(d Dir) (*view, error) {
	v, ok := d.(viewer)
	if !ok {
		return nil, &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "nothing can be made or changed in this folder"}
	}
	return v.viewOf(), v.viewOf().changeable()
}

// refused is the error for a name that would be neither an item nor scratch.
func refused(name string) error {
	return &api.Error{Code: api.Invalid, Message: "a file called " + name + " would not be kept",
		Hint: "give it a name that ends in " + names.Extension}
}

// Create makes a new file and returns its node. What it becomes is decided by
// its name; an item's is sent when it is saved. draft is set where the file is
// written through one.
func (t *Tree) Create(ctx context.Context, d Dir, name string) (n Node, draft *Draft, err error) {
	v, err := own(d)
	if err != nil {
		return nil, nil, err
	}
	p, err := t.over(d, true)
	if err != nil {
		return nil, nil, err
	}
	if k := p.parked(name); k != nil {
		if k.cancel == nil || k.cancel() {
			return t.revive(ctx, p, k)
		}
		p.unpark(k) // it is gone for good
	}
	switch names.Classify(name) {
	case names.Scratch:
		s, err := t.createScratch(p, d.Inode(), name)
		return s, nil, err
	case names.Neither:
		return nil, nil, refused(name)
	}
	to, ok := d.(texts)
	if !ok {
		return nil, nil, &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "no item can be made in this folder"}
	}
	c := to.newText()
	if can := v.a.recs.Can(c.kind); !can.Create {
		return nil, nil, can.Cannot("create")
	}
	f := t.newFresh(d, p, c, name)
	return f, f.Draft, nil
}

func (t *Tree) createScratch(p *place, folder uint64, name string) (*Scratch, error) {
	f, err := t.cfg.Scratch.Open(scratchFolder(folder), name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, diskError(err)
	}
	_ = f.Close()
	s := t.newScratch(folder, name, false)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.own.put(s)
	return s, nil
}

// newFresh begins a new item called name.
func (t *Tree) newFresh(d Dir, p *place, c child, name string) *Fresh {
	f := &Fresh{a: c.v.a, inode: nextInode(), begun: time.Now()}
	f.Draft = &Draft{name: name, empty: emptyLater, loaded: true, tell: t.cfg.Log.Add}
	f.load = func(context.Context) ([]byte, error) { return nil, nil }
	a := c.v.a
	f.stamp = func(t time.Time) { f.a.setTime(f.saved.Load(), t) }
	f.save = func(ctx context.Context, data []byte) error {
		if i := f.saved.Load(); i != nil { // written again through the handle that made it
			e := save.Edit{Item: i, Base: i.Record(), Name: name, Data: data}
			_, err := t.cfg.Saver.Update(ctx, a, e)
			return err
		}
		item, err := t.cfg.Saver.Create(ctx, a, save.Draft{
			Kind: c.kind, Parent: c.parent, Title: names.ToTitle(strings.TrimSuffix(name, textSuffix)), Name: name, Data: data, Completed: c.completed,
		})
		if item != nil { // with an error, not all of it is saved
			f.saved.Store(item)
			t.called(d, strings.TrimSuffix(name, textSuffix), item)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.own.fresh, name)
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.own.fresh == nil {
		p.own.fresh = map[string]*Fresh{}
	}
	p.own.fresh[name] = f
	return f
}

// Mkdir makes a folder, which becomes one of the service's at once.
func (t *Tree) Mkdir(ctx context.Context, d Dir, name string) (Node, error) {
	v, err := own(d)
	if err != nil {
		return nil, err
	}
	to, ok := d.(folders)
	if !ok {
		return nil, &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "no folder can be made here"}
	}
	c := to.newFolder()
	if l, ok := d.(*listDir); ok && l.i.Ref().Kind == api.TodoGroup {
		return nil, &api.Error{Code: api.Unsupported, Message: "a group holds no groups"}
	}
	if can := v.a.recs.Can(c.kind); !can.Create {
		return nil, can.Cannot("create")
	}
	if strings.HasPrefix(name, ".") {
		return nil, &api.Error{Code: api.Invalid, Message: "a folder's name cannot begin with a dot"}
	}
	item, err := t.cfg.Saver.Make(ctx, v.a, c.kind, c.parent, names.ToTitle(name))
	if err != nil {
		return nil, err
	}
	t.called(d, name, item)
	n, _ := v.node(item, "")
	return n, nil
}

// Symlink makes a symbolic link, which is always scratch.
func (t *Tree) Symlink(d Dir, name, target string) (Node, error) {
	if _, err := own(d); err != nil {
		return nil, err
	}
	if names.Classify(name) != names.Scratch {
		return nil, &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "Basecamp has no symbolic links"}
	}
	p, err := t.over(d, true)
	if err != nil {
		return nil, err
	}
	if err := t.cfg.Scratch.Symlink(scratchFolder(d.Inode()), name, target); err != nil {
		return nil, diskError(err)
	}
	s := t.newScratch(d.Inode(), name, true)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.own.put(s)
	return s.node(), nil
}
