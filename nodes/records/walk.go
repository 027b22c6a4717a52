package records

import (
	"sync"
	"time"

	"basecampfs/api"
)

// window is how far apart two folders may be listed and still be one walk.
const window = 10 * time.Second

// walk notices when folders are listed one after the other.
type walk struct {
	now func() time.Time

	mu   sync.Mutex
	last map[track]mark
}

// track is where a walk goes: through the records of a kind in a project.
type track struct {
	kind    api.Kind
	project int64
}

type mark struct {
	in     id
	at     time.Time
	walked bool
}

// bulk reports whether q, which is not in the cache, is better answered by a
// listing of its whole project: when a sibling was asked for shortly before.
func (w *walk) bulk(a api.Account, q api.Query) (track, bool) {
	if q.In.IsZero() || q.In.Project == 0 || q.State == api.ArchivedState || q.State == api.TrashedState || !a.Can(q.Kind).Bulk {
		return track{}, false
	}
	t := track{q.Kind, q.In.Project}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last == nil {
		w.last = map[track]mark{}
	}
	was, ok := w.last[t]
	is := mark{in: idOf(q.In), at: w.now()}
	recent := ok && is.at.Sub(was.at) < window
	is.walked = recent && (was.walked || was.in != is.in)
	w.last[t] = is
	return t, is.walked
}
