package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is escaped in two steps. What can mean something anywhere in a line gets
// its backslash at once. What means something only at the start of one gets a
// mark, since the start is known when the list markers and quotes around the
// text are written; settle turns it into a backslash or nothing. "<" and ">"
// have stand-ins, because the library writes entities for them.
//
// All of them are noncharacters: no text has them, and those that a server
// sends are replaced first.
const (
	markStart        = '\uFDD0'
	standsForLess    = '\uFDD1'
	standsForGreater = '\uFDD2'
)

var noMarks = strings.NewReplacer(string(markStart), "\uFFFD", string(standsForLess), "\uFFFD", string(standsForGreater), "\uFFFD",
	"\uF002", "\uFFFD") // which the library keeps for itself

const special = "\\`*_[]~<>&#-+=|:.)!"

// escapeText escapes the text of one node of HTML.
func escapeText(s string) string {
	if !strings.ContainsAny(s, special) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); i++ {
		c := s[i]
		next := byte(0)
		if i+1 < len(s) {
			next = s[i+1]
		}
		switch c {
		case '\\':
			// Before a letter or a space a backslash is itself.
			if next == 0 || next < utf8.RuneSelf && !isAlnum(next) && next != ' ' {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		case '`', '*', '[', ']', '~':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '_':
			if i == 0 || !isAlnum(s[i-1]) || !isAlnum(next) {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		case '<':
			if next == 0 || next >= utf8.RuneSelf || isAlnum(next) {
				b.WriteByte('\\')
			}
			b.WriteRune(standsForLess)
		case '>':
			b.WriteRune(markStart)
			b.WriteRune(standsForGreater)
		case '&':
			if next == 0 || next == '#' || isAlnum(next) {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		case '!':
			if next == 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		case '#', '-', '+', '=', '|', ':', '.', ')':
			if !isAlnum(next) || c == '|' {
				b.WriteRune(markStart)
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// settle decides the marks of one line and puts back what had stand-ins.
func settle(line string) string {
	if !strings.ContainsAny(line, string([]rune{markStart, standsForLess, standsForGreater})) {
		return line
	}
	var b strings.Builder
	atStart := true // only markers, numbers and spaces so far
	for i, r := range line {
		switch r {
		case markStart:
			next, _ := utf8.DecodeRuneInString(line[i+utf8.RuneLen(r):])
			number := b.Len() > 0 && unicode.IsDigit(rune(b.String()[b.Len()-1]))
			// "." and ")" mean something behind a number alone, all else in front.
			if atStart && (next == '.' || next == ')') == number {
				b.WriteByte('\\')
			}
		case standsForLess:
			b.WriteByte('<')
		case standsForGreater:
			b.WriteByte('>')
		default:
			b.WriteRune(r)
		}
		atStart = atStart && (r == markStart || strings.ContainsRune(" >-.0123456789", r))
	}
	return b.String()
}

// escapeAll escapes a text for a place that may be the start of a line, as
// escapeText and settle do together.
func escapeAll(s string) string { return settle(escapeText(s)) }
