package disk

import (
	"errors"
	"slices"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"basecampfs/cache/internal/boltfile"
)

// makeRoom evicts what is in the way of records of so many bytes. bbolt writes
// every page anew that holds something changed, so that a transaction needs a
// multiple of what it adds.
func (s *Store) makeRoom(bytes int64) {
	limit := s.o.MaxBytes/100*80 - 2*bytes
	if s.inUse() > limit {
		s.evict(limit - s.o.MaxBytes/10)
	}
}

// inUse is how many bytes of the file are not free.
func (s *Store) inUse() int64 {
	s.use.RLock()
	defer s.use.RUnlock()
	if s.db == nil {
		return 0
	}
	return inUse(s.db)
}

// evict drops the least recently used records until no more than target bytes
// are in use. A page is only free when nothing is left in it, so that it may
// take several turns.
func (s *Store) evict(target int64) {
	for range 8 {
		over := s.inUse() - target
		if over <= 0 {
			return
		}
		var victims []place
		err := s.view(func(tx *bolt.Tx) error {
			victims = oldest(tx, over)
			return nil
		})
		if err != nil || len(victims) == 0 {
			return
		}
		if s.deleteAll(victims) != nil {
			return
		}
	}
}

// deleteAll deletes records, few at a time: a transaction that frees pages
// needs some itself.
func (s *Store) deleteAll(victims []place) error {
	for few := 1000; len(victims) > 0; {
		part := victims[:min(few, len(victims))]
		err := s.run(func(db *boltfile.DB) error {
			return db.Update(func(tx *bolt.Tx) error {
				for _, p := range part {
					if b := find(tx, p.space, p.bucket); b != nil {
						if err := b.Delete([]byte(p.key)); err != nil {
							return err
						}
					}
				}
				return nil
			})
		})
		if errors.Is(err, berrors.ErrMaxSizeReached) && few > 1 {
			few /= 2
			continue
		}
		if err != nil {
			return err
		}
		s.stats.evicted.Add(int64(len(part)))
		victims = victims[len(part):]
	}
	return nil
}

// oldest returns the least recently used records that make up so many bytes.
func oldest(tx *bolt.Tx, bytes int64) []place {
	type stamped struct {
		used uint32
		size int64
		place
	}
	var all []stamped
	spaces := tx.Bucket(bucketSpaces)
	spaces.ForEachBucket(func(space []byte) error {
		sp := spaces.Bucket(space)
		return sp.ForEachBucket(func(name []byte) error {
			return sp.Bucket(name).ForEach(func(key, record []byte) error {
				all = append(all, stamped{lastUsed(record), int64(len(key) + len(record)), place{string(space), string(name), string(key)}})
				return nil
			})
		})
	})
	slices.SortStableFunc(all, func(a, b stamped) int { return int(a.used) - int(b.used) })
	var victims []place
	for _, r := range all {
		if bytes <= 0 {
			break
		}
		bytes -= r.size
		victims = append(victims, r.place)
	}
	return victims
}
