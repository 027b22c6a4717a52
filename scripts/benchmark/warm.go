package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// The places that are compared.
const (
	inMemory   = "tmpfs"
	onDisk     = "disk"
	staticTree = "static"
	writable   = "basecampfs"
	readOnly   = "--read-only"
)

var places = []string{inMemory, onDisk, staticTree, writable, readOnly}

// folders are where the tree is in each place.
func (b *bencher) folders() map[string]string {
	return map[string]string{
		inMemory: filepath.Join(b.memory, "tree"), onDisk: filepath.Join(b.disk, "tree"),
		staticTree: b.static.path, writable: b.main.path, readOnly: b.read.path,
	}
}

// warm runs every program in every place, in turns, after a first time that
// does not count.
func (b *bencher) warm(ctx context.Context, r *report) error {
	if err := b.main.stop(); err != nil {
		return err
	}
	if err := b.inherit("read-only", "main"); err != nil {
		return err
	}
	var err error
	if b.main, err = b.mountProduct("main"); err != nil {
		return err
	}
	if b.read, err = b.mountProduct("read-only", "--read-only"); err != nil {
		return err
	}
	r.warm = map[string]map[string][]cost{}
	dirs := b.folders()
	servers := map[string]*mount{staticTree: b.static, writable: b.main, readOnly: b.read}
	for round := range b.config.rounds + 1 {
		for _, p := range b.programs() {
			if r.warm[p.name] == nil {
				r.warm[p.name] = map[string][]cost{}
			}
			for n := range places {
				place := places[(n+round)%len(places)]
				c, err := b.cost(ctx, p, dirs[place], servers[place])
				if err != nil {
					return err
				}
				if round > 0 {
					r.warm[p.name][place] = append(r.warm[p.name][place], c)
				}
			}
		}
		b.note("  round %d of %d", round, b.config.rounds)
	}
	if b.config.profile == "" {
		return nil
	}
	for _, p := range b.programs() {
		err := b.profiled(b.main, strings.ReplaceAll(p.name, " ", ""), func() error {
			for range b.config.rounds {
				if _, err := b.run(ctx, p, b.main.path); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// median of at least one duration.
func median(d []time.Duration) time.Duration {
	d = slices.Sorted(slices.Values(d))
	return (d[(len(d)-1)/2] + d[len(d)/2]) / 2
}

// sample is how many files are read one at a time.
const sample = 500

// single reads files one at a time, all over the tree.
func (b *bencher) single(_ context.Context, r *report) error {
	dirs := b.folders()
	var names []string
	err := filepath.WalkDir(dirs[inMemory], func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && strings.HasSuffix(path, ".md") {
			names = append(names, strings.TrimPrefix(path, dirs[inMemory]+"/"))
		}
		return err
	})
	if err != nil {
		return err
	}
	var chosen []string
	for n := range min(sample, len(names)) {
		chosen = append(chosen, names[n*len(names)/min(sample, len(names))])
	}
	list := filepath.Join(b.work, "sample")
	if err := os.WriteFile(list, []byte(strings.Join(chosen, "\n")+"\n"), 0o600); err != nil {
		return err
	}
	rounds := map[string][]readings{}
	for round := range b.config.rounds + 1 {
		for n := range places {
			place := places[(n+round)%len(places)]
			args := b.pin(b.self, "read", list)
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Dir, cmd.Stderr = dirs[place], os.Stderr
			out, err := cmd.Output()
			if err != nil {
				return fmt.Errorf("reading in %s: %w", place, err)
			}
			var x readings
			if err := json.Unmarshal(out, &x); err != nil {
				return err
			}
			if round > 0 {
				rounds[place] = append(rounds[place], x)
			}
		}
	}
	r.single = map[string]readings{}
	for place, all := range rounds {
		var p50, p99 []time.Duration
		for _, x := range all {
			p50, p99 = append(p50, x.P50), append(p99, x.P99)
		}
		r.single[place] = readings{median(p50), median(p99)}
	}
	return nil
}

// measure counts the files of a tree and the text of its to-dos.
func (r *report) measure(dir string) error {
	var texts int
	var text int64
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		r.files++
		r.bytes += info.Size()
		if strings.Contains(path, "/todos/") && strings.HasSuffix(path, ".md") && e.Name() != "todolist.md" {
			texts++
			text += info.Size()
		}
		return nil
	})
	r.text = float64(text) / float64(max(texts, 1))
	return err
}
