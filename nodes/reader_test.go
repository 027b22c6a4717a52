package nodes

import (
	"bytes"
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"

	"basecampfs/nodes/tree"
)

// numbered is a file whose version is told apart from its content.
type numbered struct {
	tree.File
	version        uint64
	opened, closed int
}

type content struct {
	*strings.Reader
	f *numbered
}

func (c content) Size() int64     { return c.Reader.Size() }
func (c content) Version() uint64 { return 0 }
func (c content) Close() error    { c.f.closed++; return nil }

func (f *numbered) Inode() uint64                           { return 1 }
func (f *numbered) Version(context.Context) (uint64, error) { return f.version, nil }

func (f *numbered) Open(context.Context) (tree.Content, error) {
	f.opened++
	return content{strings.NewReader(strings.Repeat(string(rune('a'+f.version-1)), 10)), f}, nil
}

// What is expensive to make is made once for each version that the kernel gets,
// and for a reader that asks for what the kernel has dropped.
func TestContentIsMadeWhenItIsRead(t *testing.T) {
	log, err := tree.NewErrorLog(t.TempDir() + "/errors.log")
	if err != nil {
		t.Fatal(err)
	}
	f := &numbered{version: 1}
	n := &fileNode{f: f, m: &mount{opts: options{lasting: time.Hour, log: log}}}
	open := func() (*reader, uint32) {
		t.Helper()
		h, flags, no := n.Open(t.Context(), syscall.O_RDONLY)
		if no != 0 {
			t.Fatal(no)
		}
		return h.(*reader), flags
	}
	read := func(r *reader, off int64) (string, syscall.Errno) {
		t.Helper()
		res, no := r.Read(t.Context(), make([]byte, 4), off)
		if no != 0 {
			return "", no
		}
		b, _ := res.Bytes(nil)
		return string(bytes.Clone(b)), 0
	}
	want := func(what string, got, want any) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}

	first, flags := open()
	want("the first time", flags&fuse.FOPEN_KEEP_CACHE, uint32(0))
	want("content", f.opened, 1)
	want("release", first.Release(t.Context()), syscall.Errno(0))

	second, flags := open()
	want("again", flags, uint32(fuse.FOPEN_KEEP_CACHE|fuse.FOPEN_NOFLUSH))
	want("content", f.opened, 1)
	got, no := read(second, 4)
	want("read", got, "aaaa")
	want("read", no, syscall.Errno(0))
	got, _ = read(second, 8)
	want("read", got, "aa")
	want("content", f.opened, 2)

	late, _ := open()
	begun, _ := open()
	f.version = 2
	_, no = read(late, 4)
	want("the rest of what is no longer there", no, syscall.EIO)
	got, _ = read(begun, 0)
	want("all of what is there now", got, "bbbb")
	past, flags := open()
	want("another version, while the first is read", flags&(fuse.FOPEN_KEEP_CACHE|fuse.FOPEN_DIRECT_IO), uint32(fuse.FOPEN_DIRECT_IO))
	for _, r := range []*reader{second, late, begun, past} {
		want("release", r.Release(t.Context()), syscall.Errno(0))
	}
	want("closed", f.closed, f.opened)
	want("readers left", n.cached.readers, 0)
}
