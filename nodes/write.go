package nodes

import (
	"context"
	"errors"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"basecampfs/api"
	"basecampfs/nodes/tree"
)

// openForWriting begins a draft, or opens a scratch file for what it is.
func (n *fileNode) openForWriting(ctx context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	switch f := n.f.(type) {
	case *tree.Scratch:
		h, err := f.OpenFile(int(flags) & (syscall.O_ACCMODE | syscall.O_TRUNC))
		if err != nil {
			return nil, 0, n.m.fail("open", err)
		}
		return n.m.scratchHandle(h, flags), 0, 0
	case tree.Editable:
		d, err := f.Edit(ctx, flags&syscall.O_TRUNC != 0)
		if err != nil {
			return nil, 0, n.m.fail("open for writing", err)
		}
		return n.writer(ctx, d, flags), fuse.FOPEN_DIRECT_IO, 0
	}
	if n.m.opts.readOnly {
		return nil, 0, syscall.EROFS
	}
	return nil, 0, syscall.EPERM
}

func (n *fileNode) writer(ctx context.Context, d *tree.Draft, flags uint32) *writer {
	w := &writer{n: n, d: d, opener: processOf(ctx), appends: flags&syscall.O_APPEND != 0}
	d.Hold()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.writers == nil {
		n.writers = map[*writer]bool{}
	}
	n.writers[w] = true
	n.unsettled()
	return w
}

// writer is a file opened for writing. What it writes goes past the kernel's
// cache, in which readers have the last version that was saved.
type writer struct {
	n       *fileNode
	d       *tree.Draft
	opener  int // the process
	appends bool
}

var (
	_ fs.FileReader   = (*writer)(nil)
	_ fs.FileWriter   = (*writer)(nil)
	_ fs.FileFlusher  = (*writer)(nil)
	_ fs.FileFsyncer  = (*writer)(nil)
	_ fs.FileReleaser = (*writer)(nil)
)

func (w *writer) Read(ctx context.Context, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n, err := w.d.ReadAt(ctx, dest, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, w.n.m.fail("read", err)
	}
	return fuse.ReadResultData(dest[:n]), 0
}

// Write takes the offset from the draft where the program appends: the kernel
// only knows the length of the version that was saved.
func (w *writer) Write(ctx context.Context, data []byte, off int64) (uint32, syscall.Errno) {
	if w.appends {
		off = -1
	}
	if err := w.d.WriteAt(ctx, data, off); err != nil {
		return 0, w.n.m.fail("write", err)
	}
	return uint32(len(data)), 0
}

// Flush saves when a descriptor is closed. A shell closes one before it has
// written anything; the verdict on the empty text is then nobody's business.
// And the first of several programs that write into a file which their shell
// has open has written but a part of the text.
func (w *writer) Flush(ctx context.Context) syscall.Errno {
	if alive(w.opener) && processOf(ctx) != w.opener {
		return 0
	}
	return w.commit(ctx, false)
}

func (w *writer) Fsync(ctx context.Context, _ uint32) syscall.Errno {
	return w.commit(ctx, false)
}

func (w *writer) commit(ctx context.Context, last bool) syscall.Errno {
	if !w.d.Dirty() && !last {
		return 0
	}
	ctx, stop := patient(ctx)
	defer stop()
	err := w.d.Commit(ctx, last)
	if err == nil {
		w.n.m.saved(&w.n.Inode)
		return 0
	}
	if api.CodeOf(err) == api.Invalid && w.d.IsEmpty() && !last {
		return syscall.EINVAL
	}
	return w.n.m.fail("saving "+w.d.Name(), err)
}

// Release ends the handle. Most programs have had their verdict by then; what
// is left is told to the person alone.
func (w *writer) Release(ctx context.Context) syscall.Errno {
	w.n.mu.Lock()
	delete(w.n.writers, w)
	w.n.mu.Unlock()
	if w.d.Drop() && (w.d.Dirty() || w.d.IsEmpty()) {
		w.commit(context.WithoutCancel(ctx), true)
	}
	return 0
}

// Setattr sets what can be set. Modes and owners are the service's: to change
// them does nothing, and is no error, since most programs try.
func (n *fileNode) Setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if err := n.setattr(ctx, h, in); err != nil {
		return n.m.fail("setattr", err)
	}
	return n.m.getattr(ctx, n.f, out)
}

func (n *fileNode) setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn) error {
	ctx, stop := patient(ctx)
	defer stop()
	if size, ok := in.GetSize(); ok {
		if err := n.truncate(ctx, h, int64(size)); err != nil {
			return err
		}
	}
	if s, ok := n.f.(*tree.Scratch); ok {
		if mode, ok := in.GetMode(); ok {
			if err := s.SetMode(mode); err != nil {
				return err
			}
		}
		if t, ok := in.GetMTime(); ok {
			return s.SetTime(t)
		}
		return nil
	}
	if t, ok := in.GetMTime(); ok {
		if e, ok := n.f.(tree.Editable); ok && !n.stamp(t) {
			e.SetTime(t)
		}
	}
	return nil
}

// stamp gives a time to what is being written to the file, if anything is: the
// kernel does not say which handle a time comes through.
func (n *fileNode) stamp(t time.Time) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	any := false
	for w := range n.writers {
		any = w.d.SetTime(t) || any
	}
	return any
}

func (n *fileNode) truncate(ctx context.Context, h fs.FileHandle, size int64) error {
	if size < 0 {
		return syscall.EFBIG
	}
	switch h := h.(type) {
	case *writer:
		return h.d.Truncate(ctx, size)
	case *scratchHandle:
		return h.f.Truncate(size)
	}
	switch f := n.f.(type) {
	case *tree.Scratch:
		return f.Truncate(size)
	case tree.Editable: // truncate(2): an edit of its own
		d, err := f.Edit(ctx, false)
		if err != nil {
			return err
		}
		if err := d.Truncate(ctx, size); err != nil {
			return err
		}
		if err := d.Commit(ctx, false); err != nil {
			return err
		}
		n.m.saved(&n.Inode)
		return nil
	}
	return syscall.EPERM
}

// scratchHandle is an open scratch file.
type scratchHandle struct {
	f       *os.File
	appends bool
}

func (m *mount) scratchHandle(f *os.File, flags uint32) *scratchHandle {
	return &scratchHandle{f, flags&syscall.O_APPEND != 0}
}

var (
	_ fs.FileReader    = (*scratchHandle)(nil)
	_ fs.FileWriter    = (*scratchHandle)(nil)
	_ fs.FileFlusher   = (*scratchHandle)(nil)
	_ fs.FileFsyncer   = (*scratchHandle)(nil)
	_ fs.FileReleaser  = (*scratchHandle)(nil)
	_ fs.FileGetattrer = (*scratchHandle)(nil)
)

func (h *scratchHandle) Read(_ context.Context, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n, err := h.f.ReadAt(dest, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fs.ToErrno(err)
	}
	return fuse.ReadResultData(dest[:n]), 0
}

func (h *scratchHandle) Write(_ context.Context, data []byte, off int64) (uint32, syscall.Errno) {
	if h.appends {
		info, err := h.f.Stat()
		if err != nil {
			return 0, fs.ToErrno(err)
		}
		off = info.Size()
	}
	n, err := h.f.WriteAt(data, off)
	return uint32(n), fs.ToErrno(err)
}

func (h *scratchHandle) Flush(context.Context) syscall.Errno         { return 0 }
func (h *scratchHandle) Fsync(context.Context, uint32) syscall.Errno { return fs.ToErrno(h.f.Sync()) }
func (h *scratchHandle) Release(context.Context) syscall.Errno       { return fs.ToErrno(h.f.Close()) }

// Getattr is of use once the file has no name any more.
func (h *scratchHandle) Getattr(_ context.Context, out *fuse.AttrOut) syscall.Errno {
	info, err := h.f.Stat()
	if err != nil {
		return fs.ToErrno(err)
	}
	out.Size = uint64(info.Size())
	out.Mode = uint32(info.Mode().Perm())
	t := info.ModTime()
	out.SetTimes(&t, &t, &t)
	return 0
}
