package markup

import (
	"strings"

	"basecampfs/nodes/text/diff"
)

// Plain shows a body that is plain text: line ends are "\n", control
// characters their Unicode pictures, and there is no empty line at either end.
func Plain(text string) string {
	lines := strings.Split(text, "\n")
	for i, s := range lines {
		lines[i] = showLine(s)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

func showLine(s string) string {
	return pictures(strings.TrimSuffix(strings.ToValidUTF8(s, "\uFFFD"), "\r"))
}

// ToPlain returns the plain text that base becomes when what Plain shows of it
// is edited. Lines that were not edited are returned as they were.
func ToPlain(base, edited string) string {
	edited = strings.Trim(normalize(edited), "\n")
	if edited == Plain(base) {
		return base
	}
	if strings.TrimSpace(edited) == "" {
		return ""
	}
	was := strings.Split(base, "\n")
	shown := make([]string, len(was))
	for i, s := range was {
		shown[i] = showLine(s)
	}
	end := ""
	if strings.Contains(base, "\r\n") {
		end = "\r"
	}
	now := strings.Split(edited, "\n")
	kept := make(map[int]int, len(was))
	for i, j := range diff.Match(shown, now) {
		if j >= 0 {
			kept[j] = i
		}
	}
	var b strings.Builder
	for j, s := range now {
		if i, ok := kept[j]; ok {
			s = strings.TrimSuffix(was[i], "\r")
		}
		b.WriteString(s)
		if j < len(now)-1 {
			b.WriteString(end + "\n")
		}
	}
	return b.String()
}

// normalize takes away what an editor may add without an edit.
func normalize(s string) string {
	s = strings.TrimPrefix(s, "\uFEFF")
	if strings.Contains(s, "\r\n") {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	return s
}

// pictures replaces control characters other than tabs and line ends, so that
// a body cannot drive the terminal it is shown on.
func pictures(s string) string {
	if !strings.ContainsFunc(s, isControl) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case !isControl(r):
			return r
		case r == 0x7f:
			return '\u2421'
		case r >= 0x80:
			return '\uFFFD'
		default:
			return 0x2400 + r
		}
	}, s)
}

func isControl(r rune) bool {
	return r < 0x20 && r != '\t' && r != '\n' || r >= 0x7f && r <= 0x9f
}
