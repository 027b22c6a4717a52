package tree

import (
	"context"

	"golang.org/x/sync/errgroup"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// within lists what a container holds, of the kinds that its account's API can
// list, all at the same time. One that fails fails the whole.
func (v *view) within(ctx context.Context, in api.Ref, kinds ...api.Kind) (contents, error) {
	var queries []api.Query
	for _, k := range kinds {
		if v.a.recs.Can(k).List {
			queries = append(queries, api.Query{Kind: k, In: in, State: v.stateOf(k)})
		}
	}
	return v.all(ctx, queries...)
}

// stateOf is the state to ask for so that a kind's items of this view come.
func (v *view) stateOf(k api.Kind) api.State {
	if k == api.Todo {
		return v.open()
	}
	return v.state
}

// all answers queries at the same time.
func (v *view) all(ctx context.Context, queries ...api.Query) (contents, error) {
	c := contents{from: make([]*records.Listing, len(queries))}
	if len(queries) == 1 {
		l, err := v.list(ctx, queries[0])
		c.from[0] = l
		return c, err
	}
	var g errgroup.Group
	for n, q := range queries {
		g.Go(func() (err error) {
			c.from[n], err = v.list(ctx, q)
			return err
		})
	}
	return c, g.Wait()
}
