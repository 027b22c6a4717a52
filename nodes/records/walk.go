package records

import (
	"sync"
	"time"

	"basecampfs/api"
)

// A walk is folders listed one after the other, no longer than window apart.
// siblings is how many it takes.
const (
	window   = 10 * time.Second
	siblings = 3
)

// family is what one listing of whole projects brings: the records of a kind,
// of to-do lists with their groups, that are active, archived or trashed.
type family struct {
	kind  api.Kind
	state api.State // Any, ArchivedState or TrashedState
}

func familyOf(q api.Query) family {
	f := family{q.Kind, q.State}
	if f.kind == api.TodoGroup {
		f.kind = api.TodoList
	}
	if f.state == api.Open || f.state == api.Completed {
		f.state = api.Any
	}
	return f
}

// home is the project that a query's answer is in; 0 where it is in none.
func home(q api.Query) int64 {
	if q.In.IsZero() {
		return q.Project
	}
	return q.In.Project
}

// walk notices when folders are listed one after the other.
type walk struct {
	mu   sync.Mutex
	last map[family]*steps
}

// steps are the folders listed last of one family.
type steps struct {
	at   time.Time
	seen map[id]bool
	// homes are the projects that they are in, up to two.
	homes map[int64]bool
	size  int // of the chunk of projects that was listed last; 0 before the first
}

// step notes that the answer to q is asked for and not there, and reports
// whether that is part of a walk, which is better answered by listings of whole
// projects.
func (w *walk) step(q api.Query, now time.Time) bool {
	at := id{api.Project, home(q)}
	if !q.In.IsZero() {
		at = idOf(q.In)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.of(familyOf(q), now)
	s.at = now
	if len(s.seen) < siblings {
		s.seen[at] = true
	}
	if len(s.homes) < 2 {
		s.homes[home(q)] = true
	}
	return len(s.seen) >= siblings
}

func (w *walk) of(f family, now time.Time) *steps {
	if w.last == nil {
		w.last = map[family]*steps{}
	}
	s := w.last[f]
	if s == nil || now.Sub(s.at) > window {
		s = &steps{at: now, seen: map[id]bool{}, homes: map[int64]bool{}}
		w.last[f] = s
	}
	return s
}

// growth is how much larger each chunk of a walk is than the one before: the
// first project is served soon, and the whole account takes few requests.
const growth = 4

// chunk returns how many projects to list next, of so many: at most most, or,
// where most is 0, either one or all of them. A walk that has come to a second
// project is taken for one through the account.
func (w *walk) chunk(f family, now time.Time, most, of int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.of(f, now)
	s.at = now
	if most == 0 {
		if len(s.homes) > 1 {
			return of
		}
		return 1
	}
	s.size = min(max(1, s.size*growth), most)
	return s.size
}

// going reports whether a walk through a family goes on.
func (w *walk) going(f family, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.last[f]
	return s != nil && now.Sub(s.at) <= window
}
