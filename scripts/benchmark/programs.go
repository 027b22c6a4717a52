package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// program is one that reads a whole tree.
type program struct {
	name string
	args []string
	// fails is the exit status of success.
	fails int
}

// noSuchText is in no file, so that grep has nothing to print.
const noSuchText = "no file has this text"

// programs read a tree each in the way of its own. None of them may write to
// /dev/null: tar and grep read nothing then.
func programs(empty string) []program {
	return []program{
		{name: "find", args: []string{"find", "."}},
		{name: "ls -lR", args: []string{"ls", "-lR", "."}},
		{name: "rsync -an", args: []string{"rsync", "-an", "./", empty + "/"}},
		{name: "grep -r", args: []string{"grep", "-r", noSuchText, "."}, fails: 1},
		{name: "tar", args: []string{"tar", "-cf", "-", "."}},
	}
}

// counter takes what a program prints, and is no file to it.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

// run runs a program in a folder and returns how long it took.
func (b *bencher) run(ctx context.Context, p program, dir string) (time.Duration, error) {
	c, err := b.cost(ctx, p, dir, nil)
	return c.wall, err
}

// cost is what a run took: by the clock, and of the processor's time, the
// program's together with that of the process which served it. The latter is
// steady where the machine is shared.
type cost struct{ wall, processor time.Duration }

// cost runs a program in a folder that m serves; nil where the kernel does. A
// program that has anything to complain about is an error.
func (b *bencher) cost(ctx context.Context, p program, dir string, m *mount) (c cost, err error) {
	before, err := m.processor()
	if err != nil {
		return c, err
	}
	defer func() {
		after, e := m.processor()
		c.processor += after - before
		err = errors.Join(err, e)
	}()
	args := b.pin(p.args...)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Writer(&counter{}), &errs
	began := time.Now()
	err = cmd.Run()
	c.wall = time.Since(began)
	if exited := (*exec.ExitError)(nil); errors.As(err, &exited) && exited.ExitCode() == p.fails && p.fails != 0 {
		err = nil
	}
	if err == nil && errs.Len() > 0 {
		err = errors.New("complaints")
	}
	if err != nil {
		return c, fmt.Errorf("%s in %s: %w\n%s", p.name, dir, err, first(errs.String(), 500))
	}
	c.processor = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return c, nil
}

// processor is how long the threads of m's process have run.
func (m *mount) processor() (time.Duration, error) {
	if m == nil {
		return 0, nil
	}
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", m.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, t := range threads {
		b, err := os.ReadFile(t)
		if errors.Is(err, os.ErrNotExist) {
			continue // a thread that has ended
		} else if err != nil {
			return 0, err
		}
		field, _, _ := strings.Cut(string(b), " ")
		ns, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, err
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}

func first(s string, n int) string { return s[:min(n, len(s))] }
