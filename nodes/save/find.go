package save

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// find looks for an item that a create whose answer was lost may have made, nil
// where there is none: one of this person's that was not there before and is
// what was sent, or was that before somebody edited it.
func (s *Saver) find(ctx context.Context, recs *records.Account, parent api.Ref, want *api.Record, x extra) (*api.Record, likeness, error) {
	me, err := recs.Me(ctx)
	if err != nil {
		return nil, other, err
	}
	var found *api.Record
	best := other
	err = recs.Account.List(ctx, query(want.Kind, parent), func(page []*api.Record) error {
		for _, r := range page {
			if r.Creator != nil && r.Creator.ID != me.Ref().ID || slices.Contains(x.Before, r.ID) {
				continue
			}
			if l := compare(r, want); l > best {
				found, best = r, l
			}
		}
		return nil
	})
	return found, best, err
}

// query selects what an item of a kind could be found among.
func query(k api.Kind, parent api.Ref) api.Query {
	if k == api.Project {
		return api.Query{Kind: k}
	}
	return api.Query{Kind: k, In: parent}
}

// alike returns the ids of what is already there and could be taken for a new
// item. The folder was listed before a name in it was made.
func (s *Saver) alike(a Account, parent api.Ref, want *api.Record) []int64 {
	var out []int64
	for _, i := range a.Records().Inside(want.Kind, parent) {
		if r := i.Record(); !titled(want.Kind) || sameWords(r.Title, want.Title) {
			out = append(out, i.Ref().ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// likeness is whether a record could be what a create made.
type likeness int

const (
	other  likeness = iota
	edited          // another text, and changed since it was created
	same            // what was sent
)

func compare(r, want *api.Record) likeness {
	switch {
	case titled(want.Kind) && !sameWords(r.Title, want.Title):
		return other
	case wordsOf(r.Body) == wordsOf(want.Body):
		return same
	case titled(want.Kind) && r.UpdatedAt.After(r.CreatedAt):
		return edited
	}
	return other
}

// titled reports whether records of a kind have a title of their own. Others
// are given one by the service.
func titled(k api.Kind) bool {
	switch k {
	case api.Comment, api.ChatLine, api.Answer:
		return false
	}
	return true
}

func sameWords(a, b string) bool { return slices.Equal(strings.Fields(a), strings.Fields(b)) }

// wordsOf is what a body says, without what the service may write its own way:
// tags, white space, and what attachments and mentions are shown as.
func wordsOf(body string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(body))
	for depth := 0; ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return strings.Join(strings.Fields(b.String()), "")
		case html.TextToken:
			if depth == 0 {
				b.Write(z.Text())
			}
		case html.StartTagToken, html.EndTagToken:
			if name, _ := z.TagName(); string(name) != "bc-attachment" {
				break
			}
			if kind == html.StartTagToken {
				depth++
			} else {
				depth = max(0, depth-1)
			}
		}
	}
}

// fill gives an item that a create made what the create could not carry, and
// nothing that somebody may have changed since.
func fill(want, got *api.Record) *api.Record {
	f := got.Clone()
	f.Completed = f.Completed || want.Completed
	for _, v := range []struct {
		to   *string
		from string
	}{{&f.StartsOn, want.StartsOn}, {&f.DueOn, want.DueOn}, {&f.Color, want.Color}} {
		if *v.to == "" {
			*v.to = v.from
		}
	}
	if f.StartsAt.IsZero() && f.EndsAt.IsZero() {
		f.StartsAt, f.EndsAt, f.AllDay = want.StartsAt, want.EndsAt, want.AllDay
	}
	if len(f.Assignees) == 0 {
		f.Assignees = want.Assignees
	}
	if len(f.Notify) == 0 {
		f.Notify = want.Notify
	}
	return f
}
