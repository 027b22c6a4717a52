//go:build !linux

package fs

import (
	"os/exec"

	"basecampfs/api"

	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// system checks nothing: macFUSE says by itself what it lacks.
func system(Options) error { return nil }

// ready waits until the system's mount helper is done.
func ready(s *fuse.Server, _ bool) error { return s.WaitMount() }

func helper(name string) (string, error) {
	bin, err := exec.LookPath(name)
	if err != nil {
		return "", &api.Error{Code: api.Unsupported, Message: name + " is not installed", Err: err}
	}
	return bin, nil
}

func unmountHelper(path string, lazy bool) (string, []string) {
	if lazy {
		return "umount", []string{"-f", path}
	}
	return "umount", []string{path}
}

func unmountCall(path string, lazy bool) error {
	flags := 0
	if lazy {
		flags = unix.MNT_FORCE
	}
	return unix.Unmount(path, flags)
}
