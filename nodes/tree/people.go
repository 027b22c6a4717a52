package tree

import (
	"context"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// peopleDir is the folder of an account's people.
type peopleDir struct{ v *view }

func (d *peopleDir) Inode() uint64 { return d.v.a.fixed("people/") }
func (d *peopleDir) view() *view   { return d.v }

func (d *peopleDir) fixed() Entries {
	if d.v.a.tree.cfg.JSON == JSONNone {
		return nil
	}
	return Entries{entry("people.json", d.json())}
}

func (d *peopleDir) Attr(ctx context.Context) (Attr, error) {
	c, err := d.contents(ctx)
	if err != nil {
		return Attr{}, err
	}
	return Attr{Mode: dirMode & noWrite, ModTime: c.newest(d.v.a.tree.cfg.Born)}, nil
}

func (d *peopleDir) contents(ctx context.Context) (contents, error) {
	l, err := d.v.list(ctx, api.Query{Kind: api.Person})
	return contents{from: []*records.Listing{l}}, err
}

func (d *peopleDir) Entries(ctx context.Context) (Entries, error) { return entriesOf(ctx, d) }

func (d *peopleDir) Lookup(ctx context.Context, name string) (Node, error) {
	if name == "people.json" {
		return d.json(), nil
	}
	return lookupIn(ctx, d, name)
}

// json is everybody as the service sent them.
func (d *peopleDir) json() *madeFile {
	return &madeFile{inode: d.v.a.fixed("people.json"), mode: fileMode & noWrite, make: func(ctx context.Context) ([]byte, time.Time, error) {
		c, err := d.contents(ctx)
		if err != nil {
			return nil, time.Time{}, err
		}
		b, err := d.v.a.rawList(ctx, c.items())
		return b, c.newest(d.v.a.tree.cfg.Born), err
	}}
}
