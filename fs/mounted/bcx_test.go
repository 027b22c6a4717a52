package mounted

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"basecampfs/api/simulator"
	"basecampfs/nodes"
)

// many is what the Basecamp 2 sample has more than a page of, by folder.
var many = []struct {
	dir   string
	count int
}{
	{account + "/people", 60 + 1}, // and people.json
	{project + "/todos", 116},
	{project + "/todos/Launch list", 53 + 3},
	{project + "/todos/Strategy ideas/Talk about the name.comments", 55},
	{project + "/messages", 55},
	{project + "/docs", 56 + 56 + 1},
	{project + "/schedule", 56 + 52 + 2},
	{project + "/forwards", 53},
}

// TestManyPages lists folders that take more than a page, of which each has 50
// entries.
func TestManyPages(t *testing.T) {
	t.Parallel()
	w := basecamp2.start(t)
	for _, m := range many {
		items := slices.DeleteFunc(w.names(m.dir), func(s string) bool {
			return strings.HasSuffix(s, ".comments") || strings.HasSuffix(s, ".files")
		})
		if len(items) != m.count {
			t.Errorf("%s has %d entries, want %d", m.dir, len(items), m.count)
		}
	}
}

// TestPageIgnored has a service that answers each page of a list with the
// first: a listing ends all the same.
func TestPageIgnored(t *testing.T) {
	t.Parallel()
	w := basecamp2.start(t)
	w.sim.IgnorePages(true)
	for _, m := range many {
		if n := len(w.names(m.dir)); n == 0 {
			t.Errorf("%s is empty", m.dir)
		}
	}
	w.sh("find . > /dev/null")
	if n := w.sim.Requests().Total; n > 700 {
		t.Errorf("%d requests: %v", n, w.sim.Requests().ByRoute)
	}
}

// TestBasecamp2Tree reads one of everything.
func TestBasecamp2Tree(t *testing.T) {
	t.Parallel()
	w := basecamp2.start(t)
	for _, c := range []struct{ file, has string }{
		{"project.md", "---\nA laptop for the rest of us.\nLaunch in March.\n"},
		{"todos/Strategy ideas/Clear and simple UI.md", "assignees: [Victor Cooper]"},
		{"todos/Strategy ideas/Clear and simple UI.files/brief.txt", "One screen, one button.\n"},
		{"todos/Strategy ideas/Clear and simple UI.comments/2026-01-06 02.42.00 Victor Cooper.md", "Yes, **please**."},
		{"todos/Strategy ideas/Clear and simple UI.comments/2026-01-06 02.42.00 Victor Cooper.files/sketch.png", "\x89PNG\r\n\x1a\nsketch"},
		{"todos/Strategy ideas/completed/Look at what others do.md", "completed: true"},
		{"todos/Strategy ideas/todolist.md", "- [ ] Clear and simple UI <!-- "},
		{"todos/Finished list/todolist.md", "- [x] Done 3 <!-- "},
		{"messages/Weekly note 01.md", "What happened in week 1:\nnot much."},
		{"messages/Weekly note 01.files/minutes.pdf", "%PDF-1.4 minutes"},
		{"docs/Page 07.md", "# Page 7\n\nDo this\nthen that & *more*."},
		{"docs/Photo 07.jpg", "\xff\xd8\xff photo 7"},
		{"docs/Business ponderings.url", "https://docs.google.example/document/d/business-ponderings"},
		{"schedule/Trip to the factory.md", "starts_at: 2031-05-04"},
		{"schedule/Weekly meeting.md", "weekly, 5 times, without number 2 3"},
		{"forwards/Fwd： Offer 02.md", "# These prices are better"},
		{"../../archived/Old campaign/messages/Thanks everyone.md", "It was great."},
	} {
		file := project + "/" + strings.Replace(c.file, "：", ":", 1)
		if got := w.read(file); !strings.Contains(got, c.has) {
			t.Errorf("%s has no %q:\n%s", c.file, c.has, got)
		}
	}
	// What the service sent is there byte for byte.
	var raw struct {
		CompletedAt any `json:"completed_at"`
		Assignee    any `json:"assignee"`
	}
	if err := json.Unmarshal([]byte(w.read(list+"/Talk about the name.json")), &raw); err != nil || raw.CompletedAt == "" {
		t.Errorf("%+v, %v", raw, err)
	}
	mine := w.names(account + "/my/assignments")
	if len(mine) == 0 || !strings.Contains(w.read(account+"/my/assignments/Clear and simple UI.md"), "due_on: 2026-03-01") {
		t.Errorf("assigned are %q", mine)
	}
	w.quiet()
}

// TestIdle has a mount that nobody reads from: it asks for what has happened,
// with one request each time, and for nothing else.
func TestIdle(t *testing.T) {
	t.Parallel()
	w := startWith(t, []string{"bcx"}, simulator.Options{}, func(c *nodes.Config) { c.TTL = 300 * time.Millisecond })
	w.sh("find . -type f -exec cat {} + > /dev/null")
	const poll = "GET /events.json"
	eventually(t, "changes are followed", func() bool { return w.calls(poll) > 1 })
	w.sim.ResetCounters()
	eventually(t, "changes are followed further", func() bool { return w.calls(poll) >= 5 })
	if n := w.sim.Requests(); n.Total != n.ByRoute[poll] {
		t.Errorf("an idle mount asks for %v", n.ByRoute)
	}
	// The polls go on from what is known: none reads the log from its beginning.
	for _, r := range w.sim.Requests().Log {
		if !strings.Contains(r.Query, "since=2026-") {
			t.Errorf("a poll asks for %q", r.Query)
		}
	}
}

// TestBasecamp2Elsewhere has somebody else change, make and trash things.
func TestBasecamp2Elsewhere(t *testing.T) {
	t.Parallel()
	w := startWith(t, []string{"bcx"}, simulator.Options{}, func(c *nodes.Config) { c.TTL = 500 * time.Millisecond })
	old := w.read(uiTodo)
	w.names(list)
	w.names(clear + ".comments")
	w.read(list + "/todolist.md")
	gone, at := list+"/Talk about the name.md", w.api(clear+".json")
	goneAt := w.api(strings.TrimSuffix(gone, ".md") + ".json")
	projectAt := at[:strings.Index(at, "/todos/")]
	listAt := fmt.Sprintf("%s/todolists/%d", projectAt, w.idOf(list+"/todolist.md"))
	eventually(t, "the mount follows changes", func() bool { _ = w.read(uiTodo); return w.calls("GET /events.json") >= 2 })

	w.apply("Annie Bryan", "PUT", at, map[string]any{"due_at": "2027-07-07"})
	eventually(t, "an edit shows", func() bool { return strings.Contains(w.read(uiTodo), "due_on: 2027-07-07") })
	if info, err := os.Stat(w.path(uiTodo)); err != nil || int(info.Size()) != len(w.read(uiTodo)) || w.read(uiTodo) == old {
		t.Errorf("stat says %v, %v", info, err)
	}
	w.apply("Annie Bryan", "PUT", at, map[string]any{"due_at": "2027-08-08"}) // joins the event of the first
	eventually(t, "a second edit shows", func() bool { return strings.Contains(w.read(uiTodo), "due_on: 2027-08-08") })

	w.apply("Annie Bryan", "POST", strings.TrimSuffix(at, ".json")+"/comments.json", map[string]any{"content": "<div>From elsewhere</div>"})
	eventually(t, "a comment shows", func() bool {
		out, _, _ := w.try("cat '" + clear + ".comments'/*.md")
		return strings.Contains(out, "From elsewhere")
	})

	w.apply("Annie Bryan", "DELETE", goneAt, nil)
	eventually(t, "what was trashed is gone", func() bool { _, err := os.Stat(w.path(gone)); return os.IsNotExist(err) })

	w.apply("Annie Bryan", "POST", listAt+"/todos.json", map[string]any{"content": "Made elsewhere"})
	eventually(t, "what was made shows", func() bool { return slices.Contains(w.names(list), "Made elsewhere.md") })
	eventually(t, "the checklist has it", func() bool {
		s := w.read(list + "/todolist.md")
		return strings.Contains(s, "Made elsewhere") && !strings.Contains(s, "Talk about the name")
	})

	w.apply("Annie Bryan", "PUT", at, map[string]any{"content": "Renamed elsewhere"})
	eventually(t, "a new title is a new name", func() bool { _, err := os.Stat(w.path(list + "/Renamed elsewhere.md")); return err == nil })
	w.apply("Annie Bryan", "POST", projectAt+"/todolists.json", map[string]any{"name": "List made elsewhere"})
	eventually(t, "a list that was made shows", func() bool { return slices.Contains(w.names(project+"/todos"), "List made elsewhere") })
	id := strconv.FormatInt(w.idOf(list+"/Renamed elsewhere.md"), 10)
	w.apply("Annie Bryan", "PUT", at, map[string]any{"completed": true})
	eventually(t, "what was finished is among the finished", func() bool {
		b, err := os.ReadFile(w.path(list + "/completed/Renamed elsewhere.md"))
		return err == nil && strings.Contains(string(b), "id: "+id)
	})
	w.quiet()
}
