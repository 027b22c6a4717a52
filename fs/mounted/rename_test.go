package mounted

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"basecampfs/api/simulator"
)

// TestMoves has a table of what people do with files and folders. Scripts run
// in the folder of the to-do lists.
func TestMoves(t *testing.T) {
	const (
		put     = "PUT /todos/{id}.json x1"
		list1   = "PUT /todolists/{id}.json x1"
		moved   = "PUT /todos/{id}/position.json x1"
		trashed = "PUT /recordings/{id}/status/trashed.json x1"
		active  = "PUT /recordings/{id}/status/active.json x1"
		done    = "POST /todos/{id}/completion.json x1"
		undone  = "DELETE /todos/{id}/completion.json x1"
		create  = "POST /todolists/{id}/todos.json x1"
	)
	type check struct {
		file string // that must be there, or must not
		gone bool
		has  string // of its content
	}
	for _, c := range []struct {
		name   string
		script string
		fails  string   // what the program says; "" where it works
		writes []string // requests that change something
		checks []check
		same   string // a file whose item must be this one's before
		is     string // a file whose item it must be afterwards
	}{
		{name: "rename", script: `mv "Strategy ideas/Go cutting edge.md" "Strategy ideas/Go blunt.md"`, writes: []string{put},
			checks: []check{{file: "Strategy ideas/Go blunt.md", has: "title: Go blunt"}},
			same:   "Strategy ideas/Go cutting edge", is: "Strategy ideas/Go blunt"},
		{name: "rename keeps every field", script: `mv "Strategy ideas/Clear and simple UI.md" "Strategy ideas/UI.md"`, writes: []string{put},
			checks: []check{{file: "Strategy ideas/UI.md", has: "due_on: 2026-03-01"}, {file: "Strategy ideas/UI.md", has: "assignees: [Sharon Bradford]"},
				{file: "Strategy ideas/UI.md", has: "notify_on_completion: [Annie Bryan]"}, {file: "Strategy ideas/UI.comments"}},
			same: "Strategy ideas/Clear and simple UI", is: "Strategy ideas/UI"},
		{name: "an editor that changes the title goes on finding it", script: `cd "Strategy ideas"; sed -i "s/^title: .*/title: Go blunt/" "Go cutting edge.md"; cat "Go cutting edge.md" | grep -q "title: Go blunt"; sed -i "s/^due_on:.*/due_on: 2026-05-05/" "Go cutting edge.md"`,
			writes: []string{"PUT /todos/{id}.json x2"}, checks: []check{{file: "Strategy ideas/Go blunt.md", has: "due_on: 2026-05-05"}},
			same: "Strategy ideas/Go cutting edge", is: "Strategy ideas/Go blunt"},
		{name: "a slash in a title", script: `mv "Strategy ideas/Go cutting edge.md" "Strategy ideas/a／b.md"`, writes: []string{put},
			checks: []check{{file: "Strategy ideas/a／b.md", has: "title: a/b"}}},
		{name: "to another list", script: `mv "Strategy ideas/Go cutting edge.md" "Launch checklist/"`, writes: []string{moved},
			checks: []check{{file: "Strategy ideas/Go cutting edge.md", gone: true}},
			same:   "Strategy ideas/Go cutting edge", is: "Launch checklist/Go cutting edge"},
		{name: "to another list with comments", script: `mv "Strategy ideas/Clear and simple UI.md" "Background and research/Simple.md"`, writes: []string{moved, put},
			checks: []check{{file: "Background and research/Simple.comments"}, {file: "Strategy ideas/Clear and simple UI.comments", gone: true}},
			same:   "Strategy ideas/Clear and simple UI", is: "Background and research/Simple"},
		{name: "into a group", script: `mv "Launch checklist/Name a date.md" "Launch checklist/Group A/"`, writes: []string{moved},
			same: "Launch checklist/Name a date", is: "Launch checklist/Group A/Name a date"},
		{name: "out of a list", script: `mv "Strategy ideas/Go cutting edge.md" .`, writes: []string{moved},
			same: "Strategy ideas/Go cutting edge", is: "Go cutting edge"},
		{name: "finish", script: `cd "Strategy ideas"; mv "Go cutting edge.md" completed/`, writes: []string{done},
			checks: []check{{file: "Strategy ideas/completed/Go cutting edge.md", has: "completed: true"}, {file: "Strategy ideas/Go cutting edge.md", gone: true}},
			same:   "Strategy ideas/Go cutting edge", is: "Strategy ideas/completed/Go cutting edge"},
		{name: "reopen", script: `cd "Strategy ideas"; mv "completed/Read last year's survey.md" .`, writes: []string{undone},
			checks: []check{{file: "Strategy ideas/Read last year's survey.md", has: "completed: false"}, {file: "Strategy ideas/completed/Read last year's survey.md", gone: true}},
			same:   "Strategy ideas/completed/Read last year's survey", is: "Strategy ideas/Read last year's survey"},
		{name: "finish and back", script: `cd "Strategy ideas"; mv "Go cutting edge.md" completed/; mv "completed/Go cutting edge.md" .`, writes: []string{done, undone},
			same: "Strategy ideas/Go cutting edge", is: "Strategy ideas/Go cutting edge"},
		{name: "reopen into another list", script: `mv "Strategy ideas/completed/Read last year's survey.md" "Launch checklist/Survey.md"`, writes: []string{moved, undone, put},
			checks: []check{{file: "Launch checklist/Survey.md", has: "completed: false"}},
			same:   "Strategy ideas/completed/Read last year's survey", is: "Launch checklist/Survey"},
		{name: "into the trash", script: `mv "Strategy ideas/Go cutting edge.md" ../trash/`, writes: []string{trashed},
			checks: []check{{file: "Strategy ideas/Go cutting edge.md", gone: true}},
			same:   "Strategy ideas/Go cutting edge", is: "../trash/Go cutting edge"},
		{name: "out of the trash", script: `mv "../trash/Paint it black.md" "Strategy ideas/"`, writes: []string{active},
			checks: []check{{file: "../trash/Paint it black.md", gone: true}},
			same:   "../trash/Paint it black", is: "Strategy ideas/Paint it black"},
		{name: "out of the trash into another list", script: `mv "../trash/Paint it black.md" "Launch checklist/Black.md"`, writes: []string{active, moved, put},
			same: "../trash/Paint it black", is: "Launch checklist/Black"},
		{name: "rm and back", script: `cd "Strategy ideas"; rm "Clear and simple UI.md"; mv "../../trash/Clear and simple UI.md" .`, writes: []string{trashed, active},
			checks: []check{{file: "Strategy ideas/Clear and simple UI.comments"}},
			same:   "Strategy ideas/Clear and simple UI", is: "Strategy ideas/Clear and simple UI"},
		{name: "a list into the trash and back", script: `mv "Background and research" ../trash/; ls "../trash/Background and research" | grep -q "Weigh the prototypes.md"; mv "../trash/Background and research" .`,
			writes: []string{trashed, active}, checks: []check{{file: "Background and research/Weigh the prototypes.md"}}},
		{name: "over another", script: `cd "Strategy ideas"; mv "Go cutting edge.md" "Sell it in bookshops.md"`, writes: []string{put, trashed},
			checks: []check{{file: "../trash/Sell it in bookshops.md"}, {file: "Strategy ideas/Go cutting edge.md", gone: true}},
			same:   "Strategy ideas/Go cutting edge", is: "Strategy ideas/Sell it in bookshops"},
		{name: "not over another", script: `cd "Strategy ideas"; mv -n "Go cutting edge.md" "Sell it in bookshops.md"; ls "Go cutting edge.md" >/dev/null`},
		{name: "copy", script: `cp "Strategy ideas/Go cutting edge.md" "Strategy ideas/Go twice.md"`, writes: []string{create},
			checks: []check{{file: "Strategy ideas/Go twice.md", has: "title: Go twice"}, {file: "Strategy ideas/Go cutting edge.md", has: "title: Go cutting edge"}}},
		{name: "copy with everything in it", script: `cp "Strategy ideas/Clear and simple UI.md" "Launch checklist/UI.md"`, writes: []string{create},
			checks: []check{{file: "Launch checklist/UI.md", has: "due_on: 2026-03-01"}, {file: "Launch checklist/UI.md", has: "assignees: [Sharon Bradford]"},
				{file: "Launch checklist/UI.md", has: "first the *usual* thing"}, {file: "Strategy ideas/Clear and simple UI.comments"}}},
		{name: "copy a folder of notes", script: `mkdir -p "$TMP/notes"; for n in one two three; do echo "Note $n." > "$TMP/notes/$n.md"; done; cp -r "$TMP/notes" "Strategy ideas/"`,
			writes: []string{"POST /todolists/{id}/groups.json x1", "POST /todolists/{id}/todos.json x3"},
			checks: []check{{file: "Strategy ideas/notes/two.md", has: "Note two."}}},
		{name: "copy notes into a list", script: `for n in one two three; do echo "Note $n." > "$TMP/$n.md"; done; cp "$TMP"/*.md "Strategy ideas/"`,
			writes: []string{"POST /todolists/{id}/todos.json x3"}, checks: []check{{file: "Strategy ideas/three.md", has: "Note three."}}},
		{name: "copy what is no item", script: `echo x > "$TMP/notes.txt"; cp "$TMP/notes.txt" "Strategy ideas/"`, fails: "Invalid argument",
			checks: []check{{file: "Strategy ideas/notes.txt", gone: true}}},
		{name: "copy a folder with what is no item", script: `mkdir "$TMP/n"; echo x > "$TMP/n/a.txt"; echo y > "$TMP/n/b.md"; cp -r "$TMP/n" "Strategy ideas/"`, fails: "Invalid argument",
			writes: []string{"POST /todolists/{id}/groups.json x1", create}, checks: []check{{file: "Strategy ideas/n/b.md"}, {file: "Strategy ideas/n/a.txt", gone: true}}},
		{name: "a new list", script: `mkdir "New list"; echo Text > "New list/First.md"`, writes: []string{create, "POST /todosets/{id}/todolists.json x1"},
			checks: []check{{file: "New list/First.md", has: "Text"}, {file: "New list/todolist.md", has: "- [ ] First"}}},
		{name: "a new group", script: `mkdir "Strategy ideas/Sooner"`, writes: []string{"POST /todolists/{id}/groups.json x1"},
			checks: []check{{file: "Strategy ideas/todolist.md", has: "## Sooner"}}},
		{name: "a group in a group", script: `mkdir "Launch checklist/Group A/Deeper"`, fails: "Operation not supported"},
		{name: "a list under a name that is taken", script: `mkdir "Strategy ideas"`, fails: "File exists"},
		{name: "rename a list", script: `mv "Strategy ideas" "Better ideas"`, writes: []string{list1},
			checks: []check{{file: "Better ideas/Go cutting edge.md"}, {file: "Better ideas/todolist.md", has: "title: Better ideas"}, {file: "Better ideas/todolist.md", has: "Where the laptop could go."}}},
		{name: "rename a group", script: `mv "Launch checklist/Group A" "Launch checklist/Press"`, writes: []string{list1},
			checks: []check{{file: "Launch checklist/Press/Landing page.md"}, {file: "Launch checklist/todolist.md", has: "## Press"}}},
		{name: "rename a project", script: `cd ../..; mv "The Leto Laptop" "The Atreides Laptop"; grep -q "title: The Atreides Laptop" "The Atreides Laptop/project.md"; grep -q "Laptop product launch." "The Atreides Laptop/project.md"; ls "The Atreides Laptop/todos/Strategy ideas" >/dev/null`,
			writes: []string{"PUT /projects/{id}.json x1"}},
		{name: "a list over a list", script: `mv -T "Nothing here yet" "Strategy ideas"`, fails: "not empty"},
		{name: "a list into a list", script: `mv "Nothing here yet" "Strategy ideas/"`, fails: "not supported"},
		{name: "rmdir of a list", script: `rmdir "Strategy ideas"`, fails: "not empty"},
		{name: "rmdir of an empty list", script: `rmdir "Nothing here yet"`, writes: []string{trashed}, checks: []check{{file: "Nothing here yet/todolist.md", gone: true}}},
		{name: "rmdir of a list that was emptied", script: `rm "Background and research"/*.md "Background and research/completed"/*.md; rmdir "Background and research"`,
			writes: []string{"PUT /recordings/{id}/status/trashed.json x5"}, checks: []check{{file: "Background and research/todolist.md", gone: true}}},
		{name: "rm -r of a list", script: `rm -r "Launch checklist"`, writes: []string{"PUT /recordings/{id}/status/trashed.json x9"},
			checks: []check{{file: "Launch checklist/todolist.md", gone: true}}},
		{name: "rmdir of a project", script: `cd ../..; rmdir "The Leto Laptop"`, fails: "not"},
		{name: "a name that was just given up", script: `cd "Strategy ideas"; mv "Go cutting edge.md" "Go blunt.md"; mv "Sell it in bookshops.md" "Go cutting edge.md"; echo New > "Sell it in bookshops.md"`,
			writes: []string{"PUT /todos/{id}.json x2", create},
			checks: []check{{file: "Strategy ideas/Go blunt.md", has: "title: Go blunt"}, {file: "Strategy ideas/Go cutting edge.md", has: "title: Go cutting edge"}, {file: "Strategy ideas/Sell it in bookshops.md", has: "New"}},
			same:   "Strategy ideas/Go cutting edge", is: "Strategy ideas/Go blunt"},
		{name: "two swapped", script: `cd "Strategy ideas"; mv "Go cutting edge.md" x.md; mv "Sell it in bookshops.md" "Go cutting edge.md"; mv x.md "Sell it in bookshops.md"`,
			writes: []string{"PUT /todos/{id}.json x3"},
			same:   "Strategy ideas/Go cutting edge", is: "Strategy ideas/Sell it in bookshops"},
		{name: "a comment to another item", script: `cd "Strategy ideas"; mv "Clear and simple UI.comments/2026-02-24 09.12.30 Sharon Bradford.md" "Go cutting edge.comments/"`, fails: "not supported"},
		{name: "a to-do among comments", script: `cd "Strategy ideas"; mv "Go cutting edge.md" "Clear and simple UI.comments/"`, fails: "not supported",
			checks: []check{{file: "Strategy ideas/Go cutting edge.md"}}},
		{name: "a to-do among documents", script: `mv "Strategy ideas/Go cutting edge.md" ../docs/`, fails: "not supported"},
		{name: "to another project", script: `mv "Strategy ideas/Go cutting edge.md" "../../OTHER/todos/LIST/"`, fails: "not supported"},
		{name: "a document into a folder", script: `mv "../docs/Tone of voice.md" ../docs/Photos/`, fails: "not supported", checks: []check{{file: "../docs/Tone of voice.md"}}},
		{name: "rename a document", script: `mv "../docs/Tone of voice.md" "../docs/How we talk.md"`, writes: []string{"PUT /documents/{id}.json x1"},
			checks: []check{{file: "../docs/How we talk.md", has: "Short words."}}, same: "../docs/Tone of voice", is: "../docs/How we talk"},
		{name: "what is made from others", script: `rm "Strategy ideas/Go cutting edge.json"`},
		{name: "rename of what is made from others", script: `mv "Strategy ideas/todolist.md" "Strategy ideas/x.md"`, fails: "not permitted"},
		{name: "a link", script: `ln "Strategy ideas/Go cutting edge.md" "Strategy ideas/x.md"`, fails: "not permitted"},
		{name: "a symbolic link", script: `ln -s "Go cutting edge.md" "Strategy ideas/x.md"`, fails: "not permitted"},
		{name: "a file where nothing is made", script: `echo x > ../x.md`, fails: "not permitted"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, simulator.Options{})
			dir := project + "/todos"
			script := c.script
			if strings.Contains(script, "OTHER") {
				other, l := elsewhere(w)
				script = strings.NewReplacer("OTHER", other, "LIST", l).Replace(script)
			}
			var item any
			if c.same != "" {
				item = w.served(w.api(dir + "/" + c.same + ".json"))["id"]
			}
			w.sh("ls -R '" + w.path(project) + "' > /dev/null")
			w.sim.ResetCounters()
			_, errs, err := w.try(fmt.Sprintf("set -e; TMP=%q; cd %q; %s", t.TempDir(), w.path(dir), script))
			switch {
			case c.fails == "" && (err != nil || errs != ""):
				t.Errorf("%v\n%s", err, errs)
			case c.fails != "" && !strings.Contains(errs, c.fails):
				t.Errorf("it says %q, want %q", errs, c.fails)
			}
			slices.Sort(c.writes)
			if got := slices.Sorted(slices.Values(w.writes())); !slices.Equal(got, c.writes) {
				t.Errorf("requests: %q, want %q", got, c.writes)
			}
			for _, x := range c.checks {
				out, _, err := w.try(fmt.Sprintf("cd %q; if test -d %q; then ls -d %[2]q; else cat %[2]q; fi", w.path(dir), x.file))
				switch {
				case x.gone && err == nil:
					t.Errorf("%s is there", x.file)
				case !x.gone && err != nil:
					t.Errorf("%s is not there", x.file)
				case !strings.Contains(out, x.has):
					t.Errorf("%s has no %q:\n%s", x.file, x.has, out)
				}
			}
			if c.is != "" {
				if now := w.served(w.api(dir + "/" + c.is + ".json"))["id"]; now != item {
					t.Errorf("%s is %v, was %v", c.is, now, item)
				}
			}
			if c.fails == "" {
				w.quiet()
			} else if w.waiting() > 0 || len(w.rejected()) > 0 {
				t.Error("something is kept of what was refused at once")
			}
		})
	}
}

// elsewhere is another project and a list in it.
func elsewhere(w *world) (string, string) {
	for _, p := range w.names(account + "/projects") {
		if p == "The Leto Laptop" {
			continue
		}
		for _, l := range w.dirs(account + "/projects/" + p + "/todos") {
			return p, l
		}
	}
	w.t.Fatal("there is no other project with a list")
	return "", ""
}

// dirs are the folders in a folder, or nothing.
func (w *world) dirs(rel string) []string {
	out, _, _ := w.try(fmt.Sprintf("cd %q && ls -d */", w.path(rel)))
	return strings.FieldsFunc(out, func(r rune) bool { return r == '/' || r == '\n' })
}
