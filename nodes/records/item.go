package records

import (
	"sync/atomic"

	"basecampfs/api"
)

// Item is one record as the mount knows it. It stays the same for as long as
// the mount lives, while the record in it is replaced as the service's
// changes: nodes hold an Item, never a record.
type Item struct {
	ref api.Ref
	now atomic.Pointer[version]
}

type version struct {
	rec  *api.Record
	seq  uint64        // differs from that of every other version
	size atomic.Uint64 // of the rendered text, and for whom; 0 until known
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

func newVersion(r *api.Record) *version { return &version{rec: r, seq: seq.Add(1)} }

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
