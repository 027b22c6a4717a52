package tree

import (
	"context"
	"strings"
	"syscall"

	"basecampfs/api"
	"basecampfs/nodes/names"
	"basecampfs/nodes/records"
)

// Rename moves a file or folder to another name, another folder, or both. What
// that means for Basecamp depends on the two names: a new title, another list,
// finished or reopened, trashed or restored; and where one of them is scratch,
// a save, or nothing at all.
func (t *Tree) Rename(ctx context.Context, from Dir, name string, to Dir, newName string, noReplace bool) error {
	if _, ok := to.(*trashDir); !ok {
		if _, err := own(to); err != nil {
			return err
		}
	}
	src, err := t.Lookup(ctx, from, name)
	if err != nil {
		return err
	}
	at := ctx
	if _, ok := src.(*Scratch); !ok {
		at = withoutFormer(ctx)
	}
	dst, err := t.Lookup(at, to, newName)
	switch {
	case err == nil && noReplace:
		return syscall.EEXIST
	case err == nil && dst.Inode() == src.Inode() && name == newName && from.Inode() == to.Inode():
		return nil
	case err != nil && api.CodeOf(err) != api.NotFound:
		return err
	}
	m := move{t, from, name, to, newName, dst}
	switch src := src.(type) {
	case *Scratch:
		return m.scratch(ctx, src)
	case *scratchLink:
		return m.rescratch(src.s)
	case *itemFile:
		return m.item(ctx, src)
	case *listDir:
		return m.folder(ctx, src.v, src.i)
	case *vaultDir:
		return m.folder(ctx, src.v, src.i)
	case *projectDir:
		return m.folder(ctx, src.v, src.i)
	case *checklistFile:
		if names.Classify(newName) == names.Scratch {
			return m.park(ctx, src)
		}
	}
	return &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: name + " cannot be moved or renamed"}
}

// move is one rename.
type move struct {
	t       *Tree
	from    Dir
	name    string
	to      Dir
	newName string
	dst     Node // what has the new name already, or nil
}

// item renames or moves an item's text, and the item with it.
func (m move) item(ctx context.Context, f *itemFile) error {
	k := f.i.Ref().Kind
	if _, ok := m.to.(*trashDir); ok {
		if f.v.state == api.TrashedState {
			return &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "nothing can be renamed in the trash"}
		}
		return m.leave(f.i, m.t.trash(ctx, f.v, f.i))
	}
	switch names.Classify(m.newName) {
	case names.Scratch:
		return m.park(ctx, f)
	case names.Neither:
		return refused(m.newName)
	}
	if k == api.Project {
		return &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: m.name + " has this name in every project"}
	}
	into, ok := m.to.(texts)
	if !ok {
		return &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "no item can be moved into this folder"}
	}
	c := into.newText()
	if c.kind != k || c.v.a != f.v.a {
		return &api.Error{Code: api.Unsupported, Message: "a " + string(k) + " cannot become a " + string(c.kind) + " elsewhere",
			Hint: "copy it, and remove the first one when the copy is right: comments stay with the first"}
	}
	if o, ok := m.dst.(*itemFile); ok && o.i != f.i {
		if err := m.t.trash(ctx, o.v, o.i); err != nil {
			return err
		}
	}
	return m.leave(f.i, m.t.relocate(ctx, f, c, m.title(f.i, textSuffix)))
}

// leave keeps an item's old name from finding it, and makes the new one do so.
func (m move) leave(i *records.Item, err error) error {
	if err != nil {
		return err
	}
	if m.from.Inode() != m.to.Inode() {
		m.t.left(m.from, i)
	} else {
		m.t.freed(m.from, strings.TrimSuffix(m.name, textSuffix), i)
	}
	if _, ok := m.to.(*trashDir); !ok {
		m.t.called(m.to, strings.TrimSuffix(m.newName, textSuffix), i)
	}
	return nil
}

// title is the title that the new name gives an item.
func (m move) title(i *records.Item, suffix string) string {
	old := i.Record().Title
	was, is := strings.TrimSuffix(m.name, suffix), strings.TrimSuffix(m.newName, suffix)
	if was == is {
		return old
	}
	return names.Retitle(old, is)
}

// relocate brings an item to another place, state and title, in this order: a
// failure half-way leaves it where a person looks for it.
func (t *Tree) relocate(ctx context.Context, f *itemFile, c child, title string) error {
	a, i := f.v.a, f.i
	can := a.recs.Can(i.Ref().Kind)
	r := i.Record()
	if r.Status == api.Trashed {
		if err := t.restore(ctx, f.v, i); err != nil {
			return err
		}
		r = i.Record()
	}
	if !records.Same(r.Parent, c.parent) && r.Kind != api.Comment {
		switch {
		case r.Project == c.parent.Project && !can.Move:
			return can.Cannot("move")
		case r.Project != c.parent.Project && !can.Across:
			e := can.Cannot("across")
			e.Message = "Basecamp's API cannot move this to another project"
			e.Hint = "copy it, and remove the first one when the copy is right: comments stay with the first"
			return e
		}
		if err := t.cfg.Saver.Move(ctx, a, i, c.parent); err != nil {
			return err
		}
	} else if r.Kind == api.Comment && !records.Same(r.Parent, c.parent) {
		return can.Cannot("move")
	}
	if r.Completed == c.completed && r.Title == title {
		return nil
	}
	if r.Kind == api.Comment {
		return &api.Error{Code: api.Unsupported, Message: "a comment is named by its time and author"}
	}
	if r.Title != title && !can.Update.Has(api.FieldTitle) {
		return can.Cannot("title")
	}
	return t.cfg.Saver.Change(ctx, a, i, func(r *api.Record) {
		r.Title = title
		if r.Kind == api.Todo {
			r.Completed = c.completed
		}
	})
}

// folder renames one of the service's folders, or takes it to the trash or out
// of it. It cannot be moved elsewhere.
func (m move) folder(ctx context.Context, v *view, i *records.Item) error {
	if m.dst != nil && m.dst.Inode() != inode(v.a.info, i.Ref(), asFolder) {
		return syscall.ENOTEMPTY
	}
	if _, ok := m.to.(*trashDir); ok && v.state == api.Any {
		if i.Ref().Kind == api.Project {
			return &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "a project is not trashed from here"}
		}
		return m.leave(i, m.t.trash(ctx, v, i))
	}
	into, ok := m.to.(folders)
	if !ok || strings.HasPrefix(m.newName, ".") {
		return &api.Error{Code: api.Invalid, Message: "a folder cannot be moved there under that name"}
	}
	c := into.newFolder()
	can := v.a.recs.Can(i.Ref().Kind)
	if c.v.a != v.a || c.kind != i.Ref().Kind || (!records.Same(i.Record().Parent, c.parent) && c.kind != api.Project) {
		return &api.Error{Code: api.Unsupported, Message: "Basecamp's API cannot move this folder to another place"}
	}
	if i.Record().Status == api.Trashed {
		if err := m.t.restore(ctx, v, i); err != nil {
			return err
		}
	}
	if title := m.title(i, ""); title != i.Record().Title {
		if !can.Update.Has(api.FieldTitle) {
			return can.Cannot("title")
		}
		if err := m.t.cfg.Saver.Change(ctx, v.a, i, func(r *api.Record) { r.Title = title }); err != nil {
			return err
		}
	}
	return m.leave(i, nil)
}

// Link gives what a file has now a second name, which is always scratch.
func (t *Tree) Link(ctx context.Context, n Node, d Dir, name string) (Node, error) {
	if _, err := own(d); err != nil {
		return nil, err
	}
	f, ok := n.(File)
	if !ok || names.Classify(name) != names.Scratch {
		return nil, &api.Error{Code: api.Forbidden, Err: syscall.EPERM, Message: "an item has one name"}
	}
	data, err := readAll(ctx, f)
	if err != nil {
		return nil, err
	}
	p, err := t.over(d, true)
	if err != nil {
		return nil, err
	}
	s, err := t.createScratch(p, d.Inode(), name)
	if err != nil {
		return nil, err
	}
	return s, diskError(t.cfg.Scratch.Put(scratchFolder(d.Inode()), name, data))
}
