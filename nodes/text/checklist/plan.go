package checklist

import (
	"fmt"

	"basecampfs/api"
	"basecampfs/nodes/text"
)

// Op is what a Step does.
type Op string

// The operations.
const (
	Create Op = "create"
	Update Op = "update"
	Move   Op = "move"
	Trash  Op = "trash"
)

// Step is one call to make. Steps are numbered from 1 in a plan.
type Step struct {
	Op   Op
	Line int // of the file, from 1; 0 for what has none any more

	// Ref is what the step is about. It is zero where that is what the Create
	// with the number Of returned, and of a Create.
	Ref api.Ref
	Of  int

	// Base and Want are of an Update; one with Of has Want alone, of which only
	// Completed counts. A Create has Want alone.
	Base, Want *api.Record

	// Parent is where a Create or a Move puts it. It is zero where that is the
	// group that the Create with the number InNew returned.
	Parent api.Ref
	InNew  int
	// Position is for a Move, from 1 among what is open; 0 is last.
	Position int
}

// Plan returns the steps that bring before to what f says, or an error and no
// step at all. A failure between two steps leaves a sensible list: creates come
// first, then edits, moves, what is finished, and trashes last, to-dos before
// groups. Before must be what the file was rendered from: only what is missing
// from it is trashed, and what others added since is left alone. A group that
// is trashed takes its to-dos along, so those have no step of their own.
//
// Can says what the account can do with a kind; o is for the list's own fields.
func Plan(before List, f *File, can func(api.Kind) api.Abilities, o text.Options) ([]Step, error) {
	p := newPlanner(before, can)
	o.Can = can(before.Record.Kind)
	want, err := text.Apply(before.Record, f.List, o)
	if err != nil {
		return nil, err
	}
	if changed(before.Record, want) {
		p.edits = append(p.edits, Step{Op: Update, Line: 1, Ref: before.Record.Ref, Base: before.Record, Want: want})
	}
	if f.silent {
		return p.edits, nil
	}
	if err := p.read(f); err != nil {
		return nil, err
	}
	if err := p.arrange(); err != nil {
		return nil, err
	}
	if err := p.drop(); err != nil {
		return nil, err
	}
	return p.steps(), nil
}

// changed reports whether two versions differ in what a list's file can say.
func changed(a, b *api.Record) bool {
	return a.Title != b.Title || a.Body != b.Body || a.Color != b.Color || a.Completed != b.Completed
}

// item is a to-do or a group, as it was and as the file has it.
type item struct {
	key    int64 // its id; for a new one less the number of its Create
	ref    api.Ref
	rec    *api.Record // nil for a new one
	from   int64       // key of the group it was in; 0 is the list itself
	to     int64
	line   int // 0 where the file has it no more
	done   bool
	create int  // number of the step that makes it
	closed bool // the Create makes a finished one
	group  bool // it is new, and a group
}

type planner struct {
	list   api.Ref
	can    func(api.Kind) api.Abilities
	todos  map[int64]*item
	groups map[int64]*item
	order  []*item           // of all that was there, as it was
	was    map[int64][]int64 // by group: the open to-dos in their order
	had    []int64           // groups in their order

	target      map[int64][]*item // by group: to-dos in the order of the file
	targetOrder []*item           // groups

	creates, edits, moves, ticks, trashes []Step
}

func newPlanner(before List, can func(api.Kind) api.Abilities) *planner {
	p := &planner{list: before.Record.Ref, can: can, todos: map[int64]*item{}, groups: map[int64]*item{},
		was: map[int64][]int64{}, target: map[int64][]*item{}}
	add := func(todos []*api.Record, group int64) {
		for _, r := range todos {
			v := &item{key: r.ID, ref: r.Ref, rec: r, from: group, to: group, done: r.Completed}
			p.todos[r.ID] = v
			p.order = append(p.order, v)
			if !r.Completed {
				p.was[group] = append(p.was[group], r.ID)
			}
		}
	}
	add(before.Todos, 0)
	for _, g := range before.Groups {
		v := &item{key: g.Record.ID, ref: g.Record.Ref, rec: g.Record}
		p.groups[v.key] = v
		p.order = append(p.order, v)
		p.had = append(p.had, v.key)
		add(g.Todos, v.key)
	}
	return p
}

// read takes in the file: what is new, and what of the old is changed.
func (p *planner) read(f *File) error {
	for i := range f.Groups {
		if err := p.readGroup(&f.Groups[i]); err != nil {
			return err
		}
	}
	for _, l := range f.Todos {
		if err := p.readTodo(l, 0); err != nil {
			return err
		}
	}
	for i, g := range f.Groups {
		for _, l := range g.Todos {
			if err := p.readTodo(l, p.targetOrder[i].key); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *planner) readGroup(g *Group) error {
	v := p.groups[g.ID]
	switch {
	case g.ID == 0:
		r, err := p.fresh(api.TodoGroup, g.Title, false, g.Number)
		if err != nil {
			return err
		}
		v = p.created(r, p.list, 0, g.Number)
		v.group = true
	case v == nil && p.todos[g.ID] != nil:
		return invalid(g.Number, fmt.Sprintf("%d is a to-do, not a group", g.ID), "leave the mark out to make a new group")
	case v == nil:
		return invalid(g.Number, fmt.Sprintf("there is no group %d in this list", g.ID), "leave the mark out to make a new group")
	default:
		v.line = g.Number
		if err := p.change(v, g.Title, v.rec.Completed); err != nil {
			return err
		}
	}
	p.targetOrder = append(p.targetOrder, v)
	return nil
}

func (p *planner) readTodo(l Line, group int64) error {
	v := p.todos[l.ID]
	switch {
	case l.ID == 0:
		r, err := p.fresh(api.Todo, l.Title, l.Completed, l.Number)
		if err != nil {
			return err
		}
		parent, inNew := p.parent(group)
		v = p.created(r, parent, inNew, l.Number)
		v.from, v.done, v.closed = group, l.Completed, r.Completed
		if l.Completed && !r.Completed {
			p.ticks = append(p.ticks, Step{Op: Update, Line: l.Number, Of: v.create, Want: &api.Record{Ref: api.Ref{Kind: api.Todo}, Completed: true}})
		}
	case v == nil && p.groups[l.ID] != nil:
		return invalid(l.Number, fmt.Sprintf("%d is a group, not a to-do", l.ID), `write a group as "## Title"`)
	case v == nil:
		return invalid(l.Number, fmt.Sprintf("there is no to-do %d in this list", l.ID),
			"leave the mark out to create a to-do; to bring one from another list move its file")
	default:
		v.line = l.Number
		if err := p.change(v, l.Title, l.Completed); err != nil {
			return err
		}
		v.done = l.Completed
	}
	v.to = group
	p.target[group] = append(p.target[group], v)
	return nil
}

// fresh is the record of a new line, checked.
func (p *planner) fresh(kind api.Kind, title string, completed bool, line int) (*api.Record, error) {
	can := p.can(kind)
	if !can.Create {
		return nil, onLine(can.Cannot("create"), line)
	}
	f := &text.File{}
	if completed && can.With.Has(api.FieldCompleted) {
		f.Completed = &completed
	} else if completed && !can.Update.Has(api.FieldCompleted) {
		return nil, onLine(can.Cannot("completed"), line)
	}
	r, err := text.New(kind, title, f, text.Options{Can: can})
	return r, onLine(err, line)
}

func (p *planner) created(r *api.Record, parent api.Ref, inNew, line int) *item {
	p.creates = append(p.creates, Step{Op: Create, Line: line, Want: r, Parent: parent, InNew: inNew})
	n := len(p.creates)
	return &item{key: -int64(n), line: line, create: n}
}

// parent tells a Create or Move where a group is.
func (p *planner) parent(group int64) (ref api.Ref, inNew int) {
	switch {
	case group == 0:
		return p.list, 0
	case group < 0:
		return api.Ref{}, int(-group)
	}
	return p.groups[group].ref, 0
}

// change plans the edit of what is there.
func (p *planner) change(v *item, title string, completed bool) error {
	f := &text.File{Completed: &completed}
	if title != readBack(v.rec.Title) {
		f.Title = &title
	}
	want, err := text.Apply(v.rec, f, text.Options{Can: p.can(v.ref.Kind)})
	if err != nil {
		return onLine(err, v.line)
	}
	if !changed(v.rec, want) {
		return nil
	}
	s := Step{Op: Update, Line: v.line, Ref: v.ref, Base: v.rec, Want: want}
	if want.Completed && !v.rec.Completed {
		p.ticks = append(p.ticks, s)
	} else {
		p.edits = append(p.edits, s)
	}
	return nil
}

// drop plans the trash of what the file has no more.
func (p *planner) drop() error {
	var groups []Step
	for _, v := range p.order {
		if v.line > 0 {
			continue
		}
		if can := p.can(v.ref.Kind); !can.Trash {
			e := can.Cannot("trash")
			e.Message = fmt.Sprintf("%q is missing: %s", short(v.rec.Title), e.Message)
			e.Hint = "put its line back"
			return e
		}
		s := Step{Op: Trash, Ref: v.ref}
		if _, group := p.groups[v.key]; group {
			groups = append(groups, s)
		} else if g := p.groups[v.from]; g == nil || g.line > 0 {
			p.trashes = append(p.trashes, s)
		}
	}
	p.trashes = append(p.trashes, groups...)
	return nil
}

// steps puts the plan together. Creates come first, so that their numbers in
// the plan are those that they were given.
func (p *planner) steps() []Step {
	var out []Step
	for _, some := range [][]Step{p.creates, p.edits, p.moves, p.ticks, p.trashes} {
		out = append(out, some...)
	}
	return out
}

// onLine puts the line in front of an error's message.
func onLine(err error, line int) error {
	if e, ok := err.(*api.Error); ok && e != nil {
		c := *e
		c.Message = fmt.Sprintf("line %d: %s", line, e.Message)
		if c.Hint == "" {
			c.Hint = "put the line back as it was"
		}
		return &c
	}
	return nil
}
