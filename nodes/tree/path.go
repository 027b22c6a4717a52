package tree

import (
	"context"
	"slices"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// path returns where an open to-do is below its account's folder. Each step is
// a listing that a person who follows the link needs anyway.
func (a *Account) path(ctx context.Context, r *api.Record) (string, error) {
	v := &a.views.live
	projects := &projectsDir{v}
	name, i, err := nameOf(ctx, projects, func(i *records.Item) bool { return i.Ref().ID == r.Project })
	if err != nil {
		return "", err
	}
	path := "projects/" + name
	project := &projectDir{v, i}
	tools, err := project.Entries(ctx)
	if err != nil {
		return "", err
	}
	for _, e := range tools {
		set, ok := e.Node.(*todosDir)
		if !ok {
			continue
		}
		rest, err := set.find(ctx, r)
		if err == nil {
			return path + "/" + e.Name + "/" + rest, nil
		}
		if api.CodeOf(err) != api.NotFound {
			return "", err
		}
	}
	return "", absent(r.Title)
}

// find returns where a to-do is below a to-do set's folder.
func (d *todosDir) find(ctx context.Context, r *api.Record) (string, error) {
	is := func(i *records.Item) bool { return i.Ref().Is(r.Ref) }
	if r.Parent.ID == d.in.ID {
		name, _, err := nameOf(ctx, d.loose(), is)
		return name + textSuffix, err
	}
	parent := r.Parent
	name, list, err := nameOf(ctx, d.lists(), func(i *records.Item) bool { return i.Ref().ID == parent.ID })
	if err == nil {
		file, _, err := nameOf(ctx, &listDir{d.v, list}, is)
		return name + "/" + file + textSuffix, err
	}
	if api.CodeOf(err) != api.NotFound {
		return "", err
	}
	// Not a list of this set: a group of one.
	group, err := d.v.a.recs.Get(ctx, api.Ref{Kind: api.TodoGroup, Project: r.Project, ID: parent.ID})
	if err != nil {
		return "", err
	}
	outer := group.Record().Parent.ID
	name, list, err = nameOf(ctx, d.lists(), func(i *records.Item) bool { return i.Ref().ID == outer })
	if err != nil {
		return "", err
	}
	inner, _, err := nameOf(ctx, &listDir{d.v, list}, func(i *records.Item) bool { return i == group })
	if err != nil {
		return "", err
	}
	file, _, err := nameOf(ctx, &listDir{d.v, group}, is)
	return name + "/" + inner + "/" + file + textSuffix, err
}

// nameOf returns the name, without a suffix, of an item in a folder.
func nameOf(ctx context.Context, d listed, is func(*records.Item) bool) (string, *records.Item, error) {
	_, m, err := rollOf(ctx, d)
	if err != nil {
		return "", nil, err
	}
	n := slices.IndexFunc(m.items, is)
	if n < 0 {
		return "", nil, absent("the item")
	}
	return m.stems[n], m.items[n], nil
}
