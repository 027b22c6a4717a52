package tree

import (
	"context"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// trashDir is what was trashed in a project: each thing once, not again what
// went with the list or the item that held it.
type trashDir struct {
	v       *view // of what is trashed
	project *records.Item
}

// trashable are the kinds whose items show in a project's trash.
var trashable = []api.Kind{api.TodoList, api.TodoGroup, api.Todo, api.Message, api.Document}

func (d *trashDir) Inode() uint64  { return inode(d.v.a.info, d.project.Ref(), asTrash) }
func (d *trashDir) view() *view    { return d.v }
func (d *trashDir) fixed() Entries { return nil }

func (d *trashDir) Attr(ctx context.Context) (Attr, error) {
	c, err := d.contents(ctx)
	if err != nil {
		return Attr{}, err
	}
	return Attr{Mode: dirMode & noWrite, ModTime: c.newest(d.project.Record().UpdatedAt)}, nil
}

func (d *trashDir) contents(ctx context.Context) (contents, error) {
	var queries []api.Query
	for _, k := range trashable {
		if d.v.a.recs.Can(k).Bulk {
			queries = append(queries, api.Query{Kind: k, Project: d.project.Ref().ID, State: api.TrashedState})
		}
	}
	c, err := d.v.all(ctx, queries...)
	if err != nil {
		return c, err
	}
	gone := map[int64]bool{} // ids are an account's, whatever the kind
	for _, l := range c.from {
		for _, i := range l.Items {
			gone[i.Ref().ID] = true
		}
	}
	c.pick = func(i *records.Item) bool { return !gone[i.Record().Parent.ID] }
	return c, nil
}

func (d *trashDir) Entries(ctx context.Context) (Entries, error) { return entriesOf(ctx, d) }

func (d *trashDir) Lookup(ctx context.Context, name string) (Node, error) {
	return lookupIn(ctx, d, name)
}
