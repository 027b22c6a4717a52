package nodes

import (
	"context"
	"errors"
	"sync/atomic"
	"syscall"

	"github.com/cespare/xxhash/v2"
	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"basecampfs/nodes/records"
	"basecampfs/nodes/tree"
)

// dirNode is a folder.
type dirNode struct {
	fs.Inode
	m *mount
	d tree.Dir
	// shown are the names that the kernel has in its cache.
	shown atomic.Pointer[names]
	gate  gate
}

// names are those of a folder at one time.
type names struct {
	of  *tree.Entry // the first: a folder that did not change gives the same
	n   int
	sum uint64
}

var (
	_ fs.NodeLookuper       = (*dirNode)(nil)
	_ fs.NodeGetattrer      = (*dirNode)(nil)
	_ fs.NodeOpendirHandler = (*dirNode)(nil)
	_ fs.NodeStatfser       = (*dirNode)(nil)
	_ fs.NodeOnForgetter    = (*dirNode)(nil)
	_ fs.FileReaddirenter   = (*dirHandle)(nil)
	_ fs.FileSeekdirer      = (*dirHandle)(nil)
	_ fs.FileLookuper       = (*dirHandle)(nil)
)

// dir is the folder of a node that embeds one.
func (n *dirNode) dir() *dirNode { return n }

// OnForget ends what the notifier knows of the folder.
func (n *dirNode) OnForget() { n.m.notify.forget(n) }

func (n *dirNode) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	defer n.gate.enter()()
	n.m.notify.know(n)
	child, err := n.m.t.Lookup(ctx, n.d, name)
	if err != nil {
		return nil, n.m.fail("lookup of "+name, err)
	}
	in, err := n.m.attach(ctx, n.EmbeddedInode(), child, out)
	if err != nil {
		return nil, n.m.fail("lookup of "+name, err)
	}
	return in, 0
}

func (n *dirNode) Getattr(ctx context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.m.notify.know(n)
	return n.m.getattr(ctx, n.d, out)
}

// OpendirHandle lists the folder. The kernel keeps what it was given of it
// for as long as the names stay the same.
func (n *dirNode) OpendirHandle(ctx context.Context, _ uint32) (fs.FileHandle, uint32, syscall.Errno) {
	n.m.notify.know(n)
	entries, err := n.m.t.Entries(ctx, n.d)
	if err != nil {
		return nil, 0, n.m.fail("listing of a folder", err)
	}
	flags := uint32(fuse.FOPEN_CACHE_DIR)
	if n.shows(entries) {
		flags |= fuse.FOPEN_KEEP_CACHE
	}
	return &dirHandle{n: n, entries: entries}, flags, 0
}

// shows reports whether the kernel has the names of entries already, and notes
// that it is going to.
func (n *dirNode) shows(entries tree.Entries) bool {
	is := names{n: len(entries)}
	was := n.shown.Load()
	if is.n > 0 {
		is.of = &entries[0]
		if was != nil && was.of == is.of && was.n == is.n {
			return true
		}
	}
	h := xxhash.New()
	for _, e := range entries {
		_, _ = h.WriteString(e.Name)
		_, _ = h.Write([]byte{0})
	}
	is.sum = h.Sum64()
	was = n.shown.Swap(&is)
	return was != nil && was.sum == is.sum
}

// Statfs gives numbers that make sense to df: room enough, nothing used that
// a person could free.
func (n *dirNode) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	const blocks = 1 << 30
	*out = fuse.StatfsOut{Bsize: 4096, Frsize: 4096, Blocks: blocks, Bfree: blocks, Bavail: blocks, Files: blocks, Ffree: blocks, NameLen: 255}
	return 0
}

// dirHandle is an open folder: the entries that it had when it was opened.
type dirHandle struct {
	n       *dirNode
	entries tree.Entries
	next    int
}

func (h *dirHandle) Readdirent(context.Context) (*fuse.DirEntry, syscall.Errno) {
	if h.next >= len(h.entries) {
		return nil, 0
	}
	e := &h.entries[h.next]
	h.next++
	return &fuse.DirEntry{Name: e.Name, Mode: e.Type, Ino: e.Node.Inode(), Off: uint64(h.next)}, 0
}

func (h *dirHandle) Seekdir(_ context.Context, off uint64) syscall.Errno {
	if off > uint64(len(h.entries)) {
		return syscall.EINVAL
	}
	h.next = int(off)
	return 0
}

// Lookup gives the attributes of an entry along with its name where nothing
// has to be fetched for them. Without them the kernel asks when somebody does.
func (h *dirHandle) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	defer h.n.gate.enter()()
	e, ok := h.entries.Find(name)
	if !ok {
		return nil, syscall.ENOENT
	}
	in, err := h.n.m.attach(records.CachedOnly(ctx), h.n.EmbeddedInode(), e.Node, out)
	switch {
	case errors.Is(err, records.ErrNotCached):
		return nil, syscall.EAGAIN
	case err != nil:
		return nil, toErrno(err)
	}
	return in, 0
}
