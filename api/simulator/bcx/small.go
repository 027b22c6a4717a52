package bcx

import (
	"fmt"
	"strings"
	"time"
)

// ugly are titles that a filesystem cannot hold as they are.
var ugly = []string{
	"../../etc/passwd", ".hidden", "..", "and/or", "bell \a and tab \t", "line\nbreak", " spaces around ",
	"日本語のやること", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 🎉", "\u202eright to left", "ends in .md", "#hash#", "back\\slash", "e\u0301 decomposed",
	strings.Repeat("very long, ", 40), "<b>bold</b> & \"quoted\"", "-rf", "~", "4913",
}

// small is the hand-made set: more than a page of everything in one project,
// and one project of every sort.
func (m *maker) small() {
	leto := m.project("The Leto Laptop", "A laptop for the rest of us.\nLaunch in March.")
	leto.starred = m.at
	m.lists(leto)
	m.writing(leto)
	m.calendars(leto)

	same := m.project("The Leto Laptop", "")
	m.todo(m.list(same, "Strategy ideas", ""), "Ask why there are two projects of this name")
	client := m.project("Website for ACME / Widgets", "A client's project")
	client.client = true
	secret := m.list(client, "Not for the client", "")
	secret.private = true
	m.todo(secret, "Raise the price").private = true
	m.todo(m.list(client, "For the client", ""), "Lower the price")
	m.project("Nothing here!", "")
	m.project(".dotted", "")

	old := m.project("Old campaign", "Over and done")
	m.todo(m.list(old, "What we did", ""), "Celebrate")
	m.post(m.item(kindMessage, old, "Thanks everyone", "<div>It was great.</div>"))
	old.archived, old.updated = true, m.tick()
	m.noteBucket(m.people[0], "archived the project<span>:</span>", old)
	m.project("Still a draft", "").draft = true
	m.project("Template for launches", "").template = true
	bin := m.project("Thrown away", "")
	bin.trashed = true
}

func (m *maker) lists(b *bucket) {
	ideas := m.list(b, "Strategy ideas", "What makes it different")
	m.comment(ideas, "<div>Which of these come first?</div>")
	clear := m.todo(ideas, "Clear and simple UI")
	clear.due, clear.assignee = "2026-03-01", m.people[0]
	c := m.comment(clear, "<div>Yes, <strong>please</strong>.</div>")
	m.file(clear, c, "sketch.png", "image/png", "\x89PNG\r\n\x1a\nsketch")
	m.comment(clear, "<div>Agreed.</div>")
	m.file(clear, nil, "brief.txt", "text/plain", "One screen, one button.\n")
	busy := m.todo(ideas, "Talk about the name")
	for n := range 55 {
		m.comment(busy, fmt.Sprintf("<div>Proposal %d</div>", n+1))
	}
	m.done(m.todo(ideas, "Look at what others do"))
	m.drop(m.todo(ideas, "A bad idea"))
	for _, t := range ugly {
		m.todo(ideas, t)
	}

	launch := m.list(b, "Launch list", "")
	for n := range 62 {
		t := m.todo(launch, fmt.Sprintf("Step %02d", n+1))
		if n%5 == 0 {
			t.assignee, t.due = m.people[n%4], fmt.Sprintf("2026-02-%02d", n%28+1)
		}
		if n%6 == 1 {
			m.done(t)
		}
	}
	m.todo(launch, "Same title")
	m.todo(launch, "Same title")
	finished := m.list(b, "Finished list", "Nothing left to do")
	for n := range 3 {
		m.done(m.todo(finished, fmt.Sprintf("Done %d", n+1)))
	}
	m.list(b, "Empty list", "")
	for n := range 54 {
		m.todo(m.list(b, fmt.Sprintf("Checklist %02d", n+1), ""), "Look at it")
	}
	for n := range 52 {
		m.done(m.todo(m.list(b, fmt.Sprintf("Past checklist %02d", n+1), ""), "Looked at it"))
	}
	m.drop(m.list(b, "Abandoned list", ""))
	for _, t := range ugly[:6] {
		m.list(b, t, "")
	}
}

func (m *maker) writing(b *bucket) {
	for n := range 56 {
		i := m.post(m.item(kindMessage, b, fmt.Sprintf("Weekly note %02d", n+1), fmt.Sprintf("<div>What happened in week %d:<br>not much.</div>", n+1)))
		if n%7 == 0 {
			m.comment(i, "<div>Thanks!</div>")
		}
		if n == 0 {
			m.file(i, nil, "minutes.pdf", "application/pdf", "%PDF-1.4 minutes")
		}
		if n == 3 {
			i.archived = true
		}
	}
	m.drop(m.post(m.item(kindMessage, b, "Sent by mistake", "<div>Forget it.</div>")))
	for n := range 56 {
		d := m.post(m.item(kindDocument, b, fmt.Sprintf("Page %02d", n+1), fmt.Sprintf("<h1>Page %d</h1><div>Do this<br>then that &amp; <em>more</em>.</div>", n+1)))
		if n == 0 {
			m.comment(d, "<div>More detail, please</div>")
		}
	}
	for n := range 56 {
		u := m.upload(b, fmt.Sprintf("Photo %02d.jpg", n+1), "image/jpeg", fmt.Sprintf("\xff\xd8\xff photo %d", n+1), "")
		if n == 0 {
			u.body = "<div>The first one</div>"
			m.comment(u, "<div>Nice</div>")
		}
	}
	m.linked(b, "Business ponderings")
	for n := range 53 {
		f := m.item(kindForward, b, fmt.Sprintf("Fwd: Offer %02d", n+1), "These prices are better")
		f.html, f.from = "<html><body><h1>These prices are better</h1></body></html>", "Tom Sales (tom@vendor.example)"
		if n%9 == 0 {
			f.from = ""
		}
		m.post(f)
	}
}

func (m *maker) calendars(b *bucket) {
	day := 24 * time.Hour
	for n := range 56 {
		m.event(b, fmt.Sprintf("Review %02d", n+1), time.Date(2031, 3, 1, 9, 0, 0, 0, time.UTC).Add(time.Duration(n)*2*day), time.Hour, false)
	}
	for n := range 52 {
		m.event(b, fmt.Sprintf("Stand-up %02d", n+1), time.Date(2025, 1, 6, 0, 0, 0, 0, time.UTC).Add(time.Duration(n)*day), 0, true)
	}
	trip := m.event(b, "Trip to the factory", time.Date(2031, 5, 4, 0, 0, 0, 0, time.UTC), 2*day, true)
	trip.body = "Bring a coat"
	m.comment(trip, "<div>Who drives?</div>")
	weekly := m.event(b, "Weekly meeting", time.Date(2031, 1, 6, 0, 0, 0, 0, time.UTC), 0, true)
	weekly.recurring = &recurrence{frequency: "weekly", count: 5, excluding: []int{2, 3}}

	general := &bucket{id: m.ids.Next(), calendar: true, name: "General", color: "5e9e2f", creator: m.people[0], access: b.access, created: m.tick()}
	general.updated = general.created
	m.cals = append(m.cals, general)
	m.event(general, "Office closed", time.Date(2031, 12, 24, 0, 0, 0, 0, time.UTC), 2*day, true)
}
