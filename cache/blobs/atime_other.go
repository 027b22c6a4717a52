//go:build !linux

package blobs

import "os"

// readAt is when a file was fetched, as a number that only orders.
func readAt(i os.FileInfo) int64 { return i.ModTime().UnixNano() }
