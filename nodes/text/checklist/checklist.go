// Package checklist renders a whole to-do list as one Markdown file and works
// out what an edit of that file means.
//
// The file is that of the list, its front matter and its description, with a
// line a to-do below:
//
//   - [ ] Title <!-- ID -->
//
//   - [x] Title of a finished one <!-- ID -->
//
//     ## Title of a group <!-- ID -->
//
//   - [ ] Title of a to-do in the group <!-- ID -->
package checklist

import (
	"strconv"
	"strings"

	"basecampfs/api"
	"basecampfs/nodes/text"
)

// List is a to-do list with everything in it, open and completed, in order.
type List struct {
	Record *api.Record
	Todos  []*api.Record // directly in the list
	Groups []List        // groups hold no groups
}

// Render returns the file. It is deterministic. o.Can is that of the list's
// kind.
func Render(l List, o text.Options) []byte {
	b := text.AppendFrontMatter(make([]byte, 0, 512+64*len(l.Todos)), l.Record, o)
	front := len(b)
	if d := description(l.Record, o); d != "" {
		b = append(b, d...)
		b = append(b, '\n')
	}
	bare := len(b) == front
	gap := func() {
		if !bare {
			b = append(b, '\n')
		}
		bare = false
	}
	if len(l.Todos) > 0 {
		gap()
		b = appendTodos(b, l.Todos)
	}
	for _, g := range l.Groups {
		gap()
		b = append(b, "## "...)
		b = appendMarked(b, g.Record.Title, g.Record.ID)
		if len(g.Todos) > 0 {
			b = append(b, '\n')
			b = appendTodos(b, g.Todos)
		}
	}
	return b
}

// Size returns len(Render(l, o)).
func Size(l List, o text.Options) int64 { return int64(len(Render(l, o))) }

func appendTodos(b []byte, todos []*api.Record) []byte {
	for _, r := range todos {
		box := "- [ ] "
		if r.Completed {
			box = "- [x] "
		}
		b = append(b, box...)
		b = appendMarked(b, r.Title, r.ID)
	}
	return b
}

func appendMarked(b []byte, title string, id int64) []byte {
	b = append(b, escape(title)...)
	b = append(b, " <!-- "...)
	b = strconv.AppendInt(b, id, 10)
	return append(b, " -->\n"...)
}

// description is the list's text. A line of it that would be taken for a to-do
// or a group is moved in by a space.
func description(r *api.Record, o text.Options) string {
	return shift(text.Body(r, o.Can.Body), func(line string) string { return " " + line })
}

func shift(s string, change func(line string) string) string {
	if !strings.Contains(s, "## ") && !strings.Contains(s, "[") {
		return s
	}
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		if t := strings.TrimLeft(line, " "); isGroup(t) || isTodo(t) {
			lines[i] = change(line)
		}
	}
	return strings.Join(lines, "\n")
}
