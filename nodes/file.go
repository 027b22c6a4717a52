package nodes

import (
	"context"
	"errors"
	"io"
	"sync"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"basecampfs/api"
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
	r := &reader{n: n}
	// The kernel need not tell when a reader closes.
	fl := uint32(fuse.FOPEN_NOFLUSH)
	lasting := n.m.ttl(n.f) != 0
	f, versioned := n.f.(tree.Versioned)
	if versioned && lasting {
		var err error
		if r.version, err = f.Version(ctx); err != nil {
			return nil, 0, n.m.fail("open", err)
		}
		how, shared := n.through(r.version)
		fl, r.shared = fl|how, shared
		if how&fuse.FOPEN_KEEP_CACHE != 0 {
			return r, fl, 0
		}
	}
	var err error
	if r.c, err = n.f.Open(ctx); err != nil {
		_ = r.Release(ctx)
		return nil, 0, n.m.fail("open", err)
	}
	switch {
	case !lasting:
		fl |= fuse.FOPEN_DIRECT_IO
	case !versioned:
		how, shared := n.through(r.c.Version())
		fl, r.shared = fl|how, shared
	}
	return r, fl, 0
}

// Fsync is a reader's: a writer's handle has its own.
func (n *fileNode) Fsync(ctx context.Context, f fs.FileHandle, flags uint32) syscall.Errno {
	if w, ok := f.(fs.FileFsyncer); ok {
		return w.Fsync(ctx, flags)
	}
	return 0
}

// reader is a file opened for reading. Where the kernel has its bytes they are
// not made before it asks for them even so.
type reader struct {
	n       *fileNode
	shared  bool   // it reads through what the kernel has
	version uint64 // that it was opened with, where c is made late

	mu sync.Mutex
	c  tree.Content // nil until it is needed
}

func (r *reader) Read(ctx context.Context, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	c, err := r.content(ctx, off)
	if err != nil {
		return nil, r.n.m.fail("read", err)
	}
	n, err := c.ReadAt(dest, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, toErrno(err)
	}
	return fuse.ReadResultData(dest[:n]), 0
}

// content makes what was not made when the file was opened. A reader that has
// read the beginning of another version cannot go on.
func (r *reader) content(ctx context.Context, off int64) (tree.Content, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.c != nil {
		return r.c, nil
	}
	v, err := r.n.f.(tree.Versioned).Version(ctx)
	if err != nil {
		return nil, err
	}
	if v != r.version && off > 0 {
		return nil, api.Errorf(api.Failed, "the file changed while it was read")
	}
	r.c, err = r.n.f.Open(ctx)
	return r.c, err
}

func (r *reader) Release(context.Context) syscall.Errno {
	if r.shared {
		r.n.alone()
	}
	if r.c == nil {
		return 0
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
