package records

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"basecampfs/api"
	"basecampfs/cache"
)

// followed are the kinds whose changes api.Account.Changes reports. What is
// kept of them needs no new listing as long as it says that nothing changed.
var followed = map[api.Kind]bool{
	api.Project: true, api.TodoList: true, api.TodoGroup: true, api.Todo: true, api.Comment: true,
	api.Message: true, api.Vault: true, api.Document: true, api.Upload: true, api.ScheduleEntry: true,
}

// Followed reports whether changes of a kind are noticed without listing it.
func Followed(k api.Kind) bool { return followed[k] }

// reach is how long before its first call a series of api.Account.Changes
// reports for certain: less than the overlap that implementations look back.
const reach = 90 * time.Second

// follow keeps an account current by what it says has changed.
type follow struct {
	mu   sync.Mutex // held during a refresh
	mark api.Mark
	// covered is from when on everything that changed is known: what was
	// listed since then is as good as new after a refresh.
	covered time.Time
	current atomic.Int64 // when the last refresh began, in Unix nanoseconds; 0 before the first
	failed  atomic.Int64 // when a refresh failed last
	asked   atomic.Int64 // when a reader came last
	torn    atomic.Bool  // what is known may lack what an earlier mount did last
}

// Refresh asks what has changed since the last time, takes it over, and makes
// all that is kept of followed kinds fresh again. The first call only notes
// where to start. Who asks meanwhile shares the answer.
func (a *Account) Refresh(ctx context.Context) error {
	_, _, err := a.news.Get(ctx, "", func(ctx context.Context) (struct{}, error) { return struct{}{}, a.refresh(ctx) })
	return canceled(err)
}

func (a *Account) refresh(ctx context.Context) error {
	a.follow.mu.Lock()
	defer a.follow.mu.Unlock()
	began := a.opts.Now()
	first := a.follow.mark == ""
	ch, err := a.Account.Changes(ctx, a.follow.mark)
	a.health.note(began, cache.Info{}, err)
	if err != nil {
		a.follow.failed.Store(began.UnixNano())
		return err
	}
	if first {
		a.follow.covered = began.Add(-reach)
	}
	a.touch(began)
	for _, r := range ch.Records {
		a.Replace(r)
	}
	for _, in := range ch.Lists {
		a.Forget(in)
	}
	a.follow.mark = ch.Next
	a.follow.current.Store(began.UnixNano())
	a.disk.note(journey{a.follow.mark, a.follow.covered, began})
	return nil
}

// mend asks what has changed where what was taken up from disk may lack the
// last of it. While the service cannot be reached it has to do as it is.
func (a *Account) mend(ctx context.Context) error {
	switch {
	case !a.follow.torn.Load():
		return nil
	case IsCachedOnly(ctx):
		return ErrNotCached
	case a.opts.Now().Sub(time.Unix(0, a.follow.failed.Load())) < pause:
		return nil
	}
	err := a.Refresh(ctx)
	if err == nil {
		a.follow.torn.Store(false)
	}
	if api.CodeOf(err) == api.Canceled {
		return err
	}
	return nil
}

// touch makes what is kept of followed kinds fresh as of now, except what was
// listed before changes were followed and what must be listed again.
func (a *Account) touch(now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, qs := range a.kept {
		for k, q := range qs {
			if !followed[q.Kind] || a.stale[k] {
				continue
			}
			if _, info, ok := a.lists.Peek(k); ok && !now.Add(-info.Age).Before(a.follow.covered) {
				a.lists.Touch(k)
			}
		}
	}
	for k := range a.bulkKeys {
		if _, info, ok := a.bulks.Peek(k); ok && !now.Add(-info.Age).Before(a.follow.covered) {
			a.bulks.Touch(k)
		}
	}
}

// revive makes an old answer good again by asking what has changed since, which
// costs little however much is kept; or lets it do while the service cannot be
// reached. It returns nil where the answer has to be asked for anew.
func (a *Account) revive(ctx context.Context, k string, q api.Query) *Listing {
	a.mu.Lock()
	stale := a.stale[k]
	a.mu.Unlock()
	l, _, ok := a.lists.Peek(k)
	if stale || !ok || !followed[q.Kind] || a.follow.current.Load() == 0 {
		return nil
	}
	now := a.opts.Now()
	if now.Sub(time.Unix(0, a.follow.failed.Load())) < pause {
		return l
	}
	if err := a.Refresh(ctx); err != nil {
		if outage(err) {
			return l
		}
		return nil
	}
	l, info, ok := a.lists.Peek(k)
	if !ok || info.Stale {
		return nil
	}
	return l
}

// Settle notes where changes have to be followed from, if that was not done yet
// and anything was read, so that the next mount can go on from here.
func (a *Account) Settle(ctx context.Context) {
	if a.follow.current.Load() == 0 && a.follow.asked.Load() != 0 {
		_ = a.Refresh(ctx) // what it would have spared is read again
	}
}

// LastSeen is when somebody read last; zero before the first time.
func (a *Account) LastSeen() time.Time {
	if n := a.follow.asked.Load(); n != 0 {
		return time.Unix(0, n)
	}
	return time.Time{}
}

// Seen notes that somebody reads.
func (a *Account) Seen() { a.follow.asked.Store(a.opts.Now().UnixNano()) }
