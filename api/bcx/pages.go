package bcx

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"

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

// ahead is pages for a list that is known to have about n pages: these are
// asked for several at a time, and the rest one by one as ever.
func (a *Account) ahead(ctx context.Context, path string, n int, page func([]json.RawMessage) error) error {
	var first number // the id that the first page begins with
	for from := 1; ; from += together {
		count := together
		if from > n {
			count = 1
		} else if from+count > n {
			count = n + 1 - from
		}
		got := make([][]json.RawMessage, count)
		g, gctx := errgroup.WithContext(ctx)
		for i := range got {
			g.Go(func() error {
				p, err := a.c.Get(gctx, path, url.Values{"page": {strconv.Itoa(from + i)}})
				if err != nil {
					return err
				}
				got[i], err = transport.Elements(p.Body)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for _, all := range got {
			if len(all) == 0 {
				return nil
			}
			head, _ := decode(all[0])
			if first == head.ID {
				return nil
			}
			if first == 0 {
				first = head.ID
			}
			if err := page(all); err != nil {
				return err
			}
		}
		from += count - together
		if from > endless {
			return api.Errorf(api.Malformed, "the list of %s does not end", path)
		}
	}
}

// endless is the number of a page at which a list is taken for one that never
// ends.
const endless = 100_000

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
