// Package boltfile opens bbolt databases whose file nobody vouches for: a
// damaged one is reported, where bbolt alone panics, faults or hands out
// garbage.
package boltfile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// What Open fails with, beside what the operating system says.
var (
	ErrLocked  = errors.New("another process has it open")
	ErrDamaged = errors.New("the file is damaged")
)

// DB is a bbolt database that knows whether it was found damaged.
type DB struct {
	*bolt.DB
	PageSize int64 // in bytes; bolt's Info must not be asked while others write
	file     *os.File
	damaged  atomic.Bool
}

// Guard calls f, which uses the database, as the function of that name does.
func (db *DB) Guard(f func() error) error {
	err := Guard(f)
	if errors.Is(err, ErrDamaged) {
		db.damaged.Store(true)
	}
	return err
}

// Close closes the database and gives up its lock. One that was found damaged
// may have panicked with a mutex of its own held: then only the lock is given
// up, and the memory map stays.
func (db *DB) Close() error {
	if db.damaged.Load() {
		return db.letGo()
	}
	return Guard(db.DB.Close)
}

// letGo unlocks and closes the file. Closing it alone would not unlock it as
// long as it is mapped.
func (db *DB) letGo() error {
	return errors.Join(syscall.Flock(int(db.file.Fd()), syscall.LOCK_UN), db.file.Close())
}

// Open opens or creates the database at path, 0600 in folders of 0700. It
// waits up to wait for another process's lock, then fails with ErrLocked. A
// file that is no sound database fails with ErrDamaged and is left as it is.
func Open(path string, wait time.Duration, o bolt.Options) (*DB, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	o.Timeout = wait
	db, err := OpenWith(path, o)
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrLocked
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch),
		err != nil && tooSmall(path):
		return nil, fmt.Errorf("%w: %v", ErrDamaged, err)
	case err != nil:
		return nil, err
	}
	if err := db.whole(); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// OpenWith is bolt.Open, guarded.
func OpenWith(path string, o bolt.Options) (*DB, error) {
	db := &DB{}
	open := o.OpenFile
	if open == nil {
		open = os.OpenFile
	}
	o.OpenFile = func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
		db.file, err = open(name, flag, mode)
		return db.file, err
	}
	err := Guard(func() (err error) {
		if db.DB, err = bolt.Open(path, 0o600, &o); err == nil {
			db.PageSize = int64(db.Info().PageSize)
		}
		return err
	})
	if err != nil {
		if db.file != nil {
			db.letGo() // after a panic it would stay open, and locked
		}
		return nil, err
	}
	return db, nil
}

// whole reports ErrDamaged for a file that is shorter than its own header
// says: reading its missing pages from the memory map would be fatal.
func (db *DB) whole() error {
	info, err := db.file.Stat()
	if err != nil {
		return err
	}
	return db.Guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			if tx.Size() > info.Size() {
				return fmt.Errorf("%w: %d bytes of %d are missing", ErrDamaged, tx.Size()-info.Size(), tx.Size())
			}
			return nil
		})
	})
}

// Check reads every page of a database and reports ErrDamaged where its
// structure is not as it should be, its list of free pages included: with a
// wrong one, the next write would destroy what is there.
func (db *DB) Check() error {
	return db.Guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			// bbolt's own check faults on wild references, in a goroutine where
			// that is fatal. So every page that it follows is visited here first.
			err := tx.ForEach(func(_ []byte, b *bolt.Bucket) error { return visit(b, tx.Size()) })
			if err != nil {
				return err
			}
			for e := range tx.Check() {
				err = fmt.Errorf("%w: %v", ErrDamaged, e)
			}
			return err
		})
	})
}

// visit walks through a bucket and those in it. A key is at least a byte.
func visit(b *bolt.Bucket, most int64) error {
	return b.ForEach(func(key, v []byte) error {
		if most--; most < 0 || len(key) == 0 {
			return ErrDamaged
		}
		if v == nil {
			return visit(b.Bucket(key), most)
		}
		return nil
	})
}

// BothHeaders reports whether both headers of the database are intact. bbolt
// is content with one, and then shows the state before the last transaction.
func BothHeaders(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	size, ok := header(f, 0)
	if !ok {
		return false
	}
	_, ok = header(f, int64(size))
	return ok
}

// header reads the header in the page at an offset and returns the page size
// that it tells. See meta and page in bbolt's internal/common: 16 bytes of the
// page, then 56 bytes that end in the transaction's id, then their FNV-1a sum.
func header(f *os.File, at int64) (pageSize uint32, ok bool) {
	const page, sum = 16, 56
	var b [page + sum + 8]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		return 0, false
	}
	h := fnv.New64a()
	h.Write(b[page : page+sum])
	return binary.NativeEndian.Uint32(b[page+8:]), h.Sum64() == binary.NativeEndian.Uint64(b[page+sum:])
}

func tooSmall(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() > 0 && info.Size() < 2*int64(os.Getpagesize())
}

// Guard calls f and turns a panic, and a fault on the memory map, into an
// error that is ErrDamaged.
func Guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrDamaged, r)
		}
	}()
	return f()
}

// SetAside renames a damaged file to a name beside it that says when, and
// returns the new path.
func SetAside(path string, now time.Time) (string, error) {
	base := path + ".damaged-" + now.UTC().Format("20060102T150405.000Z")
	aside := base
	for n := 2; ; n++ {
		if _, err := os.Lstat(aside); errors.Is(err, os.ErrNotExist) {
			break
		}
		aside = fmt.Sprintf("%s-%d", base, n)
	}
	if err := os.Rename(path, aside); err != nil {
		return "", err
	}
	return aside, SyncDir(filepath.Dir(path))
}

// SyncDir makes the names in a folder durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Uint64 and Key64 are how counters become keys that sort by number.
func Uint64(key []byte) uint64 { return binary.BigEndian.Uint64(key) }

// Key64 is the inverse of Uint64.
func Key64(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
