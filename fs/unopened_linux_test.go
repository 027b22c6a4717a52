package fs

import (
	"bytes"
	"log"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Only the first program that reads a file of a read-only mount makes the
// kernel ask whether files are opened and flushed.
func TestReadOnlyFilesAreNotOpened(t *testing.T) {
	requireFuse(t)
	for _, readOnly := range []bool{true, false} {
		var l requests
		dir := t.TempDir()
		s := mounted(t, dir, &tree{}, Options{ReadOnly: readOnly, Debug: true, Logger: log.New(&l, "", 0)})
		wantGreeting(t, dir)
		opened, flushed := l.count(": OPEN "), l.count(": FLUSH ")
		const times = 5
		for range times {
			wantGreeting(t, dir)
		}
		if names, err := os.ReadDir(dir); err != nil || len(names) != 1 {
			t.Errorf("read-only %v: listing gives %v, %v", readOnly, names, err)
		}
		if f, err := os.OpenFile(filepath.Join(dir, "hello.md"), os.O_WRONLY, 0); err == nil {
			f.Close()
			if readOnly {
				t.Error("a file of a read-only mount was opened for writing")
			}
		}
		s.Detach(t.Context())
		opened, flushed = l.count(": OPEN ")-opened, l.count(": FLUSH ")-flushed
		if readOnly && opened+flushed != 0 || !readOnly && opened < times {
			t.Errorf("read-only %v: OPEN %d times, FLUSH %d times", readOnly, opened, flushed)
		}
	}
}

// requests is a log of what the kernel asked.
type requests struct {
	mu  sync.Mutex
	log bytes.Buffer
}

func (r *requests) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.log.Write(p)
}

func (r *requests) count(what string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for line := range strings.Lines(r.log.String()) {
		if strings.Contains(line, "rx ") && strings.Contains(line, what) {
			n++
		}
	}
	return n
}
