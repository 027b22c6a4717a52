package markup

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/strikethrough"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var toMarkdown = converter.NewConverter(
	converter.WithEscapeMode(converter.EscapeModeDisabled), // escape.go does it
	converter.WithPlugins(
		base.NewBasePlugin(),
		commonmark.NewCommonmarkPlugin(commonmark.WithListEndComment(false)),
		strikethrough.NewStrikethroughPlugin(),
		basecamp{},
	))

// basecamp is a plugin that renders what only Basecamp's rich text has.
type basecamp struct{}

// Name implements converter.Plugin.
func (basecamp) Name() string { return "basecamp" }

// Init implements converter.Plugin.
func (basecamp) Init(c *converter.Converter) error {
	c.Register.TagType(attachment, converter.TagTypeInline, converter.PriorityEarly)
	c.Register.RendererFor(attachment, converter.TagTypeInline, renderAttachment, converter.PriorityEarly)
	c.Register.RendererFor("a", converter.TagTypeInline, renderLink, converter.PriorityEarly)
	c.Register.RendererFor("br", converter.TagTypeInline, renderBreak, converter.PriorityEarly)
	for _, tag := range []string{"h1", "h2", "h3", "h4", "h5", "h6"} {
		c.Register.RendererFor(tag, converter.TagTypeBlock, renderHeading, converter.PriorityEarly)
	}
	c.Register.TextTransformer(func(_ converter.Context, s string) string {
		return escapeText(s)
	}, converter.PriorityEarly)
	return nil
}

// rendered is the attribute that holds the Markdown of an attachment.
const rendered = "basecampfs-markdown"

// prepare takes out of parsed HTML what is not to reach the library: control
// characters, which entities can stand for too, and characters that it or
// escapeText keeps for itself. What is in an attachment gives way to a word, so
// that the figure in it is not taken for a block that ends the line.
func prepare(root *html.Node) {
	var found []*html.Node
	for n := range root.Descendants() {
		switch {
		case n.Type == html.TextNode:
			n.Data = harmless(n.Data)
		case n.Type == html.ElementNode && n.Data == attachment:
			found = append(found, n)
		}
		for i := range n.Attr {
			n.Attr[i].Val = harmless(n.Attr[i].Val)
		}
	}
	for _, n := range found {
		md := describe(n).md
		for n.FirstChild != nil {
			n.RemoveChild(n.FirstChild)
		}
		n.AppendChild(&html.Node{Type: html.TextNode, Data: "x"})
		n.Attr = []html.Attribute{{Key: rendered, Val: md}}
	}
}

func harmless(s string) string { return noMarks.Replace(pictures(s)) }

func renderAttachment(_ converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	w.WriteString(attr(n, rendered))
	return converter.RenderSuccess
}

func renderBreak(_ converter.Context, w converter.Writer, _ *html.Node) converter.RenderStatus {
	w.WriteString("  \n")
	return converter.RenderSuccess
}

// bareURL is an address that is a link without any marks.
var bareURL = regexp.MustCompile(`^https?://[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]+(:[0-9]+)?(/([A-Za-z0-9._/?=&%#-]*[A-Za-z0-9/])?)?$`)

// renderLink writes a link whose text is its address as that alone. All others
// are left to the library.
func renderLink(_ converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	t := n.FirstChild
	if t == nil || t.NextSibling != nil || t.Type != html.TextNode || t.Data != attr(n, "href") ||
		!bareURL.MatchString(t.Data) || !isSpaced(n.PrevSibling, true) || !isSpaced(n.NextSibling, false) {
		return converter.RenderTryNext
	}
	w.WriteString(escapeText(t.Data))
	return converter.RenderSuccess
}

// isSpaced reports whether what stands beside a link keeps it apart.
func isSpaced(n *html.Node, before bool) bool {
	switch {
	case n == nil:
		return true
	case n.Type == html.ElementNode:
		return n.Data == "br"
	case n.Type != html.TextNode || n.Data == "":
		return false
	case before:
		return strings.HasSuffix(n.Data, " ")
	default:
		return strings.HasPrefix(n.Data, " ")
	}
}

// renderHeading replaces the library's own, which takes it that the library
// did the escaping.
func renderHeading(ctx converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	var b bytes.Buffer
	ctx.RenderChildNodes(ctx, &b, n)
	s := strings.Join(strings.Fields(b.String()), " ")
	if s == "" {
		return converter.RenderSuccess
	}
	if t, ok := strings.CutSuffix(s, "#"); ok && !strings.HasSuffix(t, `\`) {
		s = t + `\#` // a heading's closing marks are dropped
	}
	w.WriteString("\n\n" + strings.Repeat("#", int(n.Data[1]-'0')) + " " + s + "\n\n")
	return converter.RenderSuccess
}

// renderBlock returns the Markdown of the HTML of one block.
func renderBlock(s string, inline bool) string {
	if inline && isWords(s) {
		return s
	}
	if len(s) > maxLine {
		return bareText(s)
	}
	nodes, err := html.ParseFragment(strings.NewReader(strings.ToValidUTF8(s, "\uFFFD")), &html.Node{
		Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return bareText(s)
	}
	root := &html.Node{Type: html.DocumentNode}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	prepare(root)
	out, err := toMarkdown.ConvertNode(root)
	if err != nil {
		return bareText(s)
	}
	return tidy(string(out))
}

// isWords reports whether HTML is text that is its own Markdown too, which most
// lines are.
func isWords(s string) bool {
	if r, _ := utf8.DecodeRuneInString(s); !unicode.IsLetter(r) {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		case c == ',' || c == '.' || c == ';' || c == '?' || c == '\'' || c == '"' || c == '/' || c == '%':
		case c == ' ':
			if s[i-1] == ' ' {
				return false
			}
		case c == '-', c == ':':
			// Alone at the end of a line either could make a heading or a link.
			if i == 0 || i == len(s)-1 {
				return false
			}
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError || !unicode.IsPrint(r) || r >= 0xFDD0 && r <= 0xFDEF {
				return false
			}
			i += n - 1
		default:
			return false
		}
	}
	return !strings.HasSuffix(s, " ")
}

// tidy finishes what the library wrote: no spaces at line ends, which editors
// take away, no empty lines within tight lists, our escapes, no control
// characters. Code is left as it is but for those.
func tidy(s string) string {
	s = strings.Trim(s, "\n")
	lines := strings.Split(s, "\n")
	out := lines[:0]
	fenced := ""
	for i, line := range lines {
		if f := fenceOf(line); fenced != "" || f != "" {
			if fenced == "" {
				fenced = f
			} else if f == fenced && isOnlyFence(line) {
				fenced = ""
			}
			out = append(out, line)
			continue
		}
		line = strings.TrimRight(line, " ")
		if line == "" && i+1 < len(lines) && isNestedItem(lines[i+1]) && len(out) > 0 && isItemLine(out[len(out)-1]) {
			continue
		}
		out = append(out, settle(line))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// fenceOf returns the run of backticks or tildes that starts a line, within a
// quote or list item too.
func fenceOf(line string) string {
	t := strings.TrimLeft(line, " >-0123456789.")
	for _, c := range []string{"`", "~"} {
		if n := len(t) - len(strings.TrimLeft(t, c)); n >= 3 {
			return t[:n]
		}
	}
	return ""
}

func isOnlyFence(line string) bool {
	return strings.Trim(line, " >`~") == ""
}

func isNestedItem(line string) bool { return strings.HasPrefix(line, "  ") && isItemLine(line) }

func isItemLine(line string) bool {
	t := strings.TrimLeft(line, " >")
	if strings.HasPrefix(t, "- ") {
		return true
	}
	digits := strings.TrimLeft(t, "0123456789")
	return len(digits) < len(t) && strings.HasPrefix(digits, ". ")
}

// bareText is the text of HTML that is too large or too deep to render: words
// only, every mark of Markdown escaped.
func bareText(s string) string {
	z := html.NewTokenizer(strings.NewReader(s))
	var b bytes.Buffer
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(b.String())
		case html.TextToken:
			for w := range strings.FieldsSeq(harmless(strings.ToValidUTF8(string(z.Text()), "\uFFFD"))) {
				if b.Len() > 0 && b.Bytes()[b.Len()-1] != '\n' {
					b.WriteByte(' ')
				}
				b.WriteString(escapeAll(w))
			}
		case html.StartTagToken, html.EndTagToken:
			if name, _ := z.TagName(); isContainer(string(name)) || string(name) == "br" || string(name) == "li" {
				if b.Len() > 0 && b.Bytes()[b.Len()-1] != '\n' {
					b.WriteByte('\n')
				}
			}
		}
	}
}
