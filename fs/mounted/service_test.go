package mounted

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"basecampfs/api/simulator"
	"basecampfs/nodes"
)

const uiTodo = list + "/Clear and simple UI.md"

// Forty readers of one cold file must not ask forty times.
func TestSharedFetch(t *testing.T) {
	eachDialect(t, func(t *testing.T, d dialect) {
		w := startWith(t, []string{d.product}, simulator.Options{Latency: 50 * time.Millisecond})
		var wg sync.WaitGroup
		texts := make([]string, 40)
		for n := range texts {
			wg.Go(func() {
				b, err := os.ReadFile(w.path(uiTodo))
				if err != nil {
					t.Error(err)
				}
				texts[n] = string(b)
			})
		}
		wg.Wait()
		for _, s := range texts {
			if s != texts[0] || s == "" {
				t.Fatal("readers got different texts")
			}
		}
		seen := map[string]int{}
		for _, r := range w.sim.Requests().Log {
			seen[r.Method+" "+r.Path+"?"+r.Query]++
		}
		for r, n := range seen {
			if n > 1 {
				t.Errorf("%s was asked for %d times", r, n)
			}
		}
		if len(seen) > d.cold {
			t.Errorf("%d requests: %v", len(seen), seen)
		}
	})
}

// A read of a service that hangs ends as soon as its program is interrupted.
func TestInterrupt(t *testing.T) {
	w := start(t, simulator.Options{})
	w.sh("ls '" + account + "/projects'")
	if err := w.sim.SetFault("hang"); err != nil {
		t.Fatal(err)
	}
	defer w.sim.SetFaults()
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGKILL} {
		cmd := exec.Command("cat", w.path(uiTodo))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(300 * time.Millisecond) // until it hangs
		began := time.Now()
		_ = cmd.Process.Signal(sig)
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		select {
		case <-done:
			t.Logf("%v: gone after %v", sig, time.Since(began))
		case <-time.After(20 * time.Second):
			t.Fatalf("%v did not end a hanging read", sig)
		}
	}
}

// What was read is served while the service is down; what was not is an error,
// never an empty folder.
func TestServiceDown(t *testing.T) {
	eachDialect(t, func(t *testing.T, d dialect) {
		w := startWith(t, []string{d.product}, simulator.Options{}, func(c *nodes.Config) { c.TTL = 200 * time.Millisecond })
		want := w.read(uiTodo)
		names := w.names(list)
		w.sim.Down(true)
		time.Sleep(300 * time.Millisecond) // past the TTL
		if got := w.read(uiTodo); got != want {
			t.Error("another text is served while the service is down")
		}
		if got := w.names(list); !slices.Equal(got, names) {
			t.Errorf("the folder shows %q, before %q", got, names)
		}
		_, err := os.ReadDir(w.path(account + "/archived"))
		if !errors.Is(err, syscall.EIO) && !errors.Is(err, syscall.ETIMEDOUT) {
			t.Errorf("a folder that was never read gives %v", err)
		}
		if s := w.read(".basecampfs/status.json"); !strings.Contains(s, `"unreachable"`) {
			t.Errorf("the status does not say so: %s", s)
		}
		w.sim.Down(false)
		deadline := time.Now().Add(20 * time.Second)
		for {
			if _, err := os.ReadDir(w.path(account + "/archived")); err == nil {
				break
			} else if time.Now().After(deadline) {
				t.Fatalf("still %v after the service came back", err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
}

// A cold mount of a service that is down is no empty account.
func TestColdWhileDown(t *testing.T) {
	eachDialect(t, func(t *testing.T, d dialect) {
		w := d.start(t)
		w.sim.Down(true)
		for _, dir := range []string{account + "/projects", account + "/people", list} {
			entries, err := os.ReadDir(w.path(dir))
			if err == nil {
				t.Errorf("%s shows %d entries", dir, len(entries))
			} else if !errors.Is(err, syscall.EIO) && !errors.Is(err, syscall.ETIMEDOUT) {
				t.Errorf("%s gives %v", dir, err)
			}
		}
	})
}

func TestDeadToken(t *testing.T) {
	eachDialect(t, func(t *testing.T, d dialect) {
		w := d.start(t)
		w.sim.RevokeToken(w.sim.Token())
		if _, err := os.ReadDir(w.path(account + "/projects")); !errors.Is(err, syscall.EACCES) {
			t.Errorf("with a dead token a listing gives %v", err)
		}
		if log := w.read(".basecampfs/errors.log"); !strings.Contains(log, "basecampfs auth login") {
			t.Errorf("the log does not say what to run: %q", log)
		}
	})
}

// One page that fails must not become a folder that is cut short.
func TestCutListing(t *testing.T) {
	w := start(t, simulator.Options{})
	whole := len(w.names(account + "/projects/Honcho HQ/todos/Backlog"))
	if whole < 100 {
		t.Fatalf("Backlog has %d entries: too few for a second page", whole)
	}
	w.unmount()
	if err := os.RemoveAll(filepath.Join(w.state, "cache")); err != nil {
		t.Fatal(err)
	}
	w.remount()
	if err := w.sim.SetFault("malformed GET /todolists/*/todos.json nth=2"); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(w.path(account + "/projects/Honcho HQ/todos/Backlog"))
	if err == nil && len(entries) != whole {
		t.Errorf("a failed page gives %d of %d entries", len(entries), whole)
	}
}

// No title leads out of its folder, or makes a name that cannot be used.
func TestTitles(t *testing.T) {
	w := start(t, simulator.Options{})
	somebody, err := w.sim.As("Victor Cooper")
	if err != nil {
		t.Fatal(err)
	}
	href := w.root.Tree().Accounts()[0].Records().Info().Href
	lists, _, err := w.try("jq .todolist.id '" + list + "/todolist.json'")
	if err != nil {
		t.Fatal(err)
	}
	id := strings.TrimSpace(lists)
	titles := []string{"../../etc/passwd", ".", "..", strings.Repeat("🎉", 300), "a\nb\nc", "nul\x00nul", "\x1b[2J", "todolist", "completed", ".hidden", "/", strings.Repeat("x", 5000)}
	before := len(w.names(list))
	for _, title := range titles {
		body := fmt.Sprintf(`{"content":%s}`, quote(title))
		r, err := somebody.Post(href+"/todolists/"+id+"/todos.json", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		if r.StatusCode != 201 {
			t.Fatalf("%q: %s", title, r.Status)
		}
	}
	if err := w.root.Refresh("."); err != nil {
		t.Fatal(err)
	}
	after := w.names(list)
	if len(after) != before+len(titles) {
		t.Errorf("%d titles make %d names", len(titles), len(after)-before)
	}
	err = filepath.WalkDir(w.path(list), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if len(name) > 255 || !utf8.ValidString(name) || strings.ContainsAny(name, "\x00\n\x1b") {
			t.Errorf("a name is %q", name)
		}
		_, err = os.Stat(path)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// quote is a string as JSON.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < 0x20:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
