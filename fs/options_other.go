//go:build !linux

package fs

import fusefs "github.com/hanwen/go-fuse/v2/fs"

// systemOptions sets what macFUSE's mount helper understands, which is the
// words alone.
func systemOptions(k *fusefs.Options, readOnly bool) {
	if readOnly {
		k.Options = append(k.Options, "ro")
	}
}
