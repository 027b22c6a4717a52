// Package disk keeps what was fetched across runs, so that the next mount is
// warm and works without a network.
//
// A Store is one bbolt file, bounded in size, of which the least recently used
// records go first. It is a cache and behaves like one: Open never fails, a
// damaged file is set aside and begun anew, and whatever cannot be kept is
// found missing. Writes are gathered in memory and put on disk by a goroutine
// of the Store's own, so that nobody waits for a disk.
package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"

	"basecampfs/cache/internal/boltfile"
)

// DefaultMaxBytes bounds a store whose Options do not.
const DefaultMaxBytes = 512 << 20

// minMaxBytes is the least that a store can do anything useful with.
const minMaxBytes = 1 << 20

// Options shape a Store; the zero value is usable.
type Options struct {
	// MaxBytes bounds the file, in bytes; 0 means DefaultMaxBytes, and less
	// than a MiB means a MiB.
	MaxBytes int64
	// Delay is how long a write may wait for others to join it; 0 means a
	// second.
	Delay time.Duration
	// Wait is how long Open waits for another process to let go; 0 means 200
	// milliseconds.
	Wait time.Duration
	// Now is the clock by which the least recently used is told; nil means
	// time.Now.
	Now func() time.Time
}

// Store is an open store. Its methods, and those of what it hands out, may be
// called from many goroutines, also after Close: then nothing is found.
type Store struct {
	path  string
	o     Options
	write writer
	stats counters

	use     sync.RWMutex // read-held while db is used, held while it is replaced
	db      *boltfile.DB // nil where nothing can be kept at all
	private bool         // db is a file that nobody else sees, gone at the end
	broken  bool         // the disk refused a write: nothing more is written
	problem atomic.Pointer[string]
}

// Stats is what a store holds and did since it was opened.
type Stats struct {
	Path      string `json:"path"`
	Persists  bool   `json:"persists"`          // what is kept outlives this process
	Problem   string `json:"problem,omitempty"` // why it does not, or what was wrong with the file, for a person
	Bytes     int64  `json:"bytes"`             // in use, of MaxBytes
	FileBytes int64  `json:"file_bytes"`
	MaxBytes  int64  `json:"max_bytes"`
	Waiting   int64  `json:"waiting"` // bytes not written yet
	Hits      int64  `json:"hits"`
	Misses    int64  `json:"misses"`
	Writes    int64  `json:"writes"`  // records written
	Evicted   int64  `json:"evicted"` // records dropped for the size
	Damaged   int64  `json:"damaged"` // records found damaged
}

type counters struct{ hits, misses, writes, evicted, damaged atomic.Int64 }

// Open opens or makes the store in the file path, 0600 in a folder of 0700. It
// always returns a store that works: where another process has the file open,
// or it cannot be written, one that lives in memory and ends with the process.
// Problem says why.
func Open(path string, o Options) *Store {
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	o.MaxBytes = max(o.MaxBytes, minMaxBytes)
	if o.Delay <= 0 {
		o.Delay = time.Second
	}
	if o.Wait <= 0 {
		o.Wait = 200 * time.Millisecond
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Store{path: path, o: o}
	s.open()
	s.write.start(s)
	return s
}

// open sets s.db. s.use is held, or nobody else has s yet.
func (s *Store) open() {
	db, err := s.openFile()
	if errors.Is(err, boltfile.ErrDamaged) {
		s.say("the cache was damaged (%v) and is built anew", err)
		if err = s.setAside(); err == nil {
			db, err = s.openFile()
		}
	}
	if err == nil {
		s.db, s.private = db, false
		s.db.AllocSize = s.growth()
		return
	}
	if errors.Is(err, boltfile.ErrLocked) {
		s.say("another process uses the cache %s: this one keeps its own in memory", s.path)
	} else {
		s.say("the cache %s cannot be used (%v): it is kept in memory", s.path, err)
	}
	s.private = true
	if s.db, err = openPrivate(s.bolt()); err == nil {
		err = prepare(s.db)
	}
	if err != nil {
		s.say("nothing can be cached: %v", err)
		s.db = nil
		return
	}
	s.db.AllocSize = s.growth()
}

// growth is by how many bytes the file grows at a time.
func (s *Store) growth() int { return int(min(1<<20, s.o.MaxBytes/32)) }

func (s *Store) bolt() bolt.Options {
	return bolt.Options{FreelistType: bolt.FreelistMapType, MaxSize: int(s.o.MaxBytes)}
}

// openFile opens the file: as it is, smaller where most of it is unused, and
// empty where its format is another one's or it is larger than it may be.
func (s *Store) openFile() (*boltfile.DB, error) {
	db, err := boltfile.Open(s.path, s.o.Wait, s.bolt())
	if err != nil {
		return nil, err
	}
	err = prepare(db)
	if errors.Is(err, errFormat) || err == nil && fileSize(db) > s.o.MaxBytes {
		// Removed while it is locked, so that two processes cannot both do it.
		if err = os.Remove(s.path); err == nil {
			db.Close()
			return s.openFile()
		}
	}
	if err == nil && wasteful(db) {
		if db, err = compact(db, s.path, s.o.Wait, s.bolt()); err != nil {
			return nil, err
		}
	}
	if err != nil {
		db.Close()
		return nil, err
	}
	if err := os.Chmod(s.path, 0o600); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// setAside keeps the damaged file, for whoever wants to know, and only one.
func (s *Store) setAside() error {
	old, err := filepath.Glob(s.path + ".damaged-*")
	if err != nil {
		return err
	}
	for _, name := range old {
		os.Remove(name)
	}
	_, err = boltfile.SetAside(s.path, s.o.Now())
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return err
}

// Problem says in a sentence for a person what is wrong with the store, or "".
func (s *Store) Problem() string {
	if p := s.problem.Load(); p != nil {
		return *p
	}
	return ""
}

func (s *Store) say(format string, a ...any) {
	p := fmt.Sprintf(format, a...)
	s.problem.Store(&p)
}

var errNothing = errors.New("there is no store")

// view runs a read. A damaged file is replaced, and the read finds nothing.
func (s *Store) view(f func(*bolt.Tx) error) error {
	return s.run(func(db *boltfile.DB) error { return db.View(f) })
}

func (s *Store) run(f func(*boltfile.DB) error) error {
	s.use.RLock()
	db := s.db
	if db == nil {
		s.use.RUnlock()
		return errNothing
	}
	err := db.Guard(func() error { return f(db) })
	s.use.RUnlock()
	if errors.Is(err, boltfile.ErrDamaged) {
		s.replace(db, err)
	}
	return err
}

// replace begins anew in place of a db that was found damaged while in use.
func (s *Store) replace(db *boltfile.DB, cause error) {
	s.use.Lock()
	defer s.use.Unlock()
	if s.db != db {
		return // somebody else was faster
	}
	db.Close()
	s.db = nil
	if !s.private {
		s.say("the cache was damaged (%v) and is built anew", cause)
		if err := s.setAside(); err != nil {
			s.say("the cache was damaged and cannot be set aside: %v", err)
			return
		}
	}
	s.open()
}

// Stats returns the figures of the moment.
func (s *Store) Stats() Stats {
	st := Stats{
		Path: s.path, Problem: s.Problem(), MaxBytes: s.o.MaxBytes, Waiting: s.write.waiting(),
		Hits: s.stats.hits.Load(), Misses: s.stats.misses.Load(), Writes: s.stats.writes.Load(),
		Evicted: s.stats.evicted.Load(), Damaged: s.stats.damaged.Load(),
	}
	s.use.RLock()
	defer s.use.RUnlock()
	if s.db != nil {
		st.Persists = !s.private && !s.broken
		st.Bytes, st.FileBytes = inUse(s.db), fileSize(s.db)
	}
	return st
}

// Flush returns when everything that was put before is on disk.
func (s *Store) Flush() { s.write.flush() }

// Clear forgets everything and gives the disk space back.
func (s *Store) Clear() error {
	return s.write.exclusively(func() error {
		s.use.Lock()
		defer s.use.Unlock()
		s.write.forget("")
		if s.db == nil {
			return nil
		}
		var err error
		if !s.private {
			err = os.Remove(s.path)
		}
		s.db.Close()
		s.db, s.broken = nil, false
		s.problem.Store(nil)
		s.open()
		return err
	})
}

// Close writes what is waiting and closes the file.
func (s *Store) Close() error {
	s.write.stop()
	s.use.Lock()
	defer s.use.Unlock()
	if s.db == nil {
		return nil
	}
	db := s.db
	s.db = nil
	return db.Close()
}

// Remove deletes the file of a store that no process has open; ErrLocked where
// one does. That there is none is no error.
func Remove(path string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := boltfile.Open(path, 100*time.Millisecond, bolt.Options{})
	if errors.Is(err, boltfile.ErrLocked) {
		return fmt.Errorf("%s: %w", path, ErrLocked)
	}
	if err == nil {
		defer db.Close()
	} else if !errors.Is(err, boltfile.ErrDamaged) {
		return err
	}
	return os.Remove(path)
}

// ErrLocked is why a store's file was not removed.
var ErrLocked = errors.New("a running basecampfs uses this cache; unmount it first")
