// Package diff finds what two sequences of lines or blocks have in common.
//
// It is a patience diff: lines that occur once on each side are anchors, and
// what is between two anchors is compared alone. That keeps edits where a
// person made them, and its time bounded: about n log n for texts, and never
// more than smallGap squared for a stretch without anchors.
package diff

import "sort"

// smallGap is the most comparisons made for one stretch without anchors.
// A longer one counts as replaced as a whole.
const smallGap = 250_000

// maxDepth bounds the anchors found between anchors.
const maxDepth = 64

// Match returns, for each element of a, the index of the same element in b
// that it goes with, or -1. The indices that are not -1 increase.
func Match(a, b []string) []int {
	ids := make(map[string]int, len(a))
	m := matcher{a: number(ids, a), b: number(ids, b), out: make([]int, len(a))}
	for i := range m.out {
		m.out[i] = -1
	}
	m.seen = make([]seen, len(ids))
	m.match(0, len(a), 0, len(b), maxDepth)
	return m.out
}

func number(ids map[string]int, ss []string) []int {
	out := make([]int, len(ss))
	for i, s := range ss {
		id, ok := ids[s]
		if !ok {
			id = len(ids)
			ids[s] = id
		}
		out[i] = id
	}
	return out
}

// seen counts an element within the stretch that is looked at.
type seen struct{ inA, inB, at int }

type matcher struct {
	a, b, out []int
	seen      []seen // by id; zero outside anchors
}

func (m *matcher) match(alo, ahi, blo, bhi, depth int) {
	for alo < ahi && blo < bhi && m.a[alo] == m.b[blo] {
		m.out[alo] = blo
		alo++
		blo++
	}
	for alo < ahi && blo < bhi && m.a[ahi-1] == m.b[bhi-1] {
		ahi--
		bhi--
		m.out[ahi] = bhi
	}
	if alo == ahi || blo == bhi {
		return
	}
	if depth > 0 {
		if pairs := m.anchors(alo, ahi, blo, bhi); len(pairs) > 0 {
			for _, p := range pairs {
				m.match(alo, p[0], blo, p[1], depth-1)
				m.out[p[0]] = p[1]
				alo, blo = p[0]+1, p[1]+1
			}
			m.match(alo, ahi, blo, bhi, depth-1)
			return
		}
	}
	if (ahi-alo)*(bhi-blo) <= smallGap {
		m.common(alo, ahi, blo, bhi)
	}
}

// anchors returns the longest rising sequence of pairs that are unique on both
// sides.
func (m *matcher) anchors(alo, ahi, blo, bhi int) [][2]int {
	for _, id := range m.a[alo:ahi] {
		m.seen[id].inA++
	}
	for j, id := range m.b[blo:bhi] {
		m.seen[id].inB++
		m.seen[id].at = blo + j
	}
	var pairs [][2]int
	for i, id := range m.a[alo:ahi] {
		if s := m.seen[id]; s.inA == 1 && s.inB == 1 {
			pairs = append(pairs, [2]int{alo + i, s.at})
		}
	}
	for _, id := range m.a[alo:ahi] {
		m.seen[id] = seen{}
	}
	for _, id := range m.b[blo:bhi] {
		m.seen[id] = seen{}
	}
	at := make([]int, len(pairs))
	for i, p := range pairs {
		at[i] = p[1]
	}
	var out [][2]int
	for _, i := range Rising(at) {
		out = append(out, pairs[i])
	}
	return out
}

// Rising returns the indices of a longest strictly increasing subsequence.
func Rising(v []int) []int {
	var tails []int // tails[k] ends the best sequence of length k+1
	before := make([]int, len(v))
	for i := range v {
		k := sort.Search(len(tails), func(k int) bool { return v[tails[k]] >= v[i] })
		before[i] = -1
		if k > 0 {
			before[i] = tails[k-1]
		}
		if k == len(tails) {
			tails = append(tails, i)
		} else {
			tails[k] = i
		}
	}
	out := make([]int, len(tails))
	if len(tails) > 0 {
		for k, i := len(tails)-1, tails[len(tails)-1]; k >= 0; k-- {
			out[k] = i
			i = before[i]
		}
	}
	return out
}

// common matches a longest common subsequence of two short stretches.
func (m *matcher) common(alo, ahi, blo, bhi int) {
	n, k := ahi-alo, bhi-blo
	w := k + 1
	longest := make([]int32, (n+1)*w)
	for i := n - 1; i >= 0; i-- {
		for j := k - 1; j >= 0; j-- {
			if m.a[alo+i] == m.b[blo+j] {
				longest[i*w+j] = longest[(i+1)*w+j+1] + 1
			} else {
				longest[i*w+j] = max(longest[(i+1)*w+j], longest[i*w+j+1])
			}
		}
	}
	for i, j := 0, 0; i < n && j < k; {
		switch {
		case m.a[alo+i] == m.b[blo+j]:
			m.out[alo+i] = blo + j
			i++
			j++
		case longest[(i+1)*w+j] >= longest[i*w+j+1]:
			i++
		default:
			j++
		}
	}
}
