package records

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/cache/disk"
)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func open(f *fake, d *Disk) (*Account, *clock) {
	c := &clock{t: day}
	return New(f, Options{TTL: time.Minute, Timeout: time.Minute, Now: c.now, Disk: d}), c
}

func (f *fake) refs(k api.Kind) []api.Ref {
	var out []api.Ref
	for _, r := range f.recs {
		if r.Kind == k {
			out = append(out, r.Ref)
		}
	}
	slices.SortFunc(out, func(a, b api.Ref) int { return int(a.ID - b.ID) })
	return out
}

func list(t *testing.T, a *Account, q api.Query) []int64 {
	t.Helper()
	l, err := a.List(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var out []int64
	for _, i := range l.Items {
		out = append(out, i.Ref().ID)
	}
	return out
}

func TestWalkIsBulk(t *testing.T) {
	f := newFake(20, 5, 3)
	a, _ := open(f, nil)
	list(t, a, api.Query{Kind: api.Project})
	f.requests()
	for _, l := range f.refs(api.TodoList) {
		if got := list(t, a, api.Query{Kind: api.Todo, In: l, State: api.Open}); len(got) != 3 {
			t.Fatalf("list %d has %v", l.ID, got)
		}
	}
	asked := f.requests()
	// Two lists by themselves, then a project, then 4, 8 and 8 at a time.
	if len(asked) > 7 {
		t.Errorf("100 lists took %d requests: %q", len(asked), asked)
	}
	for _, l := range f.refs(api.TodoList) {
		list(t, a, api.Query{Kind: api.Todo, In: l, State: api.Open})
	}
	if again := f.requests(); len(again) != 0 {
		t.Errorf("the second walk asked %q", again)
	}
}

func TestSingleListingIsLazy(t *testing.T) {
	f := newFake(3, 5, 3)
	a, _ := open(f, nil)
	l := f.refs(api.TodoList)[0]
	list(t, a, api.Query{Kind: api.Todo, In: l, State: api.Open})
	list(t, a, api.Query{Kind: api.Todo, In: l, State: api.Completed})
	if asked := f.requests(); len(asked) != 2 || strings.Contains(asked[0], "in 0") {
		t.Errorf("asked %q", asked)
	}
}

func TestChangesKeepListingsFresh(t *testing.T) {
	f := newFake(1, 2, 3)
	a, c := open(f, nil)
	lists := f.refs(api.TodoList)
	q := api.Query{Kind: api.Todo, In: lists[0], State: api.Open}
	first := list(t, a, q)
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.requests()

	// One is renamed, one moved to the other list, one trashed.
	renamed, moved, gone := *f.recs[first[0]], *f.recs[first[1]], *f.recs[first[2]]
	renamed.Title, renamed.UpdatedAt = "Renamed", day.Add(time.Hour)
	moved.Parent, moved.UpdatedAt = lists[1], day.Add(time.Hour)
	gone.Status = api.Trashed
	f.news = []api.Changes{{Records: []*api.Record{&renamed, &moved, &gone}}}
	var told []int64
	a.OnChange(func(i *Item, _ *api.Record) { told = append(told, i.Ref().ID) })
	other := api.Query{Kind: api.Todo, In: lists[1], State: api.Open}
	list(t, a, other)
	f.requests()
	c.move(2 * time.Minute)
	if got := list(t, a, q); !slices.Equal(got, first[:1]) {
		t.Errorf("the list has %v", got)
	}
	if got := list(t, a, other); !slices.Contains(got, first[1]) {
		t.Errorf("the other list has %v", got)
	}
	if asked := f.requests(); !slices.Equal(asked, []string{"changes"}) {
		t.Errorf("asked %q", asked)
	}
	if i := a.Known(renamed.Ref); i.Record().Title != "Renamed" || i.At(day) == nil {
		t.Errorf("the item is %q, its past %v", i.Record().Title, i.At(day))
	}
	for _, id := range first {
		if !slices.Contains(told, id) {
			t.Errorf("nobody was told of %d", id)
		}
	}
}

func TestOutageServesWhatIsKnown(t *testing.T) {
	f := newFake(1, 2, 3)
	a, c := open(f, nil)
	lists := f.refs(api.TodoList)
	q := api.Query{Kind: api.Todo, In: lists[0], State: api.Open}
	want := list(t, a, q)
	f.set(api.Errorf(api.Unreachable, "down"))
	c.move(time.Hour)
	if got := list(t, a, q); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if _, err := a.List(t.Context(), api.Query{Kind: api.Todo, In: lists[1], State: api.Open}); api.CodeOf(err) != api.Unreachable {
		t.Errorf("what is not known gives %v", err)
	}
	if _, err := a.Outage(); err == nil {
		t.Error("no outage is noted")
	}
	f.set(nil)
	c.move(time.Minute)
	list(t, a, q)
	if _, err := a.Outage(); err != nil {
		t.Errorf("the outage is not over: %v", err)
	}
}

// An interrupted question is an error, whatever is being fetched.
func TestInterrupted(t *testing.T) {
	f := newFake(2, 5, 3)
	a, _ := open(f, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, l := range f.refs(api.TodoList) {
		got, err := a.List(ctx, api.Query{Kind: api.Todo, In: l, State: api.Open})
		if got == nil && err == nil {
			t.Fatal("neither an answer nor an error")
		}
	}
}

func TestOlderVersionDoesNotWin(t *testing.T) {
	f := newFake(1, 1, 1)
	a, _ := open(f, nil)
	todo := f.recs[f.refs(api.Todo)[0].ID]
	newer, older := *todo, *todo
	newer.Title, newer.UpdatedAt = "Newer", day.Add(time.Hour)
	older.Title = "Older"
	i := a.Put(&newer)
	a.Put(&older)
	if got := i.Record().Title; got != "Newer" {
		t.Errorf("the item is %q", got)
	}
}

func TestRemount(t *testing.T) {
	f := newFake(6, 4, 3)
	path := filepath.Join(t.TempDir(), "cache.db")
	store := disk.Open(path, disk.Options{})
	where := func() *Disk { return &Disk{Space: store.Space("me", "fake/1"), Store: store} }
	a, c := open(f, where())
	list(t, a, api.Query{Kind: api.Project})
	walk := func(a *Account) (out [][]int64) {
		for _, l := range f.refs(api.TodoList) {
			out = append(out, list(t, a, api.Query{Kind: api.Todo, In: l, State: api.Open}))
		}
		return out
	}
	want := walk(a)
	if err := a.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if raw, err := a.Raw(t.Context(), a.Known(f.refs(api.Todo)[0])); err != nil || !strings.HasPrefix(string(raw), `{"id":`) {
		t.Errorf("the JSON is %q, %v", raw, err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}

	store = disk.Open(path, disk.Options{})
	defer store.Close()
	f.requests()
	b, c2 := open(f, where())
	c2.move(c.now().Sub(day) + 10*time.Minute)
	moved := *f.recs[want[0][0]]
	moved.Parent, moved.UpdatedAt = f.refs(api.TodoList)[3], day.Add(time.Hour)
	f.news = []api.Changes{{Records: []*api.Record{&moved}}}
	got := walk(b)
	if asked := f.requests(); !slices.Equal(asked, []string{"changes"}) {
		t.Errorf("a warm walk asked %q", asked)
	}
	if slices.Contains(got[0], moved.ID) || !slices.Contains(got[3], moved.ID) {
		t.Errorf("what moved meanwhile is in %v and %v", got[0], got[3])
	}
	if !slices.Equal(got[1], want[1]) {
		t.Errorf("a list has %v, before %v", got[1], want[1])
	}
	i := b.Known(f.refs(api.Todo)[4])
	if raw, err := b.Raw(t.Context(), i); err != nil || int64(len(raw)) != i.RawSize() {
		t.Errorf("the JSON is %q of %d bytes, %v", raw, i.RawSize(), err)
	}
}
