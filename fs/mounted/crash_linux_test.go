package mounted

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"basecampfs/api/simulator"
)

// BASECAMPFS_TEST_KILLS is how often TestKills kills a mount, and
// BASECAMPFS_TEST_SEED what it draws its moments and texts from.
const (
	killsVariable = "BASECAMPFS_TEST_KILLS"
	seedVariable  = "BASECAMPFS_TEST_SEED"
)

func setting(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// ledger is what was promised about one thing: the text that was saved last, as
// its program was told, and those that were tried since. The latter may or may
// not have come.
type ledger struct {
	saved string // "" for none
	since []string
	told  int // how often a program was told that it is saved
}

func (l *ledger) try(text string, save func() error) error {
	l.since = append(l.since, text)
	err := save()
	if err == nil {
		l.saved, l.since = text, nil
		l.told++
	}
	return err
}

// allows reports whether has may be what the service has.
func (l *ledger) allows(has func(string) bool) bool {
	if l.saved == "" && len(l.since) > 0 && has("") || l.saved != "" && has(l.saved) {
		return true
	}
	for _, s := range l.since {
		if has(s) {
			return true
		}
	}
	return false
}

// crowd is people at work, each on things of their own.
type crowd struct {
	b      *workbench
	edits  [edited]ledger
	moves  [moved]ledger
	news   map[string]*ledger
	lines  map[string]*ledger
	said   map[string]*ledger
	lists  map[string]*ledger
	failed map[string]bool // new ones to be tried again
	round  int
}

func newCrowd(b *workbench) *crowd {
	c := &crowd{b: b, news: map[string]*ledger{}, lines: map[string]*ledger{}, said: map[string]*ledger{}, lists: map[string]*ledger{}, failed: map[string]bool{}}
	for n := range c.edits {
		c.edits[n].saved = fmt.Sprintf("text 0 of Edit %d", n)
	}
	for n := range c.moves {
		c.moves[n].saved = fmt.Sprintf("Move %d|false", n)
	}
	return c
}

// work goes on until the mount is gone, or for some time. Each person's doings
// are drawn from the seed.
func (c *crowd) work(seed uint64, dead <-chan struct{}) {
	var wg sync.WaitGroup
	person := func(n uint64, do func(r *rand.Rand, i int) error) {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, n))
			for i := 0; ; i++ {
				select {
				case <-dead:
					return
				default:
				}
				if err := do(r, i); err != nil {
					time.Sleep(time.Millisecond) // the mount may be gone
				}
			}
		})
	}
	c.round++
	id := func(i int) string { return fmt.Sprintf("%d.%d", c.round, i) }
	half := edited / 2
	editor := func(from, to int) func(*rand.Rand, int) error {
		return func(r *rand.Rand, i int) error {
			n := from + r.IntN(to-from)
			text := fmt.Sprintf("text %s of Edit %d", id(i), n)
			how := way(r.IntN(int(ways)))
			return c.edits[n].try(text, func() error { return c.b.edit(n, text, how) })
		}
	}
	person(1, editor(0, half))
	person(2, editor(half, edited))
	person(3, func(r *rand.Rand, i int) error {
		name := "New " + id(i)
		for again := range c.failed {
			if r.IntN(3) > 0 {
				name = again
			}
			delete(c.failed, again)
			break
		}
		l := c.news[name]
		if l == nil {
			l = &ledger{}
			c.news[name] = l
		}
		text := fmt.Sprintf("text of %s", name)
		if r.IntN(2) == 0 {
			text += " as of " + id(i)
		}
		file := "---\ndue_on: 2027-08-09\ncompleted: " + strconv.FormatBool(r.IntN(2) == 0) + "\n---\n" + text + "\n"
		if r.IntN(2) == 0 {
			file = text + "\n"
		}
		how := way(r.IntN(int(ways)))
		err := l.try(text, func() error { return c.b.create(name, file, how) })
		if err != nil {
			c.failed[name] = true
		}
		return err
	})
	person(4, func(r *rand.Rand, i int) error {
		n, done := r.IntN(moved), r.IntN(2) == 0
		title := fmt.Sprintf("Move %d to %s", n, id(i))
		return c.moves[n].try(fmt.Sprintf("%s|%v", title, done), func() error { return c.b.move(n, title, done) })
	})
	person(5, func(r *rand.Rand, i int) error {
		title := fmt.Sprintf("Line %d", r.IntN(12))
		done := r.IntN(2) == 0
		l := c.lines[title]
		if l == nil {
			l = &ledger{}
			c.lines[title] = l
		}
		return l.try(strconv.FormatBool(done), func() error { return c.b.line(title, done) })
	})
	person(6, func(r *rand.Rand, i int) error {
		if i%8 == 0 {
			name := "Bench " + strconv.Itoa(c.round)
			if c.lists[name] == nil {
				c.lists[name] = &ledger{}
			}
			return c.lists[name].try(name, func() error { return c.b.list(name) })
		}
		text := "said " + id(i)
		if c.said[text] == nil {
			c.said[text] = &ledger{}
		}
		return c.said[text].try(text, func() error { return c.b.comment(0, text) })
	})
	wg.Wait()
}

// counts are what was found.
type counts struct{ kills, texts, duplicates, lost, late int }

// check compares what was promised with what the service has.
func (c *crowd) check(sum *counts) {
	t := c.b.w.t
	t.Helper()
	state := c.b.state()
	by := map[string][]thing{}
	for _, x := range state {
		by[x.list+"/"+x.title] = append(by[x.list+"/"+x.title], x)
	}
	late := 0
	one := func(what, key string, l *ledger, ok func(x thing, text string) bool) {
		xs := by[key]
		if len(xs) > 1 {
			sum.duplicates += len(xs) - 1
			t.Errorf("%s is there %d times: %v", what, len(xs), xs)
		}
		if !l.allows(func(s string) bool { return len(xs) == 0 && s == "" || len(xs) > 0 && s != "" && ok(xs[0], s) }) {
			sum.lost++
			t.Errorf("%s: %q was promised, and tried since: %q; there is %v", what, l.saved, l.since, xs)
		}
		if len(xs) > 0 && l.saved == "" {
			late++
		}
	}
	texts := 0
	for n := range c.edits {
		l, title := &c.edits[n], fmt.Sprintf("Edit %d", n)
		texts += l.told
		one(title, benchEdits+"/"+title, l, func(x thing, text string) bool {
			return x.body == "Kept. "+text && !x.done && x.rest == "2027-05-06 2027-05-01 1 1"
		})
	}
	for name, l := range c.news {
		texts += l.told
		one(name, benchNews+"/"+name, l, func(x thing, text string) bool { return x.body == text })
	}
	for title, l := range c.lines {
		texts += l.told
		one(title, benchChecks+"/"+title, l, func(x thing, text string) bool {
			return strconv.FormatBool(x.done) == text || l.saved == "" // made, and not ticked yet
		})
	}
	for name, l := range c.lists {
		one(name, name+"/", l, func(thing, string) bool { return true })
	}
	for n := range c.moves {
		c.moved(n, state)
	}
	for _, x := range state {
		if x.list == benchEdits && x.title == "Edit 0" {
			for text, l := range c.said {
				texts += l.told
				has := 0
				for _, s := range x.comments {
					if s == text {
						has++
					}
				}
				if has > 1 {
					sum.duplicates += has - 1
					t.Errorf("%q is said %d times", text, has)
				}
				if has == 0 && l.saved != "" {
					sum.lost++
					t.Errorf("%q is not said", text)
				}
			}
		}
		if x.body != "<div>As it was.</div>" && x.title == "" && x.list != "" && !strings.HasPrefix(x.list, "Bench ") {
			t.Errorf("the list %s says %q", x.list, x.body)
		}
		if x.status != "active" {
			t.Errorf("trashed: %v", x)
		}
	}
	sum.texts, sum.late = texts, late
}

// moved checks a to-do that was renamed, finished and reopened.
func (c *crowd) moved(n int, state []thing) {
	t := c.b.w.t
	t.Helper()
	var has []thing
	for _, x := range state {
		if x.list == benchMoves && strings.HasPrefix(x.title, fmt.Sprintf("Move %d", n)) {
			has = append(has, x)
		}
	}
	l := &c.moves[n]
	if len(has) != 1 || has[0].body != fmt.Sprintf("Kept. text 0 of Move %d", n) || has[0].rest != "2027-05-06 2027-05-01 1 1" {
		t.Errorf("Move %d is %v", n, has)
		return
	}
	// The title and the rest of a move that was interrupted may be of two.
	title, done := false, false
	for _, s := range append([]string{l.saved}, l.since...) {
		a, b, _ := strings.Cut(s, "|")
		title = title || a == has[0].title
		done = done || b == strconv.FormatBool(has[0].done)
	}
	if !title || !done {
		t.Errorf("Move %d: %q was promised, and tried since: %q; there is %v", n, l.saved, l.since, has[0])
	}
}

// TestKills kills the process behind a mount at random moments of a workload
// and mounts again each time. Every text of which a program was told that it is
// saved is at the service, nothing is there twice, and what nobody changed is
// as it was.
func TestKills(t *testing.T) {
	kills := int(setting(t, killsVariable, 8))
	seed := setting(t, seedVariable, uint64(time.Now().UnixNano()))
	t.Logf("%s=%d %s=%d", killsVariable, kills, seedVariable, seed)
	w := start(t, simulator.Options{Latency: 2 * time.Millisecond})
	w.names(project + "/todos") // so that a cache outlives the first mount
	w.unmount()
	b := newWorkbench(w)
	before := b.elsewhere()
	c := newCrowd(b)
	r := rand.New(rand.NewPCG(seed, 0))
	var sum counts
	defer func() {
		t.Logf("%d kills, %d texts checked, %d duplicates, %d lost, %d finished after a restart although their programs had failed",
			sum.kills, sum.texts, sum.duplicates, sum.lost, sum.late)
	}()
	cmd := w.away()
	defer func() { w.clear() }()
	for n := range kills {
		w.sim.ResetCounters()
		dead := make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() { c.work(seed+uint64(n)+1, dead) })
		// Every fourth time while the mount and its programs get going.
		for until := time.Now().Add(5 * time.Second); n%4 > 0 && len(w.writes()) == 0 && time.Now().Before(until); {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(r.Int64N(int64(400 * time.Millisecond))))
		w.kill(cmd)
		close(dead)
		wg.Wait()
		sum.kills++
		cmd = w.away()
		// Every other time people go on before all is sent that was left.
		if n%2 == 0 || n == kills-1 {
			w.resumed()
			c.check(&sum)
		}
		if t.Failed() {
			t.Logf("after kill %d; errors.log:\n%s\nrejected: %q", n+1, w.told(), w.rejected())
			w.kill(cmd)
			return
		}
	}
	b.untouched(before)
	if testing.Verbose() {
		t.Logf("errors.log at the end:\n%s", w.told())
	}
	w.end(cmd)
	if m, err := filepath.Glob(filepath.Join(w.state, "journal", "text", "*")); err != nil || len(m) > 0 {
		t.Errorf("the journal has kept %q, %v", m, err)
	}
}

// What was saved just before a kill shows right after the restart.
func TestKilledAfterASave(t *testing.T) {
	w := start(t, simulator.Options{})
	w.names(list) // so that there is something in the cache
	w.unmount()
	defer w.clear()
	for n := range 5 {
		name := fmt.Sprintf("Saved %d.md", n)
		cmd := w.away()
		if err := w.write(list+"/"+name, "text\n"); err != nil {
			t.Fatal(err)
		}
		w.kill(cmd)
		cmd = w.away()
		if got := w.names(list); !slices.Contains(got, name) {
			t.Errorf("the folder has %q", got)
		}
		w.kill(cmd)
	}
}
