// Package nodes is the tree as the kernel sees it: go-fuse nodes over the
// folders, files and links of package tree.
//
// Everything is fetched in LOOKUP, OPENDIR, GETATTR and OPEN, whose handlers
// end as soon as their caller is interrupted; READ is answered from memory.
// What a reader has open is one version, pinned by its handle. A node keeps no
// content: if its inode is known to the kernel already, go-fuse drops the new
// node and the old one goes on serving.
package nodes

import (
	"context"
	"errors"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"basecampfs/nodes/records"
	"basecampfs/nodes/tree"
)

// mount is what all nodes of one mount share.
type mount struct {
	t      *tree.Tree
	opts   options
	notify *notifier
	// unopened are files of a read-only mount that are being read.
	unopened unopened
	changes  changes
}

type options struct {
	uid, gid uint32
	// lasting is how long the kernel may use what it was told of without
	// asking again where it is told of changes; fleeting where it is not.
	lasting, fleeting time.Duration
	readOnly          bool
	log               *tree.ErrorLog
}

// fail turns an error into what the program is told, and tells the person.
func (m *mount) fail(what string, err error) syscall.Errno {
	no := toErrno(err)
	if worthTelling(no) && !errors.Is(err, records.ErrNotCached) {
		m.opts.log.Add(what, err)
	}
	return no
}

// wrap returns the go-fuse node for a node of the tree.
func (m *mount) wrap(n tree.Node) fs.InodeEmbedder {
	switch n := n.(type) {
	case tree.Dir:
		return &dirNode{m: m, d: n}
	case tree.Link:
		return &linkNode{m: m, l: n}
	case tree.File:
		return &fileNode{m: m, f: n}
	}
	panic("a node that is neither a folder, a file nor a link")
}

// attach makes a node of the tree a child of parent, with its attributes.
func (m *mount) attach(ctx context.Context, parent *fs.Inode, n tree.Node, out *fuse.EntryOut) (*fs.Inode, error) {
	a, err := n.Attr(ctx)
	if err != nil {
		return nil, err
	}
	m.fill(&out.Attr, n, a)
	ttl := m.ttl(n)
	out.SetEntryTimeout(ttl)
	out.SetAttrTimeout(ttl)
	in := parent.NewInode(ctx, m.wrap(n), fs.StableAttr{Mode: a.Mode & syscall.S_IFMT, Ino: n.Inode()})
	if f, ok := in.Operations().(*fileNode); ok {
		f.announce(ctx, &out.Attr)
	}
	return in, nil
}

// ttl is how long the kernel may keep what it was told of a node.
func (m *mount) ttl(n tree.Node) time.Duration {
	if v, ok := n.(tree.Volatile); ok && v.Volatile() {
		return 0
	}
	if tree.Lasting(n) {
		return m.opts.lasting
	}
	return m.opts.fleeting
}

func (m *mount) fill(out *fuse.Attr, n tree.Node, a tree.Attr) {
	out.Ino = n.Inode()
	out.Mode = a.Mode
	out.Size = uint64(a.Size)
	out.Blocks = (out.Size + 511) / 512
	out.Blksize = 4096
	out.Nlink = 1
	if a.Mode&syscall.S_IFMT == syscall.S_IFDIR {
		out.Nlink = 2
	}
	out.Owner = fuse.Owner{Uid: m.opts.uid, Gid: m.opts.gid}
	t := a.ModTime
	out.SetTimes(&t, &t, &t)
}

// getattr answers GETATTR for any node.
func (m *mount) getattr(ctx context.Context, n tree.Node, out *fuse.AttrOut) syscall.Errno {
	a, err := n.Attr(ctx)
	if err != nil {
		return m.fail("stat", err)
	}
	m.fill(&out.Attr, n, a)
	out.SetTimeout(m.ttl(n))
	return 0
}
