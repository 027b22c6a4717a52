package markup

import (
	"sort"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// fromMarkdown reads CommonMark with tables and strikethrough. Bare addresses
// are found when the text is written (see addresses): the library's extension
// reads the rest of a line again at every space in it. HTML
// in it is text: whoever writes "<div>" in a file means those five characters.
var fromMarkdown = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(without(parser.DefaultBlockParsers(), parser.NewHTMLBlockParser())...),
		parser.WithInlineParsers(without(parser.DefaultInlineParsers(), parser.NewRawHTMLParser())...),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)),
	goldmark.WithExtensions(extension.Strikethrough, extension.Table),
).Parser()

func without(vs []util.PrioritizedValue, v any) []util.PrioritizedValue {
	var out []util.PrioritizedValue
	for _, p := range vs {
		if p.Value != v {
			out = append(out, p)
		}
	}
	return out
}

// chunk is the smallest piece of Markdown that can be converted by itself: a
// line of a paragraph, or another block.
type chunk struct {
	key    string // equal for chunks that mean the same
	inline bool
	joined bool // the chunk before is another line of the paragraph
	line   int  // from 0, where it starts
	height int  // in lines
	nodes  []ast.Node
}

// document is Markdown taken apart.
type document struct {
	src    []byte
	starts []int // of lines
	chunks []chunk
}

// Bounds on what is given to the Markdown parser, beyond which a text is taken
// word for word: the containers in one line, and the bytes of one paragraph.
const (
	maxNesting   = 32
	maxParagraph = 128 << 10
)

func parseDocument(s string) *document {
	d := &document{src: []byte(s), starts: []int{0}}
	for i := 0; i < len(s); i++ {
		if s[i] == '\n' {
			d.starts = append(d.starts, i+1)
		}
	}
	if isExtreme(s) {
		d.literal()
		return d
	}
	root := fromMarkdown.Parse(text.NewReader(d.src))
	var tops []ast.Node
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		if n.Pos() >= 0 {
			tops = append(tops, n)
		}
	}
	sort.SliceStable(tops, func(i, j int) bool { return tops[i].Pos() < tops[j].Pos() })
	for i, n := range tops {
		end := len(d.starts)
		if i+1 < len(tops) {
			end = d.lineAt(tops[i+1].Pos())
		}
		d.add(n, d.lineAt(n.Pos()), end)
	}
	return d
}

// isExtreme finds what no person writes and no parser should have to read.
func isExtreme(s string) bool {
	paragraph := 0
	for line := range strings.Lines(s) {
		if strings.TrimSpace(line) == "" {
			paragraph = 0
			continue
		}
		if paragraph += len(line); paragraph > maxParagraph {
			return true
		}
		marks := 0
		for i := 0; i < len(line) && strings.IndexByte(" \t>-+*0123456789.)", line[i]) >= 0; i++ {
			if strings.IndexByte(">-+*.)", line[i]) >= 0 {
				marks++
			}
		}
		if marks > maxNesting && strings.Trim(line, "-*_ \t\r\n") != "" {
			return true
		}
		if strings.Count(line, "[") > 2000 {
			return true
		}
	}
	return false
}

// literal takes every line for text.
func (d *document) literal() {
	blank := true
	for i := range d.starts {
		s := strings.TrimSpace(d.text(i, i+1))
		if s != "" {
			n := ast.NewString([]byte(s))
			d.chunks = append(d.chunks, chunk{key: "=" + s, inline: true, joined: !blank, line: i, height: 1, nodes: []ast.Node{n}})
		}
		blank = s == ""
	}
}

func (d *document) lineAt(pos int) int {
	return sort.SearchInts(d.starts, pos+1) - 1
}

// text returns whole lines.
func (d *document) text(from, to int) string {
	end := len(d.src)
	if to < len(d.starts) {
		end = d.starts[to]
	}
	return string(d.src[d.starts[from]:end])
}

func (d *document) add(n ast.Node, from, to int) {
	for to > from+1 && strings.TrimSpace(d.text(to-1, to)) == "" {
		to--
	}
	if from >= to {
		return
	}
	if n.Kind() == ast.KindParagraph {
		d.addLines(n, from, to)
		return
	}
	d.chunks = append(d.chunks, chunk{key: "#" + blockKey(n, d.text(from, to)), line: from, height: to - from, nodes: []ast.Node{n}})
}

// blockKey is the text of a block. Spaces at line ends mean something in code
// alone.
func blockKey(n ast.Node, s string) string {
	if n.Kind() == ast.KindFencedCodeBlock || n.Kind() == ast.KindCodeBlock {
		return strings.TrimRight(s, "\n")
	}
	return trimLines(s)
}

func trimLines(s string) string {
	s = strings.TrimRight(s, " \t\n")
	if !strings.Contains(s, " \n") && !strings.Contains(s, "\t\n") {
		return s
	}
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " \t")
	}
	return strings.Join(lines, "\n")
}

// addLines splits a paragraph at the line breaks that are not within emphasis,
// a link or code.
func (d *document) addLines(n ast.Node, from, to int) {
	var nodes []ast.Node
	joined := false
	flush := func(end int) {
		if len(nodes) > 0 && end > from {
			key := "=" + trimLines(strings.TrimLeft(d.text(from, end), " \t"))
			d.chunks = append(d.chunks, chunk{key: key, inline: true, joined: joined, line: from, height: end - from, nodes: nodes})
			joined = true
		}
		nodes, from = nil, end
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		nodes = append(nodes, c)
		if t, ok := c.(*ast.Text); ok && (t.SoftLineBreak() || t.HardLineBreak()) {
			if next := d.lineAt(max(t.Segment.Start, t.Segment.Stop)) + 1; next > from && next <= to {
				flush(next)
			}
		}
	}
	flush(to)
}
