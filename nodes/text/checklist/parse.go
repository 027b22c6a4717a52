package checklist

import (
	"fmt"
	"strconv"
	"strings"

	"basecampfs/api"
	"basecampfs/nodes/text"
)

// File is a parsed file.
type File struct {
	List   *text.File // title and description
	Todos  []Line
	Groups []Group

	silent bool // it says nothing of to-dos: a front matter by hand alone
}

// Group is a "## Title" heading and the lines below it.
type Group struct {
	Number int   // of the line in the file, from 1
	ID     int64 // 0 for a new one
	Title  string
	Todos  []Line
}

// Line is a to-do.
type Line struct {
	Number    int   // in the file, from 1
	ID        int64 // 0 for a new one
	Title     string
	Completed bool
}

// Parse reads a file. What stands above the first to-do or group is the list's
// description; a file without a front matter and without such a text leaves it.
// Errors are *api.Error with Code Invalid and name a line.
func Parse(data []byte) (*File, error) {
	front, err := text.Parse(data)
	if err != nil {
		return nil, err
	}
	f := &File{List: front}
	if front.Body == nil {
		f.silent = true
		return f, nil
	}
	lines := strings.Split(*front.Body, "\n")
	first := 0
	for first < len(lines) && !isGroup(lines[first]) && !isTodo(lines[first]) {
		first++
	}
	f.setDescription(strings.Join(lines[:first], "\n"))
	p := parser{File: f, seen: map[int64]int{}}
	for i, line := range lines[first:] {
		if err := p.line(strings.TrimRight(line, " \t"), front.BodyLine+first+i); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *File) setDescription(s string) {
	s = shift(strings.Trim(s, "\n"), func(line string) string { return strings.TrimPrefix(line, " ") })
	if strings.TrimSpace(s) == "" {
		s = ""
	}
	f.List.Body = &s
	if s == "" && f.List.ID == 0 {
		f.List.Body = nil // written by hand: it says nothing about the description
	}
}

func isGroup(line string) bool { return strings.HasPrefix(line, "## ") }

// isTodo reports whether a line is a checklist item at the margin.
func isTodo(line string) bool {
	_, _, ok := cutBox(line)
	return ok
}

func cutBox(line string) (title string, completed, ok bool) {
	if len(line) < 5 || strings.IndexByte("-*+", line[0]) < 0 || line[1] != ' ' || line[2] != '[' || line[4] != ']' ||
		len(line) > 5 && line[5] != ' ' {
		return "", false, false
	}
	switch line[3] {
	case ' ':
	case 'x', 'X':
		completed = true
	default:
		return "", false, false
	}
	return line[5:], completed, true
}

type parser struct {
	*File
	seen map[int64]int // the line of each id
}

func (p *parser) line(s string, number int) error {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	if title, completed, ok := cutBox(s); ok {
		title, id, err := p.cutMark(title, number)
		if err != nil {
			return err
		}
		l := Line{Number: number, ID: id, Title: title, Completed: completed}
		if n := len(p.Groups); n > 0 {
			p.Groups[n-1].Todos = append(p.Groups[n-1].Todos, l)
		} else {
			p.Todos = append(p.Todos, l)
		}
		return nil
	}
	if isGroup(s) {
		title, id, err := p.cutMark(s[len("## "):], number)
		if err != nil {
			return err
		}
		p.Groups = append(p.Groups, Group{Number: number, ID: id, Title: title})
		return nil
	}
	return misplaced(s, number)
}

func misplaced(s string, number int) *api.Error {
	switch t := strings.TrimLeft(s, " \t"); {
	case t != s && isTodo(t):
		return invalid(number, "a to-do cannot stand below another", `put it at the margin, or below a "## Group"`)
	case t != s:
		return invalid(number, "a note cannot stand below a to-do here", "open the to-do's own file to write its description")
	case strings.HasPrefix(t, "#"):
		return invalid(number, "only headings of groups can stand here", `write a group as "## Title"`)
	case strings.HasPrefix(t, "- ") || strings.HasPrefix(t, "* ") || strings.HasPrefix(t, "+ ") || t == "-":
		return invalid(number, "this item has no box", `write "- [ ] Title", or "- [x] Title" when it is done`)
	default:
		return invalid(number, "this is neither a to-do nor a group",
			`write "- [ ] Title" or "## Group"; the description of the list stands above its first to-do`)
	}
}

// cutMark takes the "<!-- ID -->" off the end of a line.
func (p *parser) cutMark(s string, number int) (title string, id int64, err error) {
	s = strings.TrimSpace(s)
	if body, ok := strings.CutSuffix(s, "-->"); ok {
		if i := lastMark(body); i >= 0 {
			mark := strings.TrimSpace(body[i+len("<!--"):])
			id, bad := strconv.ParseInt(mark, 10, 64)
			if bad != nil || id <= 0 {
				return "", 0, invalid(number, fmt.Sprintf("the mark %s is not the id of a to-do or group", strconv.Quote(short(mark))),
					"leave the marks as they are; a new line needs none")
			}
			if first, twice := p.seen[id]; twice {
				return "", 0, invalid(number, fmt.Sprintf("the mark %d is in line %d too", id, first),
					"to copy a to-do leave the mark of the copy out")
			}
			p.seen[id] = number
			s = strings.TrimSpace(body[:i])
			return p.title(s, id, number)
		}
	}
	return p.title(s, 0, number)
}

func (p *parser) title(s string, id int64, number int) (string, int64, error) {
	title := unescape(s)
	if strings.TrimSpace(title) == "" && id == 0 {
		return "", 0, invalid(number, "there is no title", "write one, or take the line out")
	}
	return title, id, nil
}

// lastMark finds the "<!--" of the last comment, which no title has unescaped.
func lastMark(s string) int {
	i := strings.LastIndex(s, "<!--")
	if i > 0 && s[i-1] == '\\' {
		return -1
	}
	return i
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

func invalid(number int, problem, hint string) *api.Error {
	return &api.Error{Code: api.Invalid, Message: fmt.Sprintf("line %d: %s", number, problem), Hint: hint}
}
