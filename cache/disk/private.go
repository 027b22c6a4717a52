package disk

import (
	"os"

	bolt "go.etcd.io/bbolt"

	"basecampfs/cache/internal/boltfile"
)

// openPrivate returns a database that nobody else sees and that ends with the
// process.
func openPrivate(o bolt.Options) (*boltfile.DB, error) {
	o.NoSync = true
	o.OpenFile = func(string, int, os.FileMode) (*os.File, error) { return privateFile() }
	return boltfile.OpenWith("memory", o)
}
