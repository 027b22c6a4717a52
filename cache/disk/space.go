package disk

import (
	"bytes"
	"errors"
	"strings"

	bolt "go.etcd.io/bbolt"

	"basecampfs/cache/internal/boltfile"
)

// Space is the part of a store that belongs to one sign-in and account.
// Nothing of one space is ever seen in another.
type Space struct {
	store *Store
	name  string
}

// Space returns the space of an account as one identity sees it, such as the
// profile's name and the id of the identity. It need not exist.
func (s *Store) Space(identity, account string) *Space {
	// Length-prefixed by its escape: no two pairs make one name.
	escape := strings.NewReplacer("%", "%25", "/", "%2F").Replace
	return &Space{s, escape(identity) + "/" + escape(account)}
}

// Clear forgets everything in the space, such as after signing out.
func (sp *Space) Clear() error {
	s := sp.store
	return s.write.exclusively(func() error {
		s.write.forget(sp.name)
		err := s.run(func(db *boltfile.DB) error {
			return db.Update(func(tx *bolt.Tx) error {
				spaces := tx.Bucket(bucketSpaces)
				if spaces.Bucket([]byte(sp.name)) == nil {
					return nil
				}
				return spaces.DeleteBucket([]byte(sp.name))
			})
		})
		if errors.Is(err, errNothing) {
			return nil
		}
		return err
	})
}

// Bucket is the records of one kind in a space. Keys are any strings of 1 to
// 32,768 bytes; others are found missing.
type Bucket struct {
	space *Space
	name  string
}

// Bucket returns the bucket of a name, which must not be empty.
func (sp *Space) Bucket(name string) *Bucket { return &Bucket{sp, name} }

func (b *Bucket) place(key string) place { return place{b.space.name, b.name, key} }

// in finds the bucket in a transaction; nil where there is none.
func (b *Bucket) in(tx *bolt.Tx) *bolt.Bucket { return find(tx, b.space.name, b.name) }

func find(tx *bolt.Tx, space, name string) *bolt.Bucket {
	if sp := tx.Bucket(bucketSpaces).Bucket([]byte(space)); sp != nil {
		return sp.Bucket([]byte(name))
	}
	return nil
}

// Get returns a copy of the content of key, or what was put and is not written
// yet, which must not be changed.
func (b *Bucket) Get(key string) ([]byte, bool) {
	s := b.space.store
	if c, ok := s.write.peek(b.place(key)); ok {
		return s.count(c.content, c.content != nil)
	}
	var content []byte
	var err error
	old := false
	errView := s.view(func(tx *bolt.Tx) error {
		bucket := b.in(tx)
		if bucket == nil || key == "" {
			return nil
		}
		record := bucket.Get([]byte(key))
		if record == nil {
			return nil
		}
		old = lastUsed(record)+touchAfter < minutes(s.o.Now())
		content, err = unpack(key, record)
		return nil
	})
	switch {
	case errView != nil:
		return s.count(nil, false)
	case err != nil:
		s.stats.damaged.Add(1)
		b.Delete(key)
	case old && content != nil:
		s.write.touch(b.place(key))
	}
	return s.count(content, content != nil)
}

func (s *Store) count(content []byte, ok bool) ([]byte, bool) {
	if ok {
		s.stats.hits.Add(1)
	} else {
		s.stats.misses.Add(1)
	}
	return content, ok
}

// Put makes content the content of key. It returns at once, or after a moment
// where more is put than the disk takes. content must not be changed any more.
//
// What is put, deleted or cleared first is on disk no later than what comes
// after it, so that a mark put behind the records it covers never outlives a
// crash without them. Records may be evicted one by one, though.
func (b *Bucket) Put(key string, content []byte) {
	if content == nil {
		content = []byte{}
	}
	b.space.store.write.put(b.place(key), change{content: content})
}

// Delete forgets key.
func (b *Bucket) Delete(key string) { b.space.store.write.put(b.place(key), change{}) }

// Update is many changes, of one bucket or several, that appear at once and
// are on disk all or not at all.
type Update struct {
	places  []place
	changes []change
}

// Put adds a change as Bucket.Put makes it.
func (u *Update) Put(b *Bucket, key string, content []byte) {
	if content == nil {
		content = []byte{}
	}
	u.places, u.changes = append(u.places, b.place(key)), append(u.changes, change{content: content})
}

// Delete adds a change as Bucket.Delete makes it.
func (u *Update) Delete(b *Bucket, key string) {
	u.places, u.changes = append(u.places, b.place(key)), append(u.changes, change{})
}

// Apply makes the changes of u, in their order.
func (s *Store) Apply(u *Update) { s.write.putAll(u.places, u.changes) }

// batch is how many records ForEach reads at a time.
const batch = 256

// ForEach calls visit with every record whose key begins with prefix, in no
// order, until it returns false. What is put meanwhile may be visited or not.
// visit may call the store.
func (b *Bucket) ForEach(prefix string, visit func(key string, content []byte) bool) {
	s := b.space.store
	waiting := s.write.waitingIn(b, prefix)
	from := []byte(prefix)
	for from != nil {
		var keys []string
		var contents [][]byte
		// visit is called outside of the transaction: one that stays open
		// would keep the file from growing.
		err := s.view(func(tx *bolt.Tx) error {
			bucket, next := b.in(tx), from
			keys, contents, from = nil, nil, nil
			if bucket == nil {
				return nil
			}
			c := bucket.Cursor()
			for k, record := c.Seek(next); k != nil && bytes.HasPrefix(k, []byte(prefix)); k, record = c.Next() {
				if len(keys) == batch {
					from = bytes.Clone(k)
					return nil
				}
				key := string(k)
				if _, ok := waiting[key]; ok {
					continue
				}
				content, err := unpack(key, record)
				if err != nil {
					s.stats.damaged.Add(1)
					continue
				}
				keys, contents = append(keys, key), append(contents, content)
			}
			return nil
		})
		if err != nil {
			break
		}
		for i, key := range keys {
			if !visit(key, contents[i]) {
				return
			}
		}
	}
	for key, c := range waiting {
		if c.content != nil && !visit(key, c.content) {
			return
		}
	}
}
