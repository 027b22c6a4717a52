package markup

import (
	"strings"

	"golang.org/x/net/html"

	"basecampfs/nodes/text/diff"
)

// unit is the smallest run of blocks of the HTML that is also a run of chunks
// of the Markdown it renders to. Nearly always it is one of each.
type unit struct {
	blocks, chunks [2]int // from, up to
	inline         bool
	joined         bool // one line break away from the unit before
}

// piece is what the edited Markdown has at a place: a unit that was kept, or a
// chunk to convert.
type piece struct {
	unit   int // -1 for a chunk
	chunk  int
	inline bool
	joined bool
	// The units whose place it takes, as seen from before and from behind it;
	// -1 where it was put between two that are still there.
	left, right int
}

func edit(base, edited string, mention Mention, more []string) string {
	edited = strings.Trim(strings.ToValidUTF8(normalize(edited), "\uFFFD"), "\n")
	b := parseBody(base)
	was := b.markdown()
	if edited == was || trimLines(edited) == trimLines(was) {
		return base
	}
	old, now := parseDocument(was), parseDocument(edited)
	if len(now.chunks) == 0 {
		return ""
	}
	units := align(b, old)
	pieces := compare(units, old, now)
	p := newPool(mention)
	e := editor{body: b, units: units, now: now, pool: p, pieces: pieces}
	e.fillPool(more)
	return e.write()
}

func copyOf(original, edited string, mention Mention) string {
	edited = strings.ToValidUTF8(normalize(edited), "\uFFFD")
	now := parseDocument(edited)
	if len(now.chunks) == 0 {
		return ""
	}
	p := newPool(mention)
	p.copying = true
	p.add(tokens(original, -1))
	e := editor{body: &body{}, now: now, pool: p, pieces: compare(nil, &document{}, now)}
	return e.write()
}

// align finds the units: it walks blocks and chunks together, and cuts where
// both end on the same line.
func align(b *body, d *document) []unit {
	var out []unit
	i, j := 0, 0
	for i < len(b.blocks) {
		u := unit{blocks: [2]int{i, i}, chunks: [2]int{j, j}, inline: b.blocks[i].inline, joined: b.blocks[i].joined}
		reach := b.blocks[i].line
		for {
			grown := false
			for i < len(b.blocks) && (b.blocks[i].line < reach || u.blocks[1] == u.blocks[0]) {
				reach = max(reach, b.blocks[i].line+b.blocks[i].height)
				i++
				u.blocks[1] = i
				grown = true
			}
			for j < len(d.chunks) && d.chunks[j].line < reach {
				reach = max(reach, d.chunks[j].line+d.chunks[j].height)
				j++
				u.chunks[1] = j
				grown = true
			}
			if !grown {
				break
			}
		}
		if u.chunks[1] > u.chunks[0] {
			u.inline = u.inline && d.chunks[u.chunks[0]].inline
			u.joined = u.joined && d.chunks[u.chunks[0]].joined
		}
		out = append(out, u)
	}
	return out
}

// compare tells which units are still there, and in what place all else is.
func compare(units []unit, old, now *document) []piece {
	match := diff.Match(keys(old.chunks), keys(now.chunks))
	keptAt := make(map[int]int, len(units)) // first chunk of now → unit
	removed := make(map[string][]int)       // key → units of one chunk that are gone
	kept := make([]bool, len(units))
	for k, u := range units {
		if at := placeOf(u, match, old, now); at >= 0 {
			keptAt[at] = k
			kept[k] = true
		} else if u.chunks[1] == u.chunks[0]+1 {
			key := old.chunks[u.chunks[0]].key
			removed[key] = append(removed[key], k)
		}
	}
	var out []piece
	for c := 0; c < len(now.chunks); {
		v := now.chunks[c]
		p := piece{unit: -1, chunk: c, inline: v.inline, joined: v.joined && c > 0, left: -1, right: -1}
		next := c + 1
		if k, ok := keptAt[c]; ok {
			p.unit, p.left, p.right = k, k, k
			next = c + units[k].chunks[1] - units[k].chunks[0]
		} else if ks := removed[v.key]; len(ks) > 0 && strings.TrimSpace(v.key) != "" {
			p.unit = ks[0] // it was moved here from elsewhere
			removed[v.key] = ks[1:]
		}
		if p.unit >= 0 {
			p.inline = units[p.unit].inline
		}
		out = append(out, p)
		c = next
	}
	place(out, units, kept)
	return out
}

func keys(cs []chunk) []string {
	out := make([]string, len(cs))
	for i, c := range cs {
		out[i] = c.key
	}
	return out
}

// placeOf returns the chunk of now at which a unit is unchanged, or -1.
func placeOf(u unit, match []int, old, now *document) int {
	first, last := u.chunks[0], u.chunks[1]
	if first == last || match[first] < 0 {
		return -1
	}
	at := match[first]
	for c := first + 1; c < last; c++ {
		n := at + c - first
		if match[c] != n || old.chunks[c].joined != now.chunks[n].joined {
			return -1
		}
	}
	// Text that runs on within the same paragraph of one unit is more than it was.
	return at
}

// place gives the pieces between two kept units the places of those that are
// gone between them.
func place(ps []piece, units []unit, kept []bool) {
	before := -1 // the last kept unit passed
	for i := 0; i < len(ps); {
		if ps[i].left >= 0 {
			before = ps[i].left
			i++
			continue
		}
		j := i
		for j < len(ps) && ps[j].left < 0 {
			j++
		}
		after := len(units)
		if j < len(ps) {
			after = ps[j].left
		}
		if before+1 < after && !kept[before+1] {
			ps[i].left = before + 1
			ps[j-1].right = after - 1
		}
		i = j
	}
}

// editor writes the HTML of an edit.
type editor struct {
	body   *body
	units  []unit
	now    *document
	pool   *pool
	pieces []piece

	out strings.Builder
	in  *frame // that is open
}

// fillPool offers the elements of blocks that are gone first, then those of
// blocks that are kept, then those of other bodies.
func (e *editor) fillPool(more []string) {
	kept := make([]bool, len(e.units))
	for _, p := range e.pieces {
		if p.unit >= 0 {
			kept[p.unit] = true
		}
	}
	var gone strings.Builder
	var later []*token
	for k, u := range e.units {
		s := e.raw(u)
		ts := tokens(s, k)
		if kept[k] {
			for _, t := range ts {
				t.used = true
			}
			later = append(later, ts...)
			continue
		}
		e.pool.add(ts)
		for _, t := range ts {
			s = strings.Replace(s, t.raw, " ", 1)
		}
		if strings.Contains(s, "@") || strings.Contains(s, "&") {
			gone.WriteString(wordsOf(s))
			gone.WriteByte('\n')
		}
	}
	e.pool.add(later)
	for _, s := range more {
		e.pool.add(tokens(s, -1))
	}
	text := gone.String()
	e.pool.literal = func(name string) bool { return strings.Contains(text, "@"+name) }
}

// wordsOf is the text of HTML.
func wordsOf(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		}
	}
}

func (e *editor) start(u unit) int { return e.body.blocks[u.blocks[0]].start }
func (e *editor) end(u unit) int   { return e.body.blocks[u.blocks[1]-1].end }
func (e *editor) raw(u unit) string {
	return e.body.html[e.start(u):e.end(u)]
}
func (e *editor) firstIn(u unit) *frame { return e.body.blocks[u.blocks[0]].in }
func (e *editor) lastIn(u unit) *frame  { return e.body.blocks[u.blocks[1]-1].in }

func (e *editor) write() string {
	for i, p := range e.pieces {
		to := e.frameFor(i)
		if !e.original(i, to) {
			e.layOut(i, to)
		}
		if p.unit >= 0 {
			u := e.units[p.unit]
			e.out.WriteString(e.raw(u))
			e.in = e.leave(u, to)
		} else {
			e.out.WriteString(e.pool.html(e.now, e.now.chunks[p.chunk]))
		}
	}
	last := e.pieces[len(e.pieces)-1]
	if n := len(e.units); n > 0 && last.right == n-1 && e.in == e.lastIn(e.units[n-1]) {
		e.out.WriteString(e.body.html[e.end(e.units[n-1]):])
		return e.out.String()
	}
	e.moveTo(nil)
	return e.out.String()
}

// leave returns what is open behind a unit that was put into another frame
// than its own: that one, unless the unit itself closes and opens some.
func (e *editor) leave(u unit, in *frame) *frame {
	if e.firstIn(u) == e.lastIn(u) {
		return in
	}
	return e.lastIn(u)
}

// frameFor chooses what a piece stands in: what it or the block whose place it
// takes stood in; for text beside other text, the same as that.
func (e *editor) frameFor(i int) *frame {
	p := e.pieces[i]
	simple := p.unit < 0 || e.firstIn(e.units[p.unit]) == e.lastIn(e.units[p.unit])
	if p.inline && p.joined && simple && i > 0 && e.pieces[i-1].inline {
		return e.in
	}
	if p.unit >= 0 {
		if p.inline && e.firstIn(e.units[p.unit]) == nil && p.left < 0 && i > 0 && e.pieces[i-1].inline {
			return e.in
		}
		return e.firstIn(e.units[p.unit])
	}
	if p.left >= 0 && e.units[p.left].inline == p.inline {
		if f := e.firstIn(e.units[p.left]); f != nil || !p.inline || i > 0 && e.in == nil && e.pieces[i-1].inline {
			return f
		}
	}
	if !p.inline {
		return nil
	}
	if i > 0 && e.pieces[i-1].inline {
		return e.in
	}
	return &frame{open: "<div>", name: "div"}
}

// original writes what the HTML had before the place of a piece, if the place
// is still the same.
func (e *editor) original(i int, to *frame) bool {
	p := e.pieces[i]
	if p.left < 0 {
		return false
	}
	u := e.units[p.left]
	if u.inline != p.inline || e.firstIn(u) != to {
		return false
	}
	from := 0
	if i > 0 {
		before := e.pieces[i-1]
		if before.right != p.left-1 || u.joined != p.joined || before.right < 0 ||
			e.units[before.right].inline != before.inline || e.in != e.lastIn(e.units[before.right]) {
			return false
		}
		from = e.end(e.units[before.right])
	} else if p.left != 0 {
		return false
	}
	e.out.WriteString(e.body.html[from:e.start(u)])
	e.in = to
	return true
}

// layOut writes new tags and breaks between a piece and the one before it.
func (e *editor) layOut(i int, to *frame) {
	p := e.pieces[i]
	if i == 0 || e.in != to || !p.inline || !e.pieces[i-1].inline {
		e.moveTo(to)
		return
	}
	switch {
	case p.joined:
		e.out.WriteString("<br>")
	case to != nil && to.name == "p":
		e.out.WriteString("</p>" + to.open)
	default:
		e.out.WriteString("<br><br>")
	}
}

// moveTo closes and opens containers.
func (e *editor) moveTo(to *frame) {
	path := func(f *frame) (out []*frame) {
		for ; f != nil; f = f.outer {
			out = append(out, f)
		}
		return out
	}
	from, into := path(e.in), path(to)
	for len(from) > 0 && len(into) > 0 && from[len(from)-1] == into[len(into)-1] {
		from, into = from[:len(from)-1], into[:len(into)-1]
	}
	for _, f := range from {
		e.out.WriteString("</" + f.name + ">")
	}
	for i := len(into) - 1; i >= 0; i-- {
		e.out.WriteString(into[i].open)
	}
	e.in = to
}
