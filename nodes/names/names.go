// Package names maps titles to file names and back.
//
// A title is whatever somebody typed into Basecamp; a name must be one path
// component that no program can mistake for another folder, a hidden file or a
// terminal's control sequence.
package names

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Max is the longest name in bytes, as on most filesystems (NAME_MAX).
const Max = 255

// Untitled stands for a title without a single character.
const Untitled = "Untitled"

const (
	slash = '\uFF0F' // ／, fullwidth solidus
	dot   = '\uFF0E' // ．, fullwidth full stop
	del   = '\u2421' // ␡, symbol for delete
)

// FromTitle returns the name for a title: "/" and a leading "." become their
// fullwidth forms, control characters their Unicode pictures, and bytes that
// are not UTF-8 the replacement character. The result may be longer than Max.
func FromTitle(title string) string {
	if title == "" {
		return Untitled
	}
	if plain(title) {
		return title
	}
	var b strings.Builder
	b.Grow(len(title) + 8)
	for i, r := range title {
		b.WriteRune(show(r, i == 0))
	}
	return b.String()
}

// plain reports whether a title is its own name, without a copy.
func plain(title string) bool {
	if title[0] == '.' {
		return false
	}
	for i := 0; i < len(title); i++ {
		if c := title[i]; c < 0x20 || c == '/' || c >= 0x7f {
			return false
		}
	}
	return true
}

func show(r rune, first bool) rune {
	switch {
	case r == '/':
		return slash
	case r == '.' && first:
		return dot
	case r < 0x20:
		return 0x2400 + r
	case r == 0x7f:
		return del
	case r >= 0x80 && r < 0xa0: // C1 controls have no pictures
		return utf8.RuneError
	}
	return r
}

func hide(r rune, first bool) rune {
	switch {
	case r == slash:
		return '/'
	case r == dot && first:
		return '.'
	case r >= 0x2400 && r < 0x2420:
		return r - 0x2400
	case r == del:
		return 0x7f
	}
	return r
}

// ToTitle is the reverse of FromTitle for a name that somebody typed.
func ToTitle(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	for i, r := range name {
		b.WriteRune(hide(r, i == 0))
	}
	return b.String()
}

// Retitle returns the title that an item titled old gets when its name is
// changed to name. What the two names share at their start and end keeps the
// characters of the old title, so that a title which really has a "／" in it
// does not lose it to a correction elsewhere.
func Retitle(old, name string) string {
	was := []rune(FromTitle(old))
	if string(was) == name {
		return old
	}
	src, now := []rune(old), []rune(name)
	if len(src) != len(was) { // Untitled
		return ToTitle(name)
	}
	p := 0
	for p < len(was) && p < len(now) && was[p] == now[p] {
		p++
	}
	s := 0
	for s < len(was)-p && s < len(now)-p && was[len(was)-1-s] == now[len(now)-1-s] {
		s++
	}
	mid := now[p : len(now)-s]
	out := make([]rune, 0, len(now))
	out = append(out, src[:p]...)
	for i, r := range mid {
		out = append(out, hide(r, p+i == 0))
	}
	return string(append(out, src[len(src)-s:]...))
}

// Cut shortens a name to at most limit bytes, at a character's boundary.
func Cut(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	for limit > 0 && !utf8.RuneStart(name[limit]) {
		limit--
	}
	return name[:limit]
}

// WithID returns the name that always finds the item with that id: name, cut
// so that it and suffix stay within Max, followed by " (ID)".
func WithID(name string, id int64, suffix int) string {
	mark := " (" + strconv.FormatInt(id, 10) + ")"
	return Cut(name, Max-suffix-len(mark)) + mark
}

// ID returns the id in a name that ends in " (ID)".
func ID(name string) (int64, bool) {
	if !strings.HasSuffix(name, ")") {
		return 0, false
	}
	i := strings.LastIndex(name, " (")
	if i < 0 {
		return 0, false
	}
	digits := name[i+2 : len(name)-1]
	if digits == "" || digits[0] < '0' || digits[0] > '9' {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil
}
