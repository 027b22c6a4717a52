package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func open(t *testing.T, dir string) *Journal {
	t.Helper()
	j, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// noise is n bytes that nothing compresses or repeats.
func noise(n int, seed uint64) []byte {
	b := make([]byte, n)
	c := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), byte(seed >> 16)})
	c.Read(b)
	return b
}

func TestEntriesComeBackAsTheyWere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "journal")
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	j, err := Open(dir, Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	sizes := []int{0, 1, 4096, inlineMax - 1, inlineMax, inlineMax + 1, 3 << 20}
	var want []Entry
	for i, size := range sizes {
		e := Entry{
			Account: "annie/bc3/195539477", Op: Save, Kind: "todo", Project: 7, Item: int64(i), Parent: 9, ParentKind: "todolist",
			Name: "Clear & simple UI\n.md", State: Sending, Reason: "r", Hint: "h", Extra: json.RawMessage(`{"v":1}`),
			Base: noise(size, 1), Text: noise(size, 2),
		}
		var id ID
		if i%2 == 0 {
			id = must(j.Append(e))(t)
		} else {
			text := e.Text
			e.Text = []byte("not this")
			id = must(j.AppendFrom(e, iotest.HalfReader(bytes.NewReader(text))))(t)
			e.Text = text
		}
		e.ID, e.Created, e.Changed, e.Attempts = id, now, now, 1
		e.BaseSize, e.TextSize = int64(size), int64(size)
		want = append(want, e)
	}
	for range 2 { // as it is, and after reopening
		got := must(j.Pending())(t)
		if len(got) != len(want) {
			t.Fatalf("%d entries, want %d", len(got), len(want))
		}
		for i, e := range got {
			text, base := must(j.Text(e.ID))(t), must(j.Base(e.ID))(t)
			r := must(j.OpenText(e.ID))(t)
			streamed := must(io.ReadAll(r))(t)
			r.Close()
			if !bytes.Equal(streamed, text) {
				t.Errorf("%d: OpenText differs from Text", i)
			}
			if (e.TextFile != nil) != (sizes[i] > inlineMax) || (e.BaseFile != nil) != (sizes[i] > inlineMax) {
				t.Errorf("%d bytes: in a file of their own: %v %v", sizes[i], e.TextFile, e.BaseFile)
			}
			if !bytes.Equal(text, want[i].Text) || !bytes.Equal(base, want[i].Base) {
				t.Errorf("%d bytes: another text or base", sizes[i])
			}
			got, want := *e, want[i]
			got.TextFile, got.BaseFile = nil, nil
			for _, e := range []*Entry{&got, &want} {
				e.Text, e.Base = nil, nil
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%d bytes: %s", sizes[i], d)
			}
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		j = open(t, dir)
	}
	for _, e := range want {
		if err := j.Done(e.ID); err != nil {
			t.Error(err)
		}
	}
	if left := must(os.ReadDir(filepath.Join(dir, "text")))(t); len(left) != 0 {
		t.Errorf("left in text/: %v", left)
	}
	filepath.WalkDir(dir, func(path string, d os.DirEntry, _ error) error {
		if info, _ := d.Info(); info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v", path, info.Mode())
		}
		return nil
	})
}

func TestLifeOfAnEntry(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	id := must(j.Append(Entry{Op: Create, Name: "New.md", Text: []byte("text"), Base: noise(inlineMax+1, 1)}))(t)
	if e := must(j.Get(id))(t); e.State != Pending || e.Attempts != 0 || e.Created.IsZero() {
		t.Errorf("%+v", e)
	}
	for i, step := range []struct {
		s        State
		reason   string
		attempts int
	}{{Sending, "", 1}, {Pending, "connection lost", 1}, {Sending, "", 2}, {Refused, "Title is too long", 2}} {
		if err := j.Mark(id, step.s, step.reason, "shorten it"); err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			j.Close()
			j = open(t, dir)
		}
		e := must(j.Get(id))(t)
		if e.State != step.s || e.Reason != step.reason || e.Hint != "shorten it" || e.Attempts != step.attempts || string(e.Text) != "text" {
			t.Errorf("%+v", e)
		}
	}
	err := j.Amend(id, func(e *Entry) {
		e.Item, e.Extra = 42, json.RawMessage(`[1]`)
		e.ID, e.Text, e.TextSize, e.BaseFile = 99, []byte("other"), 5, nil // not allowed
	})
	if e := must(j.Get(id))(t); err != nil || e.Item != 42 || string(e.Extra) != "[1]" || string(e.Text) != "text" || e.TextSize != 4 || e.BaseFile == nil {
		t.Errorf("%v %+v", err, e)
	}
	if err := j.Done(id); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"Done": j.Done(id), "Mark": j.Mark(id, Pending, "", ""),
		"Get": second(j.Get(id)), "Text": second(j.Text(id)), "OpenText": second(j.OpenText(id)), "Reject": second(j.Reject(id, "")),
	} {
		if typed := (*Error)(nil); !errors.Is(err, ErrNotFound) || !errors.As(err, &typed) {
			t.Errorf("%s of what is done: %v", name, err)
		}
	}
	// A number is never used again, also when its entry is gone.
	j.Close()
	j = open(t, dir)
	if next := must(j.Append(Entry{}))(t); next <= id {
		t.Errorf("%d after %d", next, id)
	}
	j.Close()
	if _, err := j.Append(Entry{}); !errors.Is(err, ErrClosed) {
		t.Errorf("append after close: %v", err)
	}
	if _, err := j.Pending(); !errors.Is(err, ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestFailedAppendLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir)
	broken := io.MultiReader(bytes.NewReader(noise(1<<20, 1)), iotest.ErrReader(syscall.EIO))
	if _, err := j.AppendFrom(Entry{Base: noise(inlineMax+1, 1)}, broken); !errors.Is(err, syscall.EIO) {
		t.Errorf("%v", err)
	}
	if _, err := j.Append(Entry{Extra: json.RawMessage("not JSON")}); err == nil {
		t.Error("an entry that cannot be written was accepted")
	}
	if all := must(j.Pending())(t); len(all) != 0 {
		t.Errorf("%d entries", len(all))
	}
	if left := must(os.ReadDir(filepath.Join(dir, "text")))(t); len(left) != 0 {
		t.Errorf("left in text/: %v", left)
	}
}

func TestManyWritersAtOnce(t *testing.T) {
	j := open(t, t.TempDir())
	var wg sync.WaitGroup
	var mu sync.Mutex
	kept := map[ID]string{}
	for g := range 16 {
		wg.Go(func() {
			for i := range 20 {
				text := fmt.Sprintf("%d/%d", g, i)
				id, err := j.Append(Entry{Text: []byte(text)})
				if err != nil {
					t.Error(err)
					return
				}
				switch i % 3 {
				case 0:
					err = j.Done(id)
				case 1:
					err = j.Mark(id, Sending, "", "")
					fallthrough
				default:
					mu.Lock()
					if kept[id] != "" {
						t.Errorf("%d given out twice", id)
					}
					kept[id] = text
					mu.Unlock()
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	all := must(j.Pending())(t)
	for i, e := range all {
		if kept[e.ID] != string(e.Text) || i > 0 && e.ID <= all[i-1].ID {
			t.Errorf("%d is %q, want %q", e.ID, e.Text, kept[e.ID])
		}
	}
	if len(all) != len(kept) {
		t.Errorf("%d entries, want %d", len(all), len(kept))
	}
}

func TestOnlyOneProcess(t *testing.T) {
	dir := t.TempDir()
	first := open(t, dir)
	_, err := Open(dir, Options{Wait: 50 * time.Millisecond})
	typed := (*Error)(nil)
	if !errors.Is(err, ErrLocked) || !errors.As(err, &typed) {
		t.Fatalf("%v", err)
	}
	if !strings.Contains(typed.Hint, fmt.Sprint(os.Getpid())) || !strings.Contains(typed.Hint, "unmount") {
		t.Errorf("hint: %q", typed.Hint)
	}
	must(first.Append(Entry{}))(t) // and it goes on
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestFolderThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	_, err := Open(filepath.Join(file, "journal"), Options{})
	if typed := (*Error)(nil); !errors.Is(err, syscall.ENOTDIR) || !errors.As(err, &typed) {
		t.Errorf("%v", err)
	}
	for errno, word := range map[syscall.Errno]string{syscall.EACCES: "write to", syscall.EROFS: "write to", syscall.ENOSPC: "room", syscall.EDQUOT: "room"} {
		typed := (*Error)(nil)
		if err := fail("append", "/j", &os.PathError{Err: errno}); !errors.As(err, &typed) || !strings.Contains(typed.Hint, word) || !errors.Is(err, errno) {
			t.Errorf("%v: %+v", errno, err)
		}
	}
}

func FuzzDecodeFrame(f *testing.F) {
	for _, e := range []*Entry{{ID: 1}, {ID: 2, Name: "a.md", Text: []byte("text"), TextSize: 4, Base: []byte("b"), BaseSize: 1}} {
		b, _ := encodeFrame(e)
		f.Add(b)
		f.Add(append([]byte("junk"), append(b, b...)...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, n, err := decodeFrame(b)
		if err == nil {
			if n > len(b) || n < frameHead {
				t.Fatalf("%d bytes of %d", n, len(b))
			}
			if found := scanFrames(append([]byte{1, 2, 3}, b...)); found[e.ID] == nil {
				t.Fatal("decoded but not found")
			}
		}
		scanFrames(b)
	})
}
