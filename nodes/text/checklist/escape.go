package checklist

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A title is text, not Markdown, and stands on one line as it is, but for:
//
//	\n \r \t \xNN \uNNNN   control characters
//	\<                     the "<" of "<!--"
//	\s                     a space at either end
//	\\                     a backslash that would read as one of these
//
// A backslash before anything else is itself, so that most titles with one
// need no care.

// escape makes a title one line that unescape takes back to it.
func escape(title string) string {
	if isSimple(title) {
		return title
	}
	var b strings.Builder
	for i := 0; i < len(title); {
		r, n := utf8.DecodeRuneInString(title[i:])
		switch {
		case r == '\\':
			if i+n == len(title) || strings.IndexByte(escapable, title[i+n]) >= 0 || title[i+n] < 0x20 || title[i+n] >= 0x7f || title[i+n] == ' ' {
				b.WriteByte('\\')
			}
			b.WriteByte('\\')
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' && (i == 0 || i+n == len(title)):
			b.WriteString(`\s`)
		case r == '<' && strings.HasPrefix(title[i:], "<!--"):
			b.WriteString(`\<`)
		case isControl(r):
			writeHex(&b, r)
		default:
			b.WriteRune(r)
		}
		i += n
	}
	return b.String()
}

const escapable = `\nrtsxu<`

func isSimple(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c >= 0x7f || c == '\\' || c == '<' {
			return false
		}
	}
	return s != "" && s[0] != ' ' && s[len(s)-1] != ' '
}

func isControl(r rune) bool {
	return r < 0x20 || r >= 0x7f && r <= 0x9f || r == 0x2028 || r == 0x2029 || r == 0xfeff ||
		r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

func writeHex(b *strings.Builder, r rune) {
	s := strconv.FormatInt(int64(r), 16)
	if r <= 0xff {
		b.WriteString(`\x` + strings.Repeat("0", 2-len(s)) + s)
		return
	}
	b.WriteString(`\u` + strings.Repeat("0", 4-len(s)) + s)
}

// unescape reads a title off a line.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			i++
			continue
		}
		switch c := s[i+1]; c {
		case '\\', '<':
			b.WriteByte(c)
			i += 2
		case 'n', 'r', 't', 's':
			b.WriteByte("\n\r\t "[strings.IndexByte("nrts", c)])
			i += 2
		case 'x', 'u':
			width := 2
			if c == 'u' {
				width = 4
			}
			v, err := strconv.ParseUint(s[i+2:min(len(s), i+2+width)], 16, 32)
			if err != nil || i+2+width > len(s) || !isControl(rune(v)) {
				b.WriteString(s[i : i+2])
				i += 2
				continue
			}
			b.WriteRune(rune(v))
			i += 2 + width
		default:
			b.WriteByte('\\')
			i++
		}
	}
	return b.String()
}

// readBack is the title that a line has for a title: the same, but where that
// was no text or has spaces at its ends that only Unicode knows.
func readBack(title string) string { return unescape(strings.TrimSpace(escape(title))) }
