package main

import (
	"bytes"
	"context"
	"regexp"
	"sync"
	"time"
)

// operations counts what the kernel asks, out of the log of go-fuse.
type operations struct {
	mu   sync.Mutex
	rest []byte
	n    map[string]int
}

var received = regexp.MustCompile(`\brx \d+: ([A-Z_0-9]+) `)

func (o *operations) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rest = append(o.rest, p...)
	for {
		line, rest, ok := bytes.Cut(o.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		if m := received.FindSubmatch(line); m != nil {
			if o.n == nil {
				o.n = map[string]int{}
			}
			o.n[string(m[1])]++
		}
		o.rest = rest
	}
}

// take returns the counts since it was last called.
func (o *operations) take() map[string]int {
	time.Sleep(500 * time.Millisecond) // the log arrives through a pipe
	o.mu.Lock()
	defer o.mu.Unlock()
	n := o.n
	o.n = nil
	return n
}

// counted notes what the kernel asks when programs run for the third time: in
// mounts of their own, since it is their log that tells.
func (b *bencher) counted(ctx context.Context, r *report) error {
	r.operations = map[string]map[string]map[string]int{}
	for _, place := range []struct {
		name  string
		flags []string
	}{{writable, nil}, {readOnly, []string{"--read-only"}}} {
		if err := b.inherit("counted", "main"); err != nil {
			return err
		}
		var ops operations
		m, err := b.mountLogged("counted", &ops, append(place.flags, "--log-file", "-", "--verbosity", "5")...)
		if err != nil {
			return err
		}
		r.operations[place.name] = map[string]map[string]int{}
		for _, p := range b.programs() {
			for range 3 {
				ops.take()
				if _, err := b.run(ctx, p, m.path); err != nil {
					return err
				}
			}
			r.operations[place.name][p.name] = ops.take()
		}
		if err := m.stop(); err != nil {
			return err
		}
	}
	return nil
}
