package tree

import (
	"encoding/binary"
	"syscall"

	"github.com/cespare/xxhash/v2"

	"basecampfs/api"
)

// facet is which of the files and folders of one record a node is.
type facet string

// The facets.
const (
	asText      facet = "md"
	asJSON      facet = "json"
	asFolder    facet = "dir"
	asComments  facet = "comments"
	asFiles     facet = "files"
	asCompleted facet = "completed"
	asTrash     facet = "trash"
	asChecklist facet = "todolist.md"
	asListJSON  facet = "todolist.json"
	asLink      facet = "link"
)

// inode returns the number for a facet of a record: the same in every mount.
// The upper half is left to what has no record, such as scratch files, and the
// lowest numbers to the mount itself.
func inode(account api.AccountInfo, r api.Ref, f facet) uint64 {
	var b [8]byte
	h := xxhash.New()
	put := func(s string) {
		_, _ = h.WriteString(s)
		_, _ = h.Write([]byte{0})
	}
	num := func(n int64) {
		binary.LittleEndian.PutUint64(b[:], uint64(n))
		_, _ = h.Write(b[:])
	}
	put(string(account.Product))
	num(account.ID)
	kind := r.Kind
	if kind == api.TodoGroup { // a list to those that name it as their parent
		kind = api.TodoList
	}
	put(string(kind))
	num(r.ID)
	put(string(f))
	return h.Sum64()&^(1<<63) | 1<<2
}

// fixedInode returns the number for what belongs to no record.
func fixedInode(path string) uint64 { return xxhash.Sum64String(path)&^(1<<63) | 1<<2 }

// Permission and type bits.
const (
	dirMode  = syscall.S_IFDIR | 0o755
	fileMode = syscall.S_IFREG | 0o644
	linkMode = syscall.S_IFLNK | 0o777
	noWrite  = ^uint32(0o222)
)
