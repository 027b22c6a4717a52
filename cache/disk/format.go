package disk

import (
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"time"

	bolt "go.etcd.io/bbolt"

	"basecampfs/cache/internal/boltfile"
)

// The file: bucket "format" says how to read the rest; bucket "spaces" has a
// bucket for each space, that one for each kind of record, and that the
// records.
var (
	bucketFormat = []byte("format")
	bucketSpaces = []byte("spaces")
	keyFormat    = []byte("version")
)

// version changes with whatever makes older records unreadable; the dictionary
// is part of it.
var version = fmt.Sprintf("1 %08x", crc32.ChecksumIEEE(dictionary))

var errFormat = errors.New("the file has another format")

// prepare makes the buckets of a new file and checks the format of an old one.
func prepare(db *boltfile.DB) error {
	return db.Guard(func() error {
		isNew := false
		err := db.View(func(tx *bolt.Tx) error {
			if b := tx.Bucket(bucketFormat); b != nil {
				if string(b.Get(keyFormat)) != version || tx.Bucket(bucketSpaces) == nil {
					return errFormat
				}
				return nil
			}
			if k, _ := tx.Cursor().First(); k != nil {
				return errFormat
			}
			isNew = true
			return nil
		})
		if err != nil || !isNew {
			return err
		}
		return db.Update(func(tx *bolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists(bucketFormat)
			if err != nil {
				return err
			}
			if _, err := tx.CreateBucketIfNotExists(bucketSpaces); err != nil {
				return err
			}
			return b.Put(keyFormat, []byte(version))
		})
	})
}

func fileSize(db *boltfile.DB) int64 {
	var n int64
	db.Guard(func() error {
		return db.View(func(tx *bolt.Tx) error { n = tx.Size(); return nil })
	})
	return n
}

// inUse is how much of the file is not free, in bytes.
func inUse(db *boltfile.DB) int64 {
	st := db.Stats()
	return fileSize(db) - int64(st.FreePageN+st.PendingPageN)*db.PageSize
}

// wasteful reports whether copying a file is worth it: bbolt never shrinks one.
func wasteful(db *boltfile.DB) bool {
	size := fileSize(db)
	return size > 16<<20 && inUse(db) < size/3
}

// compact copies what is in use to a new file in place of the old one. If that
// fails, the old one goes on.
func compact(db *boltfile.DB, path string, wait time.Duration, o bolt.Options) (*boltfile.DB, error) {
	temp := path + ".compact"
	os.Remove(temp)
	defer os.Remove(temp)
	small, err := boltfile.Open(temp, wait, bolt.Options{FreelistType: bolt.FreelistMapType, NoSync: true})
	if err != nil {
		return db, nil
	}
	err = db.Guard(func() error {
		return errors.Join(bolt.Compact(small.DB, db.DB, 1<<20), small.Sync(), small.Close())
	})
	if errors.Is(err, boltfile.ErrDamaged) {
		db.Close()
		return nil, err
	}
	if err != nil || os.Rename(temp, path) != nil {
		return db, nil
	}
	db.Close()
	return boltfile.Open(path, wait, o)
}
