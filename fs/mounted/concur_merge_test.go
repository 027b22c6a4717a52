package mounted

import (
	"os"
	"strings"
	"testing"

	"basecampfs/api/simulator"
)

// TestMerges has somebody else change a to-do between a read and a save.
func TestMerges(t *testing.T) {
	const path = "/todos/1069479576.json"
	for _, c := range []struct {
		name   string
		theirs map[string]any // what they change; the rest stays
		mine   [2]string      // what is replaced in the file
		fails  string
		has    map[string]string // what the service has then
	}{
		{name: "another field", theirs: map[string]any{"due_on": "2026-04-04"}, mine: [2]string{"usual", "customary"},
			has: map[string]string{"due_on": "2026-04-04", "starts_on": "2026-02-20", "description": "customary"}},
		{name: "the title and the text", theirs: map[string]any{"content": "Clear UI"}, mine: [2]string{"usual", "customary"},
			has: map[string]string{"content": "Clear UI", "due_on": "2026-03-01", "description": "customary"}},
		{name: "a field and the text", theirs: map[string]any{"description": "<div>Something else altogether.</div>"}, mine: [2]string{"due_on: 2026-03-01", "due_on: 2026-03-08"},
			has: map[string]string{"description": "Something else altogether.", "due_on": "2026-03-08"}},
		{name: "people and dates", theirs: map[string]any{"assignee_ids": []int64{}}, mine: [2]string{"due_on: 2026-03-01", "due_on:"},
			has: map[string]string{"due_on": "", "description": "usual"}},
		{name: "another line", theirs: map[string]any{"description": "QUOTE"}, mine: [2]string{"usual", "customary"},
			has: map[string]string{"description": "Simple is what they say."}},
		{name: "the same", theirs: map[string]any{"due_on": "2026-03-08"}, mine: [2]string{"due_on: 2026-03-01", "due_on: 2026-03-08"},
			has: map[string]string{"due_on": "2026-03-08"}},
		{name: "the same field", theirs: map[string]any{"due_on": "2026-04-04"}, mine: [2]string{"due_on: 2026-03-01", "due_on: 2026-05-05"},
			fails: "somebody else changed", has: map[string]string{"due_on": "2026-04-04"}},
		{name: "the same line", theirs: map[string]any{"description": "USUAL"}, mine: [2]string{"usual", "customary"},
			fails: "somebody else changed", has: map[string]string{"description": "ordinary"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, simulator.Options{})
			text := w.read(clear + ".md")
			was := w.served(path)
			body := map[string]any{"content": was["content"], "description": was["description"], "due_on": was["due_on"], "starts_on": was["starts_on"],
				"assignee_ids": []int64{1049715915}, "completion_subscriber_ids": []any{was["completion_subscribers"].([]any)[0].(map[string]any)["id"]}}
			for k, v := range c.theirs {
				switch v {
				case "QUOTE":
					v = strings.Replace(was.text("description"), "Simple is what is left when nothing can go.", "Simple is what they say.", 1)
				case "USUAL":
					v = strings.Replace(was.text("description"), "usual", "ordinary", 1)
				}
				body[k] = v
			}
			w.apply("Annie Bryan", "PUT", path, body)
			mine := strings.Replace(text, c.mine[0], c.mine[1], 1)
			if mine == text {
				t.Fatalf("there is no %q in\n%s", c.mine[0], text)
			}
			if c.fails != "" {
				w.refused(clear+".md", mine, "resource temporarily unavailable", c.fails)
			} else if err := w.write(clear+".md", mine); err != nil {
				t.Fatal(err)
			} else {
				w.quiet()
			}
			now := w.served(path)
			for k, v := range c.has {
				if got := now.text(k); v == "" && got != "" || !strings.Contains(got, v) {
					t.Errorf("%s is %q, want %q", k, got, v)
				}
			}
			if c.name == "people and dates" && len(now["assignees"].([]any)) > 0 {
				t.Error("those who were taken off are on again")
			}
			if now.text("title") != now.text("content") || len(now["completion_subscribers"].([]any)) != 1 {
				t.Errorf("something was lost: %v", now)
			}
			// The file shows what the service has now.
			if shown := w.read(clear + ".md"); !strings.Contains(shown, "updated_at: "+now.text("updated_at")[:19]) {
				t.Errorf("the file shows another version than that of %s:\n%s", now.text("updated_at"), shown)
			}
		})
	}
}

// TestTwoWriters has two handles on one file, both of which read first.
func TestTwoWriters(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b [2]string
		both bool
	}{
		{"other lines", [2]string{"usual", "customary"}, [2]string{"nothing can go", "all is gone"}, true},
		{"the same line", [2]string{"usual", "customary"}, [2]string{"usual", "ordinary"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, simulator.Options{})
			text := w.read(clear + ".md")
			open := func() *os.File {
				f, err := os.OpenFile(w.path(clear+".md"), os.O_RDWR|os.O_TRUNC, 0)
				if err != nil {
					t.Fatal(err)
				}
				return f
			}
			a, b := open(), open()
			first, second := strings.Replace(text, c.a[0], c.a[1], 1), strings.Replace(text, c.b[0], c.b[1], 1)
			for _, x := range []struct {
				f    *os.File
				text string
			}{{a, first}, {b, second}} {
				if _, err := x.f.WriteString(x.text); err != nil {
					t.Fatal(err)
				}
			}
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			err := b.Close()
			now := w.read(clear + ".md")
			if !strings.Contains(now, c.a[1]) {
				t.Errorf("what the first wrote is lost:\n%s", now)
			}
			if c.both {
				if err != nil || !strings.Contains(now, c.b[1]) {
					t.Errorf("%v: what the second wrote is lost:\n%s", err, now)
				}
				w.quiet()
				return
			}
			if err == nil {
				t.Error("the second is not told that it lost")
			}
			if kept := w.rejected(); len(kept) != 1 || kept[0] != second {
				t.Errorf("what the second wrote is not kept: %q", kept)
			}
			if !strings.Contains(w.told(), "somebody else changed") {
				t.Errorf("errors.log says %s", w.told())
			}
		})
	}
}
