package save

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

func draft(title, text string) Draft {
	return Draft{Kind: api.Todo, Parent: home, Title: title, Name: title + ".md", Data: []byte(text)}
}

// TestCreate is what becomes of a new file whose answers are lost or bad. It is
// never there twice, and it is there or kept.
func TestCreate(t *testing.T) {
	dropped := func(n int, acted bool) func(string, int, bool) error {
		return when("create", n, acted, api.Unknown, 0)
	}
	text := "---\ndue_on: 2026-05-06\n---\nsay it\n"
	here := "New: say it due 2026-05-06"
	for _, c := range []struct {
		name    string
		text    string
		spoil   func(string, int, bool) error
		before  func(*world)
		want    []string
		code    api.Code
		sent    int // creates that were acted on
		waiting bool
		kept    bool
	}{
		{name: "plain", want: []string{here}, sent: 1},
		{name: "only a title", text: "- ", want: []string{"New:"}, sent: 1},
		{name: "finished", text: "---\ncompleted: true\n---\nsay it\n", want: []string{"New: say it done"}, sent: 1},
		{name: "invalid", text: "---\ntitel: x\n---\n", want: []string{}, code: api.Invalid, kept: true},
		{name: "answer lost", spoil: dropped(0, true), want: []string{here}, sent: 1},
		{name: "request lost", spoil: dropped(0, false), want: []string{here}, sent: 1},
		{name: "requests lost, then the answer", spoil: each(dropped(0, false), dropped(1, false), dropped(2, true)), want: []string{here}, sent: 1},
		{name: "always lost", spoil: always("create", api.Unknown, 0), want: []string{}, code: api.Unknown, waiting: true},
		{name: "answer lost, then away", spoil: each(dropped(0, true), always("list", api.Unreachable, 0)),
			want: []string{here}, code: api.Unknown, sent: 1, waiting: true},
		{name: "answer lost, then signed out", spoil: each(dropped(0, true), always("list", api.SignIn, 401)),
			want: []string{here}, code: api.Unknown, sent: 1, waiting: true},
		{name: "request lost, then the list is gone", spoil: each(dropped(0, false), always("list", api.NotFound, 404)),
			want: []string{}, code: api.NotFound, kept: true},
		{name: "away", spoil: always("create", api.Unreachable, 0), want: []string{}, code: api.Unreachable, kept: true},
		{name: "too many", spoil: each(when("create", 0, false, api.RateLimited, 429), when("create", 1, false, api.RateLimited, 429)), want: []string{here}, sent: 1},
		{name: "always too many", spoil: always("create", api.RateLimited, 429), want: []string{}, code: api.RateLimited, kept: true},
		{name: "failed", spoil: always("create", api.Failed, 500), want: []string{}, code: api.Failed, kept: true},
		{name: "failed after it acted", spoil: when("create", 0, true, api.Failed, 500), want: []string{here}, sent: 1},
		{name: "forbidden", spoil: always("create", api.Forbidden, 403), want: []string{}, code: api.Forbidden, kept: true},
		{name: "not finished", text: "---\ncompleted: true\n---\nsay it\n", spoil: always("update", api.Unreachable, 0),
			want: []string{"New: say it"}, code: api.Unreachable, sent: 1, kept: true},
		{name: "one was there, answer lost", spoil: dropped(0, true), want: []string{"New: say it", here}, sent: 1,
			before: func(w *world) { w.has(api.Todo, home, "New", "<div>say it</div>", annie) }},
		{name: "one was there, request lost", spoil: dropped(0, false), want: []string{"New: say it", here}, sent: 1,
			before: func(w *world) { w.has(api.Todo, home, "New", "<div>say it</div>", annie) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.before != nil {
				c.before(w)
			}
			w.know(api.Todo, home)
			w.spoil = c.spoil
			d := draft("New", text)
			if c.text != "" {
				d.Data = []byte(strings.TrimPrefix(c.text, "- "))
			}
			i, err := w.saver.Create(t.Context(), w, d)
			if api.CodeOf(err) != c.code {
				t.Fatalf("the error is %v, want %q", err, c.code)
			}
			if got := w.all(); !slices.Equal(got, c.want) {
				t.Errorf("the service has %q, want %q", got, c.want)
			}
			if n := len(w.creates()); n != c.sent {
				t.Errorf("%d were created, want %d", n, c.sent)
			}
			if got := w.saver.Waiting() > 0; got != c.waiting {
				t.Errorf("it waits: %v, want %v", got, c.waiting)
			}
			if got := len(w.rejected()) > 0; got != c.kept {
				t.Errorf("it is kept: %v, want %v", got, c.kept)
			}
			if err == nil && i.Record().Title != "New" {
				t.Errorf("the item is %v", i.Record())
			}
			if !c.waiting {
				return
			}
			w.spoil = nil
			w.resume()
			if got := w.all(); !slices.Equal(got, []string{here}) {
				t.Errorf("after it was taken up again the service has %q", got)
			}
			if n := w.saver.Waiting(); n > 0 {
				t.Errorf("%d texts wait", n)
			}
		})
	}
}

func (w *world) creates() (out []string) {
	for _, s := range w.writes() {
		if strings.HasPrefix(s, "create") {
			out = append(out, s)
		}
	}
	return out
}

// TestLostCreateIsFound is what a create whose answer was lost takes for its
// own.
func TestLostCreateIsFound(t *testing.T) {
	for _, c := range []struct {
		name   string
		others func(w *world) // what is made after the folder was listed
		edit   func(*api.Record)
		want   []string
		sent   int
		code   api.Code // then the text is kept
	}{
		{name: "its own", want: []string{"New: mine"}, sent: 1},
		{name: "edited by somebody since", want: []string{"New: theirs"}, sent: 1, code: api.Conflict,
			edit: func(r *api.Record) { r.Body = "<div>theirs</div>" }},
		{name: "finished by somebody since", want: []string{"New: mine done"}, sent: 1,
			edit: func(r *api.Record) { r.Completed = true }},
		{name: "written another way by the service", want: []string{"New: <p>mine</p>"}, sent: 1,
			edit: func(r *api.Record) { r.Title, r.Body = " New ", "<p>mine</p>\n" }},
		{name: "beside one of somebody else", want: []string{"New: mine", "New: mine"}, sent: 1,
			others: func(w *world) { w.has(api.Todo, home, "New", "<div>mine</div>", jared) }},
		{name: "beside another text of this person", want: []string{"New: a different one", "New: mine"}, sent: 1,
			others: func(w *world) { w.has(api.Todo, home, "New", "<div>a different one</div>", annie) }},
	} {
		for _, acted := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, acted %v", c.name, acted), func(t *testing.T) {
				if !acted && c.edit != nil {
					t.Skip("there is nothing to edit")
				}
				w := newWorld(t)
				w.know(api.Todo, home)
				if c.others != nil {
					c.others(w)
				}
				w.spoil = func(op string, n int, a bool) error {
					if op == "list todo" && n == 1 && !a && c.edit != nil {
						w.change(w.newest(), c.edit)
					}
					return when("create", 0, acted, api.Unknown, 0)(op, n, a)
				}
				if _, err := w.saver.Create(t.Context(), w, draft("New", "mine")); api.CodeOf(err) != c.code || (len(w.rejected()) > 0) != (err != nil) {
					t.Fatalf("%v, rejected are %q", err, w.rejected())
				}
				got := w.all()
				for n := range got {
					got[n] = strings.NewReplacer(" New :", "New:", "\n", "").Replace(got[n])
				}
				if !slices.Equal(got, c.want) || len(w.creates()) != c.sent {
					t.Errorf("the service has %q, want %q", got, c.want)
				}
			})
		}
	}
}

func (w *world) newest() int64 {
	w.service.mu.Lock()
	defer w.service.mu.Unlock()
	return w.next
}

// Comments have no title, and the same may be said twice.
func TestLostCommentIsFound(t *testing.T) {
	todo := api.Ref{Kind: api.Todo, Project: 7, ID: 71}
	for _, acted := range []bool{true, false} {
		w := newWorld(t)
		w.has(api.Comment, todo, "", "<div>+1</div>", annie)
		w.know(api.Comment, todo)
		w.spoil = when("create", 0, acted, api.Unknown, 0)
		if _, err := w.saver.Create(t.Context(), w, Draft{Kind: api.Comment, Parent: todo, Name: "x.md", Title: "x", Data: []byte("+1\n")}); err != nil {
			t.Fatal(err)
		}
		if got := w.all(); len(got) != 2 || len(w.creates()) != 1 {
			t.Errorf("acted %v: the service has %q", acted, got)
		}
	}
}

// A program that was told that it is not known whether its file was created
// writes it again.
func TestWrittenAgain(t *testing.T) {
	for _, c := range []struct {
		name, again string
		acted       bool
		resumed     bool // before it is written again
		want        string
	}{
		{"the same, it was done", "first\n", true, false, "New: first"},
		{"the same, it was not", "first\n", false, false, "New: first"},
		{"another text, it was done", "second\n", true, false, "New: second"},
		{"another text, it was not", "second\n", false, false, "New: second"},
		{"the same, taken up before", "first\n", true, true, "New: first"},
		{"another text, taken up before", "second\n", false, true, "New: second"},
		{"nothing", "", true, false, "New: first"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.know(api.Todo, home)
			w.spoil = each(when("create", 0, c.acted, api.Unknown, 0), always("list", api.Unreachable, 0))
			if _, err := w.saver.Create(t.Context(), w, draft("New", "first\n")); api.CodeOf(err) != api.Unknown {
				t.Fatal(err)
			}
			w.spoil = each(always("list", api.Unreachable, 0), always("create", api.Unreachable, 0))
			if _, err := w.saver.Create(t.Context(), w, draft("New", "still nobody there\n")); err == nil || api.CodeOf(err) == api.Unknown {
				t.Errorf("while the service is away: %v", err)
			}
			w.spoil = nil
			if c.resumed {
				w.resume()
			}
			i, err := w.saver.Create(t.Context(), w, draft("New", c.again))
			if err != nil {
				t.Fatal(err)
			}
			w.resume()
			if got := w.all(); !slices.Equal(got, []string{c.want}) || i.Record().Title != "New" {
				t.Errorf("the service has %q, want %q", got, c.want)
			}
			if n := len(w.creates()); n != 1 {
				t.Errorf("it was created %d times", n)
			}
		})
	}
}

// A name that was given up is free, even where it was once found again.
func TestNameIsFree(t *testing.T) {
	for name, change := range map[string]func(*api.Record){
		"renamed":  func(r *api.Record) { r.Title = "Old" },
		"finished": func(r *api.Record) { r.Completed = true },
		"trashed":  func(r *api.Record) { r.Status = api.Trashed },
		"moved":    func(r *api.Record) { r.Parent.ID++ },
	} {
		w := newWorld(t)
		w.know(api.Todo, home)
		w.spoil = each(when("create", 0, true, api.Unknown, 0), when("list todo", 1, false, api.Unreachable, 0))
		if _, err := w.saver.Create(t.Context(), w, draft("New", "first\n")); api.CodeOf(err) != api.Unknown {
			t.Fatal(err)
		}
		w.resume()
		w.change(w.newest(), change)
		if _, err := w.saver.Create(t.Context(), w, draft("New", "second\n")); err != nil {
			t.Fatal(err)
		}
		if got := w.all(); len(got) != 2 {
			t.Errorf("%s: the service has %q", name, got)
		}
	}
}

// Many create the same at the same time: each is there once.
func TestCreatesAtTheSameTime(t *testing.T) {
	w := newWorld(t)
	w.know(api.Todo, home)
	w.spoil = func(op string, n int, acted bool) error {
		if op == "create" && n%3 == 0 && acted == (n%2 == 0) {
			return &api.Error{Code: api.Unknown}
		}
		return nil
	}
	const many = 20
	var wg sync.WaitGroup
	for n := range many {
		wg.Go(func() {
			if _, err := w.saver.Create(t.Context(), w, draft("New", fmt.Sprintf("text %d\n", n))); err != nil {
				t.Error(err)
			}
			if _, err := w.saver.Create(t.Context(), w, draft(fmt.Sprintf("Other %d", n), "text\n")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Go(func() {
		for range 10 {
			w.resume()
		}
	})
	wg.Wait()
	got := w.all()
	if len(got) != 2*many || len(slices.Compact(slices.Clone(got))) != 2*many {
		t.Errorf("the service has %d: %q", len(got), got)
	}
}

// What is under way is not taken up by Resume as well.
func TestUnderWay(t *testing.T) {
	w := newWorld(t)
	w.know(api.Todo, home)
	there, goOn := make(chan struct{}), make(chan struct{})
	w.spoil = func(op string, n int, acted bool) error {
		if op == "create" && n == 0 && !acted {
			close(there)
			<-goOn
		}
		return nil
	}
	done := make(chan error, 1)
	go func() {
		_, err := w.saver.Create(context.WithoutCancel(t.Context()), w, draft("New", "text\n"))
		done <- err
	}()
	<-there
	w.resume()
	close(goOn)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n := len(w.creates()); n != 1 {
		t.Errorf("it was created %d times", n)
	}
}

// An interrupted program is told so at once, and its text goes on its way.
func TestInterrupted(t *testing.T) {
	for _, fails := range []bool{false, true} {
		w := newWorld(t)
		w.know(api.Todo, home)
		there, goOn := make(chan struct{}), make(chan struct{})
		w.spoil = func(op string, n int, acted bool) error {
			if op == "create" && !acted {
				close(there)
				<-goOn
				if fails {
					return &api.Error{Code: api.Forbidden, Message: "no"}
				}
			}
			return nil
		}
		ctx, interrupt := context.WithCancel(t.Context())
		go func() { <-there; interrupt() }()
		if _, err := w.saver.Create(ctx, w, draft("New", "text\n")); api.CodeOf(err) != api.Canceled {
			t.Fatal(err)
		}
		close(goOn)
		if err := w.saver.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if fails {
			for until := time.Now().Add(time.Minute); w.tellings() == 0 && time.Now().Before(until); {
				time.Sleep(time.Millisecond)
			}
		}
		if got := w.all(); len(got) == 1 == fails || (len(w.rejected()) == 1) != fails || (w.tellings() == 1) != fails {
			t.Errorf("fails %v: the service has %q, rejected are %q, told is %q", fails, got, w.rejected(), w.told)
		}
	}
}

// Closing waits for what is under way, and gives up when it may wait no longer.
func TestClose(t *testing.T) {
	w := newWorld(t)
	w.know(api.Todo, home)
	there, goOn := make(chan struct{}), make(chan struct{})
	w.spoil = func(op string, n int, acted bool) error {
		if op == "create" && !acted {
			close(there)
			<-goOn
		}
		return nil
	}
	done := make(chan error, 1)
	go func() {
		_, err := w.saver.Create(context.WithoutCancel(t.Context()), w, draft("New", "text\n"))
		done <- err
	}()
	<-there
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := w.saver.Close(ctx); err == nil {
		t.Error("it did not wait")
	}
	if n := w.saver.Waiting(); n != 1 {
		t.Errorf("%d texts wait", n)
	}
	close(goOn)
	if err := w.saver.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil || w.saver.Waiting() != 0 {
		t.Errorf("%v, %d texts wait", err, w.saver.Waiting())
	}
}

// A fault of this program loses no text and takes no mount down.
func TestPanic(t *testing.T) {
	w := newWorld(t)
	w.know(api.Todo, home)
	w.spoil = func(op string, n int, acted bool) error {
		if op == "create" && n < 2 && !acted {
			panic("a fault")
		}
		return nil
	}
	if _, err := w.saver.Create(t.Context(), w, draft("New", "text\n")); api.CodeOf(err) != api.Failed {
		t.Errorf("it gives %v", err)
	}
	if n := w.saver.Waiting(); n != 1 {
		t.Errorf("%d texts wait", n)
	}
	w.resume()
	if got := w.rejected(); len(got) != 1 || got[0] != "text\n" || w.saver.Waiting() != 0 || w.tellings() != 1 {
		t.Errorf("rejected are %q, told is %q", got, w.told)
	}
}

// A folder is made like a file that has only a title.
func TestMake(t *testing.T) {
	set := api.Ref{Kind: api.TodoSet, Project: 7, ID: 60}
	for _, acted := range []bool{true, false} {
		w := newWorld(t)
		w.know(api.TodoList, set)
		w.spoil = each(when("create", 0, acted, api.Unknown, 0), when("list todolist", 1, false, api.Unreachable, 0))
		if _, err := w.saver.Make(t.Context(), w, api.TodoList, set, "Plans"); api.CodeOf(err) != api.Unknown {
			t.Fatal(err)
		}
		i, err := w.saver.Make(t.Context(), w, api.TodoList, set, "Plans")
		if err != nil || i.Record().Title != "Plans" {
			t.Fatal(i, err)
		}
		if got := w.all(); len(got) != 1 || w.saver.Waiting() != 0 || len(w.rejected()) > 0 {
			t.Errorf("the service has %q", got)
		}
	}
}

// What a crash has left is known again although it is changed here first.
func TestChangedBeforeItIsKnown(t *testing.T) {
	for name, change := range map[string]func(*world, *records.Item) error{
		"edited": func(w *world, i *records.Item) error {
			_, err := w.saver.Update(t.Context(), w, Edit{Item: i, Base: i.Record(), Name: "New.md", Data: []byte("changed\n")})
			return err
		},
		"renamed": func(w *world, i *records.Item) error {
			return w.saver.Change(t.Context(), w, i, func(r *api.Record) { r.Title = "Old" })
		},
		"moved": func(w *world, i *records.Item) error {
			return w.saver.Move(t.Context(), w, i, api.Ref{Kind: api.TodoList, Project: 7, ID: 71})
		},
		"trashed": func(w *world, i *records.Item) error { return w.saver.SetStatus(t.Context(), w, i, api.Trashed) },
	} {
		w := newWorld(t)
		w.know(api.Todo, home)
		w.spoil = each(when("create", 0, true, api.Unknown, 0), when("list todo", 1, false, api.Unreachable, 0))
		if _, err := w.saver.Create(t.Context(), w, draft("New", "first\n")); api.CodeOf(err) != api.Unknown {
			t.Fatal(err)
		}
		w.restart()
		r, err := w.Get(t.Context(), api.Ref{Kind: api.Todo, ID: w.newest()})
		if err != nil {
			t.Fatal(err)
		}
		if err := change(w, w.recs.Put(r)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		w.resume()
		if got := w.all(); len(got) != 1 || w.saver.Waiting() > 0 || len(w.rejected()) > 0 {
			t.Errorf("%s: the service has %q, rejected are %q", name, got, w.rejected())
		}
	}
}
