package checklist

import (
	"slices"

	"basecampfs/api"
	"basecampfs/nodes/text/diff"
)

// arrange plans the moves. Where things are is followed step by step, as the
// service will have them: what a Create makes is last, what is reopened is
// last, what is to be finished or trashed still has its place.
func (p *planner) arrange() error {
	now := map[int64][]int64{}
	for g, keys := range p.was {
		now[g] = slices.Clone(keys)
	}
	groups := []int64{0}
	for _, g := range p.targetOrder {
		groups = append(groups, g.key)
	}
	for _, g := range groups { // creates were planned list first, then group by group
		for _, v := range p.target[g] {
			if v.rec == nil && !v.closed {
				now[g] = append(now[g], v.key)
			}
		}
	}
	for _, g := range groups {
		for _, v := range p.target[g] {
			if v.rec != nil && v.rec.Completed && !v.done {
				now[v.from] = append(now[v.from], v.key)
			}
		}
	}
	for _, g := range groups {
		if err := p.arrangeTodos(g, now); err != nil {
			return err
		}
	}
	return p.arrangeGroups()
}

func (p *planner) arrangeTodos(g int64, now map[int64][]int64) error {
	var want []*item
	for _, v := range p.target[g] {
		switch {
		case !v.done:
			want = append(want, v)
		case v.to != v.from:
			// What is finished has no place of its own, only a group.
			if err := p.move(v, g, 0); err != nil {
				return err
			}
			now[v.from] = without(now[v.from], v.key)
		}
	}
	stays := staying(keysOf(want), now[g])
	before := int64(0)
	for _, v := range want {
		if !stays[v.key] {
			now[v.from] = without(now[v.from], v.key)
			at := slices.Index(now[g], before) + 1 // 0, the front, where there is none
			position := at + 1
			if at == len(now[g]) {
				position = 0
			}
			if err := p.move(v, g, position); err != nil {
				return err
			}
			now[g] = slices.Insert(now[g], at, v.key)
		}
		before = v.key
	}
	return nil
}

func (p *planner) arrangeGroups() error {
	now := slices.Clone(p.had)
	for _, g := range p.targetOrder {
		if g.rec == nil {
			now = append(now, g.key)
		}
	}
	stays := staying(keysOf(p.targetOrder), now)
	before := int64(0)
	for _, g := range p.targetOrder {
		if !stays[g.key] {
			now = without(now, g.key)
			at := slices.Index(now, before) + 1
			position := at + 1
			if at == len(now) {
				position = 0
			}
			if err := p.move(g, 0, position); err != nil {
				return err
			}
			now = slices.Insert(now, at, g.key)
		}
		before = g.key
	}
	return nil
}

// staying returns the most keys that are in the wanted order already.
func staying(want, now []int64) map[int64]bool {
	at := make(map[int64]int, len(now))
	for i, k := range now {
		at[k] = i
	}
	var places []int
	var keys []int64
	for _, k := range want {
		if i, ok := at[k]; ok {
			places = append(places, i)
			keys = append(keys, k)
		}
	}
	out := make(map[int64]bool, len(keys))
	for _, i := range diff.Rising(places) {
		out[keys[i]] = true
	}
	return out
}

func keysOf(vs []*item) []int64 {
	out := make([]int64, len(vs))
	for i, v := range vs {
		out[i] = v.key
	}
	return out
}

func without(keys []int64, k int64) []int64 {
	return slices.DeleteFunc(keys, func(o int64) bool { return o == k })
}

// move plans one move. Where a place cannot be chosen a new line is content
// with the one it gets.
func (p *planner) move(v *item, group int64, position int) error {
	kind := api.Todo
	if v.rec != nil {
		kind = v.ref.Kind
	} else if v.group {
		kind = api.TodoGroup
	}
	can := p.can(kind)
	within := v.from == v.to
	if within && !can.Move && !can.Update.Has(api.FieldPosition) || !within && !can.Move {
		if v.rec == nil {
			return nil
		}
		return onLine(can.Cannot("move"), v.line)
	}
	parent, inNew := p.parent(group)
	p.moves = append(p.moves, Step{Op: Move, Line: v.line, Ref: v.ref, Of: v.create, Parent: parent, InNew: inNew, Position: position})
	return nil
}
