package fs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"basecampfs/api"
)

// Unmount takes away the mount of ours on dir, from any process of its owner
// or root. The process behind it is asked to, and has sent everything that was
// pending when Unmount returns. Without an answer from it, and for a dead mount,
// the kernel is asked. With lazy a mount that is in use is detached; otherwise
// it gives an error of Code Conflict. Code NotFound where nothing of ours is
// mounted.
func Unmount(ctx context.Context, dir string, lazy bool) error {
	path, err := resolve(dir)
	if err != nil {
		return err
	}
	m, err := inspect(path)
	if err != nil {
		return err
	}
	switch m.State {
	case Free:
		return &api.Error{Code: api.NotFound, Op: "unmount " + path, Message: "nothing is mounted there",
			Hint: "basecampfs status lists what is mounted."}
	case Foreign:
		return &api.Error{Code: api.Conflict, Op: "unmount " + path,
			Message: fmt.Sprintf("a file system of type %s is mounted there, not basecampfs", m.Type),
			Hint:    "Use umount or fusermount3 -u."}
	case Dead:
		return clearDead(path)
	}
	err = Call(ctx, m, Request{Op: OpUnmount, Lazy: lazy}, nil)
	if !errors.Is(err, ErrNoControl) {
		return err
	}
	if m.State == Hung && !lazy {
		return &api.Error{Code: api.Timeout, Op: "unmount " + path, Message: "the mount does not answer",
			Hint: "To take it away all the same: basecampfs unmount --lazy " + path}
	}
	return unmountPatiently(ctx, path, lazy)
}

// clearDead removes every dead mount of ours that is stacked on path.
func clearDead(path string) error {
	for {
		if err := unmountLazy(path); err != nil {
			return err
		}
		m, err := inspect(path)
		if err != nil || m.State != Dead {
			return err
		}
	}
}

// unmountPatiently asks the kernel until the mount is no longer in use, for
// busyFor at most, and then, if lazy, detaches it.
func unmountPatiently(ctx context.Context, path string, lazy bool) error {
	give := time.Now().Add(busyFor)
	for wait := 5 * time.Millisecond; ; wait *= 2 {
		err := unmountNow(path, false)
		if err == nil || !errors.Is(err, syscall.EBUSY) {
			return err
		}
		if time.Now().Add(wait).After(give) || ctx.Err() != nil {
			if lazy {
				return unmountLazy(path)
			}
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// unmountLazy takes a mount out of sight at once; it ends when its last user
// does.
func unmountLazy(path string) error { return unmountNow(path, true) }

// unmountNow is one attempt. Root calls the kernel; anybody else needs the
// helper program, which may unmount what this user mounted.
func unmountNow(path string, lazy bool) error {
	if os.Geteuid() == 0 {
		if err := unmountCall(path, lazy); err != nil {
			return pathError("unmount", path, err)
		}
		return nil
	}
	name, args := unmountHelper(path, lazy)
	bin, err := helper(name)
	if err != nil {
		return err
	}
	cmd := exec.Command(bin, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	said := strings.TrimSpace(string(out))
	if said == "" {
		said = err.Error()
	}
	e := &api.Error{Code: api.Failed, Op: "unmount " + path, Message: said, Err: err}
	// The helpers tell why only in words, which LC_ALL=C keeps English.
	switch low := strings.ToLower(said); {
	case strings.Contains(low, "busy"):
		return pathError("unmount", path, syscall.EBUSY)
	case strings.Contains(low, "not permitted"), strings.Contains(low, "permission"):
		e.Code = api.Forbidden
		e.Hint = "Only who mounted it, and root, can unmount it."
	case strings.Contains(low, "not found in /etc/mtab"), strings.Contains(low, "not mounted"):
		e.Code = api.NotFound
	}
	return e
}
