package nodes

import (
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"basecampfs/nodes/tree"
)

var _ fs.NodeReader = (*fileNode)(nil)

// Read answers READ of a file that was opened, or of one on a read-only mount,
// where the kernel does not tell of opening.
func (n *fileNode) Read(ctx context.Context, f fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	if r, ok := f.(fs.FileReader); ok {
		return r.Read(ctx, dest, off)
	}
	fleeting := n.m.ttl(n.f) == 0
	h, err := n.m.unopened.take(ctx, n, off > 0 || fleeting)
	if err != nil {
		return nil, n.m.fail("read", err)
	}
	got, err := h.c.ReadAt(dest, off)
	n.m.unopened.put(h, off+int64(got) < h.c.Size() || fleeting)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, toErrno(err)
	}
	if fleeting {
		// The kernel keeps what it reads until it is told, which waits until
		// it has this.
		go n.NotifyContent(0, 0)
	}
	return fuse.ReadResultData(dest[:got]), 0
}

// announce makes the size that the kernel is told of a file that is never the
// same twice that of what will be read. Where files are opened it need not:
// the kernel then reads such a file as far as it goes.
func (n *fileNode) announce(ctx context.Context, out *fuse.Attr) {
	if !n.m.opts.readOnly || n.m.ttl(n.f) != 0 {
		return
	}
	if p, err := n.m.unopened.take(ctx, n, false); err == nil {
		out.Size = uint64(p.c.Size())
		n.m.unopened.put(p, true)
	}
}

// unopened are the files that are being read without having been opened: the
// rest of a file that does not fit into one READ is of the version that its
// beginning was.
type unopened struct {
	mu    sync.Mutex
	parts []*part // the one read last at the end
}

// A reader that stops in the middle does not say so: mostParts bounds how many
// files are kept that were read in part, and partTime for how long.
const (
	mostParts = 32
	partTime  = 10 * time.Second
)

// part is a file that was read in part.
type part struct {
	n     *fileNode
	c     tree.Content
	at    time.Time // of the last READ
	users int       // those who read it now, and one while it is kept
}

// take returns what to read from: what was begun with, or the file as it is now.
func (u *unopened) take(ctx context.Context, n *fileNode, begun bool) (*part, error) {
	if begun {
		if p := u.find(n); p != nil {
			return p, nil
		}
	}
	c, err := n.f.Open(ctx)
	if err != nil {
		return nil, err
	}
	return &part{n: n, c: c, users: 1}, nil
}

func (u *unopened) find(n *fileNode) *part {
	u.mu.Lock()
	defer u.mu.Unlock()
	i := u.index(n)
	if i < 0 || time.Since(u.parts[i].at) > partTime {
		return nil
	}
	u.parts[i].users++
	return u.parts[i]
}

// put gives back what take returned, and keeps it if there is more to read.
func (u *unopened) put(p *part, more bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if i := u.index(p.n); i >= 0 {
		u.drop(i)
	}
	if more {
		p.at = time.Now()
		p.users++
		u.parts = append(u.parts, p)
	}
	if len(u.parts) > mostParts {
		u.drop(0)
	}
	p.release()
}

func (u *unopened) index(n *fileNode) int {
	return slices.IndexFunc(u.parts, func(p *part) bool { return p.n == n })
}

func (u *unopened) drop(i int) {
	u.parts[i].release()
	u.parts = slices.Delete(u.parts, i, i+1)
}

// release closes the content when its last user lets go. The lock is held.
func (p *part) release() {
	if p.users--; p.users == 0 {
		_ = p.c.Close()
	}
}
