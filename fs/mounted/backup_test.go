package mounted

import (
	"os/exec"
	"strings"
	"testing"
)

// rsync copies the mount and returns what that changed, a line each.
func (w *world) rsync(to string) []string {
	w.t.Helper()
	out := w.sh("rsync -a --itemize-changes ./ " + to + "/")
	return strings.FieldsFunc(out, func(r rune) bool { return r == '\n' })
}

func TestBackup(t *testing.T) {
	eachDialect(t, func(t *testing.T, d dialect) {
		if _, err := exec.LookPath("rsync"); err != nil {
			t.Skip("rsync is not installed")
		}
		w := d.start(t)
		to := t.TempDir()
		if first := w.rsync(to); len(first) < 500 {
			t.Fatalf("the first backup has %d entries", len(first))
		}
		if again := w.rsync(to); len(again) > 0 {
			t.Errorf("the second backup changed %d entries:\n%s", len(again), strings.Join(again, "\n"))
		}
		w.remount()
		w.sim.ResetCounters()
		if again := w.rsync(to); len(again) > 0 {
			t.Errorf("after a remount %d entries changed:\n%s", len(again), strings.Join(again, "\n"))
		}
		if n := w.sim.Requests().Total; n > 60 {
			t.Errorf("the walk of a warm mount took %d requests: %v", n, w.sim.Requests().ByRoute)
		} else {
			t.Logf("%d requests: %v", n, w.sim.Requests().ByRoute)
		}
	})
}
