package disk

import (
	"os"

	"golang.org/x/sys/unix"
)

// privateFile returns a file in memory that has no name.
func privateFile() (*os.File, error) {
	fd, err := unix.MemfdCreate("basecampfs-cache", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "basecampfs-cache"), nil
}
