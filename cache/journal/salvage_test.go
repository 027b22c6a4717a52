package journal

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// damages are ways in which a file goes bad.
var damages = map[string]func(r *rand.Rand, b []byte) []byte{
	"flipped bits": func(r *rand.Rand, b []byte) []byte {
		for range 1 + r.IntN(50) {
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		}
		return b
	},
	"zeroed pages": func(r *rand.Rand, b []byte) []byte {
		for range 1 + r.IntN(4) {
			clear(b[r.IntN(len(b)/4096)*4096:][:4096])
		}
		return b
	},
	"swapped pages": func(r *rand.Rand, b []byte) []byte {
		x, y := r.IntN(len(b)/4096)*4096, r.IntN(len(b)/4096)*4096
		p := bytes.Clone(b[x : x+4096])
		copy(b[x:], b[y:y+4096])
		copy(b[y:], p)
		return b
	},
	"garbled pages": func(r *rand.Rand, b []byte) []byte {
		copy(b[r.IntN(len(b)/4096)*4096:], noise(4096, r.Uint64()))
		return b
	},
	"garbled header":  func(r *rand.Rand, b []byte) []byte { copy(b, noise(2*4096, r.Uint64())); return b },
	"broken headers":  func(r *rand.Rand, b []byte) []byte { b[20+r.IntN(40)] ^= 1; b[4096+20+r.IntN(40)] ^= 1; return b },
	"cut short":       func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b))] },
	"cut at a page":   func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b)/4096)*4096] },
	"something else":  func(r *rand.Rand, b []byte) []byte { return noise(1+r.IntN(100_000), r.Uint64()) },
	"longer":          func(r *rand.Rand, b []byte) []byte { return append(b, noise(5000, r.Uint64())...) },
	"emptied":         func(r *rand.Rand, b []byte) []byte { return nil },
	"halves repeated": func(r *rand.Rand, b []byte) []byte { n := len(b) / 8192 * 4096; copy(b[n:], b[:n]); return b },
}

// written is a journal of 30 unfinished saves and 10 finished ones.
func written(t *testing.T, dir string) (open map[ID][]byte, done map[ID]bool) {
	j, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	open, done = map[ID][]byte{}, map[ID]bool{}
	for i := range 40 {
		size := []int{1, 300, 5000, 20_000}[i%4]
		if i%13 == 5 {
			size = inlineMax + 10
		}
		text := noise(size, uint64(1000+i))
		id := must(j.Append(Entry{Op: Save, Name: fmt.Sprintf("Note %d.md", i), Text: text, Base: []byte("base")}))(t)
		if open[id] = text; i%4 == 3 {
			delete(open, id)
			done[id] = true
			err = j.Done(id)
		} else if i%3 == 0 {
			err = j.Mark(id, Sending, "", "")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return open, done
}

func TestDamagedJournalLosesOnlyWhatIsGone(t *testing.T) {
	template := t.TempDir()
	open, done := written(t, template)
	sound := must(os.ReadFile(filepath.Join(template, "journal.db")))(t)
	each := 12
	if testing.Short() {
		each = 3
	}
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			for seed := range each {
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
					t.Fatal(err)
				}
				raw := damage(rand.New(rand.NewPCG(uint64(seed), 1)), bytes.Clone(sound))
				os.WriteFile(filepath.Join(dir, "journal.db"), raw, 0o600)
				checkSalvage(t, dir, raw, open, done)
				if t.Failed() {
					t.Fatalf("with seed %d", seed)
				}
			}
		})
	}
}

func checkSalvage(t *testing.T, dir string, raw []byte, open map[ID][]byte, done map[ID]bool) {
	j, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	pending, rejected := map[ID]bool{}, map[string]bool{}
	for _, e := range must(j.Pending())(t) {
		pending[e.ID] = true
		text, err := j.Text(e.ID)
		if e.State == Pending && len(j.Notices()) > 0 {
			t.Errorf("entry %d would be sent without a look at the service", e.ID)
		}
		if done[e.ID] {
			if len(j.Notices()) == 0 {
				t.Errorf("entry %d was done, and would be sent again", e.ID)
			}
		} else if want, ok := open[e.ID]; !ok || err != nil || !bytes.Equal(text, want) || string(e.Base) != "base" {
			t.Errorf("entry %d is not as it was written: %v", e.ID, err)
		}
	}
	list := must(j.Rejected().List())(t)
	for _, text := range list {
		f := must(j.Rejected().Open(text.Name))(t)
		rejected[string(must(io.ReadAll(f))(t))] = true
		f.Close()
		if !strings.Contains(text.Reason, "damaged journal") {
			t.Errorf("%s: reason %q", text.Name, text.Reason)
		}
	}
	for id, text := range open {
		readable := len(text) > inlineMax || bytes.Contains(raw, text) && len(text) > 1 && scanFrames(raw)[id] != nil
		if readable && !pending[id] && !rejected[string(text)] {
			t.Errorf("entry %d can still be read, and was lost", id)
		}
	}
	aside := must(filepath.Glob(filepath.Join(dir, "journal.db.damaged-*")))(t)
	if told := len(j.Notices()) > 0; told != (len(aside) > 0) || !told && len(raw) > 0 && len(pending) != len(open) {
		t.Errorf("notices %q, set aside %v, %d of %d pending", j.Notices(), aside, len(pending), len(open))
	}
	if id := must(j.Append(Entry{Text: []byte("new")}))(t); open[id] != nil {
		t.Errorf("number %d was given out again", id)
	}
	j.Close()
	if j, err = Open(dir, Options{}); err != nil || len(j.Notices()) > 0 {
		t.Fatalf("opened again: %v", err)
	}
	if n := len(must(j.Pending())(t)); n != len(pending)+1 {
		t.Errorf("opened again: %d entries, want %d", n, len(pending)+1)
	}
	j.Close()
}

// A salvage that is cut short at its last step must not lose what it saved.
func TestSalvageCutShort(t *testing.T) {
	dir := t.TempDir()
	open, _ := written(t, dir)
	db, next := filepath.Join(dir, "journal.db"), filepath.Join(dir, "journal.db.new")
	if err := os.Rename(db, next); err != nil {
		t.Fatal(err)
	}
	j := must(Open(dir, Options{}))(t)
	if n := len(must(j.Pending())(t)); n != len(open) {
		t.Errorf("%d of %d entries", n, len(open))
	}
	j.Close()
	os.WriteFile(next, []byte("half-built"), 0o600)
	j = must(Open(dir, Options{}))(t)
	if n := len(must(j.Pending())(t)); n != len(open) {
		t.Errorf("%d of %d entries beside a half-built file", n, len(open))
	}
	j.Close()
	if _, err := os.Stat(next); !os.IsNotExist(err) {
		t.Error("the half-built file is still there")
	}
}
