package mounted

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"basecampfs/api/simulator"
)

// TestTraps has a table of texts that are wrong or odd, and what becomes of
// each: an error that says what is wrong, with the text kept, or a save.
func TestTraps(t *testing.T) {
	edit := func(a, b string) func(string) string {
		return func(s string) string { return strings.Replace(s, a, b, 1) }
	}
	for _, c := range []struct {
		name  string
		text  func(string) string
		errno syscall.Errno
		says  string // in errors.log
		// lost is set where nothing is worth keeping.
		lost bool
		has  map[string]string // what the service has afterwards
	}{
		{name: "an empty file", text: func(string) string { return "" }, errno: syscall.EINVAL, says: "would be empty", lost: true},
		{name: "NULs alone", text: func(s string) string { return strings.Repeat("\x00", len(s)) }, errno: syscall.EINVAL, says: "NUL"},
		{name: "NULs at the end", text: func(s string) string { return s + strings.Repeat("\x00", 100) }, errno: syscall.EINVAL, says: "NUL"},
		{name: "front matter without an end", text: func(s string) string { return s[:40] }, errno: syscall.EINVAL, says: "has no end"},
		{name: "YAML that is none", text: edit("title: Clear", "title: [Clear"), errno: syscall.EINVAL, says: "line"},
		{name: "an unknown key", text: edit("due_on:", "due:"), errno: syscall.EINVAL, says: `"due": there is no such key`},
		{name: "a key twice", text: edit("due_on:", "title: x\ndue_on:"), errno: syscall.EINVAL, says: "it is there already"},
		{name: "an unknown person", text: edit("[Sharon Bradford]", "[Nobody Here]"), errno: syscall.EINVAL, says: "Nobody Here"},
		{name: "an ambiguous person", text: edit("[Sharon Bradford]", "[Jennifer Young]"), errno: syscall.EINVAL, says: "Jennifer Young"},
		{name: "a bad date", text: edit("2026-03-01", "2026-02-30"), errno: syscall.EINVAL, says: "is not a date"},
		{name: "a date in words", text: edit("2026-03-01", "tomorrow"), errno: syscall.EINVAL, says: "is not a date"},
		{name: "completed is neither", text: edit("completed: false", "completed: maybe"), errno: syscall.EINVAL, says: "neither true nor false"},
		{name: "a title of 10,000 characters", text: edit("title: Clear", "title: "+strings.Repeat("x", 10000)), errno: syscall.EINVAL, says: "the limit is"},
		{name: "no title", text: edit("title: Clear and simple UI", "title:"), errno: syscall.EINVAL, says: "it is empty"},
		{name: "not UTF-8", text: edit("usual", "us\xffual"), errno: syscall.EINVAL, says: "not UTF-8"},
		{name: "read-only keys changed", text: edit("creator: Annie Bryan", "creator: Somebody Else")},
		{name: "a read-only key changed along with another", text: func(s string) string {
			return edit("usual", "customary")(edit("created_at: 2026", "created_at: 1999")(s))
		}, has: map[string]string{"description": "customary", "created_at": "2026-01-27"}},
		{name: "CRLF alone", text: func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
		{name: "CRLF and an edit", text: func(s string) string { return strings.ReplaceAll(edit("usual", "customary")(s), "\n", "\r\n") },
			has: map[string]string{"description": "<em>customary</em> thing</li><li>"}},
		{name: "a BOM", text: func(s string) string { return "\ufeff" + s }},
		{name: "a BOM and an edit", text: func(s string) string { return "\ufeff" + edit("usual", "customary")(s) }, has: map[string]string{"description": "customary"}},
		{name: "no final newline", text: func(s string) string { return strings.TrimSuffix(s, "\n") }},
		{name: "no final newline and an edit", text: func(s string) string { return strings.TrimSuffix(edit("usual", "customary")(s), "\n") },
			has: map[string]string{"description": "customary"}},
		{name: "empty lines at the end", text: func(s string) string { return s + "\n\n\n" }},
		{name: "the body alone", text: func(s string) string { return strings.Replace(body(s), "usual", "customary", 1) },
			has: map[string]string{"description": "customary", "due_on": "2026-03-01", "starts_on": "2026-02-20", "content": "Clear and simple UI"}},
		{name: "a front matter alone", text: func(s string) string { return "---\ndue_on: 2026-06-06\n---\n" },
			has: map[string]string{"due_on": "2026-06-06", "starts_on": "2026-02-20", "content": "Clear and simple UI"}},
		{name: "null clears", text: edit("due_on: 2026-03-01", "due_on: null"), has: map[string]string{"due_on": "", "content": "Clear and simple UI", "description": "usual"}},
		{name: "a missing key changes nothing", text: edit("due_on: 2026-03-01\n", "")},
		{name: "17 MiB", text: func(s string) string { return s + strings.Repeat("x", 17<<20) }, errno: syscall.EFBIG, says: "larger than any text", lost: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, simulator.Options{})
			file := clear + ".md"
			before := w.read(file)
			was := w.served("/todos/1069479576.json")
			text := c.text(before)
			if text == before {
				t.Fatal("it changes nothing")
			}
			w.sim.ResetCounters()
			err := w.write(file, text)
			writes := w.writes()
			if c.errno != 0 {
				if !errors.Is(err, c.errno) && !(c.lost && text == "") {
					t.Errorf("writing it: %v, want %v", err, c.errno)
				}
				if !strings.Contains(w.told(), c.says) {
					t.Errorf("errors.log has no %q:\n%s", c.says, w.told())
				}
				if kept := w.rejected(); !c.lost && (len(kept) != 1 || kept[0] != text) {
					t.Errorf("%d texts are kept", len(kept))
				}
				if len(writes) > 0 {
					t.Errorf("requests: %q", writes)
				}
			} else {
				if err != nil {
					t.Errorf("writing it: %v", err)
				}
				w.quiet()
				if want := min(1, len(c.has)); len(writes) != want {
					t.Errorf("requests: %q", writes)
				}
			}
			now := w.served("/todos/1069479576.json")
			for k, v := range c.has {
				if got := now.text(k); v == "" && got != "" || !strings.Contains(got, v) {
					t.Errorf("%s is %q, want %q", k, got, v)
				}
			}
			if len(c.has) == 0 && (now.text("updated_at") != was.text("updated_at") || w.read(file) != before) {
				t.Errorf("it was changed:\n%s", w.read(file))
			}
		})
	}
}

// TestTruncate sets lengths that no text has.
func TestTruncate(t *testing.T) {
	w := start(t, simulator.Options{})
	file := w.path(clear + ".md")
	before := w.read(clear + ".md")
	for _, c := range []struct {
		size  int64
		errno syscall.Errno
	}{{1 << 62, syscall.EFBIG}, {4 << 60, syscall.EFBIG}, {1 << 30, syscall.EFBIG}, {0, syscall.EINVAL}, {10, syscall.EINVAL}, {int64(len(before)) + 10, syscall.EINVAL}} {
		if err := os.Truncate(file, c.size); !errors.Is(err, c.errno) {
			t.Errorf("to %d: %v, want %v", c.size, err, c.errno)
		}
	}
	if err := os.Truncate(file, int64(len(before))); err != nil {
		t.Error(err)
	}
	if w.read(clear+".md") != before || len(w.writes()) > 0 {
		t.Errorf("the service was told: %q", w.writes())
	}
}

// TestFailedCommand has a shell empty a file for a command that then fails.
func TestFailedCommand(t *testing.T) {
	w := start(t, simulator.Options{})
	before := w.read(clear + ".md")
	for _, script := range []string{`false > "$F"`, `no-such-command > "$F"`, `: > "$F"`, `cat /dev/null > "$F"`, `printf '' > "$F"`} {
		_, _, _ = w.try(`F="` + clear + `.md"; ` + script)
		if got := w.read(clear + ".md"); got != before {
			t.Fatalf("%s: the file is now %q", script, got)
		}
	}
	if got := w.writes(); len(got) > 0 {
		t.Errorf("requests: %q", got)
	}
	if !strings.Contains(w.told(), "would be empty") {
		t.Errorf("errors.log says %q", w.told())
	}
	if kept := w.rejected(); len(kept) > 0 {
		t.Errorf("nothing is kept as %q", kept)
	}
}
