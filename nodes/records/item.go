package records

import (
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"basecampfs/api"
)

// Item is one record as the mount knows it. It stays the same for as long as
// the mount lives, while the record in it is replaced as the service's
// changes: nodes hold an Item, never a record.
type Item struct {
	ref  api.Ref
	now  atomic.Pointer[version]
	past atomic.Pointer[[]*api.Record] // newest first
}

// history is how many versions of an item are remembered beside the newest: a
// text that is saved may be an edit of one that was read a while ago.
const history = 8

// At returns the newest version of an item that the service last changed in the
// second of t, or nil where that is no longer, or not yet, known.
func (i *Item) At(t time.Time) *api.Record {
	t = t.Truncate(time.Second)
	in := func(r *api.Record) bool { return r.UpdatedAt.Truncate(time.Second).Equal(t) }
	if r := i.Record(); in(r) {
		return r
	}
	if past := i.past.Load(); past != nil {
		for _, r := range *past {
			if in(r) {
				return r
			}
		}
	}
	return nil
}

// replace makes v the newest version. The caller lets nobody else do so.
func (i *Item) replace(v *version) {
	past := []*api.Record{i.Record()}
	if older := i.past.Load(); older != nil {
		past = append(past, *older...)
	}
	past = past[:min(len(past), history)]
	i.past.Store(&past)
	i.now.Store(v)
}

type version struct {
	rec  *api.Record
	seq  uint64        // differs from that of every other version
	size atomic.Uint64 // of the rendered text, and for whom; 0 until known
	// length and sum are of the record's JSON, which may be on disk alone.
	length, sum uint32
}

// Ref addresses the item. Its Project is the one that it was first seen in.
func (i *Item) Ref() api.Ref { return i.ref }

// Record is the newest version known.
func (i *Item) Record() *api.Record { return i.now.Load().rec }

// Version is Record with a number that no other version of an item has.
func (i *Item) Version() (*api.Record, uint64) {
	v := i.now.Load()
	return v.rec, v.seq
}

var seq atomic.Uint64

// newVersion is a version of a record that has its JSON.
func newVersion(r *api.Record) *version {
	return &version{rec: r, seq: seq.Add(1), length: uint32(len(r.Raw)), sum: uint32(xxhash.Sum64(r.Raw))}
}

// RawSize is the length of the record's JSON.
func (i *Item) RawSize() int64 { return int64(i.now.Load().length) }

// Size returns the length of the item's text, which render gives. It is
// worked out once for each version and for each edition, a number from 1 that
// changes with whatever else the text depends on. The text is not kept.
func (i *Item) Size(edition uint32, render func(*api.Record) []byte) int64 {
	v := i.now.Load()
	if s := v.size.Load(); uint32(s>>32) == edition {
		return int64(uint32(s))
	}
	n := len(render(v.rec))
	v.size.Store(uint64(edition)<<32 | uint64(uint32(n)))
	return int64(n)
}

// Listing is the answer to one query: complete, in the order of positions, and
// never changed after it was made. A folder may compare two by address.
type Listing struct {
	Items []*Item
}
