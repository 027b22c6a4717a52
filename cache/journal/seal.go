package journal

import (
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
	bolt "go.etcd.io/bbolt"

	"basecampfs/cache/internal/boltfile"
)

var (
	bucketEntries = []byte("entries")
	bucketSeal    = []byte("seal")
	keySeal       = []byte("entries")
)

// seal sums up every entry, in any order. bbolt checks no page: without a seal,
// a damaged one can hide entries, or bring back old ones, and look sound.
type seal struct{ count, sum uint64 }

func (s *seal) add(key, frame []byte) {
	s.count++
	s.sum ^= sumOf(key, frame)
}

func (s *seal) remove(key, frame []byte) {
	s.count--
	s.sum ^= sumOf(key, frame)
}

func sumOf(key, frame []byte) uint64 {
	d := xxhash.New()
	d.Write(key)
	d.Write(frame)
	return d.Sum64()
}

func sealOf(tx *bolt.Tx) seal {
	b := tx.Bucket(bucketSeal)
	if b == nil {
		return seal{}
	}
	v := b.Get(keySeal)
	if len(v) != 16 {
		return seal{}
	}
	return seal{binary.BigEndian.Uint64(v), binary.BigEndian.Uint64(v[8:])}
}

// store puts, replaces, or with a nil frame deletes an entry, and seals it.
func store(tx *bolt.Tx, id ID, frame []byte) error {
	b, key, s := tx.Bucket(bucketEntries), boltfile.Key64(uint64(id)), sealOf(tx)
	if old := b.Get(key); old != nil {
		s.remove(key, old)
	}
	if frame == nil {
		if err := b.Delete(key); err != nil {
			return err
		}
	} else {
		s.add(key, frame)
		if err := b.SetSequence(max(b.Sequence(), uint64(id))); err != nil {
			return err
		}
		if err := b.Put(key, frame); err != nil {
			return err
		}
	}
	sealed := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, s.count), s.sum)
	return tx.Bucket(bucketSeal).Put(keySeal, sealed)
}

// makeBuckets makes what an empty journal has.
func makeBuckets(tx *bolt.Tx) error {
	for _, name := range [][]byte{bucketEntries, bucketSeal} {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return nil
}
