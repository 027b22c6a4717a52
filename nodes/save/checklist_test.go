package save

import (
	"context"
	"slices"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/records"
	"basecampfs/nodes/text/checklist"
)

// list is the whole of a list as it is known.
func (w *world) list(i *records.Item) checklist.List {
	w.t.Helper()
	w.know(api.Todo, i.Ref())
	l := checklist.List{Record: i.Record()}
	for _, x := range w.recs.Inside(api.Todo, i.Ref()) {
		l.Todos = append(l.Todos, x.Record())
	}
	return l
}

func allow() error { return nil }

// TestChecklist is what becomes of a whole list where something fails.
func TestChecklist(t *testing.T) {
	for _, c := range []struct {
		name  string
		text  string
		spoil func(string, int, bool) error
		want  []string
		code  api.Code
	}{
		{name: "plain", text: "- [ ] One\n- [ ] Two\n", want: []string{"List:", "One:", "Two:"}},
		{name: "twice the same", text: "- [ ] One\n- [ ] One\n", want: []string{"List:", "One:", "One:"}},
		{name: "finished", text: "- [x] One\n", want: []string{"List:", "One: done"}},
		{name: "an answer lost", text: "- [ ] One\n- [ ] Two\n", spoil: when("create", 1, true, api.Unknown, 0), want: []string{"List:", "One:", "Two:"}},
		{name: "a request lost", text: "- [ ] One\n- [ ] Two\n", spoil: when("create", 0, false, api.Unknown, 0), want: []string{"List:", "One:", "Two:"}},
		{name: "refused half-way", text: "- [ ] One\n- [ ] Two\n", spoil: when("create", 1, false, api.Invalid, 422), want: []string{"List:", "One:"}, code: api.Invalid},
		{name: "lost for good half-way", text: "- [ ] One\n- [ ] Two\n", code: api.Unknown, want: []string{"List:", "One:", "Two:"},
			spoil: each(when("create", 1, true, api.Unknown, 0), when("list todo", 1, false, api.Unreachable, 0))},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			i := w.recs.Put(w.has(api.TodoList, api.Ref{Kind: api.TodoSet, Project: 7, ID: 60}, "List", "", jared))
			before := w.list(i)
			w.spoil = c.spoil
			err := w.saver.Checklist(t.Context(), w, List{Item: i, Before: before, Name: "List/todolist.md", Data: []byte(c.text), Allow: allow})
			if api.CodeOf(err) != c.code || (len(w.rejected()) > 0) != (err != nil) {
				t.Errorf("%v, rejected are %q", err, w.rejected())
			}
			if got := w.all(); !slices.Equal(got, c.want) || w.saver.Waiting() > 0 {
				t.Errorf("the service has %q, want %q", got, c.want)
			}
			if err == nil {
				return
			}
			// Who reads the list again finds there what was made.
			w.spoil = nil
			var titles []string
			for _, r := range w.list(i).Todos {
				titles = append(titles, r.Title+":")
			}
			slices.Sort(titles)
			if !slices.Equal(titles, c.want[1:]) {
				t.Errorf("the list shows %q", titles)
			}
		})
	}
}

// A program that is interrupted and writes its list again, while the first text
// is still under way, makes nothing twice.
func TestChecklistWrittenAgain(t *testing.T) {
	w := newWorld(t)
	i := w.recs.Put(w.has(api.TodoList, api.Ref{Kind: api.TodoSet, Project: 7, ID: 60}, "List", "", jared))
	before := w.list(i)
	there, goOn := make(chan struct{}), make(chan struct{})
	w.spoil = func(op string, n int, acted bool) error {
		if op == "create" && n == 0 && !acted {
			close(there)
			<-goOn
		}
		return nil
	}
	l := List{Item: i, Before: before, Name: "List/todolist.md", Data: []byte("- [ ] One\n- [x] Two\n"), Allow: allow}
	ctx, interrupt := context.WithCancel(t.Context())
	go func() { <-there; interrupt() }()
	if err := w.saver.Checklist(ctx, w, l); api.CodeOf(err) != api.Canceled {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, func() { close(goOn) })
	if err := w.saver.Checklist(t.Context(), w, l); err != nil {
		t.Fatal(err)
	}
	if got := w.all(); !slices.Equal(got, []string{"List:", "One:", "Two: done"}) {
		t.Errorf("the service has %q", got)
	}
}
