package mounted

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"basecampfs/api/simulator"
)

// field is a key of a front matter and what the service calls it.
type field struct {
	key, at string
	values  []string // in YAML, after which the service must have what want says
	want    []string
}

// subject is a file of which a property test edits any part.
type subject struct {
	name, file, api string
	fields          []field
	body            string // the service's name of it
	bodies          []string
}

var subjects = []subject{
	{name: "to-do", file: clear + ".md", api: "/todos/1069479576.json", body: "description",
		bodies: []string{"One *line*.", "Two\n\n- a\n- b", "", "Three: \"quoted\" & odd"},
		fields: []field{
			{"title", "content", []string{"Plain", `"Quoted: yes"`, "'it''s'", "007"}, []string{"Plain", "Quoted: yes", "it's", "007"}},
			{"completed", "completed", []string{"true", "false"}, []string{"true", "false"}},
			{"due_on", "due_on", []string{"2026-06-01", "2026-07-31"}, []string{"2026-06-01", "2026-07-31"}},
			{"starts_on", "starts_on", []string{"2026-03-01", "", "null"}, []string{"2026-03-01", "", ""}},
			{"assignees", "assignees", []string{"[Sharon Bradford]", "[]", "Annie Bryan", "[me, Annie Bryan]", "null"},
				[]string{"Sharon Bradford", "", "Annie Bryan", "Annie Bryan,Victor Cooper", ""}},
			{"notify_on_completion", "completion_subscribers", []string{"[Annie Bryan]", "", "[Victor Cooper]"}, []string{"Annie Bryan", "", "Victor Cooper"}},
		}},
	{name: "list", file: launch + "/todolist.md", body: "description",
		bodies: nil, // text without to-dos would be a list without to-dos
		fields: []field{{"title", "title", []string{"Launch checklist", "Launch checklist!"}, []string{"Launch checklist", "Launch checklist!"}}}},
	{name: "document", file: project + "/docs/Tone of voice.md", body: "content",
		bodies: []string{"# Head\n\nText.", "Just text.", "1. one\n2. two"},
		fields: []field{{"title", "title", []string{"Tone of voice", "Tone of voice, 2"}, []string{"Tone of voice", "Tone of voice, 2"}}}},
	{name: "project", file: project + "/project.md", api: "/projects/2085958504.json", body: "description",
		bodies: []string{"A launch.", "Another launch"}},
}

// show is a field of a record as a test compares it.
func (o object) show(key string) string {
	switch v := o[key].(type) {
	case nil:
		return ""
	case []any:
		var names []string
		for _, p := range v {
			names = append(names, p.(map[string]any)["name"].(string))
		}
		slices.Sort(names)
		return strings.Join(names, ",")
	default:
		return fmt.Sprint(v)
	}
}

// TestFieldsStay writes files that say anything, everything or nothing of a
// record: what the file says is so at the service afterwards, and whatever it
// does not say is as it was.
func TestFieldsStay(t *testing.T) {
	for _, s := range subjects {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, simulator.Options{})
			file := s.file
			switch s.name {
			case "list":
				var id int64
				_, rest, _ := strings.Cut(w.read(file), "\nid: ")
				if _, err := fmt.Sscan(rest, &id); err != nil {
					t.Fatal(err)
				}
				s.api = fmt.Sprintf("/todolists/%d.json", id)
				// Its folder's name follows its title.
				file = fmt.Sprintf("%s (%d)/todolist.md", launch, id)
			case "document":
				s.api = w.api(strings.TrimSuffix(file, ".md") + ".json")
				file = strings.TrimSuffix(file, ".md") + fmt.Sprintf(" (%.0f).md", w.served(s.api)["id"])
			}
			rapid.Check(t, func(t *rapid.T) { s.step(t, w, file) })
			w.quiet()
		})
	}
}

// step makes one edit and looks at what came of it.
func (s subject) step(t *rapid.T, w *world, file string) {
	was := w.served(s.api)
	want := map[string]string{s.body: was.show(s.body)}
	for _, f := range s.fields {
		want[f.at] = was.show(f.at)
	}
	text := w.read(file)
	front, body, _ := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	var lines []string // what is indented belongs to the line above
	for l := range strings.SplitSeq(front, "\n") {
		if strings.HasPrefix(l, " ") {
			lines[len(lines)-1] += "\n" + l
		} else {
			lines = append(lines, l)
		}
	}
	for _, f := range s.fields {
		n := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, f.key+":") })
		if n < 0 {
			t.Fatalf("there is no %s in\n%s", f.key, text)
		}
		switch rapid.IntRange(0, 3).Draw(t, f.key) {
		case 0: // as it is
		case 1: // not said
			lines = slices.Delete(lines, n, n+1)
		default:
			k := rapid.IntRange(0, len(f.values)-1).Draw(t, "value")
			lines[n], want[f.at] = f.key+": "+f.values[k], f.want[k]
		}
	}
	for _, key := range []string{"id", "updated_at", "url", "creator"} {
		if rapid.IntRange(0, 3).Draw(t, key) == 0 { // not read-only keys either need be said
			lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, key+":") })
		}
	}
	if rapid.Bool().Draw(t, "shuffled") {
		lines = rapid.Permutation(lines).Draw(t, "order")
	}
	out := "---\n" + strings.Join(lines, "\n") + "\n---\n" + body
	edited := false
	switch k := rapid.IntRange(0, 5).Draw(t, "body"); {
	case k < 2 && len(s.bodies) > 0:
		edited = true
		body = rapid.SampledFrom(s.bodies).Draw(t, "text")
		out = "---\n" + strings.Join(lines, "\n") + "\n---\n" + body + "\n"
		if body == "" {
			out = strings.TrimSuffix(out, "\n")
			// A front matter that somebody wrote by hand says nothing of the text.
			edited = slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, "id:") })
		}
	case k == 2 && len(s.bodies) > 0: // the body alone
		edited = true
		body = rapid.SampledFrom(s.bodies).Filter(func(b string) bool { return b != "" }).Draw(t, "text")
		out = body + "\n"
		maps.Copy(want, s.unchanged(was))
	}
	if err := w.write(file, out); err != nil {
		t.Fatalf("%v\n%s\nerrors.log: %s", err, out, w.told())
	}
	now := w.served(s.api)
	for key, v := range want {
		if key == s.body && edited {
			continue
		}
		if got := now.show(key); got != v {
			t.Fatalf("%s is %q, want %q, after\n%s", key, got, v, out)
		}
	}
	if _, got, _ := strings.Cut(w.read(file), "\n---\n"); edited && strings.TrimSuffix(got, "\n") != body {
		t.Fatalf("the text is %q, want %q, after\n%s", got, body, out)
	}
	for key, v := range was { // whatever else the service knows of it
		switch key {
		case "updated_at", "comments_count", "completed", "completion", "title", "name", "content", "description", "due_on", "starts_on", "assignees",
			"completion_subscribers", "position", "description_attachments", "content_attachments", "bookmark_url", "completed_ratio", "subscription_url",
			"todos_remaining_count", "completed_remaining_count":
			continue
		}
		if fmt.Sprint(now[key]) != fmt.Sprint(v) {
			t.Fatalf("%s was %v and is %v, after\n%s", key, v, now[key], out)
		}
	}
}

// unchanged is what the service has of every field.
func (s subject) unchanged(was object) map[string]string {
	out := map[string]string{}
	for _, f := range s.fields {
		out[f.at] = was.show(f.at)
	}
	return out
}
