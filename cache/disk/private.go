package disk

import (
	"os"

	bolt "go.etcd.io/bbolt"

	"basecampfs/cache/internal/boltfile"
)

// openPrivate returns a database that nobody else sees and that ends with the
// process.
func openPrivate(o bolt.Options) (db *bolt.DB, err error) {
	o.NoSync, o.NoGrowSync = true, false
	o.OpenFile = func(string, int, os.FileMode) (*os.File, error) { return privateFile() }
	err = boltfile.Guard(func() error {
		db, err = bolt.Open("memory", 0o600, &o)
		return err
	})
	return db, err
}
