package records

import (
	"fmt"
	"strings"
	"testing"

	"basecampfs/api"
)

// TestWalkWithoutChunks walks an account of which the API lists either one
// project or all.
func TestWalkWithoutChunks(t *testing.T) {
	f := newFake(6, 4, 3)
	f.chunk = 0
	a, _ := open(f, nil)
	list(t, a, api.Query{Kind: api.Project})
	f.requests()
	lists := f.refs(api.TodoList) // four of each project, in order
	// Two lists by themselves, then their project, then the account: not sooner
	// than something is asked for in a second project.
	for n, want := range []string{
		fmt.Sprintf("todo in %d of 0 0 ", lists[0].ID), fmt.Sprintf("todo in %d of 0 0 ", lists[1].ID),
		fmt.Sprintf("todo in 0 of %d 0 ", lists[0].Project), "", "todo in 0 of 0 0 ", "",
	} {
		if got := list(t, a, api.Query{Kind: api.Todo, In: lists[n]}); len(got) != 3 {
			t.Errorf("list %d has %v", n, got)
		}
		if got := strings.Join(f.requests(), ", "); got != want {
			t.Errorf("list %d asks for %q, want %q", n, got, want)
		}
	}
	for _, l := range lists {
		list(t, a, api.Query{Kind: api.Todo, In: l})
	}
	if got := f.requests(); len(got) > 0 {
		t.Errorf("the rest of the walk asks for %q", got)
	}
}

// TestWalkAcrossProjects has the third folder in another project each time.
func TestWalkAcrossProjects(t *testing.T) {
	f := newFake(6, 1, 3)
	f.chunk = 0
	a, _ := open(f, nil)
	list(t, a, api.Query{Kind: api.Project})
	lists := f.refs(api.TodoList)
	f.requests()
	for _, l := range lists {
		list(t, a, api.Query{Kind: api.Todo, In: l})
	}
	if got := f.requests(); len(got) != 3 || got[2] != "todo in 0 of 0 0 " {
		t.Errorf("six folders in six projects ask for %q", got)
	}
}
