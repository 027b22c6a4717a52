package mounted

import (
	"path"
	"slices"
	"strings"
	"testing"

	"basecampfs/api/simulator"
)

const launch = project + "/todos/Launch checklist"

// TestChecklists edits whole to-do lists as text.
func TestChecklists(t *testing.T) {
	const (
		put     = "PUT /todos/{id}.json x1"
		moved   = "PUT /todos/{id}/position.json x1"
		trashed = "PUT /recordings/{id}/status/trashed.json x1"
		done    = "POST /todos/{id}/completion.json x1"
		undone  = "DELETE /todos/{id}/completion.json x1"
		create  = "POST /todolists/{id}/todos.json x1"
		group   = "POST /todolists/{id}/groups.json x1"
	)
	for _, c := range []struct {
		name   string
		edit   func(lines []string) []string
		writes []string
		// has are lines that the checklist has afterwards, in this order,
		// without the marks.
		has   []string
		files []string // that are there afterwards
		gone  []string // that are not
	}{
		{name: "tick", edit: replace("- [ ] Name a date", "- [x] Name a date"), writes: []string{done},
			files: []string{"completed/Name a date.md"}, gone: []string{"Name a date.md"}},
		{name: "untick", edit: replace("- [x] Press kit", "- [ ] Press kit"), writes: []string{undone},
			files: []string{"Group A/Press kit.md"}, gone: []string{"Group A/completed/Press kit.md"}},
		{name: "rename", edit: replace("Landing page", "Landing place"), writes: []string{put},
			has: []string{"- [ ] Landing place", "- [ ] Launch video"}, files: []string{"Group A/Landing place.md"}},
		{name: "rename and tick", edit: replace("- [ ] Name a date", "- [x] Name a day"), writes: []string{done, put}, files: []string{"completed/Name a day.md"}},
		{name: "new", edit: after("Name a date", "- [ ] Book a hall"), writes: []string{create},
			has: []string{"- [ ] Name a date", "- [ ] Book a hall", "## Group A"}, files: []string{"Book a hall.md"}},
		{name: "new in a group, in between", edit: after("Landing page", "- [ ] Fonts"), writes: []string{create, moved},
			has: []string{"## Group A", "- [ ] Landing page", "- [ ] Fonts", "- [ ] Launch video"}, files: []string{"Group A/Fonts.md"}},
		{name: "new and done", edit: after("Name a date", "- [x] Breathe"), writes: []string{create, done}, files: []string{"completed/Breathe.md"}},
		{name: "delete", edit: without("Launch video"), writes: []string{trashed}, gone: []string{"Group A/Launch video.md"}},
		{name: "move within a group", edit: swap("Landing page", "Launch video"), writes: []string{moved},
			has: []string{"- [ ] Launch video", "- [ ] Landing page"}},
		{name: "move between groups", edit: func(l []string) []string {
			line := l[find(l, "Landing page")]
			return after("Stock the shop", line)(without("Landing page")(l))
		}, writes: []string{moved}, has: []string{"## Group B", "- [ ] Stock the shop", "- [ ] Landing page"},
			files: []string{"Group B/Landing page.md"}, gone: []string{"Group A/Landing page.md"}},
		{name: "new group with a to-do", edit: func(l []string) []string { return append(l, "", "## Group Z", "", "- [ ] Last things") },
			writes: []string{group, create}, has: []string{"## Group Z", "- [ ] Last things"}, files: []string{"Group Z/Last things.md"}},
		{name: "rename a group", edit: replace("## Group A", "## Press"), writes: []string{"PUT /todolists/{id}.json x1"}, has: []string{"## Press", "- [ ] Landing page"}},
		{name: "delete a group", edit: func(l []string) []string {
			a, b := find(l, "## Group A"), find(l, "## Group B")
			return slices.Delete(l, a, b)
		}, writes: []string{trashed}, gone: []string{"Group A"}},
		{name: "the list's own title", edit: replace("title: Launch checklist", "title: Launch checks"), writes: []string{"PUT /todolists/{id}.json x1"}},
		{name: "the list's description", edit: replace("**Nothing** ships", "**Something** ships"), writes: []string{"PUT /todolists/{id}.json x1"},
			has: []string{"**Something** ships before this is empty."}},
		{name: "nothing", edit: func(l []string) []string { return l }},
		{name: "many at once", edit: func(l []string) []string {
			l = replace("- [ ] Name a date", "- [x] Name a date")(l)
			l = without("Launch video")(l)
			l = replace("Stock the shop", "Stock all shops")(l)
			return after("Stock all shops", "- [ ] Call the shops")(l)
		}, writes: []string{create, done, put, trashed}, has: []string{"- [ ] Stock all shops", "- [ ] Call the shops"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, simulator.Options{})
			file := launch + "/todolist.md"
			lines := c.edit(strings.Split(strings.TrimSuffix(w.read(file), "\n"), "\n"))
			w.sh("ls -R '" + w.path(launch) + "' > /dev/null")
			w.sim.ResetCounters()
			text := strings.Join(lines, "\n") + "\n"
			if err := w.write(file, text); err != nil {
				t.Fatalf("%v\n%s\n%s", err, text, w.told())
			}
			slices.Sort(c.writes)
			if got := slices.Sorted(slices.Values(w.writes())); !slices.Equal(got, c.writes) {
				t.Errorf("requests: %q, want %q", got, c.writes)
			}
			dir := launch
			if _, ok := strings.CutPrefix(c.name, "the list's own"); ok {
				dir = path.Dir(launch) + "/Launch checks"
			}
			now := w.read(dir + "/todolist.md")
			rest := now
			for _, h := range c.has {
				_, after, ok := strings.Cut(rest, h)
				if !ok {
					t.Fatalf("there is no %q, in its place, in\n%s", h, now)
				}
				rest = after
			}
			for _, f := range c.files {
				w.read(dir + "/" + f)
			}
			for _, f := range c.gone {
				if slices.Contains(w.names(path.Dir(dir+"/"+f)), path.Base(f)) {
					t.Errorf("%s is there", f)
				}
			}
			w.quiet()
			// What the file says now is what the service has.
			w.remount()
			if again := w.read(dir + "/todolist.md"); again != now {
				t.Errorf("after a remount the file is\n%s\nit was\n%s", again, now)
			}
		})
	}
}

// TestChecklistRefused has edits of which nothing may be sent.
func TestChecklistRefused(t *testing.T) {
	for _, c := range []struct {
		name string
		edit func([]string) []string
		says string
	}{
		{"no box", after("Name a date", "- Book a hall"), "no box"},
		{"no to-do", after("Name a date", "Book a hall"), "neither a to-do nor a group"},
		{"nested", after("Name a date", "  - [ ] Book a hall"), "cannot stand below"},
		{"no title", after("Name a date", "- [ ]"), "no title"},
		{"an id of elsewhere", after("Name a date", "- [ ] x <!-- 1069479576 -->"), "no to-do 1069479576 in this list"},
		{"an id twice", func(l []string) []string { return after("Name a date", l[find(l, "Name a date")])(l) }, "too"},
		{"a wrong mark", after("Name a date", "- [ ] x <!-- abc -->"), "not the id"},
		{"a long title", after("Name a date", "- [ ] "+strings.Repeat("x", 10000)), "10000 characters"},
		{"an unknown key", replace("title: Launch checklist", "titel: Launch"), "no such key"},
		{"a deletion and a mistake", func(l []string) []string { return after("Name a date", "- Book")(without("Launch video")(l)) }, "no box"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, simulator.Options{})
			file := launch + "/todolist.md"
			before := w.read(file)
			text := strings.Join(c.edit(strings.Split(strings.TrimSuffix(before, "\n"), "\n")), "\n") + "\n"
			w.sim.ResetCounters()
			w.refused(file, text, "invalid argument", c.says)
			if got := w.writes(); len(got) > 0 {
				t.Errorf("requests: %q", got)
			}
			if now := w.read(file); now != before {
				t.Errorf("the file is now\n%s", now)
			}
		})
	}
}

// refused writes a text that must be refused with an error, told with what is
// wrong, and kept.
func (w *world) refused(file, text, errno, says string) {
	w.t.Helper()
	err := w.write(file, text)
	if err == nil || !strings.Contains(err.Error(), errno) {
		w.t.Errorf("writing it: %v, want %q", err, errno)
	}
	if told := w.told(); !strings.Contains(told, says) {
		w.t.Errorf("errors.log has no %q:\n%s", says, told)
	}
	if kept := w.rejected(); len(kept) != 1 || kept[0] != text {
		w.t.Errorf("%d texts are kept, not the one that was written", len(kept))
	}
	if n := w.waiting(); n > 0 {
		w.t.Errorf("%d texts wait", n)
	}
}

// TestChecklistHalfWay has the service fail in the middle of a plan.
func TestChecklistHalfWay(t *testing.T) {
	w := start(t, simulator.Options{})
	file := launch + "/todolist.md"
	lines := strings.Split(strings.TrimSuffix(w.read(file), "\n"), "\n")
	lines = after("Name a date", "- [ ] Book a hall")(lines)
	lines = replace("- [ ] Landing page", "- [x] Landing page")(lines)
	lines = without("Launch video")(lines)
	text := strings.Join(lines, "\n") + "\n"
	if err := w.sim.SetFault("status=403 POST /todos/*/completion.json"); err != nil {
		t.Fatal(err)
	}
	w.refused(file, text, "operation not permitted", "1 of 3 changes were made")
	now := w.read(file)
	for _, s := range []string{"- [ ] Book a hall", "- [ ] Landing page", "- [ ] Launch video"} {
		if !strings.Contains(now, s) {
			t.Errorf("the file has no %q:\n%s", s, now)
		}
	}
	if err := w.sim.SetFault("status=500 GET /never"); err != nil {
		t.Fatal(err)
	}
	// What is missing can be saved from what the file says now.
	lines = strings.Split(strings.TrimSuffix(now, "\n"), "\n")
	if err := w.write(file, strings.Join(without("Launch video")(replace("- [ ] Landing page", "- [x] Landing page")(lines)), "\n")+"\n"); err != nil {
		t.Fatal(err)
	}
	if now := w.read(file); strings.Count(now, "Book a hall") != 1 || strings.Contains(now, "Launch video") || !strings.Contains(now, "- [x] Landing page") {
		t.Errorf("the file is\n%s", now)
	}
}

func find(lines []string, has string) int {
	return slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, has) })
}

func replace(a, b string) func([]string) []string {
	return func(l []string) []string {
		n := find(l, a)
		l[n] = strings.Replace(l[n], a, b, 1)
		return l
	}
}

func after(has, line string) func([]string) []string {
	return func(l []string) []string { return slices.Insert(l, find(l, has)+1, line) }
}

func without(has string) func([]string) []string {
	return func(l []string) []string { n := find(l, has); return slices.Delete(l, n, n+1) }
}

func swap(a, b string) func([]string) []string {
	return func(l []string) []string {
		i, k := find(l, a), find(l, b)
		l[i], l[k] = l[k], l[i]
		return l
	}
}
