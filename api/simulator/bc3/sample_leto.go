package bc3

import "strings"

// leto is the project that shows everything.
func (b *builder) leto(c crew) {
	p := b.project(2085958504, "The Leto Laptop", "Laptop product launch.", c.victor)
	p.members = c.staff()
	p.timesheet = true
	p.enable("questionnaire", "inbox", "kanban_board")
	b.letoTodos(p, c)
	b.letoDocs(p, c)
	b.letoCards(p, c)
	b.letoTalk(p, c)
}

func (b *builder) letoTodos(p *project, c crew) {
	set := p.tool(kindTodoset)
	ideas := b.list(set, "Strategy ideas", "<div>Where the laptop could go.</div>", c.victor)
	b.clearAndSimple(ideas, c)
	b.todos(ideas, c.annie, "Go cutting edge", "Sell it in bookshops", "A subscription for repairs")
	b.done(c.sharon, b.todos(ideas, c.annie, "Talk to the people who fix laptops", "Read last year's survey")...)
	b.put(archived, b.todos(ideas, c.jared, "Ask again in summer")...)
	b.put(trashed, b.todos(ideas, c.jared, "Give it away for free", "Paint it black")...)

	research := b.list(set, "Background and research", "", c.victor)
	x := research
	x.x = "blue"
	l := b.todos(research, c.layla, "List the competitors", "Interview five customers", "Interview five customers", "Weigh the prototypes")
	b.assign(l[0], "2026-02-02", "2026-02-13", c.layla, c.jennifer1)
	b.assign(l[3], "", "2026-02-20", c.jennifer2)
	b.done(c.layla, l[0])

	launch := b.list(set, "Launch checklist", "<div><strong>Nothing</strong> ships before this is empty.</div>", c.annie)
	b.todos(launch, c.annie, "Name a date")
	for _, g := range [][]string{{"Group A", "Press kit", "Landing page", "Launch video"}, {"Group B", "Train support", "Stock the shop"}} {
		group := b.list(launch, g[0], "", c.annie)
		group.x = map[string]any{"Group A": "green", "Group B": "purple"}[g[0]]
		l := b.todos(group, c.annie, g[1:]...)
		b.done(c.jared, l[0])
	}
	old := b.list(launch, "Group C", "", c.annie)
	b.todos(old, c.annie, "Fax the shops")
	b.put(trashed, old)

	b.list(set, "Nothing here yet", "", c.sharon)
	b.put(archived, b.list(set, "Last year's ideas", "", c.sharon))
	bin := b.list(set, "Wrong turn", "", c.sharon)
	b.todos(bin, c.sharon, "Rewrite it in crayon")
	b.put(trashed, bin)
	loose := b.todos(set, c.victor, "Make to-do lists", "Order laptop stickers")
	b.assign(loose[0], "", "2026-01-29", c.victor)
	b.done(c.victor, loose[1])
}

// clearAndSimple is the to-do that documents show.
func (b *builder) clearAndSimple(list *recording, c crew) {
	shot, tag := b.file("screens.png", "image/png", picture(320, 200, 3))
	notes, notesTag := b.file("interview notes.txt", "text/plain", []byte("Q: What do you miss?\nA: Nothing. That is the point.\n"))
	r := &recording{id: shown, kind: kindTodo, title: "Clear and simple UI", creator: c.annie,
		created: instant("2026-01-27T06:40:00Z"), updated: instant("2026-02-26T16:42:12Z")}
	b.s.insert(list.project, list, r)
	r.x = &todo{startsOn: "2026-02-20", dueOn: "2026-03-01", assignees: []*person{c.sharon}, subscribers: []*person{c.annie}}
	r.body = b.s.clean(r, "<div>What people should <strong>not</strong> have to ask:</div><ul><li>Where am I?</li><li>What can I do here?"+
		"<ol><li>first the <em>usual</em> thing</li><li>then the rest</li></ol></li><li>How do I get back?</li></ul>"+
		"<blockquote>Simple is what is left when nothing can go.</blockquote><pre>if (clicks &gt; 3) {\n  rethink();\n}</pre>"+
		"<div>As drawn: "+tag+"</div><div>And as asked, with "+mention(c.sharon)+": "+notesTag+"</div>")
	shot.usedBy, notes.usedBy = r.id, r.id
	b.s.renumber(list)
	for _, m := range []struct {
		at, body string
		by       *person
	}{
		{"2026-02-24T09:12:30Z", "<div>The second screen is still busy.</div>", c.sharon},
		{"2026-02-25T14:03:00Z", "<div>Agreed. " + mention(c.annie) + ", can you cut the sidebar?</div>", c.victor},
		{"2026-02-26T16:42:12Z", "<div>Done:</div><ol><li>no sidebar</li><li>one button</li></ol><div>See <a href=\"https://example.com/leto?a=1&amp;b=2\">the prototype</a>.</div>", c.annie},
	} {
		cm := b.comment(r, m.by, m.body)
		cm.created, cm.updated = instant(m.at), instant(m.at)
	}
	r.updated = instant("2026-02-26T16:42:12Z")
	list.updated = r.updated
}

func (b *builder) letoDocs(p *project, c crew) {
	vault := p.tool(kindVault)
	b.add(vault, kindDocument, "Tone of voice", "<h1>How we talk</h1><div>Short words. No <strike>synergy</strike>.</div>", c.zoe)
	b.comment(b.add(vault, kindDocument, "Press release", "<div>Embargoed until the first of March.</div>", c.zoe), c.annie, "<div>Ready to go.</div>")
	b.add(vault, kindDocument, "Half a thought", "<div>…</div>", c.victor).status = drafted
	b.upload(vault, c.jennifer1, "company-logo.png", "image/png", "<div>The new logo</div>", picture(164, 39, 7))
	b.upload(vault, c.jennifer1, "prices 2026.csv", "text/csv", "", []byte("model,price\nL1,899\nL2,1199\n"))
	b.upload(vault, c.kenji, "設計図.pdf", "application/pdf", "", []byte("%PDF-1.4\n% a plan\n%%EOF\n"))
	b.upload(vault, c.kenji, "empty.bin", "application/octet-stream", "", nil)
	photos := b.add(vault, kindVault, "Photos", "", c.jennifer1)
	for i, n := range []string{"front.png", "back.png", "front.png"} {
		b.upload(photos, c.jennifer1, n, "image/png", "", picture(64+i*16, 48, byte(10+i)))
	}
	deep := b.add(photos, kindVault, "Rejected", "", c.jennifer1)
	b.upload(deep, c.jennifer1, "blurred.png", "image/png", "", picture(16, 16, 20))
	b.put(trashed, b.add(vault, kindDocument, "Old price list", "<div>Do not use.</div>", c.zoe))
}

func (b *builder) letoCards(p *project, c crew) {
	table := p.tool(kindCardTable)
	columns := table.children
	card := func(i int, title, body string, by *person) *recording {
		return b.add(columns[i], kindCard, title, body, by)
	}
	ui := card(0, "New and fancy UI", "<div>Design a new and fancy UI</div>", c.victor)
	b.assign(b.add(ui, kindStep, "Find inspiration", "", c.victor), "", "2026-06-01", c.tashia)
	b.done(c.tashia, b.add(ui, kindStep, "Collect what hurts today", "", c.victor))
	card(0, "Battery lasts two days", "", c.kenji)
	card(1, "A wooden case", "<div>Lovely, but no.</div>", c.zoe)
	b.assign(card(2, "Keyboard for left-handers", "<div>How many ask?</div>", c.layla), "", "2026-04-10", c.victor, c.layla)
	b.comment(card(3, "Quieter fan", "<div>Below 20 dB.</div>", c.kenji), c.jared, "<div>21 so far.</div>")
	b.done(c.kenji, card(4, "Hinge that holds", "", c.kenji))
	columns[2].x.(*column).color = "purple"
	b.s.renumberColumns(table)
}

func (b *builder) letoTalk(p *project, c crew) {
	board := p.tool(kindMessageBoard)
	_, tag := b.file("glamour shot.png", "image/png", picture(300, 180, 30))
	m := b.add(board, kindMessage, "Laptop high res glamour shots", "<div>Not public yet:</div>"+tag+"<div>Keep them to yourselves.</div>", c.jennifer1)
	m.x = p.categories[1]
	b.comment(m, c.zoe, "<div>Oh!</div>")
	b.add(board, kindMessage, "Kick-off on Thursday", "<div>Ten o'clock, big room.</div>", c.victor)
	b.add(board, kindMessage, "Not sent yet", "<div>A draft.</div>", c.victor).status = drafted

	sched := p.tool(kindSchedule)
	e := func(title, from, to string, allDay bool, rule *recurrence, who ...*person) *recording {
		r := b.add(sched, kindEntry, title, "", c.annie)
		r.x = &entry{starts: instant(from), ends: instant(to), allDay: allDay, participants: who, rule: rule}
		return r
	}
	e("Team meeting", "2026-02-10T15:00:00Z", "2026-02-10T16:00:00Z", false, nil, c.victor, c.sharon).body = "<div>Bring numbers.</div>"
	e("Launch", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", true, nil)
	e("Stand-up", "2026-01-12T09:30:00Z", "2026-01-12T09:45:00Z", false, &recurrence{frequency: "every_weekday", days: []int{1, 2, 3, 4, 5}, until: "2026-03-31"}, c.annie)

	chat := p.tool(kindChat)
	for i, t := range []string{"Good morning", "Has anybody seen the prototype?", "It's on my desk", "☕️", "a <b>bold</b> claim", "line one\nline two"} {
		b.say(chat, []*person{c.jared, c.annie, c.kenji}[i%3], t)
	}
	rich := b.add(chat, kindLine, "", "<strong>CI</strong> is slow today", c.kenji)
	rich.x, rich.title = &line{rich: true}, "CI is slow today"
	f, _ := b.file("desk.png", "image/png", picture(32, 24, 40))
	up := b.add(chat, kindLine, f.name, "", c.jennifer1)
	up.x = &line{upload: f}
	f.usedBy = up.id

	q := b.add(p.tool(kindQuestionnaire), kindQuestion, "What's blocking you?", "", c.annie)
	q.x = &question{frequency: "every_week", days: []int{1}, hour: 9, start: "2026-01-12"}
	b.add(q, kindAnswer, "", "<div>"+strings.TrimSpace(times("Nothing. ", 3))+"</div>", c.kenji).x = answerDay("2026-01-12")
	b.add(p.tool(kindInbox), kindForward, "Some technical details", "<div>I like what you write.</div>", c.annie).x = &forward{}
}
