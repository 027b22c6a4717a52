package markup

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
	"golang.org/x/net/html"
)

// maker writes the HTML of Markdown, in the tags that Basecamp keeps:
// div h1 br strong em strike a pre ol ul li blockquote bc-attachment.
type maker struct {
	src  []byte
	pool *pool
	out  strings.Builder
	text strings.Builder // what is read so far of a run of text
	flat bool            // within a link, where no other link or mention can be
}

func (p *pool) html(d *document, c chunk) string {
	m := &maker{src: d.src, pool: p}
	if c.inline {
		m.inlines(c.nodes)
	} else {
		for _, n := range c.nodes {
			m.block(n)
		}
	}
	return m.out.String()
}

func children(n ast.Node) []ast.Node {
	var out []ast.Node
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		out = append(out, c)
	}
	return out
}

// block writes one block that stands by itself.
func (m *maker) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		m.wrap("h1", func() { m.inlines(children(n)) })
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		m.wrap("pre", func() { m.out.WriteString(html.EscapeString(m.lines(n))) })
	case *ast.Blockquote:
		m.wrap("blockquote", func() { m.blocks(n) })
	case *ast.List:
		tag := "ul"
		if n.IsOrdered() {
			tag = "ol"
		}
		m.wrap(tag, func() {
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				m.wrap("li", func() { m.blocks(c) })
			}
		})
	case *ast.ThematicBreak:
		m.wrap("div", func() { m.out.WriteString("———") })
	case *extast.Table:
		m.wrap("pre", func() { m.out.WriteString(html.EscapeString(m.table(n))) })
	case *ast.LinkReferenceDefinition:
		m.wrap("div", func() {
			m.out.WriteString(html.EscapeString(fmt.Sprintf("[%s]: %s", n.Label, n.Destination)))
		})
	default:
		m.wrap("div", func() { m.inlines(children(n)) })
	}
}

func (m *maker) wrap(tag string, content func()) {
	m.out.WriteString("<" + tag + ">")
	content()
	m.out.WriteString("</" + tag + ">")
}

// blocks writes what is in a quote or a list item, where a paragraph needs no
// element of its own.
func (m *maker) blocks(parent ast.Node) {
	text := false
	for c := parent.FirstChild(); c != nil; c = c.NextSibling() {
		switch c.Kind() {
		case ast.KindParagraph, ast.KindTextBlock:
			if text {
				m.out.WriteString("<br><br>")
			}
			m.inlines(children(c))
			text = true
		default:
			m.block(c)
			text = false
		}
	}
}

func (m *maker) lines(n ast.Node) string {
	return strings.TrimSuffix(string(n.Lines().Value(m.src)), "\n")
}

// table writes the cells of a table in columns, for a monospaced font.
func (m *maker) table(t ast.Node) string {
	var rows [][]string
	var widths []int
	for r := t.FirstChild(); r != nil; r = r.NextSibling() {
		var row []string
		for i, c := range children(r) {
			s := m.plain(c)
			row = append(row, s)
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = min(80, max(widths[i], utf8.RuneCountInString(s)))
		}
		rows = append(rows, row)
	}
	var b strings.Builder
	for i, row := range rows {
		if i > 0 {
			b.WriteByte('\n')
		}
		for j, s := range row {
			if j > 0 {
				b.WriteString(" | ")
			}
			b.WriteString(s)
			if j < len(row)-1 {
				b.WriteString(strings.Repeat(" ", max(0, widths[j]-utf8.RuneCountInString(s))))
			}
		}
	}
	return b.String()
}

// plain is the text of a node without its formatting.
func (m *maker) plain(n ast.Node) string {
	var b bytes.Buffer
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch n := n.(type) {
			case *ast.Text:
				b.Write(m.unescape(n))
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte(' ')
				}
			case *ast.String:
				b.Write(n.Value)
			case *ast.AutoLink:
				b.Write(n.Label(m.src))
			}
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

func (m *maker) unescape(t *ast.Text) []byte {
	v := t.Segment.Value(m.src)
	if t.IsRaw() {
		return v
	}
	return unescape(v)
}

// unescape reads backslash escapes and entities in one pass, so that an
// escaped "&" starts no entity.
func unescape(v []byte) []byte {
	if bytes.IndexByte(v, '\\') < 0 && bytes.IndexByte(v, '&') < 0 {
		return v
	}
	var out []byte
	for i := 0; i < len(v); {
		switch {
		case v[i] == '\\' && i+1 < len(v) && util.IsPunct(v[i+1]):
			out = append(out, v[i+1])
			i += 2
		case v[i] == '&':
			end := bytes.IndexByte(v[i:min(len(v), i+40)], ';')
			if end < 0 {
				out = append(out, '&')
				i++
				continue
			}
			out = append(out, html.UnescapeString(string(v[i:i+end+1]))...)
			i += end + 1
		default:
			out = append(out, v[i])
			i++
		}
	}
	return out
}

// inlines writes a run of inline nodes. The text between two elements is
// gathered first, since escapes cut it into pieces that one name can span.
func (m *maker) inlines(nodes []ast.Node) {
	for i, n := range nodes {
		switch n := n.(type) {
		case *ast.Text:
			m.text.Write(m.unescape(n))
			if (n.SoftLineBreak() || n.HardLineBreak()) && i < len(nodes)-1 {
				m.flush()
				m.out.WriteString("<br>")
			}
		case *ast.String:
			m.text.Write(n.Value)
		case *ast.CodeSpan:
			// There is no inline code: its marks stay, as people write them in a chat.
			m.text.WriteString("`" + m.plain(n) + "`")
		default:
			m.flush()
			m.inline(n)
		}
	}
	m.flush()
}

func (m *maker) inline(n ast.Node) {
	switch n := n.(type) {
	case *ast.Emphasis:
		tag := "em"
		if n.Level == 2 {
			tag = "strong"
		}
		m.wrap(tag, func() { m.inlines(children(n)) })
	case *extast.Strikethrough:
		m.wrap("strike", func() { m.inlines(children(n)) })
	case *ast.Link:
		m.link(string(n.Destination), n, func() { m.inlines(children(n)) })
	case *ast.Image:
		dest := string(n.Destination)
		m.link(dest, n, func() {
			label := m.plain(n)
			if label == "" {
				label = dest
			}
			m.out.WriteString(html.EscapeString(label))
		})
	case *ast.AutoLink:
		dest := string(n.URL(m.src))
		if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(dest), "mailto:") {
			dest = "mailto:" + dest
		}
		m.link(dest, n, func() { m.out.WriteString(html.EscapeString(string(n.Label(m.src)))) })
	default:
		m.inlines(children(n))
	}
}

// link writes an attachment where the link stands for one, else a link, or its
// text alone where the address is none that a browser should be sent to.
func (m *maker) link(dest string, n ast.Node, content func()) {
	dest = string(unescape([]byte(dest)))
	if t := m.pool.link(dest, m.plain(n)); t != nil {
		if !m.pool.copying {
			m.out.WriteString(t.raw)
			return
		}
	}
	if m.flat || !isSafe(dest) {
		content()
		return
	}
	m.flat = true
	m.out.WriteString(`<a href="` + html.EscapeString(dest) + `">`)
	content()
	m.out.WriteString("</a>")
	m.flat = false
}

func isSafe(dest string) bool {
	scheme, _, ok := strings.Cut(strings.ToLower(dest), ":")
	if !ok || strings.ContainsAny(scheme, "/?#") {
		return dest != ""
	}
	switch scheme {
	case "http", "https", "mailto", "tel", "sms", "ftp":
		return true
	}
	return false
}
