package mounted

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"basecampfs/api/simulator"
	"basecampfs/nodes"
)

// TestReadersDuringSaves has several readers in a loop while programs save, by
// each of the ways that they have: in place, by a file renamed over the first,
// by a rename of the first, by removing it.
func TestReadersDuringSaves(t *testing.T) {
	w := start(t, simulator.Options{})
	dir := w.path(list)
	name := "Go cutting edge.md"
	text := func(n int) []byte {
		return []byte(strings.Repeat(fmt.Sprintf("Line of text %d.\n\n", n), 5+n%17*13))
	}
	whole := func(b []byte) bool {
		lines := strings.Split(strings.TrimSuffix(body(string(b)), "\n"), "\n\n")
		var n int
		if _, err := fmt.Sscanf(lines[0], "Line of text %d.", &n); err != nil {
			return false
		}
		return body(string(b)) == strings.TrimSuffix(string(text(n)), "\n")
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, text(0), 0o644); err != nil {
		t.Fatal(err)
	}
	w.sim.ResetCounters()
	var stop atomic.Bool
	var reads, bad, at atomic.Int64
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for !stop.Load() {
				b, err := os.ReadFile(path)
				if os.IsNotExist(err) { // it was moved out of the way for a moment
					continue
				}
				reads.Add(1)
				if err != nil || !whole(b) {
					if bad.Add(1) < 4 {
						t.Errorf("%v: a reader sees %d bytes, during save %d\n%.500s\n…\n%s", err, len(b), at.Load(), b, b[max(0, len(b)-100):])
					}
				}
			}
		})
	}
	const saves = 60
	for n := 1; n <= saves; n++ {
		at.Store(int64(n))
		var err error
		switch n % 4 {
		case 0:
			err = inPlace(dir, name, text(n))
		case 1:
			err = safeWrite(dir, name, text(n))
		case 2:
			err = saveFile(dir, name, text(n))
		case 3: // in pieces
			var f *os.File
			if f, err = os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0); err == nil {
				for b := text(n); len(b) > 0 && err == nil; b = b[min(len(b), 64):] {
					_, err = f.Write(b[:min(len(b), 64)])
				}
				if e := f.Close(); err == nil {
					err = e
				}
			}
		}
		if err != nil {
			t.Fatalf("save %d: %v", n, err)
		}
	}
	stop.Store(true)
	readers.Wait()
	if got := w.calls("PUT /todos/{id}.json"); got != saves {
		t.Errorf("%d saves made %d requests", saves, got)
	}
	if got := w.writes(); len(got) != 1 {
		t.Errorf("requests: %q", got)
	}
	if reads.Load() < saves {
		t.Errorf("only %d reads", reads.Load())
	}
	t.Logf("%d reads, %d bad", reads.Load(), bad.Load())
	w.quiet()
}

// TestNobodyWaits looks at a file, its folder and its neighbours while a save
// of it takes seconds.
func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	const (
		slow = 1500 * time.Millisecond
		// enough is far below what the save takes, and far above what an idle
		// machine needs.
		enough = 700 * time.Millisecond
	)
	w := start(t, simulator.Options{}, func(c *nodes.Config) { c.TTL = time.Hour })
	w.sh(fmt.Sprintf("ls -lR %q >/dev/null; cat %q/*.md %[2]q/completed/*.md > /dev/null", list, list))
	text := w.read(clear + ".md")
	// The kernel itself keeps others from listing a folder in which something is
	// renamed or removed.
	for _, c := range []struct {
		name string
		ls   bool
		save func() error
	}{
		{"in place", true, func() error { return w.write(clear+".md", strings.Replace(text, "usual", "customary", 1)) }},
		{"by a rename", false, func() error {
			return saveFile(w.path(list), "Clear and simple UI.md", []byte(strings.Replace(text, "usual", "ordinary", 1)))
		}},
		{"a new one", true, func() error { return w.write(list+"/Another.md", "Text\n") }},
		{"the list", true, func() error {
			return w.write(list+"/todolist.md", strings.Replace(w.read(list+"/todolist.md"), "Go cutting edge", "Go blunt", 1))
		}},
		{"a rename", false, func() error { return os.Rename(w.path(list+"/Sell it in bookshops.md"), w.path(list+"/Sell it.md")) }},
		{"a removal", false, func() error { return os.Remove(w.path(list + "/A subscription for repairs.md")) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			w.sim.SetLatency(slow)
			done := make(chan error, 1)
			began := time.Now()
			go func() { done <- c.save() }()
			time.Sleep(slow / 5) // it is under way
			var longest time.Duration
			var what string
			for _, x := range []struct {
				what string
				do   func() error
			}{
				{"stat", func() error { _, err := os.Stat(w.path(clear + ".md")); return err }},
				{"cat", func() error { _, err := os.ReadFile(w.path(clear + ".md")); return err }},
				{"cat of another", func() error {
					_, err := os.ReadFile(w.path(list + "/completed/Read last year's survey.md"))
					return err
				}},
				{"cat of the list", func() error { _, err := os.ReadFile(w.path(list + "/todolist.md")); return err }},
				{"ls", func() error {
					if !c.ls {
						return nil
					}
					_, err := os.ReadDir(w.path(list))
					return err
				}},
			} {
				t0 := time.Now()
				if err := x.do(); err != nil {
					t.Error(err)
				}
				if d := time.Since(t0); d > longest {
					longest, what = d, x.what
				}
			}
			err := <-done
			took := time.Since(began)
			w.sim.SetLatency(0)
			if err != nil {
				t.Error(err)
			}
			if took < slow {
				t.Errorf("the save took %v: it was not in the way", took)
			}
			if longest > enough {
				t.Errorf("%s waited %v for a save of %v", what, longest, took)
			}
			t.Logf("the longest wait was %v, of %s; the save took %v", longest.Round(10*time.Microsecond), what, took.Round(time.Millisecond))
		})
	}
	w.t = t
}
