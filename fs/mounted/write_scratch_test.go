package mounted

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"testing"
	"time"

	"pgregory.net/rapid"

	"basecampfs/api/simulator"
)

// TestRandomAccess writes, reads and truncates at random through one handle,
// as fsx does: a file that an editor keeps for itself, and a text that is not
// saved yet, are what was written to them.
func TestRandomAccess(t *testing.T) {
	for _, name := range []string{".notes.swp", "Draft.md", "Clear and simple UI.md"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := start(t, simulator.Options{})
			f, err := os.OpenFile(w.path(list+"/"+name), os.O_RDWR|os.O_CREATE, 0o644)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			model, err := io.ReadAll(f)
			if err != nil {
				t.Fatal(err)
			}
			rapid.Check(t, func(t *rapid.T) {
				const most = 1 << 18
				off := rapid.Int64Range(0, most).Draw(t, "offset")
				switch rapid.IntRange(0, 2).Draw(t, "operation") {
				case 0:
					b := bytes.Repeat([]byte{byte(rapid.IntRange('a', 'z').Draw(t, "byte"))}, rapid.IntRange(1, 1<<16).Draw(t, "length"))
					if n, err := f.WriteAt(b, off); n != len(b) || err != nil {
						t.Fatal(n, err)
					}
					if end := int(off) + len(b); end > len(model) {
						model = append(model, make([]byte, end-len(model))...)
					}
					copy(model[off:], b)
				case 1:
					if err := f.Truncate(off); err != nil {
						t.Fatal(err)
					}
					model = append(model[:min(int(off), len(model))], make([]byte, max(0, int(off)-len(model)))...)
				}
				b := make([]byte, most/2)
				n, err := f.ReadAt(b, off)
				want := model[min(int(off), len(model)):min(int(off)+len(b), len(model))]
				if err != nil && err != io.EOF || !bytes.Equal(b[:n], want) {
					t.Fatalf("%v: %d bytes at %d, want %d", err, n, off, len(want))
				}
			})
			if name != ".notes.swp" { // nothing of this is to be saved
				if err := f.Truncate(0); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// TestScratch has what programs do to files of their own.
func TestScratch(t *testing.T) {
	w := start(t, simulator.Options{})
	path := func(name string) string { return w.path(list + "/" + name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	is := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
	}
	must(os.WriteFile(path(".a.swp"), []byte("one"), 0o600))
	_, err := os.OpenFile(path(".a.swp"), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	is(err, syscall.EEXIST)
	must(os.Chmod(path(".a.swp"), 0o640))
	then := time.Date(2001, 2, 3, 4, 5, 6, 789000000, time.UTC)
	must(os.Chtimes(path(".a.swp"), then, then))
	info, err := os.Stat(path(".a.swp"))
	if must(err); err == nil && (info.Mode().Perm() != 0o640 || !info.ModTime().Equal(then) || info.Size() != 3) {
		t.Errorf("stat gives %v %v %d", info.Mode(), info.ModTime(), info.Size())
	}
	must(os.Symlink("user@host.1", path(".#a.md")))
	if target, err := os.Readlink(path(".#a.md")); err != nil || target != "user@host.1" {
		t.Errorf("readlink gives %q %v", target, err)
	}
	is(os.Symlink("x", path(".#a.md")), syscall.EEXIST)
	must(os.Link(path("Go cutting edge.md"), path("Go cutting edge.md~")))
	if w.read(list+"/Go cutting edge.md~") != w.read(list+"/Go cutting edge.md") {
		t.Error("a link for a backup has another content")
	}
	must(os.Rename(path(".a.swp"), path(".b.swp")))
	if _, err := os.Stat(path(".a.swp")); !os.IsNotExist(err) {
		t.Errorf("the old name: %v", err)
	}
	// Two handles that append, and one whose file is removed.
	one, err := os.OpenFile(path(".b.swp"), os.O_WRONLY|os.O_APPEND, 0)
	must(err)
	two, err := os.OpenFile(path(".b.swp"), os.O_RDWR|os.O_APPEND, 0)
	must(err)
	for n := range 4 {
		_, err := fmt.Fprint([]*os.File{one, two}[n%2], n)
		must(err)
	}
	if got := w.read(list + "/.b.swp"); got != "one0123" {
		t.Errorf("two that append give %q", got)
	}
	must(os.Remove(path(".b.swp")))
	if _, err := two.Write([]byte("4")); err != nil {
		t.Errorf("a removed file that is open: %v", err)
	}
	b := make([]byte, 20)
	if n, err := two.ReadAt(b, 0); string(b[:n]) != "one01234" {
		t.Errorf("a removed file that is open has %q %v", b[:n], err)
	}
	must(one.Close())
	must(two.Close())
	// What is left is there after a remount, with what it is.
	must(os.WriteFile(path("Go cutting edge.md.bak"), []byte("kept"), 0o600))
	w.remount()
	if got := w.read(list + "/Go cutting edge.md.bak"); got != "kept" {
		t.Errorf("after a remount a backup has %q", got)
	}
	if target, err := os.Readlink(path(".#a.md")); err != nil || target != "user@host.1" {
		t.Errorf("after a remount readlink gives %q %v", target, err)
	}
	for _, n := range []string{"Go cutting edge.md.bak", "Go cutting edge.md~", ".#a.md"} {
		must(os.Remove(path(n)))
	}
	for _, n := range []string{"notes.txt", "README", "photo.png", "a.docx"} {
		_, err := os.Create(path(n))
		is(err, syscall.EINVAL)
	}
	if got := w.writes(); len(got) > 0 {
		t.Errorf("the service was told: %q", got)
	}
}
