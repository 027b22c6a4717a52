package nodes

import (
	"context"
	"sync"
	"time"
)

// gate counts the requests under way for which the kernel has a folder locked.
// To tell the kernel of a name in the folder takes that lock too. A process
// that is killed while it waits for it never lets go of /dev/fuse, so that the
// request that has the lock is never ended either: whoever made it would hang
// for good. So the notifier waits here, where it can be killed.
type gate struct {
	mu   sync.Mutex
	busy int
	left time.Time     // when a request ended last
	idle chan struct{} // closed when busy falls to 0; nil while nobody waits
}

// enter counts a request until the function that it returns is called.
func (g *gate) enter() (leave func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.busy++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.left = time.Now()
		if g.busy--; g.busy == 0 && g.idle != nil {
			close(g.idle)
			g.idle = nil
		}
	}
}

const (
	// answering is more than it takes to write an answer to the kernel after
	// its handler has returned.
	answering = time.Millisecond
	// gatePatience is how long a folder may be busy all the time before its
	// names are told all the same.
	gatePatience = time.Minute
)

// wait returns when no request holds the folder.
func (g *gate) wait(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, gatePatience)
	defer cancel()
	for {
		g.mu.Lock()
		if g.busy == 0 {
			rest := answering - time.Since(g.left)
			g.mu.Unlock()
			if rest <= 0 {
				return
			}
			time.Sleep(rest)
			continue
		}
		if g.idle == nil {
			g.idle = make(chan struct{})
		}
		idle := g.idle
		g.mu.Unlock()
		select {
		case <-idle:
		case <-ctx.Done():
			return
		}
	}
}
