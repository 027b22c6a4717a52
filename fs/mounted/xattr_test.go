package mounted

import (
	"os/exec"
	"strings"
	"testing"

	"basecampfs/api/simulator"
)

func TestXattr(t *testing.T) {
	if _, err := exec.LookPath("getfattr"); err != nil {
		t.Skip("getfattr is not installed")
	}
	w := start(t, simulator.Options{})
	w.unmount()
	w.xattr = true
	w.remount()
	out := w.sh("getfattr -d '" + uiTodo + "'")
	for _, want := range []string{`user.basecamp.id="1069479576"`, `user.basecamp.type="todo"`, `user.basecamp.url="http`} {
		if !strings.Contains(out, want) {
			t.Errorf("%s is missing in %s", want, out)
		}
	}
	if out := w.sh("getfattr -n user.basecamp.type --only-values '" + list + "'"); out != "todolist" {
		t.Errorf("the folder's type is %q", out)
	}
	if _, errs, err := w.try("setfattr -n user.x -v y '" + uiTodo + "'"); err == nil || !strings.Contains(errs, "not supported") {
		t.Errorf("setting one gives %v: %s", err, errs)
	}
	w.sh("cp -a '" + uiTodo + "' " + t.TempDir())
}
