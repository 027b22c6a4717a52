package tree

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"basecampfs/nodes/records"
)

// times are the times of modification that programs gave to versions of items.
// They are kept in a file, a line for each that is set: a backup that is
// written into the mount must find its times again after a remount, or it
// writes everything once more.
type times struct {
	path string // empty where they are not kept

	mu sync.Mutex
	m  map[uint64]stamp // by inode
}

// stamp is the time of one version, which is the one of updated.
type stamp struct{ updated, mtime int64 } // Unix nanoseconds

// openTimes reads what an earlier mount has kept. A file that cannot be read,
// or a line that means nothing, costs no more than the times in it.
func openTimes(path string) *times {
	t := &times{path: path, m: map[uint64]stamp{}}
	if path == "" {
		return t
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return t
	}
	lines := 0
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); lines++ {
		var inode uint64
		var x stamp
		if n, _ := fmt.Sscanf(s.Text(), "%x %d %d", &inode, &x.updated, &x.mtime); n == 3 {
			t.m[inode] = x
		}
	}
	if lines > 2*len(t.m)+100 {
		t.rewrite()
	}
	return t
}

// rewrite drops the lines that later ones have replaced.
func (t *times) rewrite() {
	var b strings.Builder
	for inode, x := range t.m {
		b.WriteString(x.line(inode))
	}
	tmp := t.path + ".new"
	if os.WriteFile(tmp, []byte(b.String()), 0o600) == nil {
		_ = os.Rename(tmp, t.path)
	}
}

func (x stamp) line(inode uint64) string { return fmt.Sprintf("%x %d %d\n", inode, x.updated, x.mtime) }

// set gives a version a time. That it cannot be kept is no reason to fail what
// a program does: the time holds until the mount ends.
func (t *times) set(inode uint64, updated, mtime time.Time) {
	x := stamp{updated.UnixNano(), mtime.UnixNano()}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.m[inode] == x {
		return
	}
	t.m[inode] = x
	if t.path == "" {
		return
	}
	f, err := os.OpenFile(t.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.WriteString(x.line(inode))
}

// of returns the time that a version was given, or else its own.
func (t *times) of(inode uint64, updated time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x, ok := t.m[inode]; ok && x.updated == updated.UnixNano() {
		return time.Unix(0, x.mtime)
	}
	return updated
}

// timeOf is when an item's text was changed: what a program said of its newest
// version, or else what the service says.
func (a *Account) timeOf(i *records.Item) time.Time {
	return a.tree.times.of(inode(a.info, i.Ref(), asText), i.Record().UpdatedAt)
}

func (a *Account) setTime(i *records.Item, t time.Time) {
	a.tree.times.set(inode(a.info, i.Ref(), asText), i.Record().UpdatedAt, t)
}
