package mounted

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"basecampfs/api/simulator"
)

// TestTimes has programs set times. Each holds for the version that it was
// given to, across a remount, and no longer.
func TestTimes(t *testing.T) {
	w := start(t, simulator.Options{})
	file := clear + ".md"
	mtime := func(rel string) string {
		t.Helper()
		info, err := os.Stat(w.path(rel))
		if err != nil {
			t.Fatal(err)
		}
		return info.ModTime().UTC().Format(time.RFC3339Nano)
	}
	service := mtime(file)
	if !strings.HasPrefix(service, "2026-02-26T16:42:12") {
		t.Errorf("before anything was set the time is %s", service)
	}
	const set = "2020-02-02T02:02:02.25Z"
	w.sh(fmt.Sprintf("touch -d %s %q", set, file))
	if got := mtime(file); got != set {
		t.Errorf("touch gives %s", got)
	}
	word := "usual"
	for n, script := range []string{"cp -p TEXT FILE", "rsync -t TEXT FILE", "rsync -t --inplace TEXT FILE", "mv -f TEXT FILE"} {
		want := fmt.Sprintf("2021-03-0%dT00:00:00Z", n+1)
		next := fmt.Sprint("word", n)
		from := w.onDisk(strings.Replace(w.read(file), word, next, 1))
		word = next
		w.sh(fmt.Sprintf("touch -d %s %q", want, from))
		w.sh(strings.NewReplacer("TEXT", "'"+from+"'", "FILE", "'"+file+"'").Replace(script))
		if got := mtime(file); got != want {
			t.Errorf("%s gives %s, want %s", script, got, want)
		}
	}
	before := mtime(file)
	// A save that fails leaves the time of the version that is still there.
	bad := w.onDisk("---\nnonsense: 1\n---\n")
	w.sh(fmt.Sprintf("touch -d 2022-02-02 %q", bad))
	_, _, _ = w.try(fmt.Sprintf("cp -p %q %q; rsync -t %[1]q %[2]q", bad, file))
	if got := mtime(file); got != before {
		t.Errorf("after saves that failed the time is %s, was %s", got, before)
	}
	// New files have the times that they are given.
	w.sh(fmt.Sprintf("touch -d 2019-09-09 %q; cp -p %[1]q %[2]q/Old.md; cd %[2]q; rsync -t %[1]q Older.md", w.onDisk("Text\n"), list))
	fresh := []string{list + "/Old.md", list + "/Older.md"}
	for _, f := range fresh {
		if got := mtime(f); got != "2019-09-09T00:00:00Z" {
			t.Errorf("%s is of %s", f, got)
		}
	}
	w.remount()
	for _, f := range fresh {
		if got := mtime(f); got != "2019-09-09T00:00:00Z" {
			t.Errorf("after a remount %s is of %s", f, got)
		}
	}
	if got := mtime(file); got != before {
		t.Errorf("after a remount the time is %s, was %s", got, before)
	}
	// What is written without a time has the service's.
	if err := os.WriteFile(w.path(file), []byte(strings.Replace(w.read(file), word, "ordinary", 1)), 0); err != nil {
		t.Fatal(err)
	}
	if now := w.served("/todos/1069479576.json").text("updated_at"); !strings.HasPrefix(mtime(file), now[:19]) {
		t.Errorf("the new version is of %s, want %s", mtime(file), now)
	}
}

// TestRsyncTwice copies a folder of notes into a list: a second time there is
// nothing to do, after a remount neither.
func TestRsyncTwice(t *testing.T) {
	program{needs: "rsync"}.installed(t)
	w := start(t, simulator.Options{})
	from := t.TempDir()
	for n := range 5 {
		if err := os.WriteFile(fmt.Sprintf("%s/Note %d.md", from, n), fmt.Appendf(nil, "Note *%d*.\n", n), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// The files get a front matter as they are saved, so that their sizes
	// differ from then on; a copy back and forth is what stays the same.
	w.sh(fmt.Sprintf("cd %q && rsync -t %q/*.md . && rsync -t 'Note '*.md %[2]q/", list, from))
	for range 2 {
		w.sim.ResetCounters()
		if out := w.sh(fmt.Sprintf("cd %q && rsync -ti %q/*.md . && rsync -ti 'Note '*.md %[2]q/", list, from)); out != "" {
			t.Errorf("rsync moves\n%s", out)
		}
		if got := w.writes(); len(got) > 0 {
			t.Errorf("requests: %q", got)
		}
		w.remount()
	}
	w.quiet()
}
