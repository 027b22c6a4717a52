package nodes

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// processOf returns the process that a request comes from, or 0 where that
// cannot be known. The kernel names a thread; programs open a file in one and
// close it in another.
func processOf(ctx context.Context) int {
	c, ok := fuse.FromContext(ctx)
	if !ok || c.Pid == 0 {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("\nTgid:"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	n, _ := strconv.Atoi(string(bytes.TrimSpace(line)))
	return n
}

// alive reports whether a process is there.
func alive(process int) bool {
	if process == 0 {
		return false
	}
	_, err := os.Stat(fmt.Sprintf("/proc/%d", process))
	return err == nil
}
