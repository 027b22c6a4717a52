package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"basecampfs/cache/internal/boltfile"
)

// survey is what a walk through the database found.
type survey struct {
	intact  []*Entry
	sound   bool // nothing is missing, broken or old
	highest ID   // given out so far
}

// load opens the database, with whatever a damaged one still has, and sets
// j.last.
func (j *Journal) load() error {
	path, next := j.path("journal.db"), j.path("journal.db.new")
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		// Where a salvage was cut short at its last step, this is its result.
		if err := os.Rename(next, path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	} else if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	// Texts without a database are not leftovers, but all that is left.
	fresh := j.isEmpty(path)
	texts, err := os.ReadDir(j.path("text"))
	if err != nil {
		return err
	}
	var found survey
	db, err := boltfile.Open(path, j.wait, bolt.Options{})
	switch {
	case err == nil:
		found = walk(db)
		if found.sound && (!fresh || len(texts) == 0) && db.Check() == nil {
			return j.use(db, found)
		}
		db.Close()
	case !errors.Is(err, boltfile.ErrDamaged):
		return err
	}
	return j.salvage(path, next, found)
}

func (j *Journal) use(db *boltfile.DB, found survey) error {
	j.db = db
	j.last.Store(uint64(found.highest))
	return j.update(makeBuckets)
}

func (j *Journal) isEmpty(path string) bool {
	info, err := os.Stat(path)
	return err != nil || info.Size() == 0
}

// walk reads every entry of a database that may be damaged.
func walk(db *boltfile.DB) survey {
	var s survey
	var sealed, seen seal
	err := db.Guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			b := tx.Bucket(bucketEntries)
			if b == nil {
				return nil
			}
			s.highest = ID(b.Sequence())
			sealed = sealOf(tx)
			return b.ForEach(func(key, frame []byte) error {
				if len(key) != 8 || seen.count > uint64(tx.Size()) {
					return boltfile.ErrDamaged
				}
				seen.add(key, frame)
				id := ID(boltfile.Uint64(key))
				s.highest = max(s.highest, id)
				if e, _, err := decodeFrame(frame); err == nil && e.ID == id {
					s.intact = append(s.intact, e)
				}
				return nil
			})
		})
	})
	s.sound = err == nil && seen == sealed && seen.count == uint64(len(s.intact)) && boltfile.BothHeaders(db.Path())
	return s
}

// salvage replaces the damaged database at path by a new one, built at next,
// with the entries that were found intact. What else its bytes still hold goes
// to the rejected texts: whether it was done cannot be told any more, so it
// must not be sent again.
func (j *Journal) salvage(path, next string, found survey) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	known := map[ID]bool{}
	for _, e := range found.intact {
		known[e.ID] = true
	}
	kept := 0
	for id, e := range scanFrames(raw) {
		found.highest = max(found.highest, id)
		if known[id] {
			continue
		}
		known[id] = true
		if err := j.keepLost(e); err != nil {
			return err
		}
		kept++
	}
	n, err := j.keepOrphans(known, &found)
	if err != nil {
		return err
	}
	kept += n
	found.highest += idGap
	if err := build(next, j, found); err != nil {
		return err
	}
	aside, err := boltfile.SetAside(path, j.now())
	if err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return err
	}
	j.notices = append(j.notices, fmt.Sprintf(
		"the journal was damaged: %d unfinished saves were taken over, %d texts that may or may not have been saved are in rejected, the damaged file is %s",
		len(found.intact), kept, aside))
	db, err := boltfile.Open(path, j.wait, bolt.Options{})
	if err != nil {
		return err
	}
	return j.use(db, found)
}

// idGap is how many numbers are left out, since it is not known which were
// given out.
const idGap = 1 << 20

// build makes a sound database of the entries that were found intact.
func build(path string, j *Journal, found survey) error {
	db, err := boltfile.Open(path, j.wait, bolt.Options{})
	if err != nil {
		return err
	}
	return errors.Join(db.Update(func(tx *bolt.Tx) error {
		if err := makeBuckets(tx); err != nil {
			return err
		}
		if err := tx.Bucket(bucketEntries).SetSequence(uint64(found.highest)); err != nil {
			return err
		}
		for _, e := range found.intact {
			// An old version may have come back: it is not known what was sent.
			if e.State == Pending {
				e.State, e.Reason = Sending, "the journal was damaged"
			}
			frame, err := encodeFrame(e)
			if err != nil {
				return err
			}
			if err := store(tx, e.ID, frame); err != nil {
				return err
			}
		}
		return nil
	}), db.Close())
}

const reasonLost = "It was found in a damaged journal. It may have been saved already: compare it with what Basecamp has."

// keepLost puts the text of an entry that is not in the database any more to
// the rejected ones.
func (j *Journal) keepLost(e *Entry) error {
	reason := reasonLost
	if e.Reason != "" {
		reason += "\nWhat was noted about it: " + e.Reason
	}
	if e.TextFile == nil {
		if len(e.Text) == 0 {
			return nil
		}
		_, err := j.rejected.put(e.Name, bytes.NewReader(e.Text), reason, e.Created)
		return err
	}
	_, err := j.rejected.link(e.Name, j.textPath(e.ID), reason, e.Created)
	if errors.Is(err, os.ErrNotExist) {
		return nil // it was done, and its text removed
	}
	return err
}

// keepOrphans puts the large texts of which no entry is left to the rejected
// ones, before they are swept.
func (j *Journal) keepOrphans(known map[ID]bool, found *survey) (int, error) {
	files, err := os.ReadDir(j.path("text"))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, f := range files {
		id, ok := textID(f.Name())
		if !ok || known[id] || f.Name() == filepath.Base(j.basePath(id)) {
			continue
		}
		found.highest = max(found.highest, id)
		info, err := f.Info()
		if err != nil {
			return n, err
		}
		if _, err := j.rejected.link("text "+f.Name(), j.textPath(id), reasonLost, info.ModTime()); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
