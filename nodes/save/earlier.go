package save

import (
	"context"
	"fmt"
	"sync"

	"github.com/cespare/xxhash/v2"

	"basecampfs/api"
	"basecampfs/cache/journal"
	"basecampfs/nodes/records"
)

// lockKey is what one save at a time is made of: an item, or a new file of one
// name in one place.
type lockKey struct {
	account string
	kind    api.Kind
	id      int64  // of the item, or of what the new file is in
	name    string // of the new file
}

func itemKey(recs *records.Account, r api.Ref) lockKey {
	return lockKey{account: AccountKey(recs.Info()), kind: r.Kind, id: r.ID}
}

func keyOf(e *journal.Entry) lockKey {
	k := lockKey{account: e.Account, kind: api.Kind(e.Kind), id: e.Item}
	if e.Op == journal.Create {
		k.id, k.name = e.Parent, e.Name
	}
	return k
}

// made is what a new file became.
type made struct {
	record *api.Record
	sum    uint64 // of its text
}

// found is what creates became that their programs took for failed.
type found struct {
	mu sync.Mutex
	m  map[lockKey]made
}

func (f *found) put(k lockKey, m made) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.m[k] = m
}

func (f *found) get(k lockKey) (made, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m, ok := f.m[k]
	return m, ok
}

// earlier returns what an earlier file of the same name in the same place
// became, nil where there was none. A program that was told that it is not
// known whether its file was created will write it again, as will one whose
// mount was killed: that must not make a second item. Whoever calls it has
// locked the key of e.
func (s *Saver) earlier(ctx context.Context, a Account, e *journal.Entry) (*made, error) {
	key := keyOf(e)
	all, err := s.opts.Journal.Pending()
	if err != nil {
		return nil, disk(err)
	}
	for _, p := range all {
		if p.ID >= e.ID || p.Op != journal.Create || p.State == journal.Refused || keyOf(p) != key {
			continue
		}
		if err := s.takeUp(ctx, a, p.ID); undecided(err) {
			return nil, &api.Error{Code: api.Unreachable, Err: err,
				Message: fmt.Sprintf("it is not known yet whether an earlier %s was created: %v", e.Name, err),
				Hint:    "try again in a while"}
		}
	}
	m, ok := s.found.get(key)
	if !ok {
		return nil, nil
	}
	now, err := a.Records().Account.Get(ctx, m.record.Ref)
	switch {
	case api.CodeOf(err) == api.NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	case now.Status != api.Active || now.Completed != m.record.Completed ||
		!sameWords(now.Title, m.record.Title) || !records.Same(now.Parent, m.record.Parent):
		return nil, nil // its name is free
	}
	m.record = now
	return &m, nil
}

// resumed notes what an interrupted create became.
func (s *Saver) resumed(e *journal.Entry, data []byte, r *api.Record) {
	if e.Op == journal.Create {
		s.found.put(keyOf(e), made{record: r, sum: xxhash.Sum64(data)})
	}
}

// creates takes up what a crash, or a lost answer, left of creates in the place
// of an item that is about to be changed: it may be what one of them has made,
// and would not be known again.
func (s *Saver) creates(ctx context.Context, a Account, i *records.Item) error {
	all, err := s.opts.Journal.Pending()
	if err != nil {
		return disk(err)
	}
	in := i.Record().Parent
	for _, e := range all {
		if e.Op != journal.Create || e.Parent != in.ID || e.Account != AccountKey(a.Records().Info()) || e.State == journal.Refused || s.claimed(e.ID) {
			continue
		}
		unlock, err := s.locks.lock(ctx, keyOf(e))
		if err != nil {
			return err
		}
		_ = s.takeUp(ctx, a, e.ID) // told, and kept where it cannot be decided now
		unlock()
	}
	return nil
}
