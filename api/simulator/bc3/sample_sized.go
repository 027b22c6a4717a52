package bc3

import "fmt"

// sized makes as many projects, lists and to-dos as asked: a fifth of the
// to-dos completed, a tenth with dates and assignees, a tenth with a text.
func (b *builder) sized() {
	c := b.crew()
	z := b.s.env.Size
	n := z.Projects * z.Lists * z.Todos
	recs := make(map[int64]*recording, n+z.Projects*(z.Lists+16))
	b.s.recs = recs
	b.s.index[kindTodo].created = make([]*recording, 0, n)
	by := []*person{c.annie, c.sharon, c.andrew, c.tashia, c.jared, c.kenji, c.zoe}
	b.id = 3_000_000_000
	at := instant("2024-01-01T00:00:00Z")
	const text = "<div>As agreed: <strong>first</strong> the outline, then the rest.</div>"
	for i := range z.Projects {
		p := b.s.newProject(2_000_000_000+int64(i), fmt.Sprintf("Project %04d", i+1), "Made to measure.", c.victor, at, b.next)
		set := p.tool(kindTodoset)
		set.children = make([]*recording, 0, z.Lists)
		for j := range z.Lists {
			at += 1000
			l := &recording{id: b.next(), kind: kindTodolist, title: fmt.Sprintf("List %03d", j+1), creator: c.annie, created: at, updated: at, pos: int32(j + 1)}
			b.s.insert(p, set, l)
			l.children = make([]*recording, 0, z.Todos)
			block := make([]recording, z.Todos)
			for k := range block {
				r := &block[k]
				at += 1000
				// updated_at is up to three hours later, in another order.
				*r = recording{id: b.next(), kind: kindTodo, title: fmt.Sprintf("To-do %d of list %d", k+1, j+1),
					creator: by[(i+j+k)%len(by)], created: at, updated: at + int64((k*7919+j*104729)%10_800)*1000}
				if k%10 == 3 {
					r.body = text
				}
				if k%10 == 0 {
					r.x = &todo{dueOn: "2026-06-30", assignees: by[k%3 : k%3+1]}
				}
				b.s.insert(p, l, r)
				if k%5 == 4 {
					r.done = true
					t := r.editTodo()
					t.completedAt, t.completedBy = r.updated, r.creator
				}
				l.updated = max(l.updated, r.updated)
			}
			b.s.renumber(l)
			p.updated = max(p.updated, l.updated)
		}
		b.s.renumber(set)
	}
}
