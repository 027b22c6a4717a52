package bc3

// oddities is the project of what people, and programs, type into titles.
func (b *builder) oddities(c crew) {
	p := b.project(2085958506, "R&D / Ünïcödé 研究 🚀", "Names that no folder likes.", c.kenji)
	p.members = c.staff()
	set := p.tool(kindTodoset)
	odd := b.list(set, "../../etc/passwd", "", c.kenji)
	for _, t := range oddTitles {
		r := b.todos(odd, c.kenji, "x")[0]
		r.title = t
	}
	b.todos(b.list(set, ".", "", c.kenji), c.kenji, ".", "..", "...", ".hidden")
	b.todos(b.list(set, "Ideas", "", c.kenji), c.kenji, "Same", "Same", "Same")
	b.todos(b.list(set, "Ideas", "", c.kenji), c.kenji, "Same", "same", "SAME")
	long := b.list(set, times("A list with a name that goes on and on, ", 12)+"amen", "", c.kenji)
	b.todos(b.list(long, times("群", 120), "", c.kenji), c.kenji, "In a group with a long name")
	blank := b.list(set, "x", "", c.kenji)
	blank.title = "" // as older data has them
	b.todos(blank, c.kenji, "In a list without a name")

	bodies := b.list(set, "Texts", "", c.zoe)
	for _, t := range oddBodies {
		r := b.todos(bodies, c.zoe, t[0])[0]
		r.body = b.s.clean(r, t[1])
	}
	r := b.todos(bodies, c.zoe, "Many comments")[0]
	for i := range 40 {
		b.comment(r, []*person{c.zoe, c.kenji, c.layla, c.jennifer1, c.jennifer2}[i%5], "<div>"+times("Yes. ", i%4+1)+"</div>")
	}
	vault := p.tool(kindVault)
	for _, n := range []string{"a/b.txt", "..", "README", "tab\there.txt", "e\u0301.txt", "é.txt"} {
		b.upload(vault, c.kenji, n, "text/plain", "", []byte(n+"\n"))
	}
	b.add(vault, kindDocument, "../escape", "<div>No.</div>", c.kenji)
}

// oddTitles end where a server's text could do harm, or a file system gives
// up.
var oddTitles = []string{
	"../../etc/passwd",
	"/",
	".",
	"..",
	".profile",
	"",
	" ",
	"a/b/c",
	"one\ntwo\nthree",
	"tab\tand\rreturn",
	"a NUL\x00in the middle",
	"bell\a escape\x1b[31m red \x1b[0m delete\x7f",
	"C1 \u009b31m controls",
	times("🎉", 300),
	times("e\u0301", 130),
	times("long ", 80) + "end",
	times("長い題名", 40),
	"caf\u00e9",
	"cafe\u0301",
	"日本語のタイトル",
	"עברית ועוד",
	"\u202egnp.exe\u202c",
	"👩‍👩‍👧‍👦 family",
	"Clear and simple UI.md",
	"todolist.md",
	"completed",
	"README.md",
	"x.json",
	"#not a heading",
	"- [ ] not a box <!-- 12 -->",
	"quotes \" ' ` $HOME $(reboot) \\n %s",
	"trailing dot.",
	"trailing space ",
	"(1069479576)",
	"Clear (1069479576)",
	"-rf",
	"~",
	"a:b*c?d<e>f|g",
	"\ufeffbyte order mark",
	"zero\u200bwidth",
	"／ and ．already",
	"CON",
}

// oddBodies are titles and texts.
var oddBodies = [][2]string{
	{"Plain text", "no markup at all & nothing else"},
	{"Line breaks", "<div>one<br>two<br><br>three</div>"},
	{"Nested lists", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li><li>d</li></ul>"},
	{"Ordered from five", "<ol start=\"5\"><li>five</li><li>six</li></ol>"},
	{"Quote in a quote", "<blockquote>outer<blockquote>inner</blockquote></blockquote>"},
	{"Code", "<pre>func main() {\n\tfmt.Println(\"&lt;html&gt;\")\n}\n</pre>"},
	{"A table", "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2 | 3</td></tr></tbody></table>"},
	{"What Markdown would take for its own", "<div>*not bold* _nor this_ # no heading<br>1. no list<br>--- <br>&lt;b&gt;escaped&lt;/b&gt; `tick` [x](y)</div>"},
	{"Empty blocks", "<div></div><div><br></div><div>   </div>"},
	{"Formatting in words", "<div>in<strong>cre</strong>di<em>ble</em> <strike>gone</strike> <strong><em>both</em></strong></div>"},
	{"Links", "<div><a href=\"https://example.com/a_(b)?c=d&amp;e=f\">a link</a> <a href=\"https://example.com\"><strong>bold</strong> one</a> https://example.com/bare</div>"},
	{"Right to left", "<div dir=\"rtl\">שלום עולם</div>"},
	{"Non-breaking", "<div>a\u00a0b\u2003c</div>"},
	{"Front matter look-alike", "<div>---<br>title: not this one<br>---</div>"},
	{"Very long", "<div>" + times("Lorem ipsum dolor sit amet, consectetur adipiscing elit. ", 400) + "</div>"},
}
