package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
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

// run runs a program in a folder and returns how long it took. A program that
// has anything to complain about is an error.
func (b *bencher) run(ctx context.Context, p program, dir string) (time.Duration, error) {
	args := b.pin(p.args...)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	var errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Writer(&counter{}), &errs
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if exited := (*exec.ExitError)(nil); errors.As(err, &exited) && exited.ExitCode() == p.fails && p.fails != 0 {
		err = nil
	}
	if err == nil && errs.Len() > 0 {
		err = errors.New("complaints")
	}
	if err != nil {
		return 0, fmt.Errorf("%s in %s: %w\n%s", p.name, dir, err, first(errs.String(), 500))
	}
	return took, nil
}

func first(s string, n int) string { return s[:min(n, len(s))] }
