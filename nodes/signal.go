package nodes

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// The kernel interrupts a request for any signal that its program handles, and
// does not say which. A program that closes a file must not be told that this
// failed because its window was resized, its child ended, or its runtime woke a
// thread: these signals wait, the others end the waiting.
const passing = 1<<(syscall.SIGCHLD-1) | 1<<(syscall.SIGCONT-1) | 1<<(syscall.SIGURG-1) | 1<<(syscall.SIGWINCH-1) |
	1<<(syscall.SIGIO-1) | 1<<(syscall.SIGPROF-1) | 1<<(syscall.SIGVTALRM-1) |
	1<<(syscall.SIGTSTP-1) | 1<<(syscall.SIGTTIN-1) | 1<<(syscall.SIGTTOU-1)

// lookAgain is how often the signals of an interrupted program are looked at:
// the kernel interrupts a request once.
const lookAgain = 50 * time.Millisecond

// patient returns a context for a change that was asked for under ctx. It ends
// when a signal arrives that is meant to end the program's waiting. stop must be
// called.
func patient(ctx context.Context) (out context.Context, stop func()) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	unhook := context.AfterFunc(ctx, func() {
		for !signaled(ctx) {
			select {
			case <-out.Done():
				return
			case <-time.After(lookAgain):
			}
		}
		cancel()
	})
	return out, func() { unhook(); cancel() }
}

// signaled reports whether a signal waits for the thread that makes a request,
// or its process, which is not one of the passing ones; or whether that cannot
// be known.
func signaled(ctx context.Context) bool {
	c, ok := fuse.FromContext(ctx)
	if !ok || c.Pid == 0 {
		return true
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Pid))
	if err != nil {
		return true
	}
	var pending uint64
	for _, key := range []string{"\nSigPnd:", "\nShdPnd:"} {
		_, rest, ok := bytes.Cut(status, []byte(key))
		line, _, _ := bytes.Cut(rest, []byte("\n"))
		n, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 64)
		if !ok || err != nil {
			return true
		}
		pending |= n
	}
	return pending&^passing != 0
}
