package bcx

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// pageSize is how many entries every list answers at once.
const pageSize = 50

// paged cuts the page that was asked for out of a list and renders it. Past
// the end it is an empty list, and there is no Link header.
func paged[T any](c *call, all []T, render func(T) object) []object {
	n, err := strconv.Atoi(c.r.URL.Query().Get("page"))
	if err != nil || n < 1 || c.srv.ignorePage.Load() {
		n = 1
	}
	from := min((n-1)*pageSize, len(all))
	out := make([]object, 0, pageSize)
	for _, t := range all[from:min(from+pageSize, len(all))] {
		out = append(out, render(t))
	}
	return out
}

// withBucket adds where each entry is, as only account-wide lists do.
func (c *call) withBucket(render func(*item) object) func(*item) object {
	if c.r.PathValue("p") != "" || c.r.PathValue("c") != "" {
		return render
	}
	return func(i *item) object {
		o := render(i)
		o["bucket"] = c.bucket(i.in)
		return o
	}
}

// scope returns the items that a list is about: those of the project or the
// calendar in the path, or those of every live one.
func (c *call) scope(k kind, keep func(*item) bool) ([]*item, error) {
	var in *bucket
	if c.r.PathValue("p") != "" || c.r.PathValue("c") != "" {
		b, err := c.bucketOf()
		if err != nil {
			return nil, err
		}
		in = b
	}
	var out []*item
	for _, i := range c.s.items {
		if i.kind != k && k != "" {
			continue
		}
		if in != nil && i.in != in || in == nil && !i.in.live() {
			continue
		}
		if keep(i) {
			out = append(out, i)
		}
	}
	return out, nil
}

// sorted orders items as the sort parameter says; what is not asked for is
// the newest first.
func (c *call) sorted(items []*item) []*item {
	slices.SortStableFunc(items, func(a, b *item) int {
		switch c.r.URL.Query().Get("sort") {
		case "az":
			return strings.Compare(strings.ToLower(a.title), strings.ToLower(b.title))
		case "za":
			return strings.Compare(strings.ToLower(b.title), strings.ToLower(a.title))
		case "oldest":
			return cmp.Or(a.updated.Compare(b.updated), cmp.Compare(a.id, b.id))
		}
		return cmp.Or(b.updated.Compare(a.updated), cmp.Compare(b.id, a.id))
	})
	return items
}

// present keeps what is not in trash.
func present(i *item) bool { return !i.gone() }
