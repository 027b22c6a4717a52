package records

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"basecampfs/api"
)

// whole is all records of one family in one project, by what holds them.
type whole struct {
	project int64
	in      map[id]*Listing
}

func bulkKey(f family, project int64) string {
	return fmt.Sprintf("%s/%s/%d", f.kind, f.state, project)
}

// with returns b with an item below its record's parent. Where it was before
// need not forget it: an answer is selected by what the records say now.
func (b *whole) with(i *Item, r *api.Record) *whole {
	in := idOf(r.Parent)
	l := b.in[in]
	if l == nil {
		l = &Listing{}
	}
	grown := place(l, i, true)
	if grown == l {
		return b
	}
	c := &whole{project: b.project, in: maps.Clone(b.in)}
	c.in[in] = grown
	return c
}

// answer selects what q asks for.
func (b *whole) answer(q api.Query) *Listing {
	l := &Listing{}
	add := func(all *Listing) {
		if all == nil {
			return
		}
		for _, i := range all.Items {
			if selects(q, i.Record()) {
				l.Items = append(l.Items, i)
			}
		}
	}
	if q.In.IsZero() {
		for _, all := range b.in {
			add(all)
		}
	} else {
		add(b.in[idOf(q.In)])
	}
	arrange(l.Items)
	return l
}

// fromBulk answers a query of a walk out of listings of whole projects. nil
// says that it has to be asked for by itself.
func (a *Account) fromBulk(ctx context.Context, q api.Query) (*Listing, error) {
	f, project := familyOf(q), home(q)
	can := a.Can(f.kind)
	if project == 0 || !can.Bulk || q.Kind == api.Project || q.Kind == api.Person {
		return nil, nil
	}
	a.mu.Lock()
	stale := a.stale[key(q)]
	a.mu.Unlock()
	if stale { // what was listed of the project before says no more
		return nil, nil
	}
	k := bulkKey(f, project)
	if b, info, ok := a.bulks.Peek(k); ok && !info.Stale {
		return a.keepAnswer(q, b, info.Age)
	}
	if !a.walk.step(q, a.opts.Now()) {
		return nil, nil
	}
	if err := a.load(ctx, f, project); err != nil {
		return nil, err
	}
	if b, info, ok := a.bulks.Peek(k); ok && !info.Stale {
		return a.keepAnswer(q, b, info.Age)
	}
	return nil, nil
}

func (a *Account) keepAnswer(q api.Query, b *whole, age time.Duration) (*Listing, error) {
	l := b.answer(q)
	k := key(q)
	a.lists.SetAt(k, l, a.opts.Now().Add(-age))
	a.keep(k, q)
	a.renewed(k)
	return l, nil
}

// load lists a project and some that a walk is going to come to, once for all
// that wait for one of them.
func (a *Account) load(ctx context.Context, f family, project int64) error {
	a.mu.Lock()
	run, ok := a.loads[f][project]
	if !ok {
		run = a.plan(f, project)
		if a.loads[f] == nil {
			a.loads[f] = map[int64]*chunk{}
		}
		for _, p := range run.projects {
			a.loads[f][p] = run
		}
	}
	a.mu.Unlock()
	_, _, err := a.chunks.Get(ctx, run.key, func(ctx context.Context) (struct{}, error) {
		err := a.fetchChunk(ctx, f, run.projects, false, func(int) {})
		a.mu.Lock()
		for _, p := range run.projects {
			delete(a.loads[f], p)
		}
		a.mu.Unlock()
		if err == nil && len(run.projects) >= ahead {
			a.prefetch(f, run.projects[len(run.projects)-1])
		}
		return struct{}{}, err
	})
	return canceled(err)
}

// chunk is projects that are listed together.
type chunk struct {
	key      string
	projects []int64
}

// plan chooses what to list with a project. a.mu is held.
func (a *Account) plan(f family, project int64) *chunk {
	c := &chunk{key: bulkKey(f, project), projects: []int64{project}}
	now := a.opts.Now()
	order := a.projects(f)
	n := a.walk.chunk(f, now, a.Can(f.kind).Chunk, len(order))
	at := slices.Index(order, project)
	for _, p := range slices.Concat(order[at+1:], order[:max(at, 0)]) {
		if len(c.projects) >= n {
			break
		}
		if b, info, ok := a.bulks.Peek(bulkKey(f, p)); ok && b != nil && !info.Stale || a.loads[f][p] != nil {
			continue
		}
		c.projects = append(c.projects, p)
	}
	return c
}

// projects returns the projects that a family can be in, in the order in which
// a walk comes to them. It does not ask for them.
func (a *Account) projects(f family) []int64 {
	s := api.Any
	if f.state == api.ArchivedState {
		s = f.state
	}
	l, _, ok := a.lists.Peek(key(api.Query{Kind: api.Project, State: s}))
	if !ok {
		return nil
	}
	items := slices.SortedFunc(slices.Values(l.Items), func(x, y *Item) int {
		return cmp.Compare(x.Record().Title, y.Record().Title)
	})
	out := make([]int64, len(items))
	for n, i := range items {
		out[n] = i.Ref().ID
	}
	return out
}

// ahead is from how many projects on a chunk is taken for a part of a walk
// through the whole account, of which the next is then fetched before it is
// asked for.
const ahead = 16

// prefetch begins to load the projects that follow one.
func (a *Account) prefetch(f family, last int64) {
	a.mu.Lock()
	order := a.projects(f)
	a.mu.Unlock()
	for _, p := range order[slices.Index(order, last)+1:] {
		if _, info, ok := a.bulks.Peek(bulkKey(f, p)); ok && !info.Stale {
			continue
		}
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), a.opts.patience())
			defer cancel()
			if a.walk.going(f, a.opts.Now()) {
				_ = a.load(ctx, f, p) // who comes there asks again
			}
		}()
		return
	}
}

// fetchChunk lists whole projects, or all there are, and keeps what is in each.
func (a *Account) fetchChunk(ctx context.Context, f family, projects []int64, all bool, tell func(done int)) error {
	q := api.Query{Kind: f.kind, State: f.state, Groups: f.kind == api.TodoList}
	switch {
	case len(projects) == 1:
		q.Project = projects[0]
	case all:
	case a.Can(f.kind).Chunk > 0:
		q.Projects = projects
	}
	parts := make(map[int64]*whole, len(projects))
	for _, p := range projects {
		parts[p] = &whole{project: p, in: map[id]*Listing{}}
	}
	done := 0
	defer a.loading.Store(nil)
	err := a.Account.List(ctx, q, func(page []*api.Record) error {
		for _, r := range page {
			b := parts[r.Project]
			if b == nil {
				continue // of a project that is not shown
			}
			in := idOf(r.Parent)
			if b.in[in] == nil {
				b.in[in] = &Listing{}
			}
			b.in[in].Items = append(b.in[in].Items, a.learn(r))
		}
		done += len(page)
		a.loading.Store(&Progress{What: string(f.kind), Done: done})
		tell(done)
		return nil
	})
	if err != nil {
		return err
	}
	a.mu.Lock()
	for _, p := range projects {
		a.bulkKeys[bulkKey(f, p)] = true
	}
	a.mu.Unlock()
	for _, p := range projects {
		a.bulks.Set(bulkKey(f, p), parts[p])
		a.disk.whole(f, p, parts[p], a.opts.Now())
	}
	return nil
}

// arrange puts items in the order of their positions; what has none, such as
// what is completed, follows by id. The service's own order is not stable
// enough to compare two texts by.
func arrange(items []*Item) {
	slices.SortStableFunc(items, func(a, b *Item) int {
		x, y := a.Record(), b.Record()
		if (x.Position > 0) != (y.Position > 0) {
			if x.Position > 0 {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(x.Position, y.Position), cmp.Compare(x.ID, y.ID))
	})
}
