// Command benchmark measures basecampfs, started by scripts/bench.
//
// It serves a simulated Basecamp inside itself, mounts it with the product in a
// process of its own, and runs the same programs on the mount, on a copy in
// memory (tmpfs), on a copy on disk, and on a static tree of the same files
// that go-fuse serves from memory: the best that FUSE allows. Everything that
// is compared is measured in one run, in turns, on one processor.
//
// The binary is also what it measures: as "product ARGS" it is basecampfs, as
// "static DIR FROM" it serves the static tree, as "read LIST" it times readers.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"basecampfs/cli"
)

func main() {
	if len(os.Args) > 1 {
		switch args := os.Args[2:]; os.Args[1] {
		case "product":
			stop := profile(os.Getenv(profileVariable))
			code := cli.Main(args)
			stop()
			os.Exit(code)
		case "static":
			exit(serveStatic(args))
		case "read":
			exit(timeReaders(args))
		}
	}
	c, err := parse(os.Args[1:])
	if err != nil {
		os.Exit(2) // package flag has said why
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	exit(bench(ctx, c))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchmark:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// bench measures everything and writes the report.
func bench(ctx context.Context, c config) error {
	b, err := newBench(c)
	if err != nil {
		return err
	}
	defer b.close()
	r := &report{config: c, todos: c.size.Projects * c.size.Lists * c.size.Todos}
	steps := []struct {
		name, what string // without a name: always
		do         func(context.Context, *report) error
	}{
		{"", "cold", b.cold},
		{"", "copies", b.copies},
		{"", "after a remount", b.remounted},
		{"", "warm", b.warm},
		{"kernel", "requests of the kernel", b.counted},
		{"single", "one file at a time", b.single},
		{"changes", "changes", b.copyIn},
		{"idle", "memory and requests when idle", b.idle},
	}
	for _, s := range steps {
		if s.name != "" && c.only != "" && !slices.Contains(strings.Split(c.only, ","), s.name) {
			continue
		}
		b.note("%s ...", s.what)
		if err := s.do(ctx, r); err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
	}
	r.write(os.Stdout)
	if c.plot == "" {
		return nil
	}
	return os.WriteFile(c.plot, r.plot(), 0o644)
}
