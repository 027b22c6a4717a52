package checklist

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"basecampfs/api"
)

// model is a service's list, by group.
type model struct {
	groups []int64
	todos  map[int64][]todoState // in the order of places; finished ones last
	next   int64
}

type todoState struct {
	id    int64
	title string
	done  bool
}

func (m *model) find(id int64) (int64, int) {
	for g, ts := range m.todos {
		if i := slices.IndexFunc(ts, func(v todoState) bool { return v.id == id }); i >= 0 {
			return g, i
		}
	}
	return 0, -1
}

// put places a to-do at a position among the open ones, or last of them.
func (m *model) put(g int64, v todoState, position int) {
	ts := m.todos[g]
	at, open := 0, 0
	for at < len(ts) && (position == 0 || open < position-1 || ts[at].done) {
		if !ts[at].done {
			open++
		}
		at++
	}
	m.todos[g] = slices.Insert(ts, at, v)
}

func (m *model) run(t *rapid.T, steps []Step, names map[int64]string) {
	made := map[int]int64{}
	for n, s := range steps {
		id, parent := s.Ref.ID, s.Parent.ID
		if s.Of > 0 {
			id = made[s.Of]
		}
		if s.InNew > 0 {
			parent = made[s.InNew]
		}
		if parent == 10 {
			parent = 0
		}
		switch s.Op {
		case Create:
			m.next++
			made[n+1] = m.next
			if s.Want.Kind == api.TodoGroup {
				m.groups = append(m.groups, m.next)
				names[m.next] = s.Want.Title
			} else {
				m.todos[parent] = append(m.todos[parent], todoState{m.next, s.Want.Title, s.Want.Completed})
			}
		case Update:
			if s.Ref.Kind == api.TodoGroup {
				names[id] = s.Want.Title
				continue
			}
			g, i := m.find(id)
			v := m.todos[g][i]
			if s.Of == 0 {
				v.title = s.Want.Title
			}
			if v.done && !s.Want.Completed {
				m.todos[g] = slices.Delete(m.todos[g], i, i+1)
				v.done = false
				m.todos[g] = append(m.todos[g], v)
				continue
			}
			v.done = s.Want.Completed
			m.todos[g][i] = v
		case Move:
			if i := slices.Index(m.groups, id); i >= 0 {
				m.groups = slices.Delete(m.groups, i, i+1)
				at := s.Position - 1
				if s.Position == 0 {
					at = len(m.groups)
				}
				m.groups = slices.Insert(m.groups, at, id)
				continue
			}
			g, i := m.find(id)
			v := m.todos[g][i]
			m.todos[g] = slices.Delete(m.todos[g], i, i+1)
			m.put(parent, v, s.Position)
		case Trash:
			if i := slices.Index(m.groups, id); i >= 0 {
				m.groups = slices.Delete(m.groups, i, i+1)
				delete(m.todos, id)
				continue
			}
			g, i := m.find(id)
			if i < 0 {
				t.Fatalf("%d is trashed twice", id)
			}
			m.todos[g] = slices.Delete(m.todos[g], i, i+1)
		}
	}
}

// show is what a person sees: groups with their open to-dos in order, then the
// finished ones by title.
func (m *model) show(names map[int64]string) string {
	var b strings.Builder
	for _, g := range append([]int64{0}, m.groups...) {
		fmt.Fprintf(&b, "%q\n", names[g])
		var closed []string
		for _, v := range m.todos[g] {
			if v.done {
				closed = append(closed, v.title)
			} else {
				fmt.Fprintf(&b, " %q\n", v.title)
			}
		}
		slices.Sort(closed)
		fmt.Fprintf(&b, " done %q\n", closed)
	}
	return b.String()
}

func TestPlanGivesWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawList(t)
		names := map[int64]string{0: ""}
		m := &model{todos: map[int64][]todoState{}, next: 1000}
		load := func(g int64, rs []*api.Record) {
			for _, r := range rs {
				m.todos[g] = append(m.todos[g], todoState{r.ID, r.Title, r.Completed})
			}
		}
		load(0, l.Todos)
		for _, g := range l.Groups {
			m.groups = append(m.groups, g.Record.ID)
			names[g.Record.ID] = g.Record.Title
			load(g.Record.ID, g.Todos)
		}
		f, err := Parse(Render(l, options))
		if err != nil {
			t.Fatal(err)
		}
		// Take all lines out and put them back anywhere, some changed, some not at
		// all, some new.
		var pool []Line
		pool = append(pool, f.Todos...)
		for _, g := range f.Groups {
			pool = append(pool, g.Todos...)
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "new") {
			pool = append(pool, Line{Title: fmt.Sprintf("new %d", i)})
		}
		groups := slices.Clone(f.Groups)
		for i := range rapid.IntRange(0, 2).Draw(t, "new groups") {
			groups = append(groups, Group{Title: fmt.Sprintf("new group %d", i)})
		}
		if rapid.Bool().Draw(t, "shuffle") {
			pool = rapid.Permutation(pool).Draw(t, "lines")
			groups = rapid.Permutation(groups).Draw(t, "order")
		}
		edited := &File{List: f.List}
		for _, g := range groups {
			if rapid.IntRange(0, 4).Draw(t, "keep group") > 0 {
				g.Todos = nil
				g.Number = 1
				edited.Groups = append(edited.Groups, g)
			}
		}
		for n, v := range pool {
			if rapid.IntRange(0, 5).Draw(t, "keep") == 0 {
				continue
			}
			v.Number = n + 1
			if rapid.IntRange(0, 3).Draw(t, "toggle") == 0 {
				v.Completed = !v.Completed
			}
			if rapid.IntRange(0, 3).Draw(t, "retitle") == 0 {
				v.Title = fmt.Sprintf("retitled %d", n)
			}
			if g := rapid.IntRange(0, len(edited.Groups)).Draw(t, "group"); g == 0 {
				edited.Todos = append(edited.Todos, v)
			} else {
				edited.Groups[g-1].Todos = append(edited.Groups[g-1].Todos, v)
			}
		}
		steps, err := Plan(l, edited, everything, options)
		if err != nil {
			t.Fatal(err)
		}
		m.run(t, steps, names)

		originals := map[int64]string{}
		for _, r := range l.Todos {
			originals[r.ID] = r.Title
		}
		for _, g := range l.Groups {
			originals[g.Record.ID] = g.Record.Title
			for _, r := range g.Todos {
				originals[r.ID] = r.Title
			}
		}
		title := func(id int64, s string) string {
			if o, ok := originals[id]; ok && readBack(o) == s {
				return o
			}
			return s
		}
		want := &model{todos: map[int64][]todoState{}}
		wanted := map[int64]string{0: ""}
		put := func(g int64, ls []Line) {
			for _, v := range ls {
				want.todos[g] = append(want.todos[g], todoState{v.ID, title(v.ID, v.Title), v.Completed})
			}
		}
		put(0, edited.Todos)
		for i, g := range edited.Groups {
			key := int64(i + 1)
			want.groups = append(want.groups, key)
			wanted[key] = title(g.ID, g.Title)
			put(key, g.Todos)
		}
		if d := cmp.Diff(want.show(wanted), m.show(names)); d != "" {
			t.Fatalf("%s\nsteps %q", d, lines(steps))
		}
		for i, s := range steps[:max(0, len(steps)-1)] {
			if s.Op == Trash && steps[i+1].Op != Trash {
				t.Fatal("trashes are not last")
			}
			if s.Op != Create && steps[i+1].Op == Create {
				t.Fatal("creates are not first")
			}
		}
	})
}
