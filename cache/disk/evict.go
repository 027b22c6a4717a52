package disk

import (
	"os"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// bound keeps the store within its size. bbolt writes every page anew that
// holds something changed, so that a transaction needs much room.
func (s *Store) bound() {
	s.use.RLock()
	full := s.db != nil && inUse(s.db) > s.o.MaxBytes/100*80
	s.use.RUnlock()
	if full {
		s.evict(s.o.MaxBytes / 10 * 7)
	}
}

// evict drops the least recently used records until no more than target bytes
// are in use. A page is only free when nothing is left in it, so that it may
// take several turns.
func (s *Store) evict(target int64) {
	for range 8 {
		over := int64(0)
		var victims []place
		err := s.view(func(tx *bolt.Tx) error {
			over = inUse(tx.DB()) - target
			if over > 0 {
				victims = oldest(tx, over)
			}
			return nil
		})
		if err != nil || len(victims) == 0 {
			return
		}
		// Few at a time: a transaction that frees pages needs a new one for each.
		few := int(s.o.MaxBytes / 16 / int64(os.Getpagesize()))
		for part := range slices.Chunk(victims, min(few, 1000)) {
			err := s.run(func(db *bolt.DB) error {
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
			if err != nil {
				return
			}
			s.stats.evicted.Add(int64(len(part)))
		}
	}
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
