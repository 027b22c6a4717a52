package save

import (
	"basecampfs/api"
	"basecampfs/cache/journal"
)

// textOf reads an entry's text, which may have a file of its own.
func (s *Saver) textOf(e *journal.Entry) ([]byte, error) {
	if e.Text != nil || e.TextSize == 0 {
		return e.Text, nil
	}
	return s.opts.Journal.Text(e.ID)
}

// baseOf reads the version that an entry's text is an edit of.
func (s *Saver) baseOf(e *journal.Entry) (*api.Record, error) {
	b := e.Base
	if b == nil && e.BaseSize > 0 {
		var err error
		if b, err = s.opts.Journal.Base(e.ID); err != nil {
			return nil, err
		}
	}
	return decodeRecord(b)
}
