package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// serveStatic mounts on args[0] a tree in memory of the files below args[1],
// with the settings that are best for reading: nothing expires, and the kernel
// keeps all that it was given.
func serveStatic(args []string) error {
	if len(args) != 2 {
		return errors.New("static takes a mount point and a folder")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root, err := readStatic(args[1])
	if err != nil {
		return err
	}
	const forever = 24 * time.Hour
	ttl := forever
	o := &fs.Options{EntryTimeout: &ttl, AttrTimeout: &ttl, NegativeTimeout: &ttl,
		MountOptions: fuse.MountOptions{Name: "static", FsName: "static", DisableXAttrs: true, IgnoreSecurityLabels: true,
			ExplicitDataCacheControl: true, MaxWrite: 1 << 20, MaxBackground: 64, SyncRead: true, Options: []string{"default_permissions"}}}
	if os.Geteuid() == 0 {
		o.DirectMountStrict, o.DirectMountFlags = true, unix.MS_NOSUID|unix.MS_NODEV
	}
	s, err := fs.Mount(args[0], root, o)
	if err != nil {
		return err
	}
	fmt.Println("Mounted on", args[0])
	context.AfterFunc(ctx, func() { _ = s.Unmount() })
	s.Wait()
	return nil
}

// staticDir is a folder that never changes.
type staticDir struct {
	fs.Inode
	attr    fuse.Attr
	names   []string
	entries map[string]staticNode
}

// staticNode is a file, link or folder that never changes.
type staticNode interface {
	fs.InodeEmbedder
	attributes() *fuse.Attr
}

type staticFile struct {
	fs.Inode
	attr fuse.Attr
	data []byte
}

type staticLink struct {
	fs.MemSymlink
}

func (d *staticDir) attributes() *fuse.Attr  { return &d.attr }
func (f *staticFile) attributes() *fuse.Attr { return &f.attr }
func (l *staticLink) attributes() *fuse.Attr { return &l.Attr }

// readStatic reads the tree below a folder into memory.
func readStatic(dir string) (*staticDir, error) {
	d := &staticDir{entries: map[string]staticNode{}}
	if err := lstat(dir, &d.attr); err != nil {
		return nil, err
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		path := filepath.Join(dir, e.Name())
		var n staticNode
		switch {
		case e.IsDir():
			n, err = readStatic(path)
		case e.Type()&os.ModeSymlink != 0:
			var target string
			target, err = os.Readlink(path)
			n = &staticLink{fs.MemSymlink{Data: []byte(target)}}
		default:
			var data []byte
			data, err = os.ReadFile(path)
			n = &staticFile{data: data}
		}
		if err == nil {
			err = lstat(path, n.attributes())
		}
		if err != nil {
			return nil, err
		}
		d.names = append(d.names, e.Name())
		d.entries[e.Name()] = n
	}
	return d, nil
}

func lstat(path string, out *fuse.Attr) error {
	var st syscall.Stat_t
	if err := syscall.Lstat(path, &st); err != nil {
		return err
	}
	out.FromStat(&st)
	return nil
}

func (d *staticDir) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Attr = d.attr
	return 0
}

func (d *staticDir) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n := d.entries[name]
	if n == nil {
		return nil, syscall.ENOENT
	}
	a := n.attributes()
	out.Attr = *a
	return d.NewInode(ctx, n, fs.StableAttr{Mode: a.Mode & syscall.S_IFMT, Ino: a.Ino}), 0
}

func (d *staticDir) OpendirHandle(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return &staticHandle{d: d}, fuse.FOPEN_CACHE_DIR | fuse.FOPEN_KEEP_CACHE, 0
}

// staticHandle is an open folder.
type staticHandle struct {
	d    *staticDir
	next int
}

func (h *staticHandle) Readdirent(context.Context) (*fuse.DirEntry, syscall.Errno) {
	if h.next == len(h.d.names) {
		return nil, 0
	}
	name := h.d.names[h.next]
	h.next++
	a := h.d.entries[name].attributes()
	return &fuse.DirEntry{Name: name, Mode: a.Mode, Ino: a.Ino, Off: uint64(h.next)}, 0
}

func (h *staticHandle) Seekdir(_ context.Context, off uint64) syscall.Errno {
	h.next = min(int(off), len(h.d.names))
	return 0
}

func (h *staticHandle) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	return h.d.Lookup(ctx, name, out)
}

func (f *staticFile) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	out.Attr = f.attr
	return 0
}

func (f *staticFile) Open(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, fuse.FOPEN_KEEP_CACHE | fuse.FOPEN_NOFLUSH, 0
}

func (f *staticFile) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	if off >= int64(len(f.data)) {
		return fuse.ReadResultData(nil), 0
	}
	return fuse.ReadResultData(f.data[off:min(int(off)+len(dest), len(f.data))]), 0
}
