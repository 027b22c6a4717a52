package save

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/cache/journal"
)

// TestResume is what becomes of each entry that a crash can leave.
func TestResume(t *testing.T) {
	const (
		newText = "---\ncompleted: true\n---\nsay it\n"
		edit    = "one\n\ntwo\n\nthree, by me\n"
		mine    = "<div>one</div><div>two</div><div>three, by me</div>"
	)
	create := journal.Entry{Op: journal.Create, Kind: string(api.Todo), Project: home.Project, ParentKind: string(home.Kind), Parent: home.ID,
		Name: "New.md", Text: []byte(newText), Extra: extra{Title: "New", Completed: true}.encode()}
	save := journal.Entry{Op: journal.Save, Kind: string(api.Todo), Project: home.Project, Name: "Item.md", Text: []byte(edit)}
	type outcome struct {
		want    []string // at the service
		writes  []string
		waiting bool
		kept    bool
	}
	for _, c := range []struct {
		name   string
		entry  journal.Entry
		state  journal.State
		before func(w *world, item int64) // what happened until then
		spoil  func(string, int, bool) error
		alter  func(*journal.Entry)
		outcome
	}{
		{name: "save, not sent", entry: save, state: journal.Pending,
			outcome: outcome{want: []string{"Item: one|two|three, by me"}, writes: []string{"update Item"}}},
		{name: "save, perhaps sent, not done", entry: save, state: journal.Sending,
			outcome: outcome{want: []string{"Item: one|two|three, by me"}, writes: []string{"update Item"}}},
		{name: "save, done", entry: save, state: journal.Sending,
			before:  func(w *world, item int64) { w.change(item, func(r *api.Record) { r.Body = mine }) },
			outcome: outcome{want: []string{"Item: one|two|three, by me"}}},
		{name: "save, done, and changed by somebody since", entry: save, state: journal.Sending,
			before: func(w *world, item int64) {
				w.change(item, func(r *api.Record) {
					r.Body, r.Completed = "<div>one, by them</div><div>two</div><div>three, by me</div>", true
				})
			},
			outcome: outcome{want: []string{"Item: one, by them|two|three, by me done"}}},
		{name: "save, another line changed", entry: save, state: journal.Pending,
			before: func(w *world, item int64) {
				w.change(item, func(r *api.Record) { r.Body = "<div>one, by them</div><div>two</div><div>three</div>" })
			},
			outcome: outcome{want: []string{"Item: one, by them|two|three, by me"}, writes: []string{"update Item"}}},
		{name: "save, the same line changed", entry: save, state: journal.Pending,
			before: func(w *world, item int64) {
				w.change(item, func(r *api.Record) { r.Body = "<div>one</div><div>two</div><div>three, by them</div>" })
			},
			outcome: outcome{want: []string{"Item: one|two|three, by them"}, kept: true}},
		{name: "save, of what is gone", entry: save, state: journal.Pending, spoil: always("get", api.NotFound, 404),
			outcome: outcome{want: []string{"Item: one|two|three"}, kept: true}},
		{name: "save, refused for good", entry: save, state: journal.Refused,
			outcome: outcome{want: []string{"Item: one|two|three"}, waiting: true}},
		{name: "save, of another account", entry: save, state: journal.Pending, alter: func(e *journal.Entry) { e.Account = "other/1" },
			outcome: outcome{want: []string{"Item: one|two|three"}, waiting: true}},
		{name: "save, whose base is damaged", entry: save, state: journal.Pending, alter: func(e *journal.Entry) { e.Base = []byte("{") },
			outcome: outcome{want: []string{"Item: one|two|three"}, kept: true}},
		{name: "create, not sent", entry: create, state: journal.Pending,
			outcome: outcome{want: []string{"Item: one|two|three", "New: say it done"}, writes: []string{"create New", "update New"}}},
		{name: "create, perhaps sent, not done", entry: create, state: journal.Sending,
			outcome: outcome{want: []string{"Item: one|two|three", "New: say it done"}, writes: []string{"create New", "update New"}}},
		{name: "create, done", entry: create, state: journal.Sending,
			before: func(w *world, _ int64) {
				w.change(w.has(api.Todo, home, "New", "<div>say it</div>", annie).ID, func(r *api.Record) { r.Completed = true })
			},
			outcome: outcome{want: []string{"Item: one|two|three", "New: say it done"}}},
		{name: "create, half done", entry: create, state: journal.Sending,
			before:  func(w *world, _ int64) { w.has(api.Todo, home, "New", "<div>say it</div>", annie) },
			outcome: outcome{want: []string{"Item: one|two|three", "New: say it done"}, writes: []string{"update New"}}},
		{name: "create, by somebody else meanwhile", entry: create, state: journal.Sending,
			before: func(w *world, _ int64) { w.has(api.Todo, home, "New", "<div>say it</div>", jared) },
			outcome: outcome{want: []string{"Item: one|two|three", "New: say it", "New: say it done"},
				writes: []string{"create New", "update New"}}},
		{name: "create, in a list that is gone", entry: create, state: journal.Sending, spoil: always("list", api.NotFound, 404),
			outcome: outcome{want: []string{"Item: one|two|three"}, kept: true}},
		{name: "create, with a damaged note", entry: create, state: journal.Sending, alter: func(e *journal.Entry) { e.Extra = []byte(`{"before":"x"}`) },
			outcome: outcome{want: []string{"Item: one|two|three"}, kept: true}},
		{name: "whole list", entry: save, state: journal.Sending,
			alter: func(e *journal.Entry) {
				e.Kind, e.Item, e.Extra = string(home.Kind), home.ID, extra{Checklist: true}.encode()
			},
			outcome: outcome{want: []string{"Item: one|two|three"}, kept: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			item := w.has(api.Todo, home, "Item", body, jared)
			e := c.entry
			e.Account, e.State = AccountKey(w.Info()), c.state
			if e.Op == journal.Save {
				e.Item, e.Base = item.ID, encodeRecord(item)
			}
			if c.alter != nil {
				c.alter(&e)
			}
			if _, err := w.j.Append(e); err != nil {
				t.Fatal(err)
			}
			if c.before != nil {
				c.before(w, item.ID)
			}
			// As long as the service is away nothing is decided.
			for _, code := range []api.Code{api.Unreachable, api.Timeout, api.SignIn, api.RateLimited, api.Failed, api.Malformed} {
				w.spoil = always("", code, 500)
				if e.Op == journal.Create && c.name != "create, with a damaged note" || e.Op == journal.Save && len(w.rejected()) == 0 && c.name[:4] == "save" && c.name != "save, whose base is damaged" {
					w.resume()
					if n := w.saver.Waiting(); n != 1 || len(w.rejected()) > 0 {
						t.Fatalf("with %s: %d texts wait, rejected are %q", code, n, w.rejected())
					}
				}
			}
			w.spoil = c.spoil
			w.restart()
			w.writes()
			w.resume()
			if got := w.all(); !slices.Equal(got, c.want) {
				t.Errorf("the service has %q, want %q", got, c.want)
			}
			if got := w.writes(); !slices.Equal(got, c.writes) {
				t.Errorf("sent was %q, want %q", got, c.writes)
			}
			if got := w.saver.Waiting() > 0; got != c.waiting {
				t.Errorf("it waits: %v, want %v", got, c.waiting)
			}
			if got := w.rejected(); len(got) > 0 != c.kept || c.kept && got[0] != string(e.Text) || (w.tellings() > 0) != c.kept {
				t.Errorf("rejected are %q, told is %q", got, w.told)
			}
			w.spoil = nil
			w.resume()
			if got := w.writes(); len(got) > 0 {
				t.Errorf("taken up once more, it sends %q", got)
			}
		})
	}
}

// A text on which the service fails for longer than a day is not sent for ever.
func TestServiceThatFailsOnOneText(t *testing.T) {
	for _, c := range []struct {
		age  time.Duration
		code api.Code
		kept bool
	}{
		{time.Hour, api.Failed, false}, {25 * time.Hour, api.Failed, true}, {25 * time.Hour, api.Unreachable, false}, {2000 * time.Hour, api.Unreachable, false},
	} {
		w := newWorld(t)
		item := w.has(api.Todo, home, "Item", body, jared)
		_, err := w.j.Append(journal.Entry{Account: AccountKey(w.Info()), Op: journal.Save, Kind: "todo", Project: 7, Item: item.ID,
			Name: "Item.md", Base: encodeRecord(item), Text: []byte("new\n"), Created: time.Now().Add(-c.age)})
		if err != nil {
			t.Fatal(err)
		}
		w.spoil = always("get", c.code, 500)
		w.resume()
		if got := len(w.rejected()) > 0; got != c.kept || (w.saver.Waiting() == 0) != c.kept {
			t.Errorf("%v after %v: rejected %v, want %v", c.code, c.age, got, c.kept)
		}
	}
}

// While a service is away, one text is enough to notice.
func TestAwayIsNoticedOnce(t *testing.T) {
	w := newWorld(t)
	for n := range 20 {
		item := w.has(api.Todo, home, fmt.Sprint(n), body, jared)
		if _, err := w.j.Append(journal.Entry{Account: AccountKey(w.Info()), Op: journal.Save, Kind: "todo", Project: 7, Item: item.ID,
			Name: "Item.md", Base: encodeRecord(item), Text: []byte("new\n")}); err != nil {
			t.Fatal(err)
		}
	}
	w.spoil = always("get", api.Unreachable, 0)
	w.resume()
	if n := w.counts["get"]; n != 1 {
		t.Errorf("%d were asked for", n)
	}
	w.spoil = nil
	w.resume()
	if n := w.saver.Waiting(); n > 0 {
		t.Errorf("%d texts wait", n)
	}
}

// What was written before a crash goes before what is written after it.
func TestOrderAcrossARestart(t *testing.T) {
	w := newWorld(t)
	r := w.has(api.Todo, home, "Item", body, jared)
	if _, err := w.j.Append(journal.Entry{Account: AccountKey(w.Info()), Op: journal.Save, Kind: "todo", Project: 7, Item: r.ID,
		Name: "Item.md", Base: encodeRecord(r), Text: []byte("one, first\n\ntwo\n\nthree\n")}); err != nil {
		t.Fatal(err)
	}
	i := w.recs.Put(r)
	if _, err := w.saver.Update(t.Context(), w, Edit{Item: i, Base: r, Name: "Item.md", Data: []byte("one\n\ntwo\n\nthree, second\n")}); err != nil {
		t.Fatal(err)
	}
	if got := w.all(); got[0] != "Item: one, first|two|three, second" || w.saver.Waiting() != 0 {
		t.Errorf("the service has %q, %d texts wait", got, w.saver.Waiting())
	}
}

// An entry that ends while Resume reads the journal is nobody's any more.
func TestResumeIsCalledTwice(t *testing.T) {
	w := newWorld(t)
	for n := range 10 {
		if _, err := w.j.Append(journal.Entry{Account: AccountKey(w.Info()), Op: journal.Create, Kind: "todo", Project: 7, ParentKind: "todolist", Parent: 70,
			Name: fmt.Sprintf("New %d.md", n), Text: []byte("text\n"), Extra: extra{Title: fmt.Sprintf("New %d", n)}.encode()}); err != nil {
			t.Fatal(err)
		}
	}
	done := make(chan error, 4)
	for range 4 {
		go func() { done <- w.saver.Resume(context.WithoutCancel(t.Context()), w.find) }()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := w.all(); len(got) != 10 || w.saver.Waiting() != 0 {
		t.Errorf("the service has %q", got)
	}
}
