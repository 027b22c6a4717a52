//go:build !linux

package disk

import "os"

// privateFile returns a file that has lost its name, so that it ends with the
// process.
func privateFile() (*os.File, error) {
	f, err := os.CreateTemp("", "basecampfs-cache-*")
	if err != nil {
		return nil, err
	}
	return f, os.Remove(f.Name())
}
