package tree

import (
	"context"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// listDir is the folder of a to-do list or of a group in one: its open to-dos,
// its groups, and the whole list as a checklist.
type listDir struct {
	v *view
	i *records.Item
}

func (d *listDir) Inode() uint64 { return inode(d.v.a.info, d.i.Ref(), asFolder) }
func (d *listDir) view() *view   { return d.v }

func (d *listDir) Attr(ctx context.Context) (Attr, error) {
	c, err := d.contents(ctx)
	if err != nil {
		return Attr{}, err
	}
	return Attr{Mode: d.v.dirMode(d.v.a.recs.Can(api.Todo).Create), ModTime: c.newest(d.i.Record().UpdatedAt)}, nil
}

const (
	checklistName = "todolist.md"
	listJSONName  = "todolist.json"
	completedName = "completed"
)

// Derived are the names of files that are made from what else is in their
// folder and below.
var Derived = []string{checklistName, listJSONName}

func (d *listDir) fixed() Entries {
	e := Entries{
		entry(completedName, &completedDir{d.v, d.i}),
		entry(checklistName, &checklistFile{d.v, d.i}),
	}
	if d.v.a.tree.cfg.JSON != JSONNone {
		e = append(e, entry(listJSONName, &listJSONFile{d.v, d.i}))
	}
	return e.sort()
}

func (d *listDir) contents(ctx context.Context) (contents, error) {
	kinds := []api.Kind{api.Todo}
	if d.i.Ref().Kind == api.TodoList {
		kinds = append(kinds, api.TodoGroup)
	}
	c, err := d.v.within(ctx, d.i.Ref(), kinds...)
	c.pick = func(i *records.Item) bool { return !i.Record().Completed || i.Ref().Kind != api.Todo }
	return c, err
}

func (d *listDir) Entries(ctx context.Context) (Entries, error) { return entriesOf(ctx, d) }

func (d *listDir) Lookup(ctx context.Context, name string) (Node, error) {
	if name == listJSONName {
		return &listJSONFile{d.v, d.i}, nil
	}
	return lookupIn(ctx, d, name)
}

// completedDir is the folder of a list's finished to-dos.
type completedDir struct {
	v *view
	i *records.Item
}

func (d *completedDir) Inode() uint64  { return inode(d.v.a.info, d.i.Ref(), asCompleted) }
func (d *completedDir) view() *view    { return d.v }
func (d *completedDir) fixed() Entries { return nil }

func (d *completedDir) Attr(ctx context.Context) (Attr, error) {
	c, err := d.contents(ctx)
	if err != nil {
		return Attr{}, err
	}
	can := d.v.a.recs.Can(api.Todo).Update.Has(api.FieldCompleted)
	return Attr{Mode: d.v.dirMode(can), ModTime: c.newest(d.i.Record().UpdatedAt)}, nil
}

func (d *completedDir) contents(ctx context.Context) (contents, error) {
	s := d.v.state
	if s == api.Any {
		s = api.Completed
	}
	c, err := d.v.all(ctx, api.Query{Kind: api.Todo, In: d.i.Ref(), State: s})
	c.pick = func(i *records.Item) bool { return i.Record().Completed }
	return c, err
}

func (d *completedDir) Entries(ctx context.Context) (Entries, error) { return entriesOf(ctx, d) }

func (d *completedDir) Lookup(ctx context.Context, name string) (Node, error) {
	return lookupIn(ctx, d, name)
}

// section is a list, or a group of one, with its to-dos: open ones first.
type section struct {
	list  *records.Item
	todos []*records.Item
}

// sections returns everything in a list: itself, then its groups.
func (v *view) sections(ctx context.Context, list *records.Item) ([]section, error) {
	s, groups, err := v.section(ctx, list)
	if err != nil {
		return nil, err
	}
	out := []section{s}
	for _, g := range groups {
		s, _, err := v.section(ctx, g)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (v *view) section(ctx context.Context, list *records.Item) (section, []*records.Item, error) {
	c, err := (&listDir{v, list}).contents(ctx)
	if err != nil {
		return section{}, nil, err
	}
	done, err := (&completedDir{v, list}).contents(ctx)
	if err != nil {
		return section{}, nil, err
	}
	s := section{list: list}
	var groups []*records.Item
	for _, i := range append(c.items(), done.items()...) {
		if i.Ref().Kind == api.TodoGroup {
			groups = append(groups, i)
		} else {
			s.todos = append(s.todos, i)
		}
	}
	return s, groups, nil
}
