package bc3

import "fmt"

// company is the hand-made account: a design firm at work, and the odd things
// that people type.
func (b *builder) company() {
	c := b.crew()
	b.newsroom(c)
	b.headquarters(c)
	b.leto(c)
	b.locator(c)
	b.oddities(c)
	for i, body := range []string{"The site as it was before the rebrand.", "The site after it."} {
		p := b.project(2085958520+int64(i), "Website refresh", body, c.annie)
		p.members = c.staff()
		l := b.list(p.tool(kindTodoset), "Pages", "", c.annie)
		b.todos(l, c.annie, "Home", "Home", "About us", "Contact")
	}
	secret := b.project(2085958530, "Board matters", "For the owner alone.", c.victor)
	secret.members = with(c.victor)
	b.todos(b.list(secret.tool(kindTodoset), "Before the meeting", "", c.victor), c.victor, "Print the agenda", "Count the votes")
	for i, name := range []string{"Spring campaign", "Old office move"} {
		p := b.project(2085958540+int64(i), name, "Finished in "+[]string{"April.", "May."}[i], c.cheryl)
		p.members = c.staff()
		l := b.list(p.tool(kindTodoset), "What there was to do", "", c.cheryl)
		b.done(c.cheryl, b.todos(l, c.cheryl, "Book the venue", "Send the invoices")...)
		b.todos(l, c.cheryl, "Write the report")
		p.status, p.updated = archived, b.tick()
	}
	gone := b.project(2085958550, "Abandoned idea", "", c.jared)
	gone.members = c.staff()
	b.todos(b.list(gone.tool(kindTodoset), "Never mind", "", c.jared), c.jared, "Forget about it")
	gone.status, gone.updated = trashed, b.tick()
	b.spread(c)
}

func (b *builder) newsroom(c crew) {
	p := b.project(2085958502, "Honcho Design Newsroom", "What everybody should know.", c.victor)
	p.enable("inbox", "questionnaire")
	p.members = c.staff()
	board := p.tool(kindMessageBoard)
	m := b.add(board, kindMessage, "We won Leto!", "<div>Hello all,<br><br>the <strong>Leto</strong> account is ours. Thank you, "+
		mention(c.annie)+", for the pitch!</div>", c.victor)
	m.x = p.categories[0]
	b.comment(m, c.andrew, "Great news. Can't wait to get going!")
	b.comment(m, c.annie, "<div>I'll set the project up <em>today</em>.</div>")
	b.add(board, kindMessage, "Kitchen rules", "<div>Whoever empties the pot fills it.</div>", c.cheryl)
	inbox := p.tool(kindInbox)
	f := b.add(inbox, kindForward, "Can we make the logo pop?", "<div>Hey Victor,<br>it feels flat. More sizzle?<br>Henry</div>", c.victor)
	f.x = &forward{from: "Henry Bowman <henry@letobrand.com>"}
	b.add(f, kindReply, "", "<div>Let me ask the designers.</div>", c.victor)
	b.add(f, kindReply, "", "<div>Thanks!</div>", c.outsider)
	q := b.add(p.tool(kindQuestionnaire), kindQuestion, "What did you work on today?", "", c.victor)
	q.x = &question{frequency: "every_day", days: []int{1, 2, 3, 4, 5}, hour: 16, minute: 30, start: "2026-01-05"}
	for i, by := range []*person{c.annie, c.jared, c.annie, c.kenji} {
		a := b.add(q, kindAnswer, "", fmt.Sprintf("<div>Day %d: reviews, and some <strong>real</strong> work.</div>", i+1), by)
		a.x = answerDay(fmt.Sprintf("2026-01-%02d", 5+i/2))
	}
	b.todos(p.tool(kindTodoset), c.annie, "Awards")
	l := b.list(p.tool(kindTodoset), "Meetup setup", "", c.annie)
	b.assign(b.todos(l, c.annie, "Order name tags")[0], "", "", c.victor)
}

// headquarters has two to-do sets, and a to-do list of several hundred.
func (b *builder) headquarters(c crew) {
	p := b.project(2085958503, "Honcho HQ", "", c.victor)
	p.members = c.staff()
	ops := &recording{id: b.next(), kind: kindTodoset, title: "Ops to-dos", creator: c.cheryl}
	ops.created, ops.updated = b.tick(), b.at.UnixMilli()
	b.s.insert(p, nil, ops)
	p.dock = append(p.dock, &tool{rec: ops, name: "todoset", enabled: true})
	b.todos(b.list(ops, "Every Monday", "", c.cheryl), c.cheryl, "Water the plants", "Back up the file server")

	backlog := b.list(p.tool(kindTodoset), "Backlog", "<div>Everything that nobody has sorted yet.</div>", c.cheryl)
	verbs := []string{"Draft", "Review", "Print", "Send", "Archive", "Measure", "Translate"}
	nouns := []string{"the brochure", "the invoice template", "the style guide", "the sample kit", "the press list",
		"the photo release", "the packing slip", "the survey", "the contract", "the floor plan", "the price list"}
	by := []*person{c.annie, c.jared, c.cheryl, c.kenji, c.zoe}
	for i := range 340 {
		r := b.todos(backlog, by[i%len(by)], fmt.Sprintf("%s %s, part %d", verbs[i%len(verbs)], nouns[i%len(nouns)], i/77+1))[0]
		if i%9 == 4 {
			b.done(c.cheryl, r)
		}
		if i%50 == 7 {
			b.assign(r, "", "2026-05-25", c.victor, c.annie)
		}
	}
	b.put(trashed, backlog.children[11], backlog.children[200])
	b.put(archived, backlog.children[40])
	p.dock[3].enabled = false // no chat here
}

func (b *builder) locator(c crew) {
	p := b.project(2085958505, "The Leto Locator", "Software and hardware to find Leto products again.", c.annie)
	p.members = c.staff()
	p.members[c.henry] = true
	p.clientCompany = "Leto Brand"
	set := p.tool(kindTodoset)
	l := b.list(set, "Shown to the client", "", c.annie)
	l.clients = true
	for _, r := range b.todos(l, c.annie, "Agree on the colours", "Approve the mock-ups") {
		r.clients = true
	}
	b.todos(b.list(set, "Just for us", "", c.annie), c.annie, "Work out the margin")
}

// brand is the second account: one project that needs every tool but to-dos.
func (b *builder) brand() {
	add := func(id int64, name, email string) *person {
		at := b.tick()
		return b.s.addPerson(&person{id: id, name: name, email: email, created: at, updated: at, company: "Leto Brand",
			companyID: companyID + 1, employee: true})
	}
	henry := add(1149715901, "Henry Bowman", "henry@letobrand.com")
	henry.admin, henry.owner = true, true
	victor := add(1149715902, "Victor Cooper", "victor@honchodesign.com")
	p := b.project(2185958501, "Leto launch", "Everything that is not about the laptop itself.", henry)
	l := b.list(p.tool(kindTodoset), "Launch day", "", henry)
	b.assign(b.todos(l, henry, "Invite the press", "Hire a band")[0], "", "2026-03-01", victor)
	empty := b.project(2185958502, "No to-dos here", "", henry)
	for _, t := range empty.dock {
		t.enabled = t.name == "message_board"
	}
}

// spread gives some things an id that a float64 cannot hold.
func (b *builder) spread(c crew) {
	p := b.s.projectByID[2085958504]
	l := b.list(p.tool(kindTodoset), "Large numbers", "<div>Their ids need all of an int64.</div>", c.kenji)
	keep := b.id
	b.id = 1<<53 + 10
	b.todos(l, c.kenji, "One beyond 2^53", "Two beyond it", "Three beyond it")
	group := b.list(l, "A group beyond 2^53", "", c.kenji)
	b.comment(b.todos(group, c.kenji, "Four beyond it")[0], c.annie, "<div>And this comment too.</div>")
	b.id = keep
}
