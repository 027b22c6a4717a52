package transport

import (
	"container/list"
	"sync"
	"time"
)

// Page is the answer to a GET with what revalidates it. Whoever has one must
// not change its Body.
type Page struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	Next         string `json:"next,omitempty"` // the URL of the next page, as the service gave it
	Total        int    `json:"total"`          // X-Total-Count; -1 where it was not sent
	Body         []byte `json:"body,omitempty"`

	// What follows is about one answer and means nothing inside a store.

	// NotModified is whether the service said that the stored page still holds.
	NotModified bool `json:"-"`
	// Counted is whether the answer itself carried Total.
	Counted bool `json:"-"`
	// Date is the service's clock when it answered; zero where it did not say.
	Date time.Time `json:"-"`
}

// PageStore keeps pages between requests, and perhaps between runs. Its methods
// are called from many goroutines. It may forget at any time, but what Get
// returns must be exactly what was put. A store may compress bodies.
type PageStore interface {
	Get(key string) (Page, bool)
	Put(key string, p Page)
}

// MemoryPages is a PageStore that holds the most recently used pages.
type MemoryPages struct {
	mu    sync.Mutex
	max   int
	used  int
	order *list.List // of *entry, most recent first
	byKey map[string]*list.Element
}

type entry struct {
	key  string
	page Page
}

// NewMemoryPages returns a store that holds up to max bytes.
func NewMemoryPages(max int) *MemoryPages {
	return &MemoryPages{max: max, order: list.New(), byKey: map[string]*list.Element{}}
}

// Get returns the page of a key.
func (m *MemoryPages) Get(key string) (Page, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byKey[key]
	if !ok {
		return Page{}, false
	}
	m.order.MoveToFront(e)
	return e.Value.(*entry).page, true
}

// Put stores a page; one that is larger than a quarter of the store is not
// kept, so that it cannot drive everything else out.
func (m *MemoryPages) Put(key string, p Page) {
	p.NotModified, p.Counted, p.Date = false, false, time.Time{}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.byKey[key]; ok {
		m.remove(e)
	}
	if cost(key, p) > m.max/4 {
		return
	}
	m.byKey[key] = m.order.PushFront(&entry{key, p})
	m.used += cost(key, p)
	for m.used > m.max {
		m.remove(m.order.Back())
	}
}

func (m *MemoryPages) remove(e *list.Element) {
	v := m.order.Remove(e).(*entry)
	delete(m.byKey, v.key)
	m.used -= cost(v.key, v.page)
}

func cost(key string, p Page) int {
	return len(p.Body) + 2*len(key) + len(p.ETag) + len(p.LastModified) + len(p.Next) + 200
}

// NoPages is a PageStore that keeps nothing.
type NoPages struct{}

// Get finds nothing.
func (NoPages) Get(string) (Page, bool) { return Page{}, false }

// Put does nothing.
func (NoPages) Put(string, Page) {}
