// Package tree is the mounted tree without the mount: folders, files and links
// worked out from an account's records. It knows nothing of FUSE, so that it
// can be walked and tested as it is; package nodes puts it under the kernel.
//
// One kind of folder has one file. A node is a small value that holds a key to
// what it shows, never the content: two nodes of one inode are the same thing.
package tree

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"basecampfs/api"
)

// Node is a file, a folder or a link.
type Node interface {
	// Inode is made from the account, the kind and the id of what the node
	// shows: the same in every mount.
	Inode() uint64
	// Attr works out the attributes, asking the service where it must. Under
	// records.CachedOnly it fails with records.ErrNotCached instead.
	Attr(ctx context.Context) (Attr, error)
}

// Attr is what stat shows.
type Attr struct {
	Mode    uint32 // type and permission bits, as in syscall.Stat_t
	Size    int64
	ModTime time.Time
}

// Dir is a folder.
type Dir interface {
	Node
	// Entries lists the whole folder, or fails: it never leaves out what it
	// could not fetch.
	Entries(ctx context.Context) (Entries, error)
	// Lookup finds a name, including names that Entries does not show. An
	// api.Error of Code NotFound says that there is none.
	Lookup(ctx context.Context, name string) (Node, error)
}

// File is a file that can be read.
type File interface {
	Node
	// Open pins the version that the file has now.
	Open(ctx context.Context) (Content, error)
}

// Content is one version of a file. It is read without asking the service.
type Content interface {
	io.ReaderAt
	io.Closer
	Size() int64
	// Version changes whenever the bytes do.
	Version() uint64
}

// Link is a symbolic link.
type Link interface {
	Node
	Target(ctx context.Context) (string, error)
}

// Entry is a name in a folder.
type Entry struct {
	Name string
	Type uint32 // the type bits of the mode
	Node Node
}

// Entries is a folder's content in the order of names.
type Entries []Entry

// Find returns the entry of a name.
func (e Entries) Find(name string) (Entry, bool) {
	i, ok := slices.BinarySearchFunc(e, name, func(e Entry, n string) int { return strings.Compare(e.Name, n) })
	if !ok {
		return Entry{}, false
	}
	return e[i], true
}

func (e Entries) sort() Entries {
	slices.SortFunc(e, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return e
}

// newest returns the latest of some times.
func newest(times ...time.Time) time.Time {
	var t time.Time
	for _, u := range times {
		if u.After(t) {
			t = u
		}
	}
	return t
}

// absent is the error for a name that is not there.
func absent(name string) error {
	return &api.Error{Code: api.NotFound, Message: "no such name: " + name}
}

// Volatile is a node whose content changes without anything in Basecamp having
// changed. Nobody may keep it.
type Volatile interface{ Volatile() bool }
