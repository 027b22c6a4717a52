package journal

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestRejectedTexts(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 3, 1, 12, 30, 15, 0, time.UTC)
	j, err := Open(dir, Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	r := j.Rejected()
	first := must(r.Put("Clear and simple UI.md", []byte("one"), "Title is too long\n"))(t)
	if first != "2026-03-01T12-30-15Z Clear and simple UI.md" {
		t.Errorf("%q", first)
	}
	again := must(r.Put("Clear and simple UI.md", []byte("one"), "Title is too long"))(t)
	other := must(r.Put("Clear and simple UI.md", []byte("two"), "Conflict"))(t)
	if again != first || other != "2026-03-01T12-30-15Z Clear and simple UI (2).md" {
		t.Errorf("%q %q", again, other)
	}
	now = now.Add(-time.Hour)
	early := must(r.PutFrom("early.md", strings.NewReader("zero"), "r"))(t)

	list := must(r.List())(t)
	want := []RejectedText{
		{early, "r", now, 4}, {other, "Conflict", now.Add(time.Hour), 3}, {first, "Title is too long", now.Add(time.Hour), 3},
	}
	if len(list) != len(want) {
		t.Fatalf("%+v", list)
	}
	for i := range want {
		if list[i] != want[i] {
			t.Errorf("%+v, want %+v", list[i], want[i])
		}
	}
	for name, content := range map[string]string{first: "one", first + ReasonSuffix: "Title is too long\n"} {
		f := must(r.Open(name))(t)
		if b := must(io.ReadAll(f))(t); string(b) != content {
			t.Errorf("%s: %q", name, b)
		}
		f.Close()
	}
	for _, bad := range []string{"", ".", "..", "../journal.db", "a/b", "nul\x00"} {
		if _, err := r.Open(bad); !errors.Is(err, ErrName) {
			t.Errorf("Open(%q): %v", bad, err)
		}
		if err := r.Remove(bad); !errors.Is(err, ErrName) {
			t.Errorf("Remove(%q): %v", bad, err)
		}
	}
	if err := r.Remove(first); err != nil {
		t.Error(err)
	}
	if err := r.Remove(first); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("removed twice: %v", err)
	}
	if left := must(os.ReadDir(filepath.Join(dir, "rejected")))(t); len(left) != 4 {
		t.Errorf("%v", left)
	}
}

func TestRejectingAnEntry(t *testing.T) {
	j := open(t, t.TempDir())
	for _, size := range []int{0, 100, inlineMax + 100} {
		text := noise(size, 1)
		id := must(j.Append(Entry{Name: "Note.md", Text: text}))(t)
		name := must(j.Reject(id, "no"))(t)
		f := must(j.Rejected().Open(name))(t)
		if got := must(io.ReadAll(f))(t); !bytes.Equal(got, text) {
			t.Errorf("%d bytes became %d", size, len(got))
		}
		f.Close()
		if _, err := j.Get(id); !errors.Is(err, ErrNotFound) {
			t.Errorf("still there: %v", err)
		}
	}
	if left := must(os.ReadDir(j.path("text")))(t); len(left) != 0 {
		t.Errorf("left in text/: %v", left)
	}
}

func TestNamesOfRejectedTexts(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "text",
		"a.md":                  "a.md",
		"../../etc/passwd":      ".._.._etc_passwd",
		"two\nlines\x1b[31m.md": "two_lines_[31m.md",
		"evil\u202e.md":         "evil_.md",
		"bad\xff.md":            "bad_.md",
		"x" + ReasonSuffix:      "x_reason.txt",
		"Größe ☃.md":            "Größe ☃.md",
	} {
		if got := cleanName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	long := cleanName(strings.Repeat("😀", 300) + ".md")
	if len(long) > nameMax || !utf8.ValidString(long) || !strings.HasSuffix(long, "😀.md") {
		t.Errorf("%q", long)
	}
	r := must(openRejected(filepath.Join(t.TempDir(), "r"), time.Now))(t)
	for i := range 12 {
		if _, err := r.put(strings.Repeat("é", 300)+".md", bytes.NewReader(noise(5, uint64(i))), "why", time.Unix(0, 0)); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzCleanName(f *testing.F) {
	for _, s := range []string{"a.md", "/", "..", ".", "a" + ReasonSuffix, "\x00\xff", strings.Repeat("é", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name := "2026-03-01T12-30-15Z " + cleanName(s)
		if checkName(name) != nil || len(name)+len(" (99)")+len(ReasonSuffix) > 255 || !utf8.ValidString(name) || strings.HasSuffix(name, ReasonSuffix) {
			t.Errorf("%q became %q", s, name)
		}
	})
}
