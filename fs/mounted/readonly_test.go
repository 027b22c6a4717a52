package mounted

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"basecampfs/api/simulator"
	"basecampfs/nodes"
)

// A read-only mount shows what a writable one does, byte for byte, although
// its files are never opened.
func TestReadOnlyShowsTheSame(t *testing.T) {
	eachDialect(t, func(t *testing.T, d dialect) {
		w := d.start(t)
		all := func() map[string]string {
			out := map[string]string{}
			err := filepath.WalkDir(w.path(account), func(path string, e fs.DirEntry, err error) error {
				if err != nil || !e.Type().IsRegular() {
					return err
				}
				b, err := os.ReadFile(path)
				if err != nil {
					return err
				}
				if info, err := os.Stat(path); err != nil || info.Size() != int64(len(b)) {
					t.Errorf("%s has %d bytes, stat says %v, %v", path, len(b), info.Size(), err)
				}
				out[path] = string(b)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		was := all()
		w.conf.ReadOnly = true
		w.remount()
		is := all()
		if len(was) < 20 || len(is) != len(was) {
			t.Fatalf("%d files, read-only %d", len(was), len(is))
		}
		for path, text := range was {
			if is[path] != text {
				t.Errorf("%s reads differently", path)
			}
		}
	})
}

// What changes shows on a read-only mount too, in the kernel's pages as well.
func TestReadOnlyFollowsChanges(t *testing.T) {
	w := start(t, simulator.Options{}, func(c *nodes.Config) { c.TTL, c.ReadOnly = time.Second, true })
	old := w.read(uiTodo)
	id := w.idOf(uiTodo)
	eventually(t, "the mount follows changes", func() bool { _ = w.read(uiTodo); return w.calls("GET /projects.json") >= 2 })
	for n := range 2 {
		news := fmt.Sprintf("Changed elsewhere %d times", n+1)
		w.elsewhere("PUT", fmt.Sprintf("/todos/%d.json", id), `{"content":"Clear and simple UI","description":"<div>`+news+`</div>"}`)
		eventually(t, "an edit shows", func() bool { return strings.Contains(w.read(uiTodo), news) })
	}
	if info, err := os.Stat(w.path(uiTodo)); err != nil || int(info.Size()) != len(w.read(uiTodo)) || w.read(uiTodo) == old {
		t.Errorf("stat says %v, %v", info, err)
	}
	stats := func() string {
		s := w.read(".basecampfs/status.json")
		if !json.Valid([]byte(s)) {
			t.Errorf("status.json is cut short: %s", s)
		}
		return s
	}
	reachable := stats()
	w.sim.Down(true)
	eventually(t, "an outage shows", func() bool { _ = w.read(uiTodo); return stats() != reachable })
	w.sim.Down(false)
	eventually(t, "its end shows", func() bool { _ = w.read(uiTodo); return stats() == reachable })
}
