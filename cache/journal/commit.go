package journal

import (
	"errors"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// change is a part of a transaction. apply writes nothing where it fails.
type change struct {
	apply func(*bolt.Tx) error
	err   error
	done  bool
}

// update applies a change and returns when it is on disk. Changes that come
// while another is being written share the next transaction, and so its fsync:
// who finds the disk free commits for everybody who waits.
func (j *Journal) update(apply func(*bolt.Tx) error) error {
	c := &change{apply: apply}
	j.queueing.Lock()
	j.queue = append(j.queue, c)
	j.queueing.Unlock()

	j.leading.Lock()
	defer j.leading.Unlock()
	if c.done {
		return c.err
	}
	j.queueing.Lock()
	batch := j.queue
	j.queue = nil
	j.queueing.Unlock()

	err := j.db.Guard(func() error {
		return j.db.Update(func(tx *bolt.Tx) error {
			for _, c := range batch {
				c.err = c.apply(tx)
			}
			return nil
		})
	})
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		err = ErrClosed
	}
	for _, c := range batch {
		if c.done = true; err != nil {
			c.err = err
		}
	}
	return c.err
}
