package bc3

import (
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// allowed are the tags that the guide lists; the server removes every other
// tag and keeps what is in it.
var allowed = set("div p span br hr h1 h2 h3 h4 h5 h6 h7 h8 blockquote q pre code kbd samp var tt " +
	"strong b em i u s strike del ins mark sup sub ol ul li dl dt dd table thead tbody tfoot tr th td " +
	"details summary figure figcaption ruby rt rp a img video track")

// dropped go with all that they hold.
var dropped = set("script style template iframe object head title noscript textarea select")

var voidTags = set("br hr img track")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

// rich reads a rich text parameter as the text that r keeps: well-formed,
// with the allowed tags alone, its attachments by nothing but their sgid.
// Attachments that belong to another recording, or to none, are left out.
func (c *call) rich(r *recording, k string) string { return c.s.clean(r, c.in.str(k)) }

func (s *state) clean(r *recording, text string) string {
	if !strings.ContainsAny(text, "<&>\u00a0") {
		return text
	}
	// Once is enough for almost every text. A parser can take what was left
	// of nested tags otherwise than before; what is kept must not change when
	// it is sent back.
	for range 4 {
		next := s.cleanOnce(r, text)
		if next == text {
			break
		}
		text = next
	}
	return text
}

func (s *state) cleanOnce(r *recording, text string) string {
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(text), body)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, n := range nodes {
		s.cleanNode(&b, r, n)
	}
	return b.String()
}

func (s *state) cleanNode(b *strings.Builder, r *recording, n *html.Node) {
	switch {
	case n.Type == html.TextNode:
		textEscaper.WriteString(b, n.Data)
		return
	case n.Type != html.ElementNode || dropped[n.Data]:
		return
	case n.Data == "bc-attachment":
		s.cleanAttachment(b, r, n)
		return
	}
	keep := allowed[n.Data]
	if keep {
		b.WriteString("<" + n.Data)
		for _, a := range n.Attr {
			if keepAttr(n.Data, a) {
				b.WriteString(" " + a.Key + `="` + attrEscaper.Replace(a.Val) + `"`)
			}
		}
		b.WriteByte('>')
		if c := n.FirstChild; n.Data == "pre" && c != nil && strings.HasPrefix(c.Data, "\n") {
			b.WriteByte('\n') // a parser drops the first one
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		s.cleanNode(b, r, c)
	}
	if keep && !voidTags[n.Data] {
		b.WriteString("</" + n.Data + ">")
	}
}

var (
	textEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	attrEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)

func keepAttr(tag string, a html.Attribute) bool {
	switch a.Key {
	case "href":
		return tag == "a" && safeURL(a.Val, "http", "https", "mailto", "tel", "")
	case "src":
		return (tag == "img" || tag == "video" || tag == "track") && safeURL(a.Val, "http", "https")
	case "dir", "start", "colspan", "rowspan", "alt", "width", "height", "title":
		return true
	}
	return false
}

func safeURL(s string, schemes ...string) bool {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil {
		return false
	}
	for _, k := range schemes {
		if u.Scheme == k {
			return true
		}
	}
	return false
}

func (s *state) cleanAttachment(b *strings.Builder, r *recording, n *html.Node) {
	at := map[string]string{}
	for _, a := range n.Attr {
		at[a.Key] = a.Val
	}
	id := at["sgid"]
	if f := s.attachments[id]; f != nil {
		if f.usedBy != 0 && f.usedBy != r.id {
			return
		}
		f.usedBy = r.id
	} else if s.mentioned(id) == nil {
		return
	}
	b.WriteString(`<bc-attachment sgid="` + attrEscaper.Replace(id) + `"`)
	for _, k := range []string{"caption", "presentation"} {
		if at[k] != "" {
			b.WriteString(" " + k + `="` + attrEscaper.Replace(at[k]) + `"`)
		}
	}
	b.WriteString("></bc-attachment>")
}

// mentioned returns the person whose sgid it is, or nil.
func (s *state) mentioned(id string) *person {
	if !strings.HasPrefix(id, "BAh7") {
		return nil
	}
	for _, p := range s.people {
		if p.sgid() == id {
			return p
		}
	}
	return nil
}

// rich writes a rich text and, beside it, the files that are embedded in it.
func (w *writer) rich(s *state, k, body string) {
	text, files := s.expanded(w, body)
	w.str(k, text)
	w.list(k + "_attachments")
	for _, f := range files {
		w.open()
		f.metadata(w)
		w.close()
	}
	w.closeList()
}

// expanded returns a stored text as a reader gets it, and the files in it.
func (s *state) expanded(w *writer, body string) (string, []*attachment) {
	const start, end = "<bc-attachment ", "></bc-attachment>"
	if !strings.Contains(body, start) {
		return body, nil
	}
	var b strings.Builder
	var files []*attachment
	for {
		i := strings.Index(body, start)
		if i < 0 {
			break
		}
		b.WriteString(body[:i])
		tag, after, _ := strings.Cut(body[i:], end)
		body = after
		if f := s.expand(&b, w, tag); f != nil {
			files = append(files, f)
		}
	}
	b.WriteString(body)
	return b.String(), files
}

// expand writes what a reader gets for a stored <bc-attachment sgid="…" …,
// and returns the file where it is one.
func (s *state) expand(b *strings.Builder, w *writer, tag string) *attachment {
	id := between(tag, `sgid="`)
	if p := s.mentioned(id); p != nil {
		avatar := w.base + "/people/" + sgid("Person", p.id, "avatar") + "/avatar"
		b.WriteString(tag + ` content-type="application/vnd.basecamp.mention"><figure>` + "\n  " +
			`<img srcset="` + avatar + `?dppx=1 1x, ` + avatar + `?dppx=2 2x" src="` + avatar + `" class="avatar" width="20" height="20" alt="">` +
			"\n  <figcaption>\n    " + textEscaper.Replace(p.firstName()) + "\n  </figcaption>\n</figure></bc-attachment>")
		return nil
	}
	f := s.attachments[id]
	if f == nil {
		return nil
	}
	caption := between(tag, `caption="`)
	if caption == "" {
		caption = textEscaper.Replace(f.name)
	}
	preview := w.base + "/blobs/" + f.key + "/previews/full"
	b.WriteString(tag + ` content-type="` + attrEscaper.Replace(f.contentType) + `"`)
	if f.previewable() {
		b.WriteString(` url="` + preview + `"`)
	}
	b.WriteString(` href="` + attrEscaper.Replace(f.storageURL(w)) + `" filename="` + attrEscaper.Replace(f.name) +
		`" filesize="` + strconv.Itoa(f.size) + `"`)
	if f.width > 0 {
		b.WriteString(` width="` + strconv.Itoa(f.width) + `" height="` + strconv.Itoa(f.height) + `"`)
	}
	if f.previewable() {
		b.WriteString(` previewable="true"><figure>` + "\n  " + `<img srcset="` + preview + `?dppx=1 1x, ` + preview + `?dppx=2 2x" src="` + preview + `">`)
	} else {
		b.WriteString(`><figure>`)
	}
	b.WriteString("\n  <figcaption>\n    " + caption + "\n  </figcaption>\n</figure></bc-attachment>")
	return f
}

// between returns what follows open up to the next quote.
func between(s, open string) string {
	_, s, ok := strings.Cut(s, open)
	if !ok {
		return ""
	}
	s, _, _ = strings.Cut(s, `"`)
	return s
}
