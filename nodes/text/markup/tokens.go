package markup

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// token is an element that Markdown only names: a mention or an attachment.
type token struct {
	md      string // what it renders to
	name    string // of a mention, without "@", as plain text
	dest    string // of an attachment: the destination of its link
	label   string // of an attachment: the text of its link
	mention bool
	sgid    string
	raw     string // the element, byte for byte
	block   int    // which holds it; -1 in another body
	used    bool
}

const mentionType = "application/vnd.basecamp.mention"

// describe tells what a bc-attachment element is. A mention comes back from
// the service with a figure in it, whose caption is the name; an attachment
// has its file name and address as attributes.
func describe(n *html.Node) token {
	t := token{sgid: attr(n, "sgid"), dest: attr(n, "href"), label: attr(n, "filename")}
	if t.dest == "" {
		t.dest = attr(n, "url")
	}
	kind := attr(n, "content-type")
	t.mention = kind == mentionType || kind == "" && t.dest == "" && t.label == ""
	if t.mention {
		t.name = firstOf(textIn(n, "figcaption"), altIn(n), textIn(n, ""))
		t.name = strings.TrimPrefix(t.name, "@")
		if t.name == "" {
			t.name = fmt.Sprintf("person-%08x", uint32(xxhash.Sum64String(t.sgid)))
		}
		t.md = "@" + escapeAll(t.name)
		t.dest = ""
		return t
	}
	caption := firstOf(attr(n, "caption"))
	t.label = firstOf(t.label, caption, textIn(n, "figcaption"), textIn(n, ""), "attachment")
	t.dest = cleanDest(t.dest)
	if t.dest == "" {
		t.dest = "attachment:" + url.PathEscape(t.label)
	}
	t.md = "[" + escapeAll(t.label) + "](" + t.dest
	if caption != "" && caption != t.label {
		t.md += ` "` + strings.ReplaceAll(escapeAll(caption), `"`, `\"`) + `"`
	}
	t.md += ")"
	return t
}

// firstOf returns the first text that has anything to read, on one line and
// without control characters.
func firstOf(texts ...string) string {
	for _, s := range texts {
		if s = strings.Join(strings.Fields(pictures(strings.ToValidUTF8(s, "\uFFFD"))), " "); s != "" {
			return noMarks.Replace(s)
		}
	}
	return ""
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// textIn collects the text within the first element of a name, or in all of n.
func textIn(n *html.Node, name string) string {
	if name != "" && n.Data != name {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode {
				if s := textIn(c, name); s != "" {
					return s
				}
			}
		}
		return ""
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
			if b.Len() > 4096 {
				break
			}
		}
	}
	return b.String()
}

func altIn(n *html.Node) string {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom == atom.Img {
			return attr(d, "alt")
		}
	}
	return ""
}

// cleanDest makes an address one word that ends where it should in Markdown.
func cleanDest(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("()<>\\\"`*[]|&", c) >= 0 && c != '&' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else if c == '&' {
			b.WriteString("&amp;")
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// tokens finds the elements of a piece of HTML that Markdown only names.
func tokens(s string, block int) []*token {
	if !strings.Contains(strings.ToLower(s), "<"+attachment) {
		return nil
	}
	var out []*token
	z := html.NewTokenizer(strings.NewReader(s))
	depth, from := 0, 0
	for pos := 0; ; {
		kind := z.Next()
		start := pos
		pos += len(z.Raw())
		if kind == html.ErrorToken {
			return out
		}
		if kind == html.TextToken || kind == html.CommentToken || kind == html.DoctypeToken {
			continue
		}
		if name, _ := z.TagName(); string(name) != attachment {
			continue
		}
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			if depth == 0 {
				from = start
			}
			if kind == html.StartTagToken {
				depth++
			}
		case html.EndTagToken:
			if depth == 0 {
				continue
			}
			depth--
		}
		if depth == 0 {
			if t := parseToken(s[from:pos]); t != nil {
				t.block = block
				out = append(out, t)
			}
		}
	}
}

func parseToken(raw string) *token {
	nodes, err := html.ParseFragment(strings.NewReader(raw), &html.Node{
		Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil || len(nodes) == 0 || nodes[0].Data != attachment {
		return nil
	}
	t := describe(nodes[0])
	t.raw = raw
	return &t
}

// pool has the elements that edited Markdown can name.
type pool struct {
	mentions map[string][]*token // by name
	links    map[string][]*token // by destination
	longest  int                 // name, in bytes
	resolve  Mention
	// literal counts, by name, what was written as "@Name" in text that is no
	// mention, and must not become one because something beside it is edited.
	literal func(name string) bool
	copying bool // attachments stay with the record they belong to
}

func newPool(resolve Mention) *pool {
	return &pool{mentions: map[string][]*token{}, links: map[string][]*token{}, resolve: resolve,
		literal: func(string) bool { return false }}
}

func (p *pool) add(ts []*token) {
	for _, t := range ts {
		if t.mention {
			p.mentions[t.name] = append(p.mentions[t.name], t)
			p.longest = max(p.longest, len(t.name))
		} else {
			p.links[t.dest] = append(p.links[t.dest], t)
		}
	}
}

// take returns the first of several equal elements that is not spoken for. One
// that is named more often than it was there is repeated, unless it is unclear
// which.
func take(ts []*token) *token {
	for _, t := range ts {
		if !t.used {
			t.used = true
			return t
		}
	}
	for _, t := range ts {
		if t.sgid != ts[0].sgid {
			return nil
		}
	}
	if len(ts) == 0 {
		return nil
	}
	return ts[0]
}

// link returns the element that a link stands for.
func (p *pool) link(dest, label string) *token {
	ts := p.links[cleanDest(dest)]
	if len(ts) == 0 {
		ts = p.links[dest]
	}
	for _, t := range ts {
		if !t.used && t.label == label {
			t.used = true
			return t
		}
	}
	return take(ts)
}
