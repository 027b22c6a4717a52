// Package records reads one account's records lazily through the cache, and
// keeps what is known of each in one place.
//
// A listing is asked for once, however many want it; a walk is noticed and
// answered from listings of whole projects; a record that comes back from a
// save or a refresh is put into every listing that it now belongs to. Nothing
// here knows of files.
package records

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"basecampfs/api"
	"basecampfs/cache"
)

// Options are how an Account reads.
type Options struct {
	// TTL is how long an answer is served without asking again: half of it
	// where changes are not followed, since whoever reads may keep it as long.
	TTL time.Duration
	// Timeout bounds one fetch, whatever waits for it.
	Timeout time.Duration
	// Now is the clock; time.Now where nil.
	Now func() time.Time
	// Disk is where records outlive the mount; nil keeps them in memory.
	Disk *Disk
}

// Account is one account's records. It is safe for concurrent use.
type Account struct {
	api.Account
	opts Options

	lists *cache.Cache[*Listing]
	bulks *cache.Cache[*whole]
	ones  *cache.Cache[*Item]
	mine  *cache.Cache[[]*api.Record]
	news  *cache.Cache[struct{}] // shares a refresh among those who wait for it
	walk  walk
	// chunks shares the listing of several projects among those who wait.
	chunks *cache.Cache[struct{}]

	follow follow
	disk   *persist

	epoch   atomic.Uint64
	health  health
	loading atomic.Pointer[Progress]

	mu       sync.Mutex
	items    map[id]*Item
	kept     map[id]map[string]api.Query // the queries kept, by what they are in
	stale    map[string]bool             // those that must be asked again
	bulkKeys map[string]bool
	loads    map[family]map[int64]*chunk // under way, by project
	listen   []func(*Item, *api.Record)
}

// id is what identifies a record within its account.
type id struct {
	kind api.Kind
	num  int64
}

// idOf takes a group for the list that it also is: what is in a group often
// says that it is in a list.
func idOf(r api.Ref) id {
	if r.Kind == api.TodoGroup {
		return id{api.TodoList, r.ID}
	}
	return id{r.Kind, r.ID}
}

// Same reports whether two references are to the same record.
func Same(a, b api.Ref) bool { return idOf(a) == idOf(b) }

// New returns the records of an account.
func New(a api.Account, opts Options) *Account {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Account{
		Account: a,
		opts:    opts,
		disk:    newPersist(opts.Disk),
		lists:   cache.New(options[*Listing](opts)),
		bulks:   cache.New(options[*whole](opts)),
		chunks:  cache.New(cache.Options[struct{}]{FetchTimeout: opts.patience()}),
		ones:    cache.New(options[*Item](opts)),
		mine:    cache.New(options[[]*api.Record](opts)),
		news:    cache.New(cache.Options[struct{}]{FetchTimeout: opts.Timeout}),
		items:   map[id]*Item{},
		kept:    map[id]map[string]api.Query{},

		stale:    map[string]bool{},
		bulkKeys: map[string]bool{},
		loads:    map[family]map[int64]*chunk{},
	}
}

// pause is how long a service that could not be reached is left alone: what is
// cached is served at once meanwhile.
const pause = 5 * time.Second

// patience bounds the listing of whole projects, which takes as long as the
// rate limit makes it take.
func (o Options) patience() time.Duration { return max(o.Timeout, time.Hour) }

func options[V any](o Options) cache.Options[V] {
	return cache.Options[V]{TTL: o.TTL, FetchTimeout: o.Timeout, Outage: pause, Stale: outage, Now: o.Now}
}

// outage reports whether an error says nothing about the data: what is known
// is then served, whatever its age.
func outage(err error) bool {
	switch api.CodeOf(err) {
	case api.Unreachable, api.Timeout, api.RateLimited, api.Failed, api.Malformed:
		return true
	}
	return false
}

func key(q api.Query) string {
	return fmt.Sprintf("%s/%s/%d/%d/%s", q.Kind, q.In.Kind, q.In.ID, q.Project, q.State)
}

type cachedOnly struct{}

// ErrNotCached is the answer to a context from CachedOnly where the service
// would have to be asked.
var ErrNotCached = errors.New("not in the cache")

// CachedOnly returns a context under which nothing is fetched: what is not
// there fresh fails with ErrNotCached.
func CachedOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, cachedOnly{}, true)
}

// IsCachedOnly reports whether ctx is one from CachedOnly.
func IsCachedOnly(ctx context.Context) bool { return ctx.Value(cachedOnly{}) != nil }

// List returns the records that q selects: all of them, or an error.
func (a *Account) List(ctx context.Context, q api.Query) (*Listing, error) {
	a.warm()
	k := key(q)
	a.Seen()
	if err := a.mend(ctx); err != nil {
		return nil, err
	}
	if l, info, ok := a.lists.Peek(k); ok && !info.Stale {
		if followed[q.Kind] || info.Age < a.opts.TTL/2 {
			return l, nil
		}
		a.lists.Invalidate(k) // its readers keep it for the other half
	}
	if IsCachedOnly(ctx) {
		return nil, ErrNotCached
	}
	if l := a.revive(ctx, k, q); l != nil {
		return l, nil
	}
	l, err := a.fromBulk(ctx, q)
	_, _, had := a.lists.Peek(k)
	switch {
	case l != nil:
		return l, nil
	case ctx.Err() != nil:
		return nil, canceled(ctx.Err())
	case outage(err) && !had:
		return nil, err
	}
	l, info, err := a.lists.Get(ctx, k, func(ctx context.Context) (*Listing, error) { return a.fetch(ctx, q) })
	a.health.note(a.opts.Now(), info, err)
	if err != nil {
		return nil, canceled(err)
	}
	a.keep(k, q)
	if !info.Stale {
		a.renewed(k)
		if !info.Cached {
			a.disk.list(k, q, l, a.opts.Now())
		}
	}
	return l, nil
}

// canceled types the error of a context, which the cache passes as it is.
func canceled(err error) error {
	switch {
	case errors.Is(err, context.Canceled) && api.CodeOf(err) == api.Failed:
		return &api.Error{Code: api.Canceled, Message: "interrupted", Err: err}
	case errors.Is(err, context.DeadlineExceeded) && api.CodeOf(err) == api.Failed:
		return &api.Error{Code: api.Timeout, Message: "no answer in time", Err: err}
	}
	return err
}

// fetch lists from the service. A page that fails fails the whole.
func (a *Account) fetch(ctx context.Context, q api.Query) (*Listing, error) {
	l := &Listing{}
	err := a.Account.List(ctx, q, func(page []*api.Record) error {
		for _, r := range page {
			l.Items = append(l.Items, a.learn(r))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	arrange(l.Items)
	if was, _, ok := a.lists.Peek(key(q)); ok {
		a.differences(was, l)
	}
	return l, nil
}

// differences tells of what is in one of two listings only.
func (a *Account) differences(was, is *Listing) {
	in := make(map[*Item]bool, len(is.Items))
	for _, i := range is.Items {
		in[i] = true
	}
	for _, i := range was.Items {
		if !in[i] {
			a.tell(i, i.Record())
		}
		delete(in, i)
	}
	for i := range in {
		a.tell(i, i.Record())
	}
}

// Get returns one record: from what is known if that is fresh, else from the
// service.
func (a *Account) Get(ctx context.Context, r api.Ref) (*Item, error) {
	if i := a.Known(r); i != nil {
		return i, nil
	}
	if IsCachedOnly(ctx) {
		return nil, ErrNotCached
	}
	i, _, err := a.ones.Get(ctx, oneKey(r), func(ctx context.Context) (*Item, error) {
		rec, err := a.Account.Get(ctx, r)
		if err != nil {
			return nil, err
		}
		return a.learn(rec), nil
	})
	return i, canceled(err)
}

func oneKey(r api.Ref) string { return fmt.Sprintf("%s/%d", r.Kind, r.ID) }

// Known returns an item that some listing or save has brought, or nil.
func (a *Account) Known(r api.Ref) *Item {
	a.warm()
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.items[idOf(r)]
}

// Me returns the person that the account is signed in as.
func (a *Account) Me(ctx context.Context) (*Item, error) {
	if i, info, ok := a.ones.Peek("me"); ok && !info.Stale {
		return i, nil
	}
	if IsCachedOnly(ctx) {
		return nil, ErrNotCached
	}
	i, _, err := a.ones.Get(ctx, "me", func(ctx context.Context) (*Item, error) {
		rec, err := a.Account.Me(ctx)
		if err != nil {
			return nil, err
		}
		return a.learn(rec), nil
	})
	return i, canceled(err)
}

// Assigned returns what is assigned to that person and open. The records are
// as the service's overview has them, which leaves most of their fields out.
func (a *Account) Assigned(ctx context.Context) ([]*api.Record, error) {
	const k = "assigned"
	if l, info, ok := a.mine.Peek(k); ok && !info.Stale {
		return l, nil
	}
	if IsCachedOnly(ctx) {
		return nil, ErrNotCached
	}
	l, _, err := a.mine.Get(ctx, k, a.Account.Assigned)
	return l, canceled(err)
}

// Epoch is a number that grows whenever an item gets another version.
func (a *Account) Epoch() uint64 { return a.epoch.Load() }

// OnChange adds a function that is told of every item that is new, gone or
// replaced by another version where somebody may have seen what was before,
// with a record of it that says where it is or was. It is called without any
// lock held, by whoever brought the news, and must not ask for anything.
func (a *Account) OnChange(f func(i *Item, at *api.Record)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.listen = append(a.listen, f)
}

func (a *Account) tell(i *Item, at ...*api.Record) {
	a.mu.Lock()
	listen := a.listen
	a.mu.Unlock()
	for _, f := range listen {
		for _, r := range at {
			f(i, r)
		}
	}
}
