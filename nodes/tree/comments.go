package tree

import (
	"context"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// commentsDir is the folder of the comments on an item.
type commentsDir struct {
	v *view
	i *records.Item
}

func (d *commentsDir) Inode() uint64  { return inode(d.v.a.info, d.i.Ref(), asComments) }
func (d *commentsDir) view() *view    { return d.v }
func (d *commentsDir) fixed() Entries { return nil }

func (d *commentsDir) Attr(ctx context.Context) (Attr, error) {
	c, err := d.contents(ctx)
	if err != nil {
		return Attr{}, err
	}
	return Attr{Mode: d.v.dirMode(d.v.a.recs.Can(api.Comment).Create), ModTime: c.newest(d.i.Record().UpdatedAt)}, nil
}

func (d *commentsDir) contents(ctx context.Context) (contents, error) {
	if d.i.Record().Comments == 0 { // said by the item, which need not be asked twice
		return contents{}, nil
	}
	l, err := d.v.list(ctx, api.Query{Kind: api.Comment, In: d.i.Ref(), State: d.v.state})
	return contents{from: []*records.Listing{l}}, err
}

func (d *commentsDir) Entries(ctx context.Context) (Entries, error) { return entriesOf(ctx, d) }

func (d *commentsDir) Lookup(ctx context.Context, name string) (Node, error) {
	return lookupIn(ctx, d, name)
}
