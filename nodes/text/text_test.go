package text

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"basecampfs/api"
)

const todoFields = api.FieldTitle | api.FieldBody | api.FieldCompleted | api.FieldStartsOn | api.FieldDueOn |
	api.FieldAssignees | api.FieldNotify

var (
	todoCan = api.Abilities{Update: todoFields, With: todoFields, Body: api.HTML}
	bareCan = api.Abilities{ // to-dos without a text, as in Basecamp 2
		Update: api.FieldTitle | api.FieldDueOn | api.FieldAssignees | api.FieldCompleted,
		With:   api.FieldTitle | api.FieldDueOn | api.FieldAssignees,
		Why:    map[string]string{"starts_on": "Basecamp 2 has no start dates"},
	}
)

func human(id int64, name, email string) *api.Record {
	return &api.Record{Ref: api.Ref{Kind: api.Person, ID: id}, Title: name, Email: email, SGID: "S" + name}
}

func everybody() *People {
	return NewPeople([]*api.Record{
		human(1, "Annie Bryan", "annie@honcho.example"),
		human(2, "Sharon Bradford", "sharon@honcho.example"),
		human(3, "Jo Smith", "jo1@honcho.example"),
		human(4, "Jo Smith", ""),
		human(5, "me", ""),
		human(6, "42", ""),
	}, human(7, "Vera Köhler", "vera@honcho.example"))
}

func at2(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func todo() *api.Record {
	return &api.Record{
		Ref: api.Ref{Kind: api.Todo, Project: 9, ID: 1069479576}, Status: api.Active,
		Title: "Clear and simple UI", Body: "<div>The description, in <strong>Markdown</strong>.</div>",
		StartsOn: "2026-02-20", DueOn: "2026-03-01",
		Assignees: []*api.Human{{ID: 2, Name: "Sharon Bradford"}},
		Notify:    []*api.Human{{ID: 1, Name: "Annie Bryan"}},
		Creator:   &api.Human{ID: 1, Name: "Annie Bryan"},
		CreatedAt: at2("2026-01-27T06:40:00Z"), UpdatedAt: at2("2026-02-26T16:42:12Z"),
		URL: "https://3.basecamp.example/1/buckets/9/todos/1069479576",
	}
}

func TestRenderTodo(t *testing.T) {
	want := `---
title: Clear and simple UI
completed: false
starts_on: 2026-02-20
due_on: 2026-03-01
assignees: [Sharon Bradford]
notify_on_completion: [Annie Bryan]
id: 1069479576                        # from here on read-only
url: https://3.basecamp.example/1/buckets/9/todos/1069479576
creator: Annie Bryan
created_at: 2026-01-27T06:40:00Z
updated_at: 2026-02-26T16:42:12Z
---
The description, in **Markdown**.
`
	o := Options{Can: todoCan, People: everybody()}
	got := string(Render(todo(), o))
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if n := Size(todo(), o); n != int64(len(got)) {
		t.Errorf("Size %d, %d bytes", n, len(got))
	}
}

func TestRenderOthers(t *testing.T) {
	created := at2("2026-01-27T06:40:00Z")
	for _, tt := range []struct {
		name string
		r    *api.Record
		can  api.Abilities
		want string
	}{
		{"comment", &api.Record{Ref: api.Ref{Kind: api.Comment, ID: 5}, Title: "Re: x", Body: "<div>Yes</div>", CreatedAt: created,
			Creator: &api.Human{ID: 4, Name: "Jo Smith"}},
			api.Abilities{Update: api.FieldBody, Body: api.HTML},
			"---\nid: 5                                 # from here on read-only\ncreator: Jo Smith (4)\ncreated_at: 2026-01-27T06:40:00Z\n---\nYes\n"},
		{"empty to-do", &api.Record{Ref: api.Ref{Kind: api.Todo, ID: 5}, Title: "Re: x", Status: api.Trashed}, todoCan,
			"---\ntitle: \"Re: x\"\ncompleted: false\nstarts_on:\ndue_on:\nassignees: []\nnotify_on_completion: []\nid: 5                                 # from here on read-only\nstatus: trashed\n---\n"},
		{"plain project", &api.Record{Ref: api.Ref{Kind: api.Project, ID: 5}, Title: "P", Body: "a *b*\r\n\x1b[1m\r\n"},
			api.Abilities{Update: api.FieldTitle | api.FieldBody, Body: api.Plain},
			"---\ntitle: P\nid: 5                                 # from here on read-only\n---\na *b*\n␛[1m\n"},
		{"person", &api.Record{Ref: api.Ref{Kind: api.Person, ID: 1}, Title: "Annie Bryan", Email: "annie@honcho.example",
			Rest: []api.Extra{{Key: "admin", Value: true}, {Key: "admin", Value: "x: y"}, {Key: "tags", Value: []string{"a, b", "c"}}}},
			api.Abilities{},
			"---\nid: 1                                 # from here on read-only\nname: Annie Bryan\nemail: annie@honcho.example\ndetails:\n  admin: true\n  admin (2): \"x: y\"\n  tags: [\"a, b\", c]\n---\n"},
		{"all-day entry", &api.Record{Ref: api.Ref{Kind: api.ScheduleEntry, ID: 5}, Title: "E", AllDay: true, StartsAt: at2("2026-03-01T00:00:00Z"), EndsAt: at2("2026-03-02T00:00:00Z")},
			api.Abilities{Update: api.FieldTitle | api.FieldTimes},
			"---\ntitle: E\nstarts_at: 2026-03-01\nends_at: 2026-03-02\nall_day: true\nid: 5                                 # from here on read-only\n---\n"},
		{"upload", &api.Record{Ref: api.Ref{Kind: api.Upload, ID: 5}, Title: "u.pdf", Files: []api.File{{Name: "u.pdf", ContentType: "application/pdf", Size: 7}}},
			api.Abilities{Update: api.FieldTitle},
			"---\ntitle: u.pdf\nid: 5                                 # from here on read-only\nfilename: u.pdf\ncontent_type: application/pdf\nbyte_size: 7\n---\n"},
		{"what cannot be changed is shown", &api.Record{Ref: api.Ref{Kind: api.Forward, ID: 5}, Title: "Fwd", DueOn: "2026-01-01"},
			api.Abilities{},
			"---\nid: 5                                 # from here on read-only\ntitle: Fwd\ndue_on: 2026-01-01\n---\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := string(Render(tt.r, Options{Can: tt.can, People: everybody()}))
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			f, err := Parse([]byte(got))
			if err != nil {
				t.Fatal(err)
			}
			want, err := Apply(tt.r, f, Options{Can: tt.can, People: everybody()})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.r, want); d != "" {
				t.Errorf("unedited, yet changed: %s", d)
			}
		})
	}
}

// What a file can be wrong in, and what must not count as wrong.
func TestSave(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	for _, tt := range []struct {
		name string
		edit func(string) string
		want func(*api.Record)
		code api.Code
		msg  string // in the message
		hint string
	}{
		{name: "nothing", edit: func(s string) string { return s }},
		{name: "CRLF", edit: func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }},
		{name: "byte order mark", edit: func(s string) string { return "\uFEFF" + s }},
		{name: "no final newline", edit: func(s string) string { return strings.TrimSuffix(s, "\n") }},
		{name: "spaces at line ends", edit: func(s string) string { return strings.ReplaceAll(s, "\n", "  \n") }},
		{name: "read-only key", edit: replace("updated_at: 2026-02-26T16:42:12Z", "updated_at: yesterday\ncreator: [x, {y: z}]\nurl: ~"), code: api.Invalid, msg: `line 13: creator: it is there already, in line 10`},
		{name: "read-only keys changed", edit: replace("creator: Annie Bryan\ncreated_at: 2026-01-27T06:40:00Z", "creator: {a: b}\ncreated_at: never")},
		{name: "id changed", edit: replace("id: 1069479576", "id: seven")},
		{name: "title", edit: replace("title: Clear and simple UI", "title: 'New: one'"), want: func(r *api.Record) { r.Title = "New: one" }},
		{name: "title of a number", edit: replace("title: Clear and simple UI", "title: 2026"), want: func(r *api.Record) { r.Title = "2026" }},
		{name: "dates cleared", edit: replace("starts_on: 2026-02-20\ndue_on: 2026-03-01", "starts_on: null\ndue_on:"), want: func(r *api.Record) { r.StartsOn, r.DueOn = "", "" }},
		{name: "keys missing", edit: replace("starts_on: 2026-02-20\ndue_on: 2026-03-01\nassignees: [Sharon Bradford]\n", "")},
		{name: "people cleared", edit: replace("[Sharon Bradford]", "[]"), want: func(r *api.Record) { r.Assignees = nil }},
		{name: "people by mail, id and me", edit: replace("[Sharon Bradford]", "[annie@honcho.example, 3, me]"), want: func(r *api.Record) {
			r.Assignees = []*api.Human{{ID: 1, Name: "Annie Bryan", Email: "annie@honcho.example"}, {ID: 3, Name: "Jo Smith", Email: "jo1@honcho.example"}, {ID: 7, Name: "Vera Köhler", Email: "vera@honcho.example"}}
		}},
		{name: "people by all they are called", edit: replace("[Sharon Bradford]", "\n- jo smith (4)\n- Annie <annie@honcho.example>\n- 'VERA KO\u0308HLER'"), want: func(r *api.Record) {
			r.Assignees = []*api.Human{{ID: 4, Name: "Jo Smith"}, {ID: 1, Name: "Annie Bryan", Email: "annie@honcho.example"}, {ID: 7, Name: "Vera Köhler", Email: "vera@honcho.example"}}
		}},
		{name: "completed", edit: replace("completed: false", "completed: true"), want: func(r *api.Record) { r.Completed = true }},
		{name: "body alone", edit: func(string) string { return "Just this." }, want: func(r *api.Record) { r.Body = "<div>Just this.</div>" }},
		{name: "body cleared", edit: replace("The description, in **Markdown**.", ""), want: func(r *api.Record) { r.Body = "" }},
		{name: "a key by hand", edit: func(string) string { return "---\ndue_on: 2026-04-01\n---\n" }, want: func(r *api.Record) { r.DueOn = "2026-04-01" }},
		{name: "fences alone", edit: func(string) string { return "---\n---\n" }},

		{name: "empty", edit: func(string) string { return "" }, code: api.Invalid, msg: "empty", hint: "remove the file"},
		{name: "only spaces", edit: func(string) string { return " \r\n\t" }, code: api.Invalid, msg: "empty"},
		{name: "NULs", edit: func(s string) string { return strings.Repeat("\x00", len(s)) }, code: api.Invalid, msg: "line 1: there is a NUL byte"},
		{name: "a NUL", edit: replace("The desc", "The\x00desc"), code: api.Invalid, msg: "line 14: there is a NUL byte"},
		{name: "Latin-1", edit: replace("The desc", "The d\xe9sc"), code: api.Invalid, msg: "line 14: there are bytes that are not UTF-8"},
		{name: "no end", edit: replace("---\nThe", "The"), code: api.Invalid, msg: "line 1:", hint: `"---"`},
		{name: "invalid YAML", edit: replace("title: Clear", "title: Re: clear"), code: api.Invalid, msg: "line 2: the front matter is not YAML", hint: "quotes"},
		{name: "no mapping", edit: func(string) string { return "---\nsome text\n---\nmore" }, code: api.Invalid, msg: "line 2"},
		{name: "unknown key", edit: replace("due_on:", "due_no:"), code: api.Invalid, msg: `line 5: "due_no": there is no such key`, hint: "perhaps due_on"},
		{name: "duplicate key", edit: replace("due_on: 2026-03-01", "due_on: 2026-03-01\ntitle: x"), code: api.Invalid, msg: "line 6: title: it is there already, in line 2"},
		{name: "wrong type of title", edit: replace("title: Clear and simple UI", "title: [a, b]"), code: api.Invalid, msg: "line 2: title: it must be one text, not a list"},
		{name: "wrong type of people", edit: replace("[Sharon Bradford]", "{a: b}"), code: api.Invalid, msg: "line 6: assignees: it must be a list of people, not a mapping"},
		{name: "no bool", edit: replace("completed: false", "completed: done"), code: api.Invalid, msg: `line 3: completed: "done" is neither true nor false`},
		{name: "no date", edit: replace("due_on: 2026-03-01", "due_on: 2026-02-30"), code: api.Invalid, msg: `line 5: due_on: "2026-02-30" is not a date`, hint: "2026-03-01"},
		{name: "no time", edit: replace("due_on: 2026-03-01", "starts_at: noon"), code: api.Invalid, msg: `line 5: starts_at: "noon" is not a time`},
		{name: "alias", edit: replace("title: Clear and simple UI", "title: &a x\ncolor: *a"), code: api.Invalid, msg: "line 3: color: an alias"},
		{name: "title empty", edit: replace("title: Clear and simple UI", "title:"), code: api.Invalid, msg: "line 2: title: it is empty"},
		{name: "title too long", edit: replace("title: Clear and simple UI", "title: "+long), code: api.Invalid, msg: "line 2: title: it has 10000 characters", hint: "4000"},
		{name: "title of two lines", edit: replace("title: Clear and simple UI", `title: "a\nb"`), code: api.Invalid, msg: "line 2: title: there is a line break"},
		{name: "unknown person", edit: replace("[Sharon Bradford]", "[Sharon Bradfort]"), code: api.Invalid, msg: `line 6: assignees: "Sharon Bradfort" is nobody`, hint: "perhaps Sharon Bradford"},
		{name: "ambiguous person", edit: replace("[Sharon Bradford]", "[Jo Smith]"), code: api.Invalid, msg: `"Jo Smith" is the name of 2 people: Jo Smith (3) <jo1@honcho.example>, Jo Smith (4)`, hint: "Jo Smith (3)"},
		{name: "color of a to-do", edit: replace("completed: false", "color: red"), code: api.Unsupported, msg: "line 3: color: "},
		{name: "too large", edit: func(s string) string { return s + strings.Repeat("x", MaxSize) }, code: api.Invalid, msg: "bytes"},
		{name: "huge front matter", edit: replace("title: Clear", "title: "+strings.Repeat(long, 30)), code: api.Invalid, msg: "the front matter has"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{Can: todoCan, People: everybody()}
			base := todo()
			got, err := save(base, tt.edit(string(Render(base, o))), o)
			if tt.code != "" {
				e, ok := errors.AsType[*api.Error](err)
				if !ok || e.Code != tt.code || !strings.Contains(e.Message, tt.msg) || !strings.Contains(e.Hint, tt.hint) || e.Hint == "" {
					t.Fatalf("got %v, want %s %q, hint %q; all of it: %+v", err, tt.code, tt.msg, tt.hint, e)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := todo()
			if tt.want != nil {
				tt.want(want)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func replace(old, new string) func(string) string {
	return func(s string) string {
		if !strings.Contains(s, old) {
			panic("no " + old)
		}
		return strings.Replace(s, old, new, 1)
	}
}

func save(base *api.Record, s string, o Options) (*api.Record, error) {
	f, err := Parse([]byte(s))
	if err != nil {
		return nil, err
	}
	return Apply(base, f, o)
}

func TestWhatAbilitiesLack(t *testing.T) {
	base := &api.Record{Ref: api.Ref{Kind: api.Todo, ID: 5}, Title: "x"}
	o := Options{Can: bareCan, People: everybody()}
	for _, tt := range []struct{ name, file, msg string }{
		{"reason", "---\nstarts_on: 2026-01-01\n---\n", "line 2: starts_on: Basecamp 2 has no start dates"},
		{"no reason", "---\nnotify_on_completion: [me]\n---\n", "line 2: notify_on_completion: Basecamp's API cannot change"},
		{"body", "a text", "line 1: a to-do has no text here"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := save(base, tt.file, o)
			if api.CodeOf(err) != api.Unsupported || !strings.Contains(err.Error(), tt.msg) {
				t.Errorf("got %v", err)
			}
		})
	}
	// Saying what is so already asks for nothing.
	if got, err := save(base, "---\nstarts_on:\nnotify_on_completion: []\nid: 5\n---\n", o); err != nil || !cmp.Equal(got, base) {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestNew(t *testing.T) {
	original := todo()
	original.Body = `<div>See <bc-attachment sgid="F" href="https://f.example/1" filename="a.png"></bc-attachment></div>`
	o := Options{Can: todoCan, People: everybody()}
	rendered := string(Render(original, o))
	for _, tt := range []struct {
		name, file string
		original   *api.Record
		want       api.Record
	}{
		{"text alone", "Hello", nil, api.Record{Title: "Name", Body: "<div>Hello</div>"}},
		{"title of its own", "---\ntitle: Mine\n---\n", nil, api.Record{Title: "Mine"}},
		{"copy", rendered, original, api.Record{Title: "Name", Body: `<div>See <a href="https://f.example/1">a.png</a></div>`,
			StartsOn: original.StartsOn, DueOn: original.DueOn, Assignees: original.Assignees, Notify: original.Notify}},
		{"copy with a new title", replace("title: Clear and simple UI", "title: Other")(rendered), original, api.Record{Title: "Other", Body: `<div>See <a href="https://f.example/1">a.png</a></div>`,
			StartsOn: original.StartsOn, DueOn: original.DueOn, Assignees: original.Assignees, Notify: original.Notify}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Parse([]byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			o.Original = tt.original
			got, err := New(api.Todo, "Name", f, o)
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Kind = api.Todo
			for _, h := range append(got.Assignees, got.Notify...) {
				h2 := *h
				h2.Email = ""
				*h = h2
			}
			if d := cmp.Diff(&tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
	f, err := Parse([]byte("---\ncompleted: true\n---\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(api.Todo, "x", f, Options{Can: bareCan}); api.CodeOf(err) != api.Unsupported {
		t.Errorf("completed at birth: %v", err)
	}
	if _, err := New(api.Todo, "x", f, Options{Can: todoCan}); err != nil {
		t.Errorf("completed at birth, where that can be: %v", err)
	}
}

func TestLabels(t *testing.T) {
	p := everybody()
	for _, v := range p.all {
		got, err := p.Find(v.label)
		if err != nil || got.ID != v.human.ID {
			t.Errorf("%q finds %v, %v", v.label, got, err)
		}
	}
	if got := p.Label(&api.Human{ID: 5, Name: "me"}); got != "me (5)" {
		t.Errorf("somebody called me is %q", got)
	}
	if _, ok := p.Mention("Jo Smith"); ok {
		t.Error("a name of two people is a mention")
	}
	if sgid, ok := p.Mention("annie  BRYAN"); !ok || sgid != "SAnnie Bryan" {
		t.Errorf("mention %q %v", sgid, ok)
	}
}

// People whose names coincide within one record, and no list of people to ask.
func TestNamesakesWithoutPeople(t *testing.T) {
	r := todo()
	r.Assignees = []*api.Human{{ID: 3, Name: "Jo Smith"}, {ID: 4, Name: "Jo Smith"}}
	o := Options{Can: todoCan}
	s := string(Render(r, o))
	if !strings.Contains(s, "assignees: [Jo Smith (3), Jo Smith (4)]") {
		t.Fatal(s)
	}
	got, err := save(r, replace("[Jo Smith (3), Jo Smith (4)]", "[Jo Smith (4)]")(s), o)
	if err != nil || len(got.Assignees) != 1 || got.Assignees[0].ID != 4 {
		t.Errorf("got %v, %v", got, err)
	}
}

func FuzzScalar(f *testing.F) {
	for _, s := range []string{"", "x", "a: b", "- a", "#x", "a #b", "yes", "null", "1e3", "0x1F", "\x1b[31m", "\u0085", "\u2028", "\U0001F600",
		"a\u202eb", "\ufffe", "'", `"\`, "{a}", "a,b", "!t", "&a", "*a", "%x", "@x", "`", "a:", "~", "=", "<<", ".inf", "2026-01-01", " x ", "\uFEFFx", "é"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		b := append([]byte("k: "), appendScalar(nil, s, false)...)
		b = append(b, "\nl: ["...)
		b = append(appendScalar(b, s, true), ", z]\n"...)
		for _, r := range string(b) {
			if r != '\n' && hidden(r) {
				t.Fatalf("%q shows %U", s, r)
			}
		}
		var got struct {
			K any
			L []any
		}
		if err := yaml.Load(b, &got); err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		if got.K != s || len(got.L) != 2 || got.L[0] != s {
			t.Fatalf("%q reads back %#v and %#v through %q", s, got.K, got.L, b)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(string(Render(todo(), Options{Can: todoCan})))
	for _, s := range []string{"---\n---", "---\n", "---\na: [\n---\n", "---\nassignees: [[a]]\n---\n", "---\ntitle: !!binary x\n---\n", "---\r\ntitle: x\r\n...\r\nbody",
		"---\n? {a: b}\n: c\n---\n", "---\ntitle: |\n  a\n  b\n---\n", "--- \ntitle: &a [*a]\n---\n", "---\n<<: {title: x}\n---\n", "---\nid: 99999999999999999999\n---\n"} {
		f.Add(s)
	}
	o := Options{Can: todoCan, People: everybody()}
	f.Fuzz(func(t *testing.T, s string) {
		file, err := Parse([]byte(s))
		if err != nil {
			e, ok := errors.AsType[*api.Error](err)
			if !ok || e.Code != api.Invalid || e.Hint == "" || strings.ContainsFunc(e.Message, hidden) {
				t.Fatalf("%#v", err)
			}
			return
		}
		want, err := Apply(todo(), file, o)
		if err != nil {
			if e, ok := errors.AsType[*api.Error](err); !ok || strings.ContainsFunc(e.Message+e.Hint, hidden) {
				t.Fatalf("%#v", err)
			}
			return
		}
		// What was applied reads back as itself.
		again, err := save(want, string(Render(want, o)), o)
		if err != nil || !cmp.Equal(want, again) {
			t.Fatalf("%v %s", err, cmp.Diff(want, again))
		}
	})
}

func BenchmarkRender(b *testing.B) {
	o := Options{Can: todoCan, People: everybody()}
	r := todo()
	b.Run("formatted", func(b *testing.B) {
		for b.Loop() {
			Render(r, o)
		}
	})
	r2 := todo()
	r2.Body = "<div>Ask the printer for a quote<br><br>Then the paper.</div>"
	b.Run("words", func(b *testing.B) {
		for b.Loop() {
			Render(r2, o)
		}
	})
}
