package merge

import (
	"slices"
	"strings"

	"basecampfs/nodes/text/diff"
)

// hunk replaces lines of the base.
type hunk struct {
	from, to int
	lines    []string
}

// Lines merges two edits of a text by lines. Edits of neighbouring lines are no
// conflict, and of two insertions at one place both are kept, theirs first. It
// returns false where both changed the same lines in different ways.
func Lines(base, mine, theirs string) (string, bool) {
	switch {
	case mine == base || mine == theirs:
		return theirs, true
	case theirs == base:
		return mine, true
	}
	b := split(base)
	ms, ts := hunks(b, split(mine)), hunks(b, split(theirs))
	var out []string
	at := 0
	for len(ms) > 0 || len(ts) > 0 {
		var h hunk
		switch {
		case len(ms) > 0 && len(ts) > 0 && equal(ms[0], ts[0]):
			h, ms, ts = ts[0], ms[1:], ts[1:]
		case len(ms) > 0 && len(ts) > 0 && overlap(ms[0], ts[0]):
			return "", false
		case len(ms) == 0 || len(ts) > 0 && before(ts[0], ms[0]):
			h, ts = ts[0], ts[1:]
		default:
			h, ms = ms[0], ms[1:]
		}
		out = append(append(out, b[at:h.from]...), h.lines...)
		at = h.to
	}
	return strings.Join(append(out, b[at:]...), "\n"), true
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// hunks tells what has to be replaced to come from a to b.
func hunks(a, b []string) []hunk {
	var out []hunk
	i, j := 0, 0
	add := func(to, until int) {
		if to > i || until > j {
			out = append(out, hunk{from: i, to: to, lines: b[j:until]})
		}
	}
	for k, m := range diff.Match(a, b) {
		if m >= 0 {
			add(k, m)
			i, j = k+1, m+1
		}
	}
	add(len(a), len(b))
	return out
}

func equal(a, b hunk) bool {
	return a.from == b.from && a.to == b.to && slices.Equal(a.lines, b.lines)
}

// overlap reports whether two hunks replace a line in common, or one inserts
// within what the other replaces.
func overlap(a, b hunk) bool { return a.from < b.to && b.from < a.to }

// before reports whether a goes first of two that do not overlap. An insertion
// goes before what replaces the line behind it.
func before(a, b hunk) bool {
	return a.from < b.from || a.from == b.from && a.to <= b.to
}
