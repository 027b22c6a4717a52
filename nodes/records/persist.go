package records

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"

	"basecampfs/api"
	"basecampfs/cache/disk"
)

// Disk is where an account's records outlive the mount. With one, the JSON of
// records is kept there alone.
type Disk struct {
	Space *disk.Space
	Store *disk.Store
	// Torn says that who kept it did not come to an end by itself: what came
	// last may be missing, and is asked for before the rest is believed.
	Torn bool
}

// MaxAge is how old what is on disk may be to be taken up again: longer ago
// than this, things may have left Basecamp's trash without a trace.
const MaxAge = 7 * 24 * time.Hour

// persist keeps records and listings on disk. Its zero value keeps nothing.
type persist struct {
	store   *disk.Store
	slim    *disk.Bucket // records without their JSON
	raw     *disk.Bucket // the JSON of records
	answers *disk.Bucket // listings
	meta    *disk.Bucket
	once    sync.Once
	torn    bool
}

func newPersist(d *Disk) *persist {
	if d == nil || !d.Store.Stats().Persists {
		return nil
	}
	return &persist{store: d.Store, torn: d.Torn, slim: d.Space.Bucket("records"), raw: d.Space.Bucket("json"),
		answers: d.Space.Bucket("listings"), meta: d.Space.Bucket("meta")}
}

// answer is a listing as it is kept.
type answer struct {
	Query   api.Query
	Whole   bool // of a whole project: Query.Project
	Items   []api.Ref
	Parents []api.Ref // where Whole: what holds each
	At      time.Time
}

// journey is what following changes needs to go on.
type journey struct {
	Mark    api.Mark
	Covered time.Time
	Current time.Time
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil { // plain fields
		panic(err)
	}
	return b
}

// keep puts a record on disk and returns what stays in memory of it.
func (p *persist) keep(r *api.Record) *api.Record {
	if p == nil || r.Raw == nil {
		return r
	}
	k := oneKey(r.Ref)
	slim := *r
	slim.Raw = nil
	var u disk.Update
	u.Put(p.slim, k, encode(kept{slim, factsOf(r.Rest), uint32(len(r.Raw)), uint32(xxhash.Sum64(r.Raw))}))
	u.Put(p.raw, k, r.Raw)
	p.store.Apply(&u)
	return &slim
}

// list puts the answer to a query on disk.
func (p *persist) list(k string, q api.Query, l *Listing, at time.Time) {
	if p == nil {
		return
	}
	a := answer{Query: q, At: at, Items: make([]api.Ref, len(l.Items))}
	for n, i := range l.Items {
		a.Items[n] = i.Ref()
	}
	p.answers.Put(k, encode(a))
}

// whole puts all of a project on disk.
func (p *persist) whole(f family, project int64, b *whole, at time.Time) {
	if p == nil {
		return
	}
	a := answer{Query: api.Query{Kind: f.kind, State: f.state, Project: project}, Whole: true, At: at}
	for in, l := range b.in {
		for _, i := range l.Items {
			a.Items = append(a.Items, i.Ref())
			a.Parents = append(a.Parents, api.Ref{Kind: in.kind, ID: in.num})
		}
	}
	p.answers.Put("*"+bulkKey(f, project), encode(a))
}

func (p *persist) forget(k string) {
	if p != nil {
		p.answers.Delete(k)
	}
}

func (p *persist) note(j journey) {
	if p != nil {
		p.meta.Put("journey", encode(j))
	}
}

// kept is a record as it is kept, with its extras in a form that keeps types.
type kept struct {
	api.Record
	Rest   []fact `json:",omitempty"`
	Length uint32 // of the JSON
	Sum    uint32 // of the JSON
}

type fact struct {
	Key    string
	Text   *string  `json:",omitempty"`
	Whole  *int64   `json:",omitempty"`
	Number *float64 `json:",omitempty"`
	Flag   *bool    `json:",omitempty"`
	List   []string `json:",omitempty"`
}

func factsOf(extras []api.Extra) []fact {
	var out []fact
	for _, e := range extras {
		f := fact{Key: e.Key}
		switch v := e.Value.(type) {
		case string:
			f.Text = &v
		case int:
			n := int64(v)
			f.Whole = &n
		case int64:
			f.Whole = &v
		case float64:
			f.Number = &v
		case bool:
			f.Flag = &v
		case []string:
			f.List = v
		}
		out = append(out, f)
	}
	return out
}

func extras(facts []fact) []api.Extra {
	var out []api.Extra
	for _, f := range facts {
		e := api.Extra{Key: f.Key}
		switch {
		case f.Text != nil:
			e.Value = *f.Text
		case f.Whole != nil:
			e.Value = *f.Whole
		case f.Number != nil:
			e.Value = *f.Number
		case f.Flag != nil:
			e.Value = *f.Flag
		case f.List != nil:
			e.Value = f.List
		}
		out = append(out, e)
	}
	return out
}

// warm takes up what is on disk, once, before the first question.
func (a *Account) warm() {
	if a.disk != nil {
		a.disk.once.Do(a.takeUp)
	}
}

func (a *Account) takeUp() {
	p := a.disk
	var j journey
	if b, ok := p.meta.Get("journey"); !ok || json.Unmarshal(b, &j) != nil || a.opts.Now().Sub(j.Current) > MaxAge {
		return
	}
	share := people{}
	p.slim.ForEach("", func(_ string, content []byte) bool {
		var x kept
		if json.Unmarshal(content, &x) == nil && x.ID != 0 {
			r := &x.Record
			r.Rest = extras(x.Rest)
			share.intern(r)
			i := &Item{ref: r.Ref}
			i.now.Store(&version{rec: r, seq: seq.Add(1), length: x.Length, sum: x.Sum})
			a.items[idOf(r.Ref)] = i
		}
		return true
	})
	p.answers.ForEach("", func(k string, content []byte) bool {
		var x answer
		if json.Unmarshal(content, &x) != nil {
			return true
		}
		at := x.At
		if Followed(x.Query.Kind) && !at.Before(j.Covered) && j.Current.After(at) {
			at = j.Current
		}
		if x.Whole {
			a.takeUpWhole(k[1:], x, at)
		} else if l := a.resolve(x.Items); l != nil {
			a.lists.SetAt(k, l, at)
			in := idOf(x.Query.In)
			if a.kept[in] == nil {
				a.kept[in] = map[string]api.Query{}
			}
			a.kept[in][k] = x.Query
		}
		return true
	})
	a.follow.mark, a.follow.covered = j.Mark, j.Covered
	a.follow.current.Store(j.Current.UnixNano())
	a.follow.torn.Store(p.torn)
}

func (a *Account) takeUpWhole(k string, x answer, at time.Time) {
	l := a.resolve(x.Items)
	if l == nil || len(x.Parents) != len(x.Items) {
		return
	}
	b := &whole{project: x.Query.Project, in: map[id]*Listing{}}
	for n, i := range l.Items {
		in := idOf(x.Parents[n])
		if b.in[in] == nil {
			b.in[in] = &Listing{}
		}
		b.in[in].Items = append(b.in[in].Items, i)
	}
	a.bulks.SetAt(k, b, at)
	a.bulkKeys[k] = true
}

// resolve returns a listing of known items; nil where one is not known.
func (a *Account) resolve(refs []api.Ref) *Listing {
	l := &Listing{Items: make([]*Item, len(refs))}
	for n, r := range refs {
		if l.Items[n] = a.items[idOf(r)]; l.Items[n] == nil {
			return nil
		}
	}
	return l
}

// people shares one *api.Human a person among the records from a disk.
type people map[int64]*api.Human

func (p people) intern(r *api.Record) {
	r.Creator = p.one(r.Creator)
	for n, h := range r.Assignees {
		r.Assignees[n] = p.one(h)
	}
	for n, h := range r.Notify {
		r.Notify[n] = p.one(h)
	}
}

func (p people) one(h *api.Human) *api.Human {
	if h == nil {
		return nil
	}
	if known := p[h.ID]; known != nil && *known == *h {
		return known
	}
	p[h.ID] = h
	return h
}

// Raw returns the JSON of an item's newest version, as the service sent it.
func (a *Account) Raw(ctx context.Context, i *Item) ([]byte, error) {
	r := i.Record()
	if r.Raw != nil {
		return r.Raw, nil
	}
	if a.disk != nil {
		if b, ok := a.disk.raw.Get(oneKey(r.Ref)); ok && uint32(xxhash.Sum64(b)) == i.now.Load().sum {
			return b, nil
		}
	}
	if IsCachedOnly(ctx) {
		return nil, ErrNotCached
	}
	full, err := a.Account.Get(ctx, r.Ref)
	if err != nil {
		return nil, err
	}
	a.learn(full)
	return full.Raw, nil
}
