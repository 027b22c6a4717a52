package bc3

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Whatever is added and changed, both orders hold every recording once.
func TestIndexStaysSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x index
		var all []*recording
		clock := int64(0)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			clock += rapid.Int64Range(0, 2).Draw(t, "later")
			if len(all) == 0 || rapid.Bool().Draw(t, "add") {
				r := &recording{id: int64(len(all) + 1), created: clock, updated: clock}
				all = append(all, r)
				x.add(r)
				continue
			}
			r := all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
			x.updating(r, func() { r.updated = clock })
		}
		if !slices.IsSortedFunc(x.created, byCreated) || !slices.IsSortedFunc(x.updated, byUpdated) {
			t.Fatal("out of order")
		}
		if len(x.created) != len(all) || len(x.updated) != len(all) {
			t.Fatalf("%d and %d of %d", len(x.created), len(x.updated), len(all))
		}
	})
}

func TestGear(t *testing.T) {
	at := 0
	for page, want := range []int{15, 30, 50, 100, 100, 100} {
		from, size := gear(page + 1)
		if from != at || size != want {
			t.Errorf("page %d starts at %d with %d, want %d with %d", page+1, from, size, at, want)
		}
		at += size
	}
}

func FuzzClean(f *testing.F) {
	s := newState(testEnv(), 1, "x")
	p := s.addPerson(&person{id: 1, name: "A B"})
	for _, b := range oddBodies {
		f.Add(b[1])
	}
	f.Add("<pre>\n\nx</pre>")
	f.Add("<p><section><p>a<table><b>x</section>")
	f.Add(mention(p) + "<script>x</script><a href='java\nscript:x'>y</a>")
	f.Fuzz(func(t *testing.T, text string) {
		r := &recording{id: 2}
		once := s.clean(r, text)
		if twice := s.clean(r, once); twice != once {
			t.Errorf("%q became %q and then %q", text, once, twice)
		}
		w := &writer{base: "http://x/1"}
		got, _ := s.expanded(w, once)
		if back := s.clean(r, got); back != once {
			t.Errorf("%q was sent as %q and came back as %q", once, got, back)
		}
	})
}
