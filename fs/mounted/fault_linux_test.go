package mounted

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"basecampfs/api/simulator"
)

// faults strike a fifth of all requests.
func faults(seed uint64) []string {
	var out []string
	for n, f := range []string{
		"status=503 rate=0.03", "status=500 rate=0.02", "status=429 rate=0.03", "status=502 rate=0.02",
		"drop rate=0.04", "drop-after rate=0.05", "cut rate=0.02", "malformed rate=0.01",
	} {
		out = append(out, fmt.Sprintf("%s seed=%d", f, seed+uint64(n)))
	}
	return out
}

// job is something that somebody wants done, however often it takes.
type job struct {
	what string
	do   func() error
}

// jobs are what some people do, each in order. They are the same for the same
// seed, and so is what comes of them.
func (b *workbench) jobs(seed uint64, each int) [][]job {
	people := make([][]job, 5)
	for p := range people {
		r := rand.New(rand.NewPCG(seed, uint64(p)))
		for i := range each {
			id := fmt.Sprintf("%d.%d", p, i)
			var j job
			switch p {
			case 0, 1:
				n, how := p*edited/2+r.IntN(edited/2), way(r.IntN(int(ways)))
				j = job{fmt.Sprintf("edit %d", n), func() error { return b.edit(n, "text "+id, how) }}
			case 2:
				how, done := way(r.IntN(int(ways))), r.IntN(2) == 0
				text := "text of " + id + "\n"
				if r.IntN(2) == 0 {
					text = fmt.Sprintf("---\ndue_on: 2027-08-09\ncompleted: %v\n---\n%s", done, text)
				}
				j = job{"new " + id, func() error { return b.create("New "+id, text, how) }}
			case 3:
				n, done := r.IntN(moved), r.IntN(2) == 0
				j = job{fmt.Sprintf("move %d", n), func() error { return b.move(n, fmt.Sprintf("Move %d to %s", n, id), done) }}
			case 4:
				switch r.IntN(3) {
				case 0:
					j = job{"list", func() error { return b.list("Bench " + id) }}
				case 1:
					j = job{"comment", func() error { return b.comment(0, "said "+id) }}
				default:
					n, done := r.IntN(6), r.IntN(2) == 0
					j = job{"line", func() error { return b.line(fmt.Sprintf("Line %d", n), done) }}
				}
			}
			people[p] = append(people[p], j)
		}
	}
	return people
}

// run has everybody do their jobs, and each job again until it is done.
func (b *workbench) run(people [][]job) (done, again int) {
	t := b.w.t
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, jobs := range people {
		wg.Go(func() {
			for _, j := range jobs {
				var err error
				tries := 0
				for until := time.Now().Add(2 * time.Minute); time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
					tries++
					if err = j.do(); err == nil {
						break
					}
				}
				mu.Lock()
				done++
				again += tries - 1
				mu.Unlock()
				if err != nil {
					t.Errorf("%s: still %v after %d tries", j.what, err, tries)
					return
				}
			}
		})
	}
	wg.Wait()
	return done, again
}

// TestFaults does the same work with a service that never fails and with one
// that fails a fifth of all requests: before it acts, after it acted, or for
// being asked too often. The same comes of it.
func TestFaults(t *testing.T) {
	seed := setting(t, seedVariable, uint64(time.Now().UnixNano()))
	each := int(setting(t, "BASECAMPFS_TEST_JOBS", 12))
	t.Logf("%s=%d BASECAMPFS_TEST_JOBS=%d", seedVariable, seed, each)
	work := func(t *testing.T, spoil func(*world)) []thing {
		w := start(t, simulator.Options{})
		b := newWorkbench(w)
		before := b.elsewhere()
		spoil(w)
		w.sim.ResetCounters()
		done, again := b.run(b.jobs(seed, each))
		w.sim.SetFaults()
		w.sim.SetRateLimit(simulator.RateLimit{})
		w.resumed()
		b.untouched(before)
		r := w.sim.Requests()
		bad := 0
		for status, n := range r.ByStatus {
			if status == 0 || status >= 429 {
				bad += n
			}
		}
		t.Logf("%d jobs done, %d tried again; %d of %d requests failed; %d texts were kept as rejected", done, again, bad, r.Total, len(w.rejected()))
		if t.Failed() {
			t.Logf("errors.log:\n%s", w.told())
		}
		return b.state()
	}
	var want []thing
	t.Run("none", func(t *testing.T) { want = work(t, func(*world) {}) })
	for name, spoil := range map[string]func(*world){
		"a fifth": func(w *world) {
			if err := w.sim.SetFault(faults(seed)...); err != nil {
				t.Fatal(err)
			}
		},
		"lost answers": func(w *world) {
			if err := w.sim.SetFault(fmt.Sprintf("drop-after POST rate=0.5 seed=%d", seed), fmt.Sprintf("drop-after rate=0.1 seed=%d", seed)); err != nil {
				t.Fatal(err)
			}
		},
		"rate limit": func(w *world) { w.sim.SetRateLimit(simulator.RateLimit{Requests: 40, Per: time.Second}) },
	} {
		t.Run(name, func(t *testing.T) {
			got := work(t, spoil)
			if d := cmp.Diff(lines(want), lines(got)); d != "" {
				t.Errorf("the service has something else than without faults (-without +with):\n%s", d)
			}
		})
	}
}

func lines(things []thing) []string {
	out := make([]string, len(things))
	for n, x := range things {
		out[n] = strings.TrimSpace(x.String())
	}
	return out
}
