package mounted

import (
	"testing"

	"basecampfs/api/simulator"
	"basecampfs/api/simulator/product"
)

// company is a whole account of 200 lists and 5,000 to-dos.
var company = product.Size{Projects: 20, Lists: 10, Todos: 25}

// TestLoad counts what it takes to load a whole Basecamp 2 account, whose
// lists have 50 entries a page.
func TestLoad(t *testing.T) {
	w := startWith(t, []string{"bcx"}, simulator.Options{Size: company})
	records := map[string]int{}
	if err := w.root.Load(t.Context(), func(what string, done int) { records[what] = done }); err != nil {
		t.Fatal(err)
	}
	n := w.sim.Requests()
	t.Logf("%d requests: %v; %v", n.Total, n.ByRoute, records)
}
