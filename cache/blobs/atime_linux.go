package blobs

import (
	"os"
	"syscall"
)

// readAt is when a file was read last, as a number that only orders.
func readAt(i os.FileInfo) int64 {
	if st, ok := i.Sys().(*syscall.Stat_t); ok {
		return syscall.TimespecToNsec(st.Atim)
	}
	return i.ModTime().UnixNano()
}
