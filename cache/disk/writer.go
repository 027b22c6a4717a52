package disk

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"basecampfs/cache/internal/boltfile"
)

// touchAfter is after how many minutes it is written down that a record was
// used again.
const touchAfter = 60

// How many waiting bytes are written without further delay, and how many make
// those who put wait. One transaction, which needs as much again, has to fit.
func (o Options) writeAt() int64 { return min(4<<20, o.MaxBytes/16) }
func (o Options) waitAt() int64  { return min(32<<20, o.MaxBytes/8) }

// place is where a record is.
type place struct{ space, bucket, key string }

// change is what happens to a record: new content, or nil to delete it, or a
// note that it was used.
type change struct {
	content []byte
	touch   bool
}

// overhead is what a waiting change costs beside its content, in bytes.
const overhead = 200

func (c change) size() int64 { return int64(len(c.content)) + overhead }

// writer gathers changes and writes them in one transaction at a time.
type writer struct {
	store *Store
	wake  chan struct{} // something waits
	hurry chan struct{} // much waits
	quit  chan struct{}
	ended chan struct{}

	writing sync.Mutex // held while a transaction is written

	mu      sync.Mutex
	room    *sync.Cond
	next    map[place]change // to be written
	now     map[place]change // being written
	bytes   int64            // in next
	stopped bool
}

func (w *writer) start(s *Store) {
	w.store = s
	w.wake, w.hurry = make(chan struct{}, 1), make(chan struct{}, 1)
	w.quit, w.ended = make(chan struct{}), make(chan struct{})
	w.room = sync.NewCond(&w.mu)
	w.next = map[place]change{}
	go w.loop()
}

func (w *writer) loop() {
	defer close(w.ended)
	for {
		select {
		case <-w.wake:
		case <-w.quit:
			w.flush()
			return
		}
		delay := time.NewTimer(w.store.o.Delay)
		select {
		case <-delay.C:
		case <-w.hurry:
		case <-w.quit:
		}
		delay.Stop()
		w.flush()
	}
}

func (w *writer) stop() {
	w.mu.Lock()
	again := w.stopped
	w.stopped = true
	w.room.Broadcast()
	w.mu.Unlock()
	if !again {
		close(w.quit)
	}
	<-w.ended
}

func (w *writer) put(p place, c change) { w.putAll([]place{p}, []change{c}) }

func (w *writer) putAll(places []place, changes []change) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.bytes > w.store.o.waitAt() && !w.stopped {
		w.room.Wait()
	}
	if w.stopped {
		return
	}
	for i, p := range places {
		w.set(p, changes[i])
	}
	signal(w.wake)
	if w.bytes > w.store.o.writeAt() {
		signal(w.hurry)
	}
}

// set adds a change. w.mu is held.
func (w *writer) set(p place, c change) {
	if old, ok := w.next[p]; ok {
		w.bytes -= old.size()
	}
	w.next[p] = c
	w.bytes += c.size()
}

// touch notes that a record was used, without waiting for room.
func (w *writer) touch(p place) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.next[p]; !ok && !w.stopped && w.bytes < w.store.o.waitAt() {
		w.set(p, change{touch: true})
		signal(w.wake)
	}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// peek returns what waits for a place.
func (w *writer) peek(p place) (change, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c, ok := w.next[p]; ok && !c.touch {
		return c, true
	}
	c, ok := w.now[p]
	return c, ok && !c.touch
}

// waitingIn returns what waits in a bucket, by key.
func (w *writer) waitingIn(b *Bucket, prefix string) map[string]change {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := map[string]change{}
	for _, m := range []map[place]change{w.now, w.next} {
		for p, c := range m {
			if p.space == b.space.name && p.bucket == b.name && !c.touch && strings.HasPrefix(p.key, prefix) {
				found[p.key] = c
			}
		}
	}
	return found
}

func (w *writer) waiting() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.bytes
}

// forget drops what waits for a space, or for all where it is "". It is called
// by exclusively's function.
func (w *writer) forget(space string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for p, c := range w.next {
		if space == "" || p.space == space {
			w.bytes -= c.size()
			delete(w.next, p)
		}
	}
	w.room.Broadcast()
}

// exclusively runs f while nothing is being written.
func (w *writer) exclusively(f func() error) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	return f()
}

// flush writes everything that waits.
func (w *writer) flush() {
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	batch := w.next
	w.now, w.next, w.bytes = batch, map[place]change{}, 0
	w.room.Broadcast()
	w.mu.Unlock()
	if len(batch) > 0 {
		w.store.commit(batch)
	}
	w.mu.Lock()
	w.now = nil
	w.mu.Unlock()
}

// written is a change as it goes to disk.
type written struct {
	place
	change
	record []byte
}

// commit writes a batch, all or nothing. Where the disk does not take it,
// nothing more is ever written: later records must not outlive earlier ones.
func (s *Store) commit(batch map[place]change) {
	if s.isBroken() {
		return
	}
	now := s.o.Now()
	all := make([]written, 0, len(batch))
	bytes := int64(0)
	for p, c := range batch {
		w := written{place: p, change: c}
		if c.content != nil {
			if w.record = pack(p.key, c.content, now); int64(len(w.record)) > s.o.MaxBytes/64 {
				w.record, w.content = nil, nil // too large to keep; the one from before is wrong
			}
		}
		all = append(all, w)
		bytes += int64(len(w.key) + len(w.record))
	}
	slices.SortFunc(all, func(a, b written) int {
		return cmp.Or(strings.Compare(a.space, b.space), strings.Compare(a.bucket, b.bucket), strings.Compare(a.key, b.key))
	})
	write := func() error {
		return s.run(func(db *boltfile.DB) error {
			return db.Update(func(tx *bolt.Tx) error {
				for _, w := range all {
					if err := w.apply(tx, s.o.Now()); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	s.makeRoom(bytes)
	err := write()
	if errors.Is(err, boltfile.ErrDamaged) { // and begun anew
		err = write()
	}
	for target := s.o.MaxBytes / 2; errors.Is(err, berrors.ErrMaxSizeReached) && target > s.o.MaxBytes/64; target /= 2 {
		s.evict(target)
		err = write()
	}
	switch {
	case err == nil:
		s.stats.writes.Add(int64(len(all)))
	case errors.Is(err, errNothing):
	default:
		s.say("the cache is not written any more: %v", err)
		s.use.Lock()
		s.broken = true
		s.use.Unlock()
	}
}

func (s *Store) isBroken() bool {
	s.use.RLock()
	defer s.use.RUnlock()
	return s.broken
}

func (w written) apply(tx *bolt.Tx, now time.Time) error {
	for _, name := range []string{w.space, w.bucket, w.key} {
		if name == "" || len(name) > bolt.MaxKeySize {
			return nil
		}
	}
	if w.record == nil {
		b := find(tx, w.space, w.bucket)
		if b == nil {
			return nil
		}
		if !w.touch {
			return b.Delete([]byte(w.key))
		}
		if old := b.Get([]byte(w.key)); len(old) >= recordHead {
			return b.Put([]byte(w.key), touched(old, now))
		}
		return nil
	}
	space, err := tx.Bucket(bucketSpaces).CreateBucketIfNotExists([]byte(w.space))
	if err != nil {
		return err
	}
	b, err := space.CreateBucketIfNotExists([]byte(w.bucket))
	if err != nil {
		return err
	}
	return b.Put([]byte(w.key), w.record)
}
