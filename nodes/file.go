package nodes

import (
	"context"
	"errors"
	"io"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"basecampfs/nodes/tree"
)

// fileNode is a file.
type fileNode struct {
	fs.Inode
	m *mount
	f tree.File

	mu      sync.Mutex
	writers map[*writer]bool
	cached  cached
}

var (
	_ fs.NodeGetattrer = (*fileNode)(nil)
	_ fs.NodeSetattrer = (*fileNode)(nil)
	_ fs.NodeOpener    = (*fileNode)(nil)
	_ fs.NodeFsyncer   = (*fileNode)(nil)
	_ fs.FileReader    = (*reader)(nil)
	_ fs.FileReleaser  = (*reader)(nil)
)

func (n *fileNode) Getattr(ctx context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	no := n.m.getattr(ctx, n.f, out)
	if no == 0 {
		n.announce(ctx, &out.Attr)
	}
	return no
}

// Open pins a version for a reader, or begins a draft.
func (n *fileNode) Open(ctx context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if flags&(syscall.O_ACCMODE|syscall.O_TRUNC) != syscall.O_RDONLY {
		return n.openForWriting(ctx, flags)
	}
	c, err := n.f.Open(ctx)
	if err != nil {
		return nil, 0, n.m.fail("open", err)
	}
	// The kernel need not tell when a reader closes.
	if n.m.ttl(n.f) == 0 {
		return &reader{c, nil}, fuse.FOPEN_NOFLUSH | fuse.FOPEN_DIRECT_IO, 0
	}
	fl, done := n.through(c.Version())
	return &reader{c, done}, fuse.FOPEN_NOFLUSH | fl, 0
}

// Fsync is a reader's: a writer's handle has its own.
func (n *fileNode) Fsync(ctx context.Context, f fs.FileHandle, flags uint32) syscall.Errno {
	if w, ok := f.(fs.FileFsyncer); ok {
		return w.Fsync(ctx, flags)
	}
	return 0
}

// reader is a file opened for reading.
type reader struct {
	c    tree.Content
	done func() // may be nil
}

func (r *reader) Read(_ context.Context, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n, err := r.c.ReadAt(dest, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, toErrno(err)
	}
	return fuse.ReadResultData(dest[:n]), 0
}

func (r *reader) Release(context.Context) syscall.Errno {
	if r.done != nil {
		r.done()
	}
	return toErrno(r.c.Close())
}

// linkNode is a symbolic link.
type linkNode struct {
	fs.Inode
	m *mount
	l tree.Link
}

var (
	_ fs.NodeGetattrer  = (*linkNode)(nil)
	_ fs.NodeReadlinker = (*linkNode)(nil)
)

func (n *linkNode) Getattr(ctx context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	return n.m.getattr(ctx, n.l, out)
}

func (n *linkNode) Readlink(ctx context.Context) ([]byte, syscall.Errno) {
	t, err := n.l.Target(ctx)
	if err != nil {
		return nil, n.m.fail("readlink", err)
	}
	return []byte(t), 0
}
