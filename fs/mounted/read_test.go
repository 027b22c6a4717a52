package mounted

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWalk(t *testing.T) {
	eachDialect(t, func(t *testing.T, d dialect) {
		w := d.start(t)
		files := 0
		err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				t.Errorf("%s: %v", path, err)
				return nil
			}
			info, err := d.Info()
			if err != nil {
				t.Errorf("%s: %v", path, err)
				return nil
			}
			if y := info.ModTime().Year(); y < 2000 {
				t.Errorf("%s is of the year %d", path, y)
			}
			if !d.Type().IsRegular() {
				return nil
			}
			files++
			b, err := os.ReadFile(path)
			if err != nil {
				t.Errorf("%s: %v", path, err)
			} else if int64(len(b)) != info.Size() {
				t.Errorf("%s has %d bytes, stat says %d", path, len(b), info.Size())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if files < 300 {
			t.Errorf("only %d files were found", files)
		}
		t.Logf("%d files, %d requests", files, w.sim.Requests().Total)
	})
}

func TestTools(t *testing.T) {
	eachDialect(t, func(t *testing.T, d dialect) {
		w := d.start(t)
		for _, script := range []string{
			"find . | wc -l",
			"ls -lR > /dev/null",
			"grep -r UI . > /dev/null",
			"tar cf /dev/null .",
			"find . -name '*.json' -print0 | xargs -0 -n 50 jq . > /dev/null",
			"find . -type f -exec cat {} + > /dev/null",
			"df . > /dev/null",
		} {
			out := w.sh(script)
			if out != "" {
				t.Logf("%s: %s", script, strings.TrimSpace(out))
			}
		}
	})
}
