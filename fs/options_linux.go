package fs

import (
	"os"

	fusefs "github.com/hanwen/go-fuse/v2/fs"
	"golang.org/x/sys/unix"
)

// systemOptions chooses between mount(2), which only root may call, and
// fusermount3. The first takes "read-only" as a flag and rejects the word; the
// second takes the word.
func systemOptions(k *fusefs.Options, readOnly bool) {
	if os.Geteuid() != 0 {
		if readOnly {
			k.Options = append(k.Options, "ro")
		}
		return
	}
	k.DirectMountStrict = true
	k.DirectMountFlags = unix.MS_NOSUID | unix.MS_NODEV
	if readOnly {
		k.DirectMountFlags |= unix.MS_RDONLY
	}
}
