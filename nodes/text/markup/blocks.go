package markup

import (
	"strings"

	"golang.org/x/net/html"
)

// body is HTML taken apart: blocks of content, and between them the tags,
// breaks and spaces that only lay it out. Together they are every byte of it.
type body struct {
	html   string
	blocks []block
}

// block is a line of text, or an element such as a list that stands by itself.
type block struct {
	start, end int    // in the HTML
	md         string // what it renders to; never empty
	line       int    // of the rendered body, from 0, where md starts
	height     int    // of md in lines
	inline     bool   // text, of which several can be lines of one paragraph
	joined     bool   // one line break away from the block before it
	in         *frame
}

// frame is an open container: a div or p around lines and blocks.
type frame struct {
	outer *frame
	open  string // its start tag as it was written
	name  string
}

// The most containers, and formatting elements, within each other that are
// told apart. Deeper bodies are one block: nobody wrote them by hand.
const (
	maxFrames = 64
	maxInline = 128
)

// maxLine is the longest HTML of one line, in bytes, that is parsed.
const maxLine = 256 << 10

func isContainer(tag string) bool { return tag == "div" || tag == "p" }

func isBlock(tag string) bool {
	switch tag {
	case "h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "pre", "ul", "ol", "dl", "blockquote", "table",
		"details", "figure", "hr", "section", "article", "form", "video",
		"script", "style", "textarea", "title", "iframe", "noscript", "noembed", "noframes", "xmp", "plaintext":
		return true
	}
	return false
}

func isVoid(tag string) bool {
	switch tag {
	case "br", "hr", "img", "input", "wbr", "area", "base", "col", "embed", "link", "meta", "source", "track", "param":
		return true
	}
	return false
}

const attachment = "bc-attachment"

// parseBody takes HTML apart in one pass.
func parseBody(s string) *body {
	b := &body{html: s}
	if s == "" {
		return b
	}
	c := cutter{body: b, lineStart: -1}
	if !c.run() {
		b.blocks = nil
		b.add(block{end: len(s)})
	}
	b.layOut()
	return b
}

// cutter is the state of the pass.
type cutter struct {
	*body
	in     *frame
	frames int

	// The line that is open: lineStart is -1 where none is.
	lineStart, lineEnd int
	filled             bool     // it has something to show
	inline             []string // formatting elements open in it

	// The element that is passed over as a whole: a block, or an attachment.
	skip      string
	skipDepth int
	skipStart int

	breaks int  // since the last block
	apart  bool // something else than a break was passed since
}

// run returns false for nesting that is too deep to take apart.
func (c *cutter) run() bool {
	z := html.NewTokenizer(strings.NewReader(c.html))
	for pos := 0; ; {
		kind := z.Next()
		start := pos
		pos += len(z.Raw())
		if kind == html.ErrorToken {
			c.finish(len(c.html))
			return true
		}
		var tag string
		if kind == html.StartTagToken || kind == html.EndTagToken || kind == html.SelfClosingTagToken {
			name, _ := z.TagName()
			tag = string(name)
		}
		if !c.token(kind, tag, start, pos) {
			return false
		}
	}
}

func (c *cutter) token(kind html.TokenType, tag string, start, end int) bool {
	if c.skip != "" {
		c.within(kind, tag, end)
		return true
	}
	switch kind {
	case html.TextToken:
		c.text(start, end)
	case html.StartTagToken, html.SelfClosingTagToken:
		return c.open(kind, tag, start, end)
	case html.EndTagToken:
		c.close(tag, end)
	}
	return true
}

// within passes over the element that is skipped, up to its end.
func (c *cutter) within(kind html.TokenType, tag string, end int) {
	if tag != c.skip {
		return
	}
	switch kind {
	case html.StartTagToken:
		c.skipDepth++
	case html.EndTagToken:
		c.skipDepth--
	}
	if c.skipDepth == 0 {
		c.endSkip(end)
	}
}

func (c *cutter) endSkip(end int) {
	if c.skip == attachment {
		c.lineEnd = end
	} else {
		c.add(block{start: c.skipStart, end: end, in: c.in})
		c.breaks, c.apart = 0, true
	}
	c.skip = ""
}

func (c *cutter) text(start, end int) {
	t := c.html[start:end]
	trimmed := strings.TrimLeft(t, " \t\r\n\f")
	if trimmed == "" {
		return
	}
	c.begin(start + len(t) - len(trimmed))
	c.filled = true
	c.lineEnd = start + len(strings.TrimRight(t, " \t\r\n\f"))
}

func (c *cutter) begin(at int) {
	if c.lineStart < 0 {
		c.lineStart = at
	}
}

func (c *cutter) open(kind html.TokenType, tag string, start, end int) bool {
	switch {
	case tag == "br":
		if len(c.inline) == 0 {
			c.flush()
			c.breaks++
		} else {
			c.lineEnd = end
		}
	case isContainer(tag):
		c.flush()
		c.leaveParagraph()
		if c.frames++; c.frames > maxFrames {
			return false
		}
		c.in = &frame{outer: c.in, open: c.html[start:end], name: tag}
		c.apart = true
	case isBlock(tag):
		c.flush()
		c.leaveParagraph()
		c.skip, c.skipStart, c.skipDepth = tag, start, 1
		if isVoid(tag) {
			c.endSkip(end)
		}
	default:
		c.begin(start)
		c.lineEnd = end
		switch {
		case tag == attachment:
			c.filled = true
			if kind == html.StartTagToken {
				c.skip, c.skipDepth = tag, 1
			}
		case isVoid(tag):
			c.filled = c.filled || tag == "img"
		default:
			c.inline = append(c.inline, tag)
		}
	}
	return len(c.inline) <= maxInline
}

// leaveParagraph ends a p that something stands in which a p cannot hold.
func (c *cutter) leaveParagraph() {
	if c.in != nil && c.in.name == "p" {
		c.in = c.in.outer
		c.frames--
		c.apart = true
	}
}

func (c *cutter) close(tag string, end int) {
	if isContainer(tag) || isBlock(tag) {
		c.flush()
		c.apart = true
		for f, n := c.in, c.frames; f != nil; f, n = f.outer, n-1 {
			if f.name == tag {
				c.in, c.frames = f.outer, n-1
				return
			}
		}
		return
	}
	for i := len(c.inline) - 1; i >= 0; i-- {
		if c.inline[i] == tag {
			c.inline = c.inline[:i]
			c.lineEnd = end
			return
		}
	}
}

// flush ends the line that is open.
func (c *cutter) flush() {
	if c.lineStart >= 0 && c.filled {
		b := block{start: c.lineStart, end: c.lineEnd, inline: true, in: c.in}
		b.joined = c.breaks == 1 && !c.apart
		if c.add(b) {
			c.breaks, c.apart = 0, false
		}
	}
	c.lineStart, c.filled, c.inline = -1, false, c.inline[:0]
}

func (c *cutter) finish(end int) {
	if c.skip != "" {
		c.endSkip(end)
	}
	c.flush()
}

// add keeps a block that renders to anything, and reports whether it does.
func (b *body) add(v block) bool {
	v.md = renderBlock(b.html[v.start:v.end], v.inline)
	if v.md == "" {
		return false
	}
	b.blocks = append(b.blocks, v)
	return true
}

// layOut works out at which line each block is rendered.
func (b *body) layOut() {
	line := 0
	for i := range b.blocks {
		v := &b.blocks[i]
		v.joined = v.joined && i > 0 && b.blocks[i-1].inline && b.blocks[i-1].in == v.in
		if i > 0 && !v.joined {
			line++
		}
		v.line = line
		v.height = 1 + strings.Count(v.md, "\n")
		line += v.height
	}
}

// markdown is the whole body: lines of one paragraph a line apart, all else a
// blank line apart.
func (b *body) markdown() string {
	if len(b.blocks) == 1 {
		return b.blocks[0].md
	}
	var s strings.Builder
	for i, v := range b.blocks {
		switch {
		case i == 0:
		case v.joined:
			s.WriteByte('\n')
		default:
			s.WriteString("\n\n")
		}
		s.WriteString(v.md)
	}
	return s.String()
}
