package nodes

import (
	"context"
	"strconv"
	"syscall"

	"github.com/hanwen/go-fuse/v2/fs"

	"basecampfs/nodes/tree"
)

// Extended attributes tell what a file is of. They are there with --xattr
// alone: ls -l asks for some of every file, and the kernel does not remember
// the answers.

var (
	_ fs.NodeGetxattrer    = (*fileNode)(nil)
	_ fs.NodeListxattrer   = (*fileNode)(nil)
	_ fs.NodeSetxattrer    = (*fileNode)(nil)
	_ fs.NodeRemovexattrer = (*fileNode)(nil)
	_ fs.NodeGetxattrer    = (*dirNode)(nil)
	_ fs.NodeListxattrer   = (*dirNode)(nil)
	_ fs.NodeSetxattrer    = (*dirNode)(nil)
	_ fs.NodeRemovexattrer = (*dirNode)(nil)
)

// The attributes.
const (
	xattrID   = "user.basecamp.id"
	xattrURL  = "user.basecamp.url"
	xattrType = "user.basecamp.type"
)

func getxattr(n tree.Node, name string, dest []byte) (uint32, syscall.Errno) {
	i := tree.ItemOf(n)
	if i == nil {
		return 0, fs.ENOATTR
	}
	r := i.Record()
	var v string
	switch name {
	case xattrID:
		v = strconv.FormatInt(r.ID, 10)
	case xattrURL:
		v = r.URL
	case xattrType:
		v = string(r.Kind)
	}
	if v == "" {
		return 0, fs.ENOATTR
	}
	return fit(v, dest)
}

func listxattr(n tree.Node, dest []byte) (uint32, syscall.Errno) {
	i := tree.ItemOf(n)
	if i == nil {
		return 0, 0
	}
	names := xattrID + "\x00" + xattrType + "\x00"
	if i.Record().URL != "" {
		names += xattrURL + "\x00"
	}
	return fit(names, dest)
}

// fit answers with v where it fits; an empty dest only asks for the length.
func fit(v string, dest []byte) (uint32, syscall.Errno) {
	if len(dest) > 0 && len(dest) < len(v) {
		return uint32(len(v)), syscall.ERANGE
	}
	copy(dest, v)
	return uint32(len(v)), 0
}

func (n *fileNode) Getxattr(_ context.Context, name string, dest []byte) (uint32, syscall.Errno) {
	return getxattr(n.f, name, dest)
}

func (n *fileNode) Listxattr(_ context.Context, dest []byte) (uint32, syscall.Errno) {
	return listxattr(n.f, dest)
}

// Setxattr is not supported, which programs that copy attributes expect.
func (n *fileNode) Setxattr(context.Context, string, []byte, uint32) syscall.Errno {
	return syscall.ENOTSUP
}

func (n *fileNode) Removexattr(context.Context, string) syscall.Errno { return syscall.ENOTSUP }

func (n *dirNode) Getxattr(_ context.Context, name string, dest []byte) (uint32, syscall.Errno) {
	return getxattr(n.d, name, dest)
}

func (n *dirNode) Listxattr(_ context.Context, dest []byte) (uint32, syscall.Errno) {
	return listxattr(n.d, dest)
}

// Setxattr is not supported, which programs that copy attributes expect.
func (n *dirNode) Setxattr(context.Context, string, []byte, uint32) syscall.Errno {
	return syscall.ENOTSUP
}

func (n *dirNode) Removexattr(context.Context, string) syscall.Errno { return syscall.ENOTSUP }
