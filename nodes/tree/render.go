package tree

import (
	"context"
	"io"
	"sync"
	"sync/atomic"

	"basecampfs/api"
	"basecampfs/nodes/records"
	"basecampfs/nodes/text"
)

// persons is how an account's people are named in its texts.
type persons struct {
	now  atomic.Pointer[edition]
	mine atomic.Pointer[edition] // that knows who "me" is
	mu   sync.Mutex
}

// edition is the people of one moment. Its number changes with them: it is
// part of what a rendered text depends on.
type edition struct {
	from   *records.Listing
	people *text.People
	number uint32
}

// people returns the account's people. Where the service does not let this
// person see them, each record's own names have to do.
func (a *Account) people(ctx context.Context) (*edition, error) {
	l, err := a.recs.List(ctx, api.Query{Kind: api.Person})
	if api.CodeOf(err) == api.Forbidden || api.CodeOf(err) == api.NotFound {
		l, err = &records.Listing{}, nil
	}
	if err != nil {
		return nil, err
	}
	if e := a.who.now.Load(); e != nil && e.from == l {
		return e, nil
	}
	a.who.mu.Lock()
	defer a.who.mu.Unlock()
	e := a.who.now.Load()
	switch {
	case e != nil && (e.from == l || same(e.from, l)):
		e = &edition{l, e.people, e.number}
	default:
		next := &edition{from: l, people: text.NewPeople(recordsOf(l), nil), number: 1}
		if e != nil {
			next.number = e.number + 1
		}
		e = next
	}
	a.who.now.Store(e)
	return e, nil
}

// meToo is people who know which of them is signed in, for what somebody wrote.
func (a *Account) meToo(ctx context.Context) (*edition, error) {
	e, err := a.people(ctx)
	if err != nil {
		return nil, err
	}
	if m := a.who.mine.Load(); m != nil && m.from == e.from {
		return m, nil
	}
	me, err := a.recs.Me(ctx)
	if err != nil {
		return nil, err
	}
	m := &edition{e.from, text.NewPeople(recordsOf(e.from), me.Record()), e.number}
	a.who.mine.Store(m)
	return m, nil
}

func recordsOf(l *records.Listing) []*api.Record {
	recs := make([]*api.Record, len(l.Items))
	for n, i := range l.Items {
		recs[n] = i.Record()
	}
	return recs
}

// same reports whether two listings have the same people under the same names.
func same(a, b *records.Listing) bool {
	if len(a.Items) != len(b.Items) {
		return false
	}
	for n, i := range a.Items {
		x, y := i.Record(), b.Items[n].Record()
		if x.ID != y.ID || x.Title != y.Title || x.Email != y.Email {
			return false
		}
	}
	return true
}

func (v *view) options(k api.Kind, who *edition) text.Options {
	return text.Options{Can: v.a.recs.Can(k), People: who.people}
}

func (v *view) render(r *api.Record, who *edition) []byte {
	return text.Render(r, v.options(r.Kind, who))
}

// lazy is an item's text that is rendered when it is first read: the kernel
// often has the bytes already.
type lazy struct {
	version uint64
	size    func() int64
	once    sync.Once
	make    func() []byte
	b       []byte
}

func (l *lazy) Version() uint64 { return l.version }
func (l *lazy) Size() int64     { return l.size() }
func (l *lazy) Close() error    { return nil }

func (l *lazy) ReadAt(p []byte, off int64) (int, error) {
	l.once.Do(func() { l.b = l.make() })
	if off >= int64(len(l.b)) {
		return 0, io.EOF
	}
	n := copy(p, l.b[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
