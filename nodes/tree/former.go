package tree

import (
	"context"

	"basecampfs/nodes/records"
)

// A name that an item had before somebody changed its title goes on finding it:
// a program that still has it open must not make a second item. A rename by a
// program here is another matter: whoever moves a file away expects its name to
// be free.

type shownOnly struct{}

// withoutFormer returns a context under which a name that an item had before finds
// nothing: to put something else there must not replace that item.
func withoutFormer(ctx context.Context) context.Context {
	return context.WithValue(ctx, shownOnly{}, true)
}

func isWithoutFormer(ctx context.Context) bool { return ctx.Value(shownOnly{}) != nil }

// namings are the places that keep the names of a folder's items.
func (t *Tree) namings(d Dir) []*place {
	if s, ok := d.(*todosDir); ok {
		return []*place{t.place(s.lists().Inode()), t.place(s.loose().Inode())}
	}
	return []*place{t.place(d.Inode())}
}

// left notes that an item was moved out of a folder: no name finds it there.
func (t *Tree) left(d Dir, i *records.Item) {
	for _, p := range t.namings(d) {
		p.mu.Lock()
		if p.own.left == nil {
			p.own.left = map[*records.Item]bool{}
		}
		p.own.left[i] = true
		for was, x := range p.former {
			if x == i {
				delete(p.former, was)
			}
		}
		p.mu.Unlock()
	}
}

// freed notes that an item was given another name by a program here.
func (t *Tree) freed(d Dir, stem string, i *records.Item) {
	for _, p := range t.namings(d) {
		p.mu.Lock()
		if p.own.freed == nil {
			p.own.freed = map[string]*records.Item{}
		}
		p.own.freed[stem] = i
		if p.former[stem] == i {
			delete(p.former, stem)
		}
		p.mu.Unlock()
	}
}

// called makes a name find an item although its folder may give it another one.
func (t *Tree) called(d Dir, stem string, i *records.Item) {
	for _, p := range t.namings(d) {
		p.mu.Lock()
		if p.former == nil {
			p.former = map[string]*records.Item{}
		}
		p.former[stem] = i
		delete(p.own.left, i)
		delete(p.own.freed, stem)
		p.mu.Unlock()
	}
}
