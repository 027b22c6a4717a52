package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// flush writes the text gathered, with the mentions in it.
func (m *maker) flush() {
	s := m.text.String()
	m.text.Reset()
	written := 0
	for i := 0; i < len(s) && !m.flat; {
		next := strings.IndexByte(s[i:], '@')
		if next < 0 {
			break
		}
		i += next
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		i++
		if isWordRune(before) || before == '/' {
			continue // a mail or web address
		}
		if n, element := m.pool.mention(s[i:]); n > 0 {
			m.addresses(s[written : i-1])
			m.out.WriteString(element)
			i += n
			written = i
		}
	}
	m.addresses(s[written:])
}

// addresses writes text, and makes links of the words in it that are addresses.
func (m *maker) addresses(s string) {
	if m.flat || !strings.Contains(s, "http") {
		m.out.WriteString(html.EscapeString(s))
		return
	}
	for i, word := range strings.Split(s, " ") {
		if i > 0 {
			m.out.WriteByte(' ')
		}
		start := strings.TrimLeft(word, "(\"'")
		dest := strings.TrimRight(start, ".,;:!?)\"'")
		if len(dest) > maxAddress || !bareURL.MatchString(dest) {
			m.out.WriteString(html.EscapeString(word))
			continue
		}
		shown := html.EscapeString(dest)
		m.out.WriteString(html.EscapeString(word[:len(word)-len(start)]) +
			`<a href="` + shown + `">` + shown + "</a>" + html.EscapeString(start[len(dest):]))
	}
}

// maxAddress is the longest word that is looked at as an address.
const maxAddress = 2000

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }

// mention reads a name off the start of s: one that is mentioned already, or
// one that is known. It returns the length of the name and the element.
func (p *pool) mention(s string) (int, string) {
	for _, n := range nameEnds(s, max(p.longest, maxName)) {
		if ts := p.mentions[s[:n]]; len(ts) > 0 {
			if t := take(ts); t != nil {
				if p.copying {
					return n, mentionOf(t.sgid)
				}
				return n, t.raw
			}
			return 0, ""
		}
	}
	if p.resolve == nil {
		return 0, ""
	}
	for _, n := range nameEnds(s, maxName) {
		if p.literal(s[:n]) {
			return 0, ""
		}
		if sgid, ok := p.resolve(s[:n]); ok {
			return n, mentionOf(sgid)
		}
	}
	return 0, ""
}

func mentionOf(sgid string) string {
	return `<bc-attachment sgid="` + html.EscapeString(sgid) + `"></bc-attachment>`
}

// maxName and maxWords bound a name that is looked for behind an "@".
const (
	maxName  = 120
	maxWords = 8
)

// nameEnds returns where a name at the start of s can end, longest first: at
// the end of each of its first words, with and without what trails the word.
func nameEnds(s string, limit int) []int {
	var ends []int
	words := 0
	for i, r := range s {
		if i > limit || r == '\n' || r == '@' {
			break
		}
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		end := i + utf8.RuneLen(r)
		if r == ' ' {
			if words++; words == maxWords {
				break
			}
			continue
		}
		if end == len(s) || !isWordRune(next) || !isWordRune(r) {
			ends = append(ends, end)
		}
	}
	for i, j := 0, len(ends)-1; i < j; i, j = i+1, j-1 {
		ends[i], ends[j] = ends[j], ends[i]
	}
	return ends
}
