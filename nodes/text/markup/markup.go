// Package markup turns the HTML of Basecamp's rich text to Markdown and back.
//
// The way back is an edit, not a conversion: ToHTML compares what was edited
// with what the HTML rendered to, and every block that is the same keeps its
// very bytes, with the mentions, attachments and attributes that Markdown
// cannot hold.
package markup

// Mention resolves the name behind an "@" to what a mention names: the
// attachable SGID of exactly one person.
type Mention func(name string) (sgid string, ok bool)

// Markdown renders a body of HTML, without a final newline. It is
// deterministic, takes any bytes and never fails.
func Markdown(html string) string { return parseBody(html).markdown() }

// ToHTML returns the body that base becomes when the Markdown it renders to is
// edited. Blocks and lines that were not edited are returned byte for byte;
// line ends and a final newline are no edits. In edited ones a mention or
// attachment that is still named keeps its element. The elements of the bodies
// in more can be named too. New mentions are made where mention, if not nil,
// knows the name.
func ToHTML(base, edited string, mention Mention, more ...string) string {
	return edit(base, edited, mention, more)
}

// Copy returns the HTML of a new body whose Markdown was rendered from another
// record's body. Mentions are made anew. Attachments belong to the record that
// they were put in, so that the copy has links to them.
func Copy(original, edited string, mention Mention) string {
	return copyOf(original, edited, mention)
}
