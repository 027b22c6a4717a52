package mounted

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// target is a file that programs save over.
type target struct {
	name string
	file string
	word string // of the text, that is replaced
	api  string // where the service has what the word is in
	key  string // of the object there
	put  string // the one request that a save makes
	side string // what must stay as it is: a folder beside
	// trashed is set where to remove the file is to trash the item.
	trashed bool
	in      dialect
	// to is what the word is replaced with in turn; nil for any word.
	to func(n int) string
}

const clear = list + "/Clear and simple UI"

var targets = []target{
	{in: basecamp3, name: "to-do", file: clear + ".md", word: "usual", key: "description", put: "PUT /todos/{id}.json", side: clear + ".comments", trashed: true},
	{in: basecamp3, name: "checklist", file: list + "/todolist.md", word: "cutting", api: "/todos/{cutting}", key: "content", put: "PUT /todos/{id}.json"},
	{in: basecamp3, name: "project", file: project + "/project.md", word: "launch", api: "/projects/2085958504.json", key: "description", put: "PUT /projects/{id}.json"},
	{in: basecamp3, name: "comment", file: clear + ".comments/{comment}.md", word: "busy", key: "content", put: "PUT /comments/{id}.json", trashed: true},
	{in: basecamp3, name: "document", file: project + "/docs/Tone of voice.md", word: "Short", key: "content", put: "PUT /documents/{id}.json", trashed: true},
	{in: basecamp2, name: "to-do", file: clear + ".md", word: "2026-03-01", key: "due_on", put: "PUT /projects/{id}/todos/{id}.json", side: clear + ".comments", trashed: true,
		to: func(n int) string { return fmt.Sprintf("2026-04-%02d", n%28+1) }},
	{in: basecamp2, name: "document", file: project + "/docs/Page 01.md", word: "more", key: "content", put: "PUT /projects/{id}/documents/{id}.json", side: project + "/docs/Page 01.comments", trashed: true},
}

// locate fills in what only the service knows.
func (g target) locate(w *world) target {
	w.t.Helper()
	if strings.Contains(g.file, "{comment}") {
		names := w.names(clear + ".comments")
		slices.Sort(names)
		g.file = path.Dir(g.file) + "/" + names[0]
	}
	switch {
	case g.name == "checklist":
		g.api = w.api(list + "/Go cutting edge.json")
	case g.api == "":
		g.api = w.api(strings.TrimSuffix(g.file, ".md") + ".json")
	}
	return g
}

func TestSaves(t *testing.T) {
	for _, g := range targets {
		t.Run(g.in.product+"/"+g.name, func(t *testing.T) {
			t.Parallel()
			w := g.in.start(t)
			g := g.locate(w)
			word := g.word
			for n, p := range programs {
				ok := t.Run(p.name, func(t *testing.T) {
					p.installed(t)
					w.t = t
					to := fmt.Sprintf("edit%dof", n)
					if g.to != nil {
						to = g.to(n)
					}
					if p.unchanged {
						to = word
					}
					g.check(w, p, word, to)
					word = to
				})
				w.t = t
				if !ok { // the others need not suffer
					w = g.in.start(t)
					g, word = g.locate(w), g.word
				}
			}
		})
	}
}

// check has a program save a file, and looks at everything that must have come
// of it and at what must not.
func (g target) check(w *world, p program, from, to string) {
	t := w.t
	dir := path.Dir(g.file)
	before := w.names(dir)
	id := w.served(g.api)["id"]
	old := w.read(g.file)
	if !strings.Contains(old, from) {
		t.Fatalf("there is no %q in\n%s", from, old)
	}
	var beside []string
	if g.side != "" {
		beside = w.names(g.side)
	}
	text := strings.ReplaceAll(old, from, to)
	w.sim.ResetCounters()
	if errs, err := p.save(w, g.file, from, to, text); err != nil || errs != "" {
		t.Errorf("%v %s", err, errs)
	}
	if got, want := slices.Sorted(slices.Values(w.writes())), g.wants(p); !slices.Equal(got, want) {
		t.Errorf("requests: %q, want %q", got, want)
	}
	now := w.served(g.api)
	if now["id"] != id || !strings.Contains(now.text(g.key), to) || now["status"] != nil && now["status"] != "active" || now["trashed"] == true {
		t.Errorf("the service has %v %v and %q in %.200s", now["id"], now["status"], to, now.text(g.key))
	}
	if got := body(w.read(g.file)); got != body(text) {
		t.Errorf("the file differs: %s", cmp.Diff(body(text), got))
	}
	after := w.names(dir)
	if left := strings.ReplaceAll(p.leaves, "%", path.Base(g.file)); left != "" {
		if !slices.Contains(after, left) {
			t.Errorf("it leaves no %s", left)
		}
		w.sh("rm '" + dir + "/" + left + "'")
		after = w.names(dir)
	}
	if g.name == "checklist" {
		before, after = nil, missing(after, before) // the to-do has another title
		if len(after) == 1 && strings.Contains(after[0], to) {
			after = nil
		}
	}
	if !slices.Equal(after, before) {
		t.Errorf("the folder gained %q and lost %q", missing(after, before), missing(before, after))
	}
	if g.side != "" && !slices.Equal(w.names(g.side), beside) {
		t.Errorf("%s has %q, had %q", g.side, w.names(g.side), beside)
	}
	w.quiet()
}

func (g target) wants(p program) []string {
	if p.unchanged {
		return nil
	}
	if p.replaces && g.trashed && g.in.restores {
		return slices.Sorted(slices.Values([]string{g.put + " x1", "PUT /recordings/{id}/status/active.json x1", "PUT /recordings/{id}/status/trashed.json x1"}))
	}
	return []string{g.put + " x1"}
}

// body is the part of a file that a save does not alter by itself.
func body(file string) string {
	_, rest, ok := strings.Cut(file, "\n---\n")
	if !ok {
		return file
	}
	return rest
}
