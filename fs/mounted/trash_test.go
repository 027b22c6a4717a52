package mounted

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"basecampfs/api/simulator"
	"basecampfs/api/simulator/product"
)

// TestBurst has somebody remove a large list by mistake, undo it, and then do
// it on purpose.
func TestBurst(t *testing.T) {
	const most = 50
	w := start(t, simulator.Options{Size: product.Size{Projects: 1, Lists: 1, Todos: 300}})
	dirs, err := filepath.Glob(w.path(account + "/projects/*/todos/*/todolist.md"))
	if err != nil || len(dirs) == 0 {
		t.Fatal("there is no list", err)
	}
	dir := filepath.Dir(dirs[0])
	todos := func() int {
		out := w.sh(fmt.Sprintf("find %q -name '*.md' ! -path '*.comments/*' ! -name todolist.md | wc -l", dir))
		var n int
		_, _ = fmt.Sscan(out, &n)
		return n
	}
	all := todos()
	if all != 300 {
		t.Fatalf("there are %d to-dos", all)
	}
	w.sim.ResetCounters()
	_, errs, err := w.try(fmt.Sprintf("rm -rf %q", dir))
	if err == nil || !strings.Contains(errs, "Disk quota exceeded") {
		t.Errorf("rm: %v, %.200s", err, errs)
	}
	if got := todos(); got < all-most || got == all {
		t.Errorf("%d of %d to-dos are left", got, all)
	}
	if n := w.calls("PUT /recordings/{id}/status/trashed.json") - w.calls("PUT /recordings/{id}/status/active.json"); n > most {
		t.Errorf("%d things were trashed", n)
	}
	if told := w.told(); !strings.Contains(told, "basecampfs confirm") {
		t.Errorf("errors.log says %.300s", told)
	}
	if !w.stopped() {
		t.Error("status.json does not say that trashing was stopped")
	}
	// Nothing more goes, whoever asks.
	if _, errs, err := w.try(fmt.Sprintf("cd %q && rm \"$(ls *.md | grep -v todolist.md | head -1)\"", dir)); err == nil || !strings.Contains(errs, "Disk quota") {
		t.Errorf("one more: %v %s", err, errs)
	}
	trash := filepath.Join(filepath.Dir(filepath.Dir(dir)), "trash")
	w.sh(fmt.Sprintf(`cd %q && for f in *.md; do mv "$f" %q/; done`, trash, dir))
	if got := todos(); got != all {
		t.Errorf("%d of %d to-dos are there again", got, all)
	}
	w.root.Confirm()
	if w.stopped() {
		t.Error("it is confirmed and still stopped")
	}
	w.sh(fmt.Sprintf("rm -rf %q", dir))
	if _, _, err := w.try(fmt.Sprintf("ls %q", dir)); err == nil {
		t.Error("the list is still there")
	}
}

func (w *world) stopped() bool {
	var s struct {
		TrashingStopped bool `json:"trashing_stopped"`
	}
	if err := json.Unmarshal([]byte(w.read(".basecampfs/status.json")), &s); err != nil {
		w.t.Fatal(err)
	}
	return s.TrashingStopped
}

// TestCommentsGoAlong removes a to-do the way rm -r does: its comments first.
func TestCommentsGoAlong(t *testing.T) {
	w := start(t, simulator.Options{})
	before := w.names(clear + ".comments")
	text := w.read(clear + ".comments/" + before[0])
	w.sh(fmt.Sprintf("rm -r %q %q", clear+".comments", clear+".md"))
	w.sh(fmt.Sprintf("mv %q %q", project+"/trash/Clear and simple UI.md", list+"/"))
	if got := w.names(clear + ".comments"); len(got) != len(before) {
		t.Errorf("of the comments %q came back", got)
	}
	if got := w.read(clear + ".comments/" + before[0]); body(got) != body(text) {
		t.Errorf("the first comment is now\n%s", got)
	}
	// One that is removed by itself goes by itself, and its neighbours keep
	// their names.
	w.sh(fmt.Sprintf("rm %q", clear+".comments/"+before[0]))
	if got := w.names(clear + ".comments"); strings.Join(got, "\n") != strings.Join(before[1:], "\n") {
		t.Errorf("of the comments %q are left", got)
	}
	if status := w.served(w.api(clear + ".json"))["comments_count"]; status != float64(len(before)-1) {
		t.Errorf("the service counts %v comments", status)
	}
	w.quiet()
}

// TestReplaceMany unpacks an archive over more to-dos than may be trashed in a
// burst: each is removed first, and none of that is trashing.
func TestReplaceMany(t *testing.T) {
	w := start(t, simulator.Options{Size: product.Size{Projects: 1, Lists: 1, Todos: 70}})
	dirs, err := filepath.Glob(w.path(account + "/projects/*/todos/*/todolist.md"))
	if err != nil || len(dirs) == 0 {
		t.Fatal("there is no list", err)
	}
	dir := filepath.Dir(dirs[0])
	before := w.sh(fmt.Sprintf("cd %q && ls *.md", dir))
	w.sh(fmt.Sprintf(`cd %q && T=%q && mkdir "$T/a" && ls *.md | grep -v '^todolist.md$' | while read -r f; do cp "$f" "$T/a/"; done && echo "One more line." | tee -a "$T"/a/*.md > /dev/null && tar cf "$T/t" -C "$T/a" . && tar xf "$T/t"`, dir, t.TempDir()))
	if after := w.sh(fmt.Sprintf("cd %q && ls *.md", dir)); after != before {
		t.Errorf("the folder has %s", after)
	}
	if n := strings.Count(w.sh(fmt.Sprintf("cd %q && grep -l 'One more line' *.md", dir)), ".md"); n != strings.Count(before, ".md")-1 {
		t.Errorf("%d to-dos of %d have the new text", n, strings.Count(before, ".md")-1)
	}
	if w.stopped() {
		t.Error("trashing was stopped")
	}
	w.quiet()
}

// TestTrashWaits removes to-dos of an account whose trash gives nothing back:
// they go a moment later, unless their name is written again before.
func TestTrashWaits(t *testing.T) {
	const (
		trashed = "DELETE /projects/{id}/todos/{id}.json"
		file    = "Talk about the name.md"
	)
	w := startWith(t, []string{"bcx"}, simulator.Options{})
	found, err := filepath.Glob(w.path("*/projects/The Leto Laptop/todos/Strategy ideas/" + file))
	if err != nil || len(found) != 1 {
		t.Fatal("there is no such to-do", found, err)
	}
	dir := filepath.Dir(found[0])
	w.sim.ResetCounters()
	// What mv and tar do to a file that is there.
	w.sh(fmt.Sprintf(`cd %q && sed 's/^due_on:.*/due_on: 2026-08-08/' %q > %q/x && mv %[3]q/x %[2]q && ls %[2]q && grep -q 2026-08-08 %[2]q`, dir, file, t.TempDir()))
	if got := w.writes(); len(got) != 1 || got[0] != "PUT /projects/{id}/todos/{id}.json x1" {
		t.Errorf("requests: %q", got)
	}
	w.sim.ResetCounters()
	out := w.sh(fmt.Sprintf("cd %q && rm %q && ls", dir, file))
	if strings.Contains(out, file) {
		t.Errorf("what was removed shows in\n%s", out)
	}
	if n := w.calls(trashed); n != 0 {
		t.Error("it was trashed at once")
	}
	w.remount() // which waits for what waits
	if n := w.calls(trashed); n != 1 {
		t.Errorf("it was trashed %d times", n)
	}
	if out := w.sh(fmt.Sprintf("ls %q", dir)); strings.Contains(out, file) {
		t.Errorf("what was trashed shows in\n%s", out)
	}
	w.quiet()
}
