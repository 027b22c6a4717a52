package checklist

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"basecampfs/api"
	"basecampfs/nodes/text"
)

func everything(k api.Kind) api.Abilities {
	a := api.Abilities{Create: true, Move: true, Trash: true, Body: api.HTML,
		Update: api.FieldTitle | api.FieldBody | api.FieldCompleted | api.FieldPosition, With: api.FieldTitle | api.FieldBody}
	if k != api.Todo {
		a.Update &^= api.FieldCompleted
	}
	return a
}

func record(k api.Kind, id int64, title string) *api.Record {
	return &api.Record{Ref: api.Ref{Kind: k, Project: 1, ID: id}, Title: title}
}

func done(r *api.Record) *api.Record { r.Completed = true; return r }

func sample() List {
	l := List{Record: record(api.TodoList, 10, "Launch"),
		Todos: []*api.Record{record(api.Todo, 1, "Draft the plan"), record(api.Todo, 2, "Call the printer"), done(record(api.Todo, 3, "Find a name"))},
		Groups: []List{
			{Record: record(api.TodoGroup, 20, "Web"), Todos: []*api.Record{record(api.Todo, 4, "Front page")}},
			{Record: record(api.TodoGroup, 30, "Print")},
		}}
	l.Record.Body = "<div>What must be ready.</div>"
	return l
}

const sampleFile = `---
title: Launch
id: 10                                # from here on read-only
---
What must be ready.

- [ ] Draft the plan <!-- 1 -->
- [ ] Call the printer <!-- 2 -->
- [x] Find a name <!-- 3 -->

## Web <!-- 20 -->

- [ ] Front page <!-- 4 -->

## Print <!-- 30 -->
`

var options = text.Options{Can: everything(api.TodoList)}

func TestRender(t *testing.T) {
	if d := cmp.Diff(sampleFile, string(Render(sample(), options))); d != "" {
		t.Error(d)
	}
}

// lines is a plan in short.
func lines(steps []Step) []string {
	var out []string
	for _, s := range steps {
		who := fmt.Sprint(s.Ref.ID)
		if s.Of > 0 {
			who = fmt.Sprintf("#%d", s.Of)
		}
		where := fmt.Sprint(s.Parent.ID)
		if s.InNew > 0 {
			where = fmt.Sprintf("#%d", s.InNew)
		}
		switch s.Op {
		case Create:
			out = append(out, fmt.Sprintf("create %s %q in %s", s.Want.Kind, s.Want.Title, where))
		case Update:
			out = append(out, fmt.Sprintf("update %s %q %v", who, s.Want.Title, s.Want.Completed))
		case Move:
			out = append(out, fmt.Sprintf("move %s to %s at %d", who, where, s.Position))
		case Trash:
			out = append(out, "trash "+who)
		}
	}
	return out
}

func TestPlan(t *testing.T) {
	for _, tt := range []struct {
		name     string
		old, new string
		want     []string
	}{
		{"nothing", "", "", nil},
		{"tick", "- [ ] Draft", "- [x] Draft", []string{`update 1 "Draft the plan" true`}},
		{"reopen", "- [x] Find", "- [ ] Find", []string{`update 3 "Find a name" false`}},
		{"rename", "Call the printer", "Call *both* printers", []string{`update 2 "Call *both* printers" false`}},
		{"new at the end", "<!-- 2 -->\n", "<!-- 2 -->\n* [ ] More\n", []string{`create todo "More" in 10`}},
		{"new in front", "- [ ] Draft", "- [ ] First\n- [ ] Draft", []string{`create todo "First" in 10`, "move #1 to 10 at 1"}},
		{"new and done", "<!-- 2 -->\n", "<!-- 2 -->\n- [X] More\n", []string{`create todo "More" in 10`, `update #1 "" true`}},
		{"swap", "- [ ] Draft the plan <!-- 1 -->\n- [ ] Call the printer <!-- 2 -->", "- [ ] Call the printer <!-- 2 -->\n- [ ] Draft the plan <!-- 1 -->", []string{"move 2 to 10 at 1"}},
		{"gone", "- [ ] Draft the plan <!-- 1 -->\n", "", []string{"trash 1"}},
		{"into a group", "- [x] Find a name <!-- 3 -->\n\n## Web <!-- 20 -->\n", "## Web <!-- 20 -->\n- [x] Find a name <!-- 3 -->\n", []string{"move 3 to 20 at 0"}},
		{"group renamed", "## Web", "## The web", []string{`update 20 "The web" false`}},
		{"group new", "## Print", "## Press\n- [ ] Call\n\n## Print", []string{`create group "Press" in 10`, `create todo "Call" in #1`, "move #1 to 10 at 2"}},
		{"group gone", "## Web <!-- 20 -->\n\n- [ ] Front page <!-- 4 -->\n", "", []string{"trash 20"}},
		{"group dissolved", "## Web <!-- 20 -->\n\n", "", []string{"move 4 to 10 at 0", "trash 20"}},
		{"list renamed", "title: Launch", "title: Lunch", []string{`update 10 "Lunch" false`}},
		{"description", "What must", "All that must", []string{`update 10 "Launch" false`}},
		{"everything", sampleFile, "- [ ] Front page <!-- 4 -->\n- [x] Call the printer <!-- 2 -->\n## New\n- [ ] Find a name! <!-- 3 -->\n- [ ] Fresh\n",
			[]string{`create group "New" in 10`, `create todo "Fresh" in #1`, `update 3 "Find a name!" false`, "move 4 to 10 at 1", "move 3 to #1 at 1", `update 2 "Call the printer" true`, "trash 1", "trash 20", "trash 30"}},
		{"fields by hand", sampleFile, "---\ntitle: Lunch\n---\n", []string{`update 10 "Lunch" false`}},
		{"all gone", sampleFile[strings.Index(sampleFile, "\n- [ ]"):], "", []string{"trash 1", "trash 2", "trash 3", "trash 20", "trash 30"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(sampleFile, tt.old) {
				t.Fatal("the sample lacks what is edited")
			}
			f, err := Parse([]byte(strings.Replace(sampleFile, tt.old, tt.new, 1)))
			if err != nil {
				t.Fatal(err)
			}
			steps, err := Plan(sample(), f, everything, options)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, lines(steps)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name, old, new, msg string
	}{
		{"id twice", "<!-- 2 -->", "<!-- 1 -->", "line 8: the mark 1 is in line 7 too"},
		{"unknown to-do", "<!-- 2 -->", "<!-- 99 -->", "line 8: there is no to-do 99 in this list"},
		{"unknown group", "<!-- 30 -->", "<!-- 99 -->", "line 15: there is no group 99"},
		{"to-do as a group", "<!-- 30 -->", "<!-- 2 -->", "line 15: the mark 2 is in line 8 too"},
		{"group as a to-do", "\n## Print <!-- 30 -->", "- [ ] Print <!-- 30 -->", "line 14: 30 is a group"},
		{"broken mark", "<!-- 2 -->", "<!-- two -->", `line 8: the mark "two"`},
		{"no title", "Call the printer", "", "line 8: title: it is empty"},
		{"new without a title", "Call the printer <!-- 2 -->", "", "line 8: there is no title"},
		{"sub-task", "- [ ] Call", "  - [ ] Call", "line 8: a to-do cannot stand below another"},
		{"note", "- [ ] Call", "  call them twice\n- [ ] Call", "line 8: a note cannot stand below a to-do"},
		{"text", "- [ ] Call", "call them twice\n- [ ] Call", "line 8: this is neither"},
		{"heading", "## Print", "# Print", "line 15: only headings of groups"},
		{"no box", "- [ ] Call", "- Call", "line 8: this item has no box"},
		{"long title", "Call the printer", strings.Repeat("x", text.MaxTitle+1), "line 8: title: it has 4001 characters"},
		{"NUL", "Call", "C\x00", "line 8: there is a NUL byte"},
		{"unknown key", "title:", "tilte:", "line 2:"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(sampleFile, tt.old) {
				t.Fatal("the sample lacks what is edited")
			}
			f, err := Parse([]byte(strings.Replace(sampleFile, tt.old, tt.new, 1)))
			var steps []Step
			if err == nil {
				steps, err = Plan(sample(), f, everything, options)
			}
			e, ok := errors.AsType[*api.Error](err)
			if !ok || !strings.Contains(e.Message, tt.msg) || e.Hint == "" || steps != nil {
				t.Fatalf("got %v, %v; want %q with a hint", steps, err, tt.msg)
			}
		})
	}
}

func TestWhatAbilitiesLack(t *testing.T) {
	can := func(k api.Kind) api.Abilities {
		a := everything(k)
		if k == api.TodoGroup {
			return api.Abilities{Why: map[string]string{"create": "Basecamp 2 has no groups"}}
		}
		a.Trash, a.Move, a.Update = false, false, a.Update&^api.FieldPosition
		return a
	}
	for _, tt := range []struct{ old, new, msg string }{
		{"## Print", "## More\n\n## Print", "line 15: Basecamp 2 has no groups"},
		{"- [ ] Draft the plan <!-- 1 -->\n", "", `"Draft the plan" is missing`},
		{"- [ ] Draft the plan <!-- 1 -->\n- [ ] Call the printer <!-- 2 -->", "- [ ] Call the printer <!-- 2 -->\n- [ ] Draft the plan <!-- 1 -->", "line 7: Basecamp's API offers no way to move"},
	} {
		f, err := Parse([]byte(strings.Replace(sampleFile, tt.old, tt.new, 1)))
		if err != nil {
			t.Fatal(err)
		}
		steps, err := Plan(sample(), f, can, options)
		if api.CodeOf(err) != api.Unsupported || !strings.Contains(err.Error(), tt.msg) || steps != nil {
			t.Errorf("got %v, %v; want %q", steps, err, tt.msg)
		}
	}
}

// ugly titles are what a checklist line could be torn by.
var ugly = rapid.Custom(func(t *rapid.T) string {
	part := rapid.OneOf(rapid.SampledFrom([]string{"plan", " ", "<!-- 7 -->", "<!--", "-->", `\`, `\n`, "\n", "\r\n", "\t", "## ", "- [ ] ", "\x1b[1m", "*a*", "\u2028", "\u3000", "😀", `C:\temp`, `\<!-- 1 -->`, `\x41`, "\u0085"}),
		rapid.String())
	return strings.Join(rapid.SliceOfN(part, 1, 4).Draw(t, "parts"), "")
})

func drawList(t *rapid.T) List {
	id := int64(100)
	l := List{Record: record(api.TodoList, 10, "Launch")}
	l.Record.Body = rapid.SampledFrom([]string{"", "<div>Text</div>", "<h1>A</h1><ul><li>[ ] b</li></ul>", "<pre>## x\n- [ ] y\n - [x] z</pre><h2>deep</h2>"}).Draw(t, "description")
	todos := func() (out []*api.Record) {
		for range rapid.IntRange(0, 5).Draw(t, "todos") {
			id++
			r := record(api.Todo, id, ugly.Draw(t, "title"))
			r.Completed = rapid.IntRange(0, 3).Draw(t, "done") == 0
			out = append(out, r)
		}
		return out
	}
	l.Todos = todos()
	for range rapid.IntRange(0, 3).Draw(t, "groups") {
		id++
		g := List{Record: record(api.TodoGroup, id, ugly.Draw(t, "group"))}
		g.Todos = todos()
		l.Groups = append(l.Groups, g)
	}
	return l
}

func TestUneditedPlansNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawList(t)
		s := string(Render(l, options))
		for _, s := range []string{s, strings.ReplaceAll(s, "\n", "\r\n"), "\uFEFF" + strings.TrimSuffix(s, "\n")} {
			f, err := Parse([]byte(s))
			if err != nil {
				t.Fatalf("%v in\n%s", err, s)
			}
			steps, err := Plan(l, f, everything, options)
			if err != nil || len(steps) > 0 {
				t.Fatalf("%v, %v of\n%s", lines(steps), err, s)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(sampleFile)
	for _, s := range []string{"- [ ] a", "- [x] <!-- 1 -->", "## ", "##  <!-- 20 -->", "- [ ]", "- [ ] a \\", "- [ ] \\x4 <!-- 1 -->\n\n", "text\n- [ ] a\n  - [ ] b", "---\nid: 10\n---\n## a\n# b", "- [ ] a <!---->", "- [ ] <!-- 1 --> <!-- 2 -->"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		file, err := Parse([]byte(s))
		if err == nil {
			_, err = Plan(sample(), file, everything, options)
		}
		if err != nil {
			e, ok := errors.AsType[*api.Error](err)
			if !ok || e.Hint == "" {
				t.Fatalf("%#v", err)
			}
		}
	})
}

func FuzzTitle(f *testing.F) {
	for _, s := range []string{"a", `\`, `\\n`, "<!-- 1 -->", " a ", "\n", `\u2028`, "\u2028\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := escape(s)
		if strings.ContainsFunc(e, isControl) {
			t.Fatalf("%q becomes %q", s, e)
		}
		if want := strings.ToValidUTF8(s, "\uFFFD"); unescape(e) != want && unescape(e) != string([]rune(s)) {
			t.Fatalf("%q becomes %q, which reads %q", s, e, unescape(e))
		}
	})
}
