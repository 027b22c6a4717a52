package mounted

import (
	"fmt"
	"strings"
	"testing"

	"basecampfs/api/simulator"
	"basecampfs/api/simulator/product"
)

// company is a whole account of 200 lists and 5,000 to-dos.
var company = product.Size{Projects: 20, Lists: 10, Todos: 25}

// TestLoad counts what it takes to load a whole Basecamp 2 account, whose
// lists have 50 entries a page, and to walk through it then.
func TestLoad(t *testing.T) {
	const (
		most = 115
		// The dates of a project are two lists, and of all projects there is
		// none; the trash of a to-do list is only in the list.
		walk = 2*20 + 60
	)
	w := startWith(t, []string{"bcx"}, simulator.Options{Size: company})
	records := map[string]int{}
	if err := w.root.Load(t.Context(), func(what string, done int) { records[strings.TrimPrefix(what, account+": ")] = done }); err != nil {
		t.Fatal(err)
	}
	n := w.sim.Requests()
	t.Logf("loading: %d requests: %v", n.Total, n.ByRoute)
	if n.Total > most {
		t.Errorf("loading takes %d requests, more than %d", n.Total, most)
	}
	if records["todolist"] != 200 || records["todo"] != 5000 {
		t.Errorf("loaded are %v", records)
	}
	w.sim.ResetCounters()
	w.walks(t)
	n = w.sim.Requests()
	t.Logf("the walk after it: %d requests: %v", n.Total, n.ByRoute)
	if n.Total > walk || n.ByRoute["GET /todos.json"] > 0 {
		t.Errorf("a walk of what was loaded takes %d requests: %v", n.Total, n.ByRoute)
	}
}

// TestColdWalk counts the requests of a find through an account of which
// nothing is known.
func TestColdWalk(t *testing.T) {
	const most = 300 // where nothing takes longer than a walk may pause, 204
	w := startWith(t, []string{"bcx"}, simulator.Options{Size: company})
	w.walks(t)
	n := w.sim.Requests()
	t.Logf("%d requests: %v", n.Total, n.ByRoute)
	if n.Total > most {
		t.Errorf("a walk takes %d requests, more than %d: %v", n.Total, most, n.ByRoute)
	}
}

// walks finds every to-do of the company.
func (w *world) walks(t *testing.T) {
	t.Helper()
	out := w.sh(`find . -path '*/todos/*' -name 'To-do *.md' | wc -l`)
	var todos int
	if _, err := fmt.Sscan(out, &todos); err != nil || todos != company.Projects*company.Lists*company.Todos {
		t.Errorf("a walk finds %s to-dos", strings.TrimSpace(out))
	}
}
