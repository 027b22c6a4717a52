package save

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"basecampfs/api"
)

const body = "<div>one</div><div>two</div><div>three</div>"

// TestUpdate is what becomes of a text, given what the service has by then.
func TestUpdate(t *testing.T) {
	lines := func(one, two, three string) string {
		return "<div>" + one + "</div><div>" + two + "</div><div>" + three + "</div>"
	}
	mine := lines("one", "two", "three, by me")
	for _, c := range []struct {
		name   string
		text   string
		theirs func(*api.Record) // what somebody else changes meanwhile
		spoil  func(string, int, bool) error
		want   string // what the service has then
		sent   bool
		code   api.Code
	}{
		{name: "says nothing new", text: "---\ntitle: Item\n---\n", want: "Item: one|two|three"},
		{name: "title", text: "---\ntitle: Thing\n---\n", want: "Thing: one|two|three", sent: true},
		{name: "date", text: "---\ndue_on: 2026-05-06\n---\n", want: "Item: one|two|three due 2026-05-06", sent: true},
		{name: "finished", text: "---\ncompleted: true\n---\n", want: "Item: one|two|three done", sent: true},
		{name: "text alone", text: "one\n\ntwo\n\nthree, by me\n", want: "Item: one|two|three, by me", sent: true},
		{name: "another field changed", text: "---\ndue_on: 2026-05-06\n---\n", sent: true,
			theirs: func(r *api.Record) { r.Title = "Thing" }, want: "Thing: one|two|three due 2026-05-06"},
		{name: "text and another field", text: "one\n\ntwo\n\nthree, by me\n", sent: true,
			theirs: func(r *api.Record) { r.Completed = true }, want: "Item: one|two|three, by me done"},
		{name: "other lines", text: "one\n\ntwo\n\nthree, by me\n", sent: true,
			theirs: func(r *api.Record) { r.Body = lines("one, by them", "two", "three") }, want: "Item: one, by them|two|three, by me"},
		{name: "the same line", text: "one\n\ntwo\n\nthree, by me\n", code: api.Conflict,
			theirs: func(r *api.Record) { r.Body = lines("one", "two", "three, by them") }, want: "Item: one|two|three, by them"},
		{name: "the same field", text: "---\ntitle: Mine\n---\n", code: api.Conflict,
			theirs: func(r *api.Record) { r.Title = "Theirs" }, want: "Theirs: one|two|three"},
		{name: "the same change", text: "one\n\ntwo\n\nthree, by me\n",
			theirs: func(r *api.Record) { r.Body = mine }, want: "Item: one|two|three, by me"},
		{name: "invalid", text: "---\ntitel: Thing\n---\n", code: api.Invalid, want: "Item: one|two|three"},
		{name: "unknown person", text: "---\nassignees: [Nobody]\n---\n", code: api.Invalid, want: "Item: one|two|three"},
		{name: "refused", text: "---\ntitle: Thing\n---\n", spoil: when("update", 0, false, api.Forbidden, 403), code: api.Forbidden, want: "Item: one|two|three"},
		{name: "gone", text: "---\ntitle: Thing\n---\n", spoil: when("get", 0, false, api.NotFound, 404), code: api.NotFound, want: "Item: one|two|three"},
		{name: "away", text: "---\ntitle: Thing\n---\n", spoil: always("get", api.Unreachable, 0), code: api.Unreachable, want: "Item: one|two|three"},
		{name: "answer lost", text: "---\ntitle: Thing\n---\n", spoil: when("update", 0, true, api.Unreachable, 0), code: api.Unreachable, want: "Thing: one|two|three", sent: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			r := w.has(api.Todo, home, "Item", body, jared)
			i := w.recs.Put(r)
			if c.theirs != nil {
				w.change(r.ID, c.theirs)
			}
			w.spoil = c.spoil
			now, err := w.saver.Update(t.Context(), w, Edit{Item: i, Base: i.Record(), Name: "Item.md", Data: []byte(c.text)})
			if api.CodeOf(err) != c.code {
				t.Fatalf("the error is %v, want %q", err, c.code)
			}
			if got := w.all(); !slices.Equal(got, []string{c.want}) {
				t.Errorf("the service has %q, want %q", got, c.want)
			}
			if got := len(w.writes()) > 0; got != c.sent {
				t.Errorf("something was sent: %v, want %v", got, c.sent)
			}
			if (err == nil) != (now != nil) {
				t.Errorf("it returns %v and %v", now, err)
			}
			var kept []string
			if err != nil {
				kept = []string{c.text}
			}
			if got := w.rejected(); !slices.Equal(got, kept) {
				t.Errorf("rejected are %q, want %q", got, kept)
			}
			if n := w.saver.Waiting(); n > 0 {
				t.Errorf("%d texts wait", n)
			}
			if err != nil && c.name != "invalid" && c.name != "unknown person" {
				// Who was told so tries again, with what is there then.
				w.spoil = nil
				if _, err := w.saver.Update(t.Context(), w, Edit{Item: i, Base: i.Record(), Name: "Item.md", Data: []byte(c.text)}); err != nil {
					t.Errorf("trying again: %v", err)
				}
			}
		})
	}
}

// An editor that has read a version goes on naming it, whatever is saved and
// changed by others meanwhile.
func TestEditorThatGoesOn(t *testing.T) {
	w := newWorld(t)
	r := w.has(api.Todo, home, "Item", body, jared)
	i := w.recs.Put(r)
	head := fmt.Sprintf("---\nid: %d\nupdated_at: %s\n---\n", r.ID, r.UpdatedAt.Format(time.RFC3339))
	theirs := func(alter func(*api.Record)) { // and the mount knows it
		w.change(r.ID, alter)
		now, err := w.Get(t.Context(), r.Ref)
		if err != nil {
			t.Fatal(err)
		}
		w.recs.Put(now)
	}
	for _, step := range []struct {
		what   string
		theirs func(*api.Record)
		text   string
		want   string
		code   api.Code
	}{
		{what: "another line was changed", theirs: func(r *api.Record) { r.Body = strings.Replace(r.Body, "one", "one, by them", 1) },
			text: "one\n\ntwo\n\nthree, by me\n", want: "Item: one, by them|two|three, by me"},
		{what: "the next save", text: "one\n\ntwo\n\nthree, by me again\n", want: "Item: one, by them|two|three, by me again"},
		{what: "the title was changed", theirs: func(r *api.Record) { r.Title = "Thing" },
			text: "one\n\ntwo, by me\n\nthree, by me again\n", want: "Thing: one, by them|two, by me|three, by me again"},
		{what: "the same once more", theirs: func(r *api.Record) { r.Title = "Item" },
			text: "one\n\ntwo, by me\n\nthree, by me again\n", want: "Item: one, by them|two, by me|three, by me again"},
		{what: "the same line was changed", theirs: func(r *api.Record) { r.Body = strings.Replace(r.Body, "two, by me", "two, by them", 1) },
			text: "one\n\ntwo, by me and me\n\nthree, by me again\n", want: "Item: one, by them|two, by them|three, by me again", code: api.Conflict},
		{what: "the first version put back", text: "one\n\ntwo\n\nthree\n", code: api.Conflict, want: "Item: one, by them|two, by them|three, by me again"},
	} {
		if step.theirs != nil {
			theirs(step.theirs)
		}
		_, err := w.saver.Update(t.Context(), w, Edit{Item: i, Base: i.Record(), Name: "Item.md", Data: []byte(head + step.text)})
		if api.CodeOf(err) != step.code {
			t.Errorf("%s: %v", step.what, err)
		}
		if got := w.all(); got[0] != step.want {
			t.Errorf("%s: the service has %q, want %q", step.what, got[0], step.want)
		}
	}
}

// A version that nobody has saved over here can be put back.
func TestPutBack(t *testing.T) {
	w := newWorld(t)
	r := w.has(api.Todo, home, "Item", body, jared)
	i := w.recs.Put(r)
	if err := w.saver.Change(t.Context(), w, i, func(r *api.Record) { r.Body, r.DueOn = "<div>other</div>", "2026-05-06" }); err != nil {
		t.Fatal(err)
	}
	old := fmt.Sprintf("---\ndue_on:\nid: %d\nupdated_at: %s\n---\none\n\ntwo\n\nthree\n", r.ID, r.UpdatedAt.Format(time.RFC3339))
	if _, err := w.saver.Update(t.Context(), w, Edit{Item: i, Base: i.Record(), Name: "Item.md", Data: []byte(old)}); err != nil {
		t.Fatal(err)
	}
	if got := w.all(); got[0] != "Item: one|two|three" {
		t.Errorf("the service has %q", got)
	}
}
