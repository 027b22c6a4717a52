package nodes

import (
	"sync"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// The bytes of a file that the kernel keeps, and the length up to which it
// reads them, belong to the file and not to a handle. Two handles with two
// versions must not both read through them, nor may either change under one
// that does. So who opens a file that is being written, or was a moment ago,
// reads past them.

// settled is how long a file must have stayed the same for its readers to
// share what the kernel has.
const settled = 10 * time.Second

// changes are the files that changed less than settled ago, by inode. They
// outlive the nodes, which the kernel makes us forget as names change.
type changes struct {
	mu   sync.Mutex
	at   map[uint64]time.Time
	next time.Time // when to look for what can be dropped
}

// note notes that a file was changed or is about to be.
func (c *changes) note(inode uint64) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at == nil {
		c.at = map[uint64]time.Time{}
	}
	if now.After(c.next) {
		for i, t := range c.at {
			if now.Sub(t) > settled {
				delete(c.at, i)
			}
		}
		c.next = now.Add(settled)
	}
	c.at[inode] = now
}

func (c *changes) recent(inode uint64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t, ok := c.at[inode]
	return ok && time.Since(t) < settled
}

// cached is what is known of the bytes that the kernel has of a file.
type cached struct {
	version uint64
	readers int    // who read through them: all of that version
	seen    uint64 // the version that was opened last
}

// through says how a reader of a version reads: through the bytes that the
// kernel has, or past them. Where shared is set, alone has to be called when
// the reader ends.
func (n *fileNode) through(v uint64) (flags uint32, shared bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := &n.cached
	if c.seen != v && c.seen != 0 {
		n.unsettled()
	}
	c.seen = v
	if len(n.writers) > 0 || c.readers > 0 && c.version != v || n.m.changes.recent(n.StableAttr().Ino) {
		return fuse.FOPEN_DIRECT_IO, false
	}
	if c.version == v {
		flags = fuse.FOPEN_KEEP_CACHE
	}
	c.version = v
	c.readers++
	return flags, true
}

// alone ends a reader that read through the bytes that the kernel has.
func (n *fileNode) alone() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cached.readers--
}

// unsettled notes that the file is about to be, or was just, changed.
func (n *fileNode) unsettled() { n.m.changes.note(n.f.Inode()) }
