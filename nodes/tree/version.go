package tree

import (
	"context"
	"encoding/binary"

	"github.com/cespare/xxhash/v2"
)

// Versioned is a file whose version can be told without the work of making
// its content.
type Versioned interface {
	File
	// Version is a number that differs where Open would give other bytes. It
	// is not that of the Content.
	Version(ctx context.Context) (uint64, error)
}

var _, _ Versioned = (*listJSONFile)(nil), (*checklistFile)(nil)

// Version is made from the versions of the list and everything in it.
func (f *listJSONFile) Version(ctx context.Context) (uint64, error) {
	sections, err := f.v.sections(ctx, f.i)
	return versionOf(0, sections), err
}

// Version is made from the versions of the list and everything in it, and from
// that of the people who are named.
func (f *checklistFile) Version(ctx context.Context) (uint64, error) {
	who, err := f.v.a.people(ctx)
	if err != nil {
		return 0, err
	}
	sections, err := f.v.sections(ctx, f.i)
	return versionOf(uint64(who.number), sections), err
}

// versionOf is a number for the versions of everything in a list, in its order.
func versionOf(edition uint64, sections []section) uint64 {
	h := xxhash.New()
	var b [8]byte
	put := func(n uint64) {
		binary.LittleEndian.PutUint64(b[:], n)
		_, _ = h.Write(b[:])
	}
	put(edition)
	for _, s := range sections {
		put(uint64(len(s.todos)))
		_, seq := s.list.Version()
		put(seq)
		for _, i := range s.todos {
			_, seq := i.Version()
			put(seq)
		}
	}
	return h.Sum64()
}
