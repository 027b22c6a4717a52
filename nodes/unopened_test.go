package nodes

import (
	"context"
	"strings"
	"testing"
	"time"

	"basecampfs/nodes/tree"
)

// changing is a file that has another text each time that it is opened.
type changing struct {
	tree.File
	opened, closed int
}

type version struct {
	*strings.Reader
	f *changing
}

func (v version) Size() int64     { return v.Reader.Size() }
func (v version) Version() uint64 { return 0 }
func (v version) Close() error    { v.f.closed++; return nil }

func (f *changing) Open(context.Context) (tree.Content, error) {
	f.opened++
	return version{strings.NewReader(strings.Repeat(string(rune('a'+f.opened-1)), 10)), f}, nil
}

// What is read of one file, in the order in which READ comes, and from which
// version the answers must be.
func TestUnopenedFilesAreReadInOneVersion(t *testing.T) {
	for _, c := range []struct {
		name  string
		reads []int64 // offsets; each takes 4 bytes of 10
		want  string  // the version of each
		open  int     // contents that are not closed in the end
	}{
		{"whole", []int64{0, 4, 8}, "aaa", 0},
		{"twice", []int64{0, 4, 8, 0, 4, 8}, "aaabbb", 0},
		{"begun again before the end", []int64{0, 4, 0, 4, 8}, "aabbb", 0},
		{"in the middle alone", []int64{4, 8}, "aa", 0},
		{"the end alone", []int64{8, 8}, "ab", 0},
		{"not to the end", []int64{0, 4}, "aa", 1},
	} {
		f := &changing{}
		var u unopened
		n := &fileNode{f: f}
		got := ""
		for _, off := range c.reads {
			p, err := u.take(t.Context(), n, off > 0)
			if err != nil {
				t.Fatal(err)
			}
			b := make([]byte, 4)
			k, _ := p.c.ReadAt(b, off)
			u.put(p, off+int64(k) < p.c.Size())
			got += string(b[0])
		}
		if got != c.want || f.opened-f.closed != c.open || len(u.parts) != c.open {
			t.Errorf("%s: versions %s, want %s; %d opened, %d closed, %d kept", c.name, got, c.want, f.opened, f.closed, len(u.parts))
		}
	}
}

// What readers leave unread does not pile up, nor is it read on after a while.
func TestUnopenedFilesAreLetGo(t *testing.T) {
	f := &changing{}
	var u unopened
	for range 2 * mostParts {
		p, err := u.take(t.Context(), &fileNode{f: f}, false)
		if err != nil {
			t.Fatal(err)
		}
		u.put(p, true)
	}
	if len(u.parts) != mostParts || f.closed != mostParts {
		t.Errorf("%d are kept, %d closed", len(u.parts), f.closed)
	}
	last := u.parts[len(u.parts)-1]
	last.at = time.Now().Add(-2 * partTime)
	before := f.opened
	p, err := u.take(t.Context(), last.n, true)
	if err != nil {
		t.Fatal(err)
	}
	if p == last || f.opened != before+1 {
		t.Error("a version that nobody has read for a while is read on")
	}
	u.put(p, false)
	if f.opened-f.closed != mostParts-1 {
		t.Errorf("%d opened, %d closed", f.opened, f.closed)
	}
}
