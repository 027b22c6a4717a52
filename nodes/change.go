package nodes

import (
	"context"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"basecampfs/nodes/records"
	"basecampfs/nodes/tree"
)

var (
	_ fs.NodeCreater   = (*dirNode)(nil)
	_ fs.NodeMkdirer   = (*dirNode)(nil)
	_ fs.NodeUnlinker  = (*dirNode)(nil)
	_ fs.NodeRmdirer   = (*dirNode)(nil)
	_ fs.NodeRenamer   = (*dirNode)(nil)
	_ fs.NodeSymlinker = (*dirNode)(nil)
	_ fs.NodeLinker    = (*dirNode)(nil)
	_ fs.NodeSetattrer = (*dirNode)(nil)
	_ fs.NodeFsyncer   = (*dirNode)(nil)
)

// Create makes a file and opens it for writing.
func (n *dirNode) Create(ctx context.Context, name string, flags, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	defer n.gate.enter()()
	ctx, stop := patient(ctx)
	defer stop()
	node, draft, err := n.m.t.Create(ctx, n.d, name)
	if err != nil {
		return nil, nil, 0, n.m.fail("creating "+name, err)
	}
	in, err := n.m.attach(ctx, n.EmbeddedInode(), node, out)
	if err != nil {
		return nil, nil, 0, n.m.fail("creating "+name, err)
	}
	out.SetEntryTimeout(0)
	out.SetAttrTimeout(0)
	if s, ok := node.(*tree.Scratch); ok {
		f, err := s.OpenFile(syscall.O_RDWR)
		if err != nil {
			return nil, nil, 0, n.m.fail("creating "+name, err)
		}
		return in, n.m.scratchHandle(f, flags), 0, 0
	}
	// What a program makes anew is empty to it, although others see the item
	// whose name it took over with what is saved.
	out.Size = 0
	f, ok := in.Operations().(*fileNode)
	if !ok {
		return nil, nil, 0, syscall.EISDIR
	}
	return in, f.writer(ctx, draft, flags), fuse.FOPEN_DIRECT_IO, 0
}

func (n *dirNode) Mkdir(ctx context.Context, name string, _ uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	defer n.gate.enter()()
	ctx, stop := patient(ctx)
	defer stop()
	node, err := n.m.t.Mkdir(ctx, n.d, name)
	if err != nil {
		return nil, n.m.fail("mkdir "+name, err)
	}
	return n.made(ctx, "mkdir "+name, node, out)
}

func (n *dirNode) Symlink(ctx context.Context, target, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	defer n.gate.enter()()
	node, err := n.m.t.Symlink(n.d, name, target)
	if err != nil {
		return nil, n.m.fail("symlink "+name, err)
	}
	return n.made(ctx, "symlink "+name, node, out)
}

func (n *dirNode) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	defer n.gate.enter()()
	f, ok := target.(*fileNode)
	if !ok {
		return nil, syscall.EPERM
	}
	node, err := n.m.t.Link(ctx, f.f, n.d, name)
	if err != nil {
		return nil, n.m.fail("link "+name, err)
	}
	return n.made(ctx, "link "+name, node, out)
}

func (n *dirNode) made(ctx context.Context, what string, node tree.Node, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	in, err := n.m.attach(ctx, n.EmbeddedInode(), node, out)
	if err != nil {
		return nil, n.m.fail(what, err)
	}
	return in, 0
}

func (n *dirNode) Unlink(ctx context.Context, name string) syscall.Errno {
	defer n.gate.enter()()
	ctx, stop := patient(ctx)
	defer stop()
	if err := n.m.t.Remove(ctx, n.d, name); err != nil {
		return n.m.fail("removing "+name, err)
	}
	n.m.changed(n.EmbeddedInode())
	return 0
}

func (n *dirNode) Rmdir(ctx context.Context, name string) syscall.Errno {
	defer n.gate.enter()()
	ctx, stop := patient(ctx)
	defer stop()
	if err := n.m.t.Rmdir(ctx, n.d, name); err != nil {
		return n.m.fail("removing "+name, err)
	}
	n.m.changed(n.EmbeddedInode())
	return 0
}

// renameNoreplace is RENAME_NOREPLACE of renameat2.
const (
	renameNoreplace = 1
)

func (n *dirNode) Rename(ctx context.Context, name string, to fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	defer n.gate.enter()()
	ctx, stop := patient(ctx)
	defer stop()
	into, ok := to.(interface{ dir() *dirNode })
	if !ok || flags&^renameNoreplace != 0 {
		return syscall.EINVAL
	}
	dst := into.dir()
	defer dst.gate.enter()()
	n.note(ctx, name)
	dst.note(ctx, newName)
	if err := n.m.t.Rename(ctx, n.d, name, dst.d, newName, flags&renameNoreplace != 0); err != nil {
		return n.m.fail("moving "+name+" to "+newName, err)
	}
	n.m.changed(n.EmbeddedInode())
	n.m.changed(dst.EmbeddedInode())
	return 0
}

// note notes that what has a name is about to get another content: it, or
// something in its place, is renamed to save it.
func (n *dirNode) note(ctx context.Context, name string) {
	if t, err := n.m.t.Lookup(records.CachedOnly(ctx), n.d, name); err == nil {
		n.m.changes.note(t.Inode())
	}
}

// Setattr does nothing: a folder has the service's attributes.
func (n *dirNode) Setattr(ctx context.Context, _ fs.FileHandle, _ *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	defer n.gate.enter()()
	return n.m.getattr(ctx, n.d, out)
}

// Fsync has nothing to do: what changes a folder is sent before it returns.
func (n *dirNode) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno { return 0 }

// saved drops what the kernel has of a file that was written, and of what is
// made from it. To call it from a handler is safe: it takes none of the locks
// that the kernel holds for one, which NotifyEntry does.
func (m *mount) saved(f *fs.Inode) {
	if n, ok := f.Operations().(*fileNode); ok {
		n.unsettled()
	}
	_ = f.NotifyContent(0, 0)
	if _, parent := f.Parent(); parent != nil {
		m.changed(parent)
	}
}

// changed drops what the kernel has of a folder in which something was made,
// removed or altered, and of the files that are made from its content.
func (m *mount) changed(dir *fs.Inode) {
	for range 2 { // the folder completed/ shows in its parent's checklist too
		_ = dir.NotifyContent(0, 0)
		for _, name := range tree.Derived {
			if c := dir.GetChild(name); c != nil {
				_ = c.NotifyContent(0, 0)
			}
		}
		if _, dir = dir.Parent(); dir == nil {
			return
		}
	}
}
