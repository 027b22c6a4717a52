package journal

import (
	"io/fs"
	"syscall"
	"time"
)

// changed is the time of the last change of a file's content or attributes.
func changed(info fs.FileInfo) time.Time {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return time.Unix(st.Ctim.Unix())
	}
	return info.ModTime()
}
