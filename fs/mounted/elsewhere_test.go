package mounted

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"basecampfs/api/simulator"
	"basecampfs/nodes"
)

// elsewhere makes a request as somebody else, whom the mount does not hear of.
func (w *world) elsewhere(method, path, body string) []byte {
	w.t.Helper()
	c, err := w.sim.As("Victor Cooper")
	if err != nil {
		w.t.Fatal(err)
	}
	href := w.root.Tree().Accounts()[0].Records().Info().Href
	r, err := http.NewRequest(method, href+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := c.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %s %v", method, path, resp.Status, err)
	}
	return b
}

// idOf reads an item's id out of its text.
func (w *world) idOf(rel string) int64 {
	w.t.Helper()
	for line := range strings.Lines(w.read(rel)) {
		if rest, ok := strings.CutPrefix(line, "id: "); ok {
			id, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				w.t.Fatal(err)
			}
			return id
		}
	}
	w.t.Fatalf("%s names no id", rel)
	return 0
}

// eventually waits for something that others do.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	began := time.Now()
	for !ok() {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("%s: not after %v", what, time.Since(began))
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("%s: after %v", what, time.Since(began).Round(10*time.Millisecond))
}

// What others change, make and trash shows, through the kernel's caches too.
func TestElsewhere(t *testing.T) {
	w := start(t, simulator.Options{}, func(c *nodes.Config) { c.TTL = time.Second })
	old := w.read(uiTodo)
	checklist := w.read(list + "/todolist.md")
	names := w.names(list)
	gone := list + "/Go cutting edge.md"
	id, goneID := w.idOf(uiTodo), w.idOf(gone)
	sh := w.sh("jq .todolist.id '" + list + "/todolist.json'")
	listID := strings.TrimSpace(sh)
	eventually(t, "the mount follows changes", func() bool { _ = w.read(uiTodo); return w.calls("GET /projects.json") >= 2 })

	w.elsewhere("PUT", fmt.Sprintf("/todos/%d.json", id), `{"content":"Clear and simple UI","description":"<div>Changed elsewhere</div>"}`)
	eventually(t, "an edit shows", func() bool { return strings.Contains(w.read(uiTodo), "Changed elsewhere") })
	if info, err := os.Stat(w.path(uiTodo)); err != nil || int(info.Size()) != len(w.read(uiTodo)) || w.read(uiTodo) == old {
		t.Errorf("stat says %v, %v", info, err)
	}

	w.elsewhere("PUT", fmt.Sprintf("/recordings/%d/status/trashed.json", goneID), "")
	eventually(t, "what was trashed is gone", func() bool { _, err := os.Stat(w.path(gone)); return os.IsNotExist(err) })
	if now := w.names(list); slices.Contains(now, "Go cutting edge.md") || !slices.Contains(names, "Go cutting edge.md") {
		t.Errorf("the folder shows %q, before %q", now, names)
	}

	w.elsewhere("POST", "/todolists/"+listID+"/todos.json", `{"content":"Made elsewhere"}`)
	eventually(t, "what was made shows", func() bool { return strings.Contains(strings.Join(w.names(list), "\n"), "Made elsewhere.md") })
	if now := w.read(list + "/todolist.md"); now == checklist || !strings.Contains(now, "Made elsewhere") || strings.Contains(now, "Go cutting edge") {
		t.Errorf("the checklist is %s", now)
	}

	w.elsewhere("PUT", fmt.Sprintf("/todos/%d.json", id), `{"content":"Renamed elsewhere","description":"x"}`)
	eventually(t, "a new title is a new name", func() bool { _, err := os.Stat(w.path(list + "/Renamed elsewhere.md")); return err == nil })
	if b, err := os.ReadFile(w.path(uiTodo)); err != nil || !bytes.Contains(b, []byte("title: Renamed elsewhere")) {
		t.Errorf("the name from before gives %v", err)
	}
}
