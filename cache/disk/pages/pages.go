// Package pages keeps the pages of api/transport, with what revalidates them,
// in a disk store.
package pages

import (
	"encoding/binary"
	"encoding/json"

	"basecampfs/api/transport"
	"basecampfs/cache/disk"
)

// Store is a transport.PageStore in a bucket of a disk store.
type Store struct{ bucket *disk.Bucket }

var _ transport.PageStore = Store{}

// In returns the page store of a space.
func In(space *disk.Space) Store { return Store{space.Bucket("pages")} }

// Get returns the page of a key, as it was put.
func (s Store) Get(key string) (transport.Page, bool) {
	b, ok := s.bucket.Get(key)
	if !ok {
		return transport.Page{}, false
	}
	size, n := binary.Uvarint(b)
	if n <= 0 || size > uint64(len(b)-n) {
		return transport.Page{}, false
	}
	var p transport.Page
	if json.Unmarshal(b[n:n+int(size)], &p) != nil {
		return transport.Page{}, false
	}
	p.Body = b[n+int(size):]
	return p, true
}

// Put keeps a page. The body is not wrapped in JSON, which would cost a pass.
func (s Store) Put(key string, p transport.Page) {
	body := p.Body
	p.Body = nil
	head, err := json.Marshal(p)
	if err != nil {
		return // only strings, a number and no body: it does not happen
	}
	b := binary.AppendUvarint(make([]byte, 0, len(head)+len(body)+4), uint64(len(head)))
	s.bucket.Put(key, append(append(b, head...), body...))
}
