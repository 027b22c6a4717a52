package fs

import "github.com/hanwen/go-fuse/v2/fuse"

// unopened is a file system that cannot be written, whose files the kernel
// need not open: the first OPEN and the first FLUSH are answered ENOSYS, and
// none is sent after them. An open file then costs no request where the kernel
// has its bytes. What it reads otherwise has no handle.
//
// OPENDIR is left alone: without it the kernel takes a folder for empty.
type unopened struct{ fuse.RawFileSystem }

func (unopened) Open(<-chan struct{}, *fuse.OpenIn, *fuse.OpenOut) fuse.Status { return fuse.ENOSYS }

func (unopened) Flush(<-chan struct{}, *fuse.FlushIn) fuse.Status { return fuse.ENOSYS }

// withoutOpen serves files without opening them.
func withoutOpen(f fuse.RawFileSystem) fuse.RawFileSystem { return unopened{f} }
