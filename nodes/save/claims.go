package save

import (
	"errors"
	"sync"

	"basecampfs/cache/journal"
)

// claims are the entries of the journal that somebody works on, so that a save
// under way is not taken up by Resume too.
type claims struct {
	// appending is held for reading while an entry is made: whoever holds it
	// for writing sees no entry whose maker has not claimed it yet.
	appending sync.RWMutex
	mu        sync.Mutex
	held      map[journal.ID]bool
	// finished are those that the service has and a full disk still keeps.
	finished map[journal.ID]bool
}

func newClaims() claims {
	return claims{held: map[journal.ID]bool{}, finished: map[journal.ID]bool{}}
}

// journaled adds a save to the journal. It is the caller's until it is released.
func (s *Saver) journaled(e journal.Entry) (journal.ID, error) {
	s.claims.appending.RLock()
	defer s.claims.appending.RUnlock()
	id, err := s.opts.Journal.Append(e)
	if err != nil {
		return 0, disk(err)
	}
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	s.claims.held[id] = true
	return id, nil
}

// claim takes an entry that nobody works on, and returns it as it is now; nil
// where somebody does, or it is done.
func (s *Saver) claim(id journal.ID) (*journal.Entry, error) {
	s.claims.appending.Lock()
	s.claims.mu.Lock()
	taken := s.claims.held[id]
	s.claims.held[id] = true
	finished := s.claims.finished[id]
	s.claims.mu.Unlock()
	s.claims.appending.Unlock()
	if taken {
		return nil, nil
	}
	if finished {
		s.done(id)
		s.release(id)
		return nil, nil
	}
	e, err := s.opts.Journal.Get(id)
	if err != nil {
		s.release(id)
		if errors.Is(err, journal.ErrNotFound) {
			return nil, nil
		}
		return nil, disk(err)
	}
	return e, nil
}

func (s *Saver) claimed(id journal.ID) bool {
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	return s.claims.held[id]
}

func (s *Saver) release(id journal.ID) {
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	delete(s.claims.held, id)
}

// done forgets an entry that the service has. Where the disk does not let it,
// Resume tries again to forget it, and does not send it.
func (s *Saver) done(id journal.ID) {
	err := s.opts.Journal.Done(id)
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	if err != nil && !errors.Is(err, journal.ErrNotFound) {
		s.claims.finished[id] = true
		s.opts.Tell("the journal", err)
		return
	}
	delete(s.claims.finished, id)
}
