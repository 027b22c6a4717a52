package tree

import (
	"context"
	"strings"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// todosDir is the folder of a to-do set: its lists, and the to-dos that are in
// none of them. The latter are asked for only where a name could be theirs:
// they are expensive to find.
type todosDir struct {
	v       *view
	in      api.Ref
	project *records.Item
}

func (d *todosDir) Inode() uint64 { return inode(d.v.a.info, d.in, asFolder) }

func (d *todosDir) Attr(ctx context.Context) (Attr, error) {
	t, err := d.time(ctx)
	return Attr{Mode: d.v.dirMode(d.v.a.recs.Can(api.TodoList).Create), ModTime: t}, err
}

func (d *todosDir) time(ctx context.Context) (time.Time, error) {
	c, err := d.lists().contents(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return c.newest(d.project.Record().UpdatedAt), nil
}

func (d *todosDir) Entries(ctx context.Context) (Entries, error) {
	lists, err := d.lists().Entries(ctx)
	if err != nil {
		return nil, err
	}
	loose, err := d.loose().Entries(ctx)
	if err != nil {
		return nil, err
	}
	return append(append(Entries(nil), lists...), loose...).sort(), nil
}

func (d *todosDir) Lookup(ctx context.Context, name string) (Node, error) {
	n, err := d.lists().Lookup(ctx, name)
	if api.CodeOf(err) != api.NotFound {
		return n, err
	}
	for _, s := range itemSuffixes {
		if strings.HasSuffix(name, s) {
			return d.loose().Lookup(ctx, name)
		}
	}
	return nil, err
}

func (d *todosDir) lists() *setDir { return &setDir{todosDir: d, kind: api.TodoList} }
func (d *todosDir) loose() *setDir { return &setDir{todosDir: d, kind: api.Todo} }

// setDir is one half of a todosDir: the lists or the loose to-dos.
type setDir struct {
	*todosDir
	kind api.Kind
}

func (d *setDir) Inode() uint64  { return inode(d.v.a.info, d.in, facet(d.kind)) }
func (d *setDir) view() *view    { return d.v }
func (d *setDir) fixed() Entries { return nil }

func (d *setDir) contents(ctx context.Context) (contents, error) {
	return d.v.within(ctx, d.in, d.kind)
}

func (d *setDir) Entries(ctx context.Context) (Entries, error) { return entriesOf(ctx, d) }

func (d *setDir) Lookup(ctx context.Context, name string) (Node, error) {
	return lookupIn(ctx, d, name)
}
