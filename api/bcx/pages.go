package bcx

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"

	"basecampfs/api"
	"basecampfs/api/transport"

	"golang.org/x/sync/errgroup"
)

// pageSize is how many entries a page has, as the guide says.
const pageSize = 50

var errStop = errors.New("the rest of the list is not wanted")

// pages reads a list page by page until an empty one, or until a page begins
// as the first did.
func (a *Account) pages(ctx context.Context, path string, q url.Values, page func([]json.RawMessage) error) error {
	err := a.c.Numbered(ctx, path, q, func(p transport.Page) error {
		all, err := transport.Elements(p.Body)
		if err != nil {
			return err
		}
		return page(all)
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// each is pages, an entry at a time.
func (a *Account) each(ctx context.Context, path string, q url.Values, entry func(json.RawMessage) error) error {
	return a.pages(ctx, path, q, func(all []json.RawMessage) error {
		for _, e := range all {
			if err := entry(e); err != nil {
				return err
			}
		}
		return nil
	})
}

// untilShort makes a page of fewer entries than fit the last. It is for lists
// of which the guide says that the next page is to be asked for when 50 came,
// or that all entries come at once.
func untilShort(page func([]json.RawMessage) error) func([]json.RawMessage) error {
	return func(all []json.RawMessage) error {
		if err := page(all); err != nil {
			return err
		}
		if len(all) < pageSize {
			return errStop
		}
		return nil
	}
}

// sink passes records on in pages, each record once.
type sink struct {
	page func([]*api.Record) error
	seen map[api.Ref]bool
	want func(*api.Record) bool // nil wants all
}

func newSink(page func([]*api.Record) error, want func(*api.Record) bool) *sink {
	return &sink{page: page, seen: map[api.Ref]bool{}, want: want}
}

func (s *sink) put(all []*api.Record) error {
	out := make([]*api.Record, 0, len(all))
	for _, r := range all {
		if !s.seen[r.Ref] && (s.want == nil || s.want(r)) {
			s.seen[r.Ref] = true
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return s.page(out)
}

// together is how many records are read at once where a list has no bodies.
const together = 8

// readAll reads records one by one and returns them in order. One that is not
// there any more is left out; any other error fails all.
func readAll(ctx context.Context, refs []api.Ref, read func(context.Context, api.Ref) (*api.Record, error)) ([]*api.Record, error) {
	out := make([]*api.Record, len(refs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(together)
	for i, r := range refs {
		g.Go(func() error {
			rec, err := read(ctx, r)
			if api.CodeOf(err) == api.NotFound {
				return nil
			}
			out[i] = rec
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	found := out[:0]
	for _, r := range out {
		if r != nil {
			found = append(found, r)
		}
	}
	return found, nil
}
