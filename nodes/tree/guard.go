package tree

import (
	"slices"
	"sync"
	"syscall"
	"time"

	"basecampfs/api"
)

// A burst of trashing is what rm -rf or rsync --delete in the wrong place
// looks like.
const (
	burst       = 50
	burstWindow = 10 * time.Second
	// begin is how long there is to take up again what was confirmed.
	begin = time.Minute
)

// guard stops a burst of trashing until somebody confirms it.
type guard struct {
	mu     sync.Mutex
	recent []time.Time
	shut   bool
	open   time.Time // until when what was confirmed may go on
}

// allow counts one more thing to be trashed, or refuses it.
func (g *guard) allow(now time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Before(g.open) {
		if next := now.Add(burstWindow); next.After(g.open) {
			g.open = next // for as long as it goes on
		}
		return nil
	}
	g.recent = slices.DeleteFunc(g.recent, func(t time.Time) bool { return now.Sub(t) > burstWindow })
	if g.shut || len(g.recent) >= burst {
		g.shut = true
		return &api.Error{Code: api.Limit, Err: syscall.EDQUOT,
			Message: "more than 50 things were to be trashed within 10 seconds",
			Hint:    "if that is what you want, run: basecampfs confirm DIR; else move back from trash/ what went"}
	}
	g.recent = append(g.recent, now)
	return nil
}

// forgive takes one back that was restored: a program that replaces files by
// removing them first trashes nothing in the end.
func (g *guard) forgive() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if n := len(g.recent); n > 0 {
		g.recent = g.recent[:n-1]
	}
}

// ConfirmTrashing lets a burst of trashing go on that was stopped.
func (t *Tree) ConfirmTrashing() {
	t.guard.mu.Lock()
	defer t.guard.mu.Unlock()
	if t.guard.shut {
		t.guard.open = time.Now().Add(begin)
	}
	t.guard.shut = false
	t.guard.recent = nil
}

// TrashingStopped reports whether a burst of trashing waits to be confirmed.
func (t *Tree) TrashingStopped() bool {
	t.guard.mu.Lock()
	defer t.guard.mu.Unlock()
	return t.guard.shut
}
