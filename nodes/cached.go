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
	readers map[uint64]int // by version
	seen    uint64         // the version that was opened last
}

// through says how a reader of a version reads: through the bytes that the
// kernel has, or past them. done, where it is not nil, has to be called when
// the reader ends.
func (n *fileNode) through(v uint64) (flags uint32, done func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := &n.cached
	if c.seen != v && c.seen != 0 {
		n.unsettled()
	}
	c.seen = v
	others := len(c.readers)
	if c.readers[v] > 0 {
		others--
	}
	if len(n.writers) > 0 || others > 0 || n.m.changes.recent(n.f.Inode()) {
		return fuse.FOPEN_DIRECT_IO, nil
	}
	if c.version == v {
		flags = fuse.FOPEN_KEEP_CACHE
	}
	c.version = v
	if c.readers == nil {
		c.readers = map[uint64]int{}
	}
	c.readers[v]++
	return flags, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if c.readers[v]--; c.readers[v] == 0 {
			delete(c.readers, v)
		}
	}
}

// unsettled notes that the file is about to be, or was just, changed.
func (n *fileNode) unsettled() { n.m.changes.note(n.f.Inode()) }
