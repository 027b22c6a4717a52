package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"basecampfs/api/simulator"
)

// bencher is a service, and what reads it.
type bencher struct {
	config  config
	self    string // this program
	work    string // a folder for everything
	memory  string // one in memory, for the copy
	disk    string // one on the disk
	sim     *simulator.Server
	account simulator.Account
	mounts  []*mount
	main    *mount // the one that can be written
	read    *mount // the read-only one
	static  *mount
	// profiles counts those that a mount was asked for.
	profiles int
}

func newBench(c config) (*bencher, error) {
	if c.size.Small() {
		return nil, errors.New("the sample account is too small to measure: give a --size")
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	b := &bencher{config: c, self: self}
	if b.sim, err = simulator.New(simulator.Options{Size: c.size, Latency: c.latency, RateLimit: c.limit, Without: []string{"bcx"}}); err != nil {
		return nil, err
	}
	if err := b.sim.Start("127.0.0.1:0"); err != nil {
		return nil, err
	}
	b.account = b.sim.Accounts()[0]
	for _, f := range []struct {
		to *string
		in string
	}{{&b.work, ""}, {&b.memory, "/dev/shm"}, {&b.disk, c.disk}} {
		if *f.to, err = os.MkdirTemp(f.in, "basecampfs-bench-"); err != nil {
			b.close()
			return nil, err
		}
	}
	return b, os.Mkdir(filepath.Join(b.work, "empty"), 0o700)
}

// close ends every process and deletes everything.
func (b *bencher) close() {
	for _, m := range b.mounts {
		if err := m.stop(); err != nil {
			b.note("%s: %v", m.dir, err)
		}
		if _, err := os.Lstat(m.dir); errors.Is(err, syscall.ENOTCONN) { // somebody ended it
			if out, err := exec.Command(b.self, "product", "unmount", m.dir).CombinedOutput(); err != nil {
				b.note("%s: %s", m.dir, out)
			}
		}
	}
	_ = b.sim.Close()
	for _, d := range []string{b.work, b.memory, b.disk} {
		if d == "" {
			continue
		}
		if err := os.RemoveAll(d); err != nil {
			b.note("%v", err)
		}
	}
}

func (b *bencher) note(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

func (b *bencher) programs() []program { return programs(filepath.Join(b.work, "empty")) }

// calm waits until what was asked before no longer counts against the limit.
func (b *bencher) calm(ctx context.Context) error { return pause(ctx, b.config.limit.Per) }

// allowed is how long the limit makes so many requests take.
func (b *bencher) allowed(requests int) time.Duration {
	if b.config.limit.Requests == 0 || requests == 0 {
		return 0
	}
	return time.Duration((requests-1)/b.config.limit.Requests) * b.config.limit.Per
}

// cold reads the account with nothing kept, once with each program. What the
// last one leaves is what the rest of the run goes on from.
func (b *bencher) cold(ctx context.Context, r *report) error {
	for _, p := range b.programs() {
		if err := errors.Join(b.main.stop(), b.forget("main"), b.calm(ctx)); err != nil {
			return err
		}
		var err error
		if b.main, err = b.mountProduct("main"); err != nil {
			return err
		}
		w, err := b.walk(ctx, p, b.main)
		if err != nil {
			return err
		}
		r.cold = append(r.cold, w)
	}
	m, err := b.main.memory()
	r.memory = append(r.memory, memoryRow{"while it is read for the first time", m})
	return err
}

// remounted reads the account with what an earlier mount has kept on disk.
func (b *bencher) remounted(ctx context.Context, r *report) error {
	for _, p := range b.programs() {
		if err := b.main.stop(); err != nil {
			return err
		}
		var err error
		if b.main, err = b.mountProduct("main"); err != nil {
			return err
		}
		w, err := b.walk(ctx, p, b.main)
		if err != nil {
			return err
		}
		r.remount = append(r.remount, w)
	}
	return nil
}

// walked is a program's run over a mount that asks the service.
type walked struct {
	program  string
	took     time.Duration
	allowed  time.Duration // by the limit
	requests int
	todos    int // of those, for to-do lists and to-dos
}

func (b *bencher) walk(ctx context.Context, p program, m *mount) (walked, error) {
	b.sim.ResetCounters()
	took, err := b.run(ctx, p, m.path)
	n := b.sim.Requests()
	b.note("  %s: %.1f s, %d requests", p.name, took.Seconds(), n.Total)
	b.routes()
	_, todos := b.asked()
	return walked{p.name, took, b.allowed(n.Total), n.Total, todos}, err
}

// asked counts what the service was asked since its counters were reset, by
// route and by what was listed. todos are those for to-do lists and to-dos.
func (b *bencher) asked() (n map[string]int, todos int) {
	n = map[string]int{}
	for _, q := range b.sim.Requests().Log {
		route := q.Route
		if v, err := url.ParseQuery(q.Query); err == nil && v.Get("type") != "" {
			route += " " + v.Get("type") + " " + v.Get("status")
		}
		n[route]++
		if strings.Contains(strings.ToLower(route), "todo") {
			todos++
		}
	}
	return n, todos
}

// routes notes what was asked.
func (b *bencher) routes() {
	n, _ := b.asked()
	for _, route := range slices.Sorted(maps.Keys(n)) {
		b.note("    %4d %s", n[route], route)
	}
}

// copies makes the same tree in memory, on disk, and as a static mount.
func (b *bencher) copies(ctx context.Context, r *report) error {
	for _, d := range []string{b.memory, b.disk} {
		if _, err := b.run(ctx, program{name: "rsync", args: []string{"rsync", "-a", "./", filepath.Join(d, "tree") + "/"}}, b.main.path); err != nil {
			return err
		}
	}
	var err error
	if err := r.measure(filepath.Join(b.memory, "tree")); err != nil {
		return err
	}
	b.static, err = b.begin(filepath.Join(b.work, "mount-static"), nil, os.Stderr, "static", filepath.Join(b.work, "mount-static"), filepath.Join(b.memory, "tree"))
	return err
}
