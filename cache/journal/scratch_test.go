package journal

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestScratchFiles(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	s := j.Scratch()
	const list, other = "195539477/todolist/7", "195539477/todolist/8"

	if got := must(s.List(list))(t); len(got) != 0 {
		t.Errorf("%v", got)
	}
	f := must(s.Open(list, ".Note.md.swp", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600))(t)
	f.WriteString("swap")
	f.Close()
	if _, err := s.Open(list, ".Note.md.swp", os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); !errors.Is(err, syscall.EEXIST) {
		t.Errorf("O_EXCL: %v", err)
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	check(s.Put(list, "Note.md~", []byte("before")))
	check(s.Put(list, "Note.md~", []byte("backup")))
	check(s.Put(other, "4913", nil))
	check(s.Symlink(list, ".#Note.md", "annie@host.1234:../../etc"))
	check(s.Link(list, "Note.md~", other, "Note.md.bak"))
	check(s.Chmod(list, "Note.md~", 0o040))
	when := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	check(s.Chtimes(list, "Note.md~", when, when))
	check(s.Rename(list, ".Note.md.swp", other, ".Note.md.swo"))
	check(s.Sync(list))
	check(s.Sync("never used"))

	check(j.Close())
	j = open(t, dir) // everything survives
	s = j.Scratch()
	names := func(folder string) string {
		var all []string
		for _, info := range must(s.List(folder))(t) {
			all = append(all, info.Name())
		}
		return strings.Join(all, " ")
	}
	if got := names(list); got != ".#Note.md Note.md~" {
		t.Errorf("%q", got)
	}
	if got := names(other); got != ".Note.md.swo 4913 Note.md.bak" {
		t.Errorf("%q", got)
	}
	if got := must(s.Readlink(list, ".#Note.md"))(t); got != "annie@host.1234:../../etc" {
		t.Errorf("%q", got)
	}
	info := must(s.Stat(list, "Note.md~"))(t)
	if info.Mode() != 0o040 || !info.ModTime().Equal(when) || info.Size() != 6 {
		t.Errorf("%v %v %d", info.Mode(), info.ModTime(), info.Size())
	}
	if got := string(must(s.Get(other, ".Note.md.swo"))(t)); got != "swap" {
		t.Errorf("%q", got)
	}
	for _, flag := range []int{os.O_RDONLY, os.O_RDWR | os.O_CREATE} {
		if _, err := s.Open(list, ".#Note.md", flag, 0o600); !errors.Is(err, syscall.ELOOP) {
			t.Errorf("followed a link: %v", err)
		}
	}
	if _, err := s.Open(list, "missing", os.O_RDONLY, 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	check(s.Remove(list, "Note.md~"))
	if got := string(must(s.Get(other, "Note.md.bak"))(t)); got != "backup" {
		t.Errorf("the other name of a removed file: %q", got)
	}
	for _, bad := range []string{"", ".", "..", "a/b", "../../journal.db", "\x00"} {
		_, err := s.Open(list, bad, os.O_CREATE|os.O_RDWR, 0o600)
		errs := []error{err, s.Put(list, bad, nil), s.Remove(list, bad), s.Rename(list, ".#Note.md", list, bad), s.Symlink(list, bad, "x"), second(s.Stat(list, bad))}
		for i, err := range errs {
			if !errors.Is(err, ErrName) {
				t.Errorf("%q, %d: %v", bad, i, err)
			}
		}
	}
}

// Whatever mode a program gives, the owner whom the kernel let through can open.
func TestScratchModeShutsNobodyOut(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("no mode shuts root out")
	}
	s := open(t, t.TempDir()).Scratch()
	if err := errors.Join(s.Put("f", "x", []byte("text")), s.Chmod("f", "x", 0)); err != nil {
		t.Fatal(err)
	}
	f := must(s.Open("f", "x", os.O_RDWR, 0))(t)
	f.Close()
	if info := must(s.Stat("f", "x"))(t); info.Mode().Perm() != 0 {
		t.Errorf("%v", info.Mode())
	}
}

func TestScratchExpires(t *testing.T) {
	dir := t.TempDir()
	now := time.Now()
	o := Options{Now: func() time.Time { return now }}
	j := must(Open(dir, o))(t)
	old := time.Unix(0, 0)
	if err := errors.Join(j.Scratch().Put("a", "x~", []byte("1")), j.Scratch().Chtimes("a", "x~", old, old), j.Scratch().Symlink("b", ".#x", "gone")); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		there bool
	}{{ScratchAge - time.Hour, true}, {ScratchAge + time.Hour, false}} {
		now = time.Now().Add(step.after)
		j.Close()
		j = must(Open(dir, o))(t)
		_, err := j.Scratch().Stat("a", "x~")
		_, errLink := j.Scratch().Stat("b", ".#x")
		if (err == nil) != step.there || (errLink == nil) != step.there {
			t.Errorf("after %v: %v %v", step.after, err, errLink)
		}
	}
	if err := j.Scratch().Put("a", "new", nil); err != nil {
		t.Errorf("in a folder that was removed: %v", err)
	}
	j.Close()
}
