package mounted

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"basecampfs/api/simulator"
)

// dialect is a product as its account is mounted, with the names that its
// sample data has for what the suites are about.
type dialect struct {
	product string
	names   *strings.Replacer
	// restores is whether what was trashed can be brought back.
	restores bool
	cold     int // requests for a to-do of a list that was not looked at before
}

// Both samples have a project The Leto Laptop with a list Strategy ideas, in
// which Clear and simple UI has comments and files.
var (
	basecamp3 = dialect{"bc3", strings.NewReplacer("OPEN", "Go cutting edge", "DONE", "Read last year's survey", "TICKED", "Read last", "OTHER", "Background and research",
		"EMPTY", "Nothing here yet", "ELSEWHERE", "../../Honcho HQ/todos/Backlog", "DOC", "Tone of voice", "WORD", "Short", "NOTE", "Kickoff",
		"ENTRY", "Launch party", "GROUP", "Group A", "DESCRIBED", "Where the laptop could go"), true, 7}
	basecamp2 = dialect{"bcx", strings.NewReplacer("OPEN", "Talk about the name", "DONE", "Look at what others do", "TICKED", "Look at", "OTHER", "Launch list",
		"EMPTY", "Empty list", "ELSEWHERE", "../../Website for ACME ／ Widgets/todos/For the client", "DOC", "Page 01", "WORD", "Do this", "NOTE", "Weekly note 01",
		"ENTRY", "Trip to the factory", "GROUP", "Group A", "DESCRIBED", "What makes it different"), false, 14}
	dialects = []dialect{basecamp3, basecamp2}
)

func (d dialect) start(t *testing.T) *world {
	t.Helper()
	return startWith(t, []string{d.product}, simulator.Options{})
}

// eachDialect runs a test over an account of each product.
func eachDialect(t *testing.T, f func(t *testing.T, d dialect)) {
	for _, d := range dialects {
		t.Run(d.product, func(t *testing.T) { f(t, d) })
	}
}

// outcome is what comes of an attempt.
type outcome struct {
	writes []string // the requests that change something
	// Where it is refused: the errno in the system's words, and the reason that
	// the mount gives.
	fails, why string
	kept       bool // whether the text is kept among the rejected ones
}

// The requests that change something. Those of Basecamp 2 name the project.
const (
	todo3, list3, doc3       = "PUT /todos/{id}.json x1", "PUT /todolists/{id}.json x1", "PUT /documents/{id}.json x1"
	trashed3, restored3      = "PUT /recordings/{id}/status/trashed.json x1", "PUT /recordings/{id}/status/active.json x1"
	newTodo3, moved3         = "POST /todolists/{id}/todos.json x1", "PUT /todos/{id}/position.json x1"
	todo2, list2, doc2       = "PUT /projects/{id}/todos/{id}.json x1", "PUT /projects/{id}/todolists/{id}.json x1", "PUT /projects/{id}/documents/{id}.json x1"
	newTodo2, trashedTodo2   = "POST /projects/{id}/todolists/{id}/todos.json x1", "DELETE /projects/{id}/todos/{id}.json x1"
	unsupported, unpermitted = "Operation not supported", "Operation not permitted"
	noBody, noRestore        = "a Basecamp 2 to-do has no description: write a comment", "restored in the browser alone"
)

func does(writes ...string) outcome     { return outcome{writes: writes} }
func refuses(fails, why string) outcome { return outcome{fails: fails, why: why} }
func keeps(fails, why string) outcome   { return outcome{fails: fails, why: why, kept: true} }
func front(lines ...string) string {
	return "printf '%s\\n' --- '" + strings.Join(lines, "' '") + "' ---"
}
func edit(file, from, to string) string              { return edits(file, "s/"+from+"/"+to+"/") }
func edits(file, script string) string               { return fmt.Sprintf(`sed -i '%s' "%s"`, script, file) }
func both(writes3, writes2 string) [2]outcome        { return [2]outcome{does(writes3), does(writes2)} }
func unlike(basecamp3, basecamp2 outcome) [2]outcome { return [2]outcome{basecamp3, basecamp2} }

// attempts are what people do with files and folders, and what comes of it in
// Basecamp 3 and in Basecamp 2: everything in which the two differ is here.
// Scripts run in the folder of a project's to-do lists.
var attempts = []struct {
	name   string
	script string
	comes  [2]outcome
	// has are files with a text that they have afterwards, "file: text"; a file
	// alone need only be there, and one with a - before it must not. They are
	// looked at where the attempt succeeds.
	has []string
}{
	// To-dos.
	{"rename a to-do", `mv "Strategy ideas/OPEN.md" "Strategy ideas/New name.md"`, both(todo3, todo2),
		[]string{"Strategy ideas/New name.md: title: New name", "-Strategy ideas/OPEN.md"}},
	{"rename keeps what belongs to it", `mv "Strategy ideas/Clear and simple UI.md" "Strategy ideas/UI.md"`, both(todo3, todo2),
		[]string{"Strategy ideas/UI.md: due_on: 2026-03-01", "Strategy ideas/UI.comments", "Strategy ideas/UI.files", "-Strategy ideas/Clear and simple UI.comments"}},
	{"finish", `mv "Strategy ideas/OPEN.md" "Strategy ideas/completed/"`, both("POST /todos/{id}/completion.json x1", todo2),
		[]string{"Strategy ideas/completed/OPEN.md: completed: true", "-Strategy ideas/OPEN.md"}},
	{"finish in the text", edit("Strategy ideas/OPEN.md", "completed: false", "completed: true"), both("POST /todos/{id}/completion.json x1", todo2),
		[]string{"Strategy ideas/completed/OPEN.md: completed: true"}},
	{"reopen", `mv "Strategy ideas/completed/DONE.md" "Strategy ideas/"`, both("DELETE /todos/{id}/completion.json x1", todo2),
		[]string{"Strategy ideas/DONE.md: completed: false", "-Strategy ideas/completed/DONE.md"}},
	{"move to another list", `mv "Strategy ideas/Clear and simple UI.md" "OTHER/"`, both(moved3, todo2),
		[]string{"OTHER/Clear and simple UI.md: due_on: 2026-03-01", "OTHER/Clear and simple UI.comments", "-Strategy ideas/Clear and simple UI.md"}},
	{"move to another project", `mv "Strategy ideas/OPEN.md" "ELSEWHERE/"`,
		unlike(refuses(unsupported, "cannot move this to another project"), refuses(unsupported, "cannot move this to another project")), nil},
	{"create", front("due_on: 2026-05-05", "assignees: [me]") + ` > "Strategy ideas/New.md"`, both(newTodo3, newTodo2),
		[]string{"Strategy ideas/New.md: due_on: 2026-05-05", "Strategy ideas/New.md: assignees: [Victor Cooper]"}},
	{"create finished", front("due_on: 2026-05-05") + ` > "Strategy ideas/completed/New.md"`,
		unlike(does(newTodo3, "POST /todos/{id}/completion.json x1"), does(newTodo2, todo2)), []string{"Strategy ideas/completed/New.md: completed: true"}},
	{"create with a text", `echo "A text." > "$TMP/New.md"; cp "$TMP/New.md" "Strategy ideas/"`, unlike(does(newTodo3), keeps(unsupported, noBody)),
		[]string{"Strategy ideas/New.md: A text."}},
	{"write a text", `echo "One more line." | tee -a "Strategy ideas/OPEN.md" > /dev/null`, unlike(does(todo3), keeps(unsupported, noBody)),
		[]string{"Strategy ideas/OPEN.md: One more line."}},
	{"due", edits("Strategy ideas/Clear and simple UI.md", "s/^due_on:.*/due_on: 2026-03-08/"), both(todo3, todo2),
		[]string{"Strategy ideas/Clear and simple UI.md: due_on: 2026-03-08"}},
	{"not due any more", edits("Strategy ideas/Clear and simple UI.md", "s/^due_on:.*/due_on:/"), both(todo3, todo2),
		[]string{"Strategy ideas/Clear and simple UI.md: due_on:"}},
	{"a start", edits("Strategy ideas/Clear and simple UI.md", `/^starts_on/d;s/^due_on/starts_on: 2026-02-25\ndue_on/`),
		unlike(does(todo3), keeps(unsupported, "a due date and no start date")), []string{"Strategy ideas/Clear and simple UI.md: starts_on: 2026-02-25"}},
	{"who is told", edits("Strategy ideas/OPEN.md", "/^notify/d;s/^completed: false/notify_on_completion: [Annie Bryan]/"),
		unlike(does(todo3), keeps(unsupported, "cannot say who is told")), []string{"Strategy ideas/OPEN.md: notify_on_completion: [Annie Bryan]"}},
	{"one assignee", edits("Strategy ideas/Clear and simple UI.md", "s/^assignees:.*/assignees: [Annie Bryan]/"), both(todo3, todo2),
		[]string{"Strategy ideas/Clear and simple UI.md: assignees: [Annie Bryan]"}},
	{"two assignees", edits("Strategy ideas/Clear and simple UI.md", "s/^assignees:.*/assignees: [Annie Bryan, Jared Davis]/"),
		unlike(does(todo3), keeps(unsupported, "a Basecamp 2 to-do has one assignee")), []string{"Strategy ideas/Clear and simple UI.md: assignees: [Annie Bryan, Jared Davis]"}},
	{"nobody", edits("Strategy ideas/Clear and simple UI.md", "s/^assignees:.*/assignees: []/"), both(todo3, todo2),
		[]string{"Strategy ideas/Clear and simple UI.md: assignees: []"}},
	{"copy what has no text", `cp "Strategy ideas/OPEN.md" "OTHER/Copy.md"`, both(newTodo3, newTodo2), []string{"OTHER/Copy.md: title: Copy", "Strategy ideas/OPEN.md"}},
	{"trash a to-do", `mv "Strategy ideas/Clear and simple UI.md" ../trash/`, both(trashed3, trashedTodo2),
		[]string{"../trash/Clear and simple UI.md: due_on: 2026-03-01", "-Strategy ideas/Clear and simple UI.md"}},
	{"remove a to-do", `rm "Strategy ideas/OPEN.md"`, both(trashed3, trashedTodo2), []string{"-Strategy ideas/OPEN.md"}},
	{"remove and write again", `mv "Strategy ideas/Clear and simple UI.md" "$TMP/x"; sed 's/^due_on:.*/due_on: 2026-04-04/' "$TMP/x" > "Strategy ideas/Clear and simple UI.md"`,
		unlike(does(trashed3, restored3, todo3), does(todo2)), []string{"Strategy ideas/Clear and simple UI.md: due_on: 2026-04-04", "Strategy ideas/Clear and simple UI.comments"}},
	{"restore a to-do", `mv "Strategy ideas/Clear and simple UI.md" ../trash/; mv "../trash/Clear and simple UI.md" "Strategy ideas/"`,
		unlike(does(trashed3, restored3), outcome{[]string{trashedTodo2}, unsupported, noRestore, false}), []string{"Strategy ideas/Clear and simple UI.md: due_on: 2026-03-01"}},

	// Lists.
	{"a new list", `mkdir "Brand new"; ` + front("due_on: 2026-05-05") + ` > "Brand new/First.md"`,
		unlike(does("POST /todosets/{id}/todolists.json x1", newTodo3), does("POST /projects/{id}/todolists.json x1", newTodo2)), []string{"Brand new/todolist.md: - [ ] First"}},
	{"a group", `mkdir "Strategy ideas/Sooner"`, unlike(does("POST /todolists/{id}/groups.json x1"), refuses(unsupported, "no groups within to-do lists")),
		[]string{"Strategy ideas/Sooner/todolist.md"}},
	{"rename a list", `mv "Strategy ideas" "Better ideas"`, both(list3, list2), []string{"Better ideas/OPEN.md", "Better ideas/todolist.md: title: Better ideas", "Better ideas/todolist.md: DESCRIBED"}},
	{"trash a list", `mv "EMPTY" ../trash/`, both(trashed3, "DELETE /projects/{id}/todolists/{id}.json x1"), []string{"../trash/EMPTY", "-EMPTY/todolist.md"}},
	{"remove an empty list", `rmdir "EMPTY"`, both(trashed3, "DELETE /projects/{id}/todolists/{id}.json x1"), []string{"-EMPTY/todolist.md"}},
	{"remove a list with to-dos", `rmdir "Strategy ideas"`, unlike(refuses("Directory not empty", ""), refuses("Directory not empty", "")), nil},
	{"restore a list", `mv "EMPTY" ../trash/; mv "../trash/EMPTY" .`,
		unlike(does(trashed3, restored3), outcome{[]string{"DELETE /projects/{id}/todolists/{id}.json x1"}, unsupported, noRestore, false}), []string{"EMPTY/todolist.md"}},

	// The whole list as text.
	{"tick", edit("Strategy ideas/todolist.md", `\[ \] OPEN`, "[x] OPEN"), both("POST /todos/{id}/completion.json x1", todo2), []string{"Strategy ideas/completed/OPEN.md: completed: true"}},
	{"untick", edit("Strategy ideas/todolist.md", `\[x\] TICKED`, "[ ] TICKED"), both("DELETE /todos/{id}/completion.json x1", todo2), []string{"Strategy ideas/DONE.md: completed: false"}},
	{"another title", edit("Strategy ideas/todolist.md", "OPEN", "New name"), both(todo3, todo2), []string{"Strategy ideas/New name.md: title: New name"}},
	{"a new line", edits("Strategy ideas/todolist.md", `0,/^- /s/^- /- [ ] Brand new\n&/`), unlike(does(newTodo3, moved3), does(newTodo2, todo2)),
		[]string{"Strategy ideas/Brand new.md: completed: false"}},
	{"a line less", edits("Strategy ideas/todolist.md", "/OPEN/d"), both(trashed3, trashedTodo2), []string{"-Strategy ideas/OPEN.md", "Strategy ideas/Clear and simple UI.md"}},
	{"another order", edits("Strategy ideas/todolist.md", "/Clear and simple/{h;d};/OPEN/{G}"), both(moved3, todo2),
		[]string{"Strategy ideas/todolist.md: OPEN <!--"}},
	{"a heading", `printf '\n## Later\n\n- [ ] Last\n' | tee -a "Strategy ideas/todolist.md" > /dev/null`,
		unlike(does("POST /todolists/{id}/groups.json x1", newTodo3), keeps(unsupported, "no groups within to-do lists")), []string{"Strategy ideas/Later/Last.md"}},
	{"the list's own text", edit("Strategy ideas/todolist.md", "DESCRIBED", "Something else"), both(list3, list2), []string{"Strategy ideas/todolist.md: Something else"}},

	// Comments.
	{"comment", `echo "I *agree*." > "Strategy ideas/Clear and simple UI.comments/x.md"`,
		both("POST /recordings/{id}/comments.json x1", "POST /projects/{id}/todos/{id}/comments.json x1"), []string{"Strategy ideas/Clear and simple UI.comments/*Victor Cooper.md: I *agree*."}},
	{"the first comment", front("due_on: 2026-05-05") + ` > "OTHER/New.md"; echo "First" > "OTHER/New.comments/x.md"`,
		unlike(does("POST /recordings/{id}/comments.json x1", newTodo3), does(newTodo2, "POST /projects/{id}/todos/{id}/comments.json x1")), []string{"OTHER/New.comments/*.md: First"}},
	{"edit a comment", `F=$(ls -d "Strategy ideas/Clear and simple UI.comments"/*.md | head -1); echo "More." | tee -a "$F" > /dev/null`,
		unlike(does("PUT /comments/{id}.json x1"), refuses(unsupported, "comments on Basecamp 2 cannot be edited: write another one")),
		[]string{"Strategy ideas/Clear and simple UI.comments/*.md: More."}},
	{"trash a comment", `F=$(ls -d "Strategy ideas/Clear and simple UI.comments"/*.md | head -1); rm "$F"`, both(trashed3, "DELETE /projects/{id}/comments/{id}.json x1"), nil},

	// Documents, messages, dates, forwards.
	{"edit a document", edit("../docs/DOC.md", "WORD", "Other words"), both(doc3, doc2), []string{"../docs/DOC.md: Other words"}},
	{"rename a document", `mv "../docs/DOC.md" "../docs/New name.md"`, both(doc3, doc2), []string{"../docs/New name.md: WORD", "-../docs/DOC.md"}},
	{"create a document", `echo "# Head" > ../docs/New.md`, both("POST /vaults/{id}/documents.json x1", "POST /projects/{id}/documents.json x1"), []string{"../docs/New.md: # Head"}},
	{"trash a document", `rm "../docs/DOC.md"`, both(trashed3, "DELETE /projects/{id}/documents/{id}.json x1"), []string{"-../docs/DOC.md"}},
	{"a folder of documents", `mkdir "../docs/Sketches"`, unlike(does("POST /vaults/{id}/vaults.json x1"), refuses(unsupported, "Basecamp 2 has no folders")), []string{"../docs/Sketches"}},
	{"create a message", `echo "To all." > ../messages/New.md`, both("POST /message_boards/{id}/messages.json x1", "POST /projects/{id}/messages.json x1"), []string{"../messages/New.md: To all."}},
	{"comment on a document", `echo "Good." > "../docs/DOC.comments/x.md"`, both("POST /recordings/{id}/comments.json x1", "POST /projects/{id}/documents/{id}/comments.json x1"),
		[]string{"../docs/DOC.comments/*Victor Cooper.md: Good."}},
	{"create a forward", `echo x > "$TMP/x.md"; cp "$TMP/x.md" ../forwards/`, unlike(refuses(unsupported, "made by mailing the project"), refuses(unsupported, "forwarded to the project's address")), nil},

	// Projects.
	{"rename a project", `mv "../../The Leto Laptop" "../../New name"`, both("PUT /projects/{id}.json x1", "PUT /projects/{id}.json x1"), []string{"../../New name/project.md: title: New name"}},
	{"edit a project", edit("../project.md", "aunch", "unch"), both("PUT /projects/{id}.json x1", "PUT /projects/{id}.json x1"), []string{"../project.md: unch"}},
	{"create a project", `mkdir "../../Brand new"`, both("POST /projects.json x1", "POST /projects.json x1"), []string{"../../Brand new/project.md: title: Brand new"}},
	{"edit a person", `echo x | tee -a "../../../people/Annie Bryan.md" > /dev/null`, unlike(refuses(unsupported, "managed in Basecamp itself"), refuses(unsupported, "in the browser")), nil},
}

func TestDialects(t *testing.T) {
	for n, d := range dialects {
		for _, a := range attempts {
			t.Run(d.product+"/"+a.name, func(t *testing.T) {
				t.Parallel()
				w := d.start(t)
				dir := project + "/todos"
				w.sh(fmt.Sprintf("ls -R %q > /dev/null", w.path(dir+"/Strategy ideas")))
				w.sim.ResetCounters()
				want := a.comes[n]
				_, errs, err := w.try(fmt.Sprintf("set -e; TMP=%q; cd %q; %s", t.TempDir(), w.path(dir), d.names.Replace(a.script)))
				switch {
				case want.fails == "" && (err != nil || errs != ""):
					t.Errorf("%v\n%s\n%s", err, errs, w.told())
				case want.fails != "" && (err == nil || !strings.Contains(errs, want.fails)):
					t.Errorf("%v: it says %q, want %q", err, errs, want.fails)
				}
				if told := w.told(); !strings.Contains(told, want.why) || want.fails == "" && told != "" {
					t.Errorf("errors.log has %q, want %q", told, want.why)
				}
				if kept := len(w.rejected()); (kept == 1) != want.kept || kept > 1 {
					t.Errorf("%d texts are kept", kept)
				}
				slices.Sort(want.writes)
				same := func() bool { return slices.Equal(slices.Sorted(slices.Values(w.writes())), want.writes) }
				eventually(t, fmt.Sprintf("the requests are %q", want.writes), func() bool { return same() || len(w.writes()) > len(want.writes) })
				if !same() {
					t.Errorf("requests: %q, want %q", w.writes(), want.writes)
				}
				if want.fails != "" {
					return
				}
				d.look(w, dir, a.has)
				w.remount() // and the service has it
				d.look(w, dir, a.has)
			})
		}
	}
}

// look checks that files are there, with a text in them, or are not.
func (d dialect) look(w *world, dir string, has []string) {
	w.t.Helper()
	for _, h := range has {
		file, text, _ := strings.Cut(d.names.Replace(h), ": ")
		file, gone := strings.CutPrefix(file, "-")
		star := `"` + strings.ReplaceAll(w.path(path.Join(dir, file)), "*", `"*"`) + `"`
		out, _, err := w.try(fmt.Sprintf("if test -d %s; then ls -d %[1]s; else cat %[1]s; fi", star))
		switch {
		case gone && err == nil:
			w.t.Errorf("%s is there", file)
		case !gone && err != nil:
			w.t.Errorf("%s is not there", file)
		case !gone && !strings.Contains(out, text):
			w.t.Errorf("%s has no %q:\n%s", file, text, out)
		}
	}
}
