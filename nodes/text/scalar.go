package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// appendScalar writes a string as a YAML scalar that reads back as the same
// string: plain where no YAML reader could take it for anything else, else in
// double quotes. Control characters never appear as themselves.
func appendScalar(b []byte, s string, inFlow bool) []byte {
	if isPlain(s, inFlow) {
		return append(b, s...)
	}
	return appendQuoted(b, s)
}

// isPlain is stricter than YAML: it starts with a letter, is no word that any
// version of YAML reads as a bool, a null or a number, and holds no indicator
// where it could act as one.
func isPlain(s string, inFlow bool) bool {
	r, _ := utf8.DecodeRuneInString(s)
	if !unicode.IsLetter(r) || reserved(s) {
		return false
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError || hidden(r) {
				return false
			}
			i += n
			continue
		}
		switch {
		case c < 0x20 || c == 0x7f:
			return false
		case c == ':' && (i+1 == len(s) || s[i+1] == ' ' || inFlow),
			c == '#' && s[i-1] == ' ':
			return false
		case inFlow && strings.IndexByte(",[]{}", c) >= 0:
			return false
		}
		i++
	}
	return s[len(s)-1] != ' '
}

func reserved(s string) bool {
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "on", "off", "y", "n", "null", "inf", "nan":
		return true
	}
	return false
}

// hidden reports whether a character is not shown as itself: controls, line
// separators, and the marks that turn the direction of text around, with which
// one title can look like another.
func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r <= 0x9f,
		r == 0x2028, r == 0x2029, r == 0xfeff,
		r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069,
		r >= 0xfff0 && r <= 0xffff, r&0xfffe == 0xfffe:
		return true
	}
	return false
}

func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\r':
			b = append(b, `\r`...)
		case hidden(r) && r <= 0xff:
			b = append(b, `\x`...)
			b = appendHex(b, uint32(r), 2)
		case hidden(r) && r <= 0xffff:
			b = append(b, `\u`...)
			b = appendHex(b, uint32(r), 4)
		case hidden(r):
			b = append(b, `\U`...)
			b = appendHex(b, uint32(r), 8)
		default:
			b = utf8.AppendRune(b, r)
		}
		i += n
	}
	return append(b, '"')
}

func appendHex(b []byte, v uint32, width int) []byte {
	for shift := (width - 1) * 4; shift >= 0; shift -= 4 {
		b = append(b, "0123456789abcdef"[v>>shift&15])
	}
	return b
}

// quote shows a text of a user or a server in a message: on one line, short,
// without control characters.
func quote(s string) string {
	const longest = 60
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest]) + "…"
	}
	return strconv.Quote(strings.ToValidUTF8(s, "\uFFFD"))
}

// printable shows names in a message without control characters.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if hidden(r) {
			return '\uFFFD'
		}
		return r
	}, s)
}
