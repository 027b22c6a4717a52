package tree

import (
	"context"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// accountDir is the folder of one account.
type accountDir struct{ a *Account }

func (d *accountDir) Inode() uint64 { return d.a.fixed("/") }

func (d *accountDir) Attr(ctx context.Context) (Attr, error) {
	t, err := d.a.projectsTime(ctx, api.Any)
	return Attr{Mode: dirMode & noWrite, ModTime: t}, err
}

func (d *accountDir) Entries(context.Context) (Entries, error) {
	v := &d.a.views.live
	e := Entries{
		entry("archived", &projectsDir{&d.a.views.archived}),
		entry("my", &myDir{d.a}),
		entry("people", &peopleDir{v}),
		entry("projects", &projectsDir{v}),
	}
	if d.a.tree.cfg.JSON != JSONNone {
		e = append(e, entry("account.json", d.json()))
	}
	return e.sort(), nil
}

func (d *accountDir) Lookup(ctx context.Context, name string) (Node, error) {
	if name == "account.json" {
		return d.json(), nil
	}
	return lookupFixed(ctx, d, name)
}

func (d *accountDir) json() *madeFile {
	return &madeFile{inode: d.a.fixed("account.json"), mode: fileMode & noWrite, make: func(context.Context) ([]byte, time.Time, error) {
		return pretty(d.a.info), d.a.tree.cfg.Born, nil
	}}
}

// projectsTime is the time of the newest project in a state.
func (a *Account) projectsTime(ctx context.Context, s api.State) (time.Time, error) {
	l, err := a.recs.List(ctx, api.Query{Kind: api.Project, State: s})
	if err != nil {
		return time.Time{}, err
	}
	return contents{from: []*records.Listing{l}}.newest(a.tree.cfg.Born), nil
}

// projectsDir is projects/ or archived/.
type projectsDir struct{ v *view }

func (d *projectsDir) Inode() uint64  { return d.v.a.fixed("projects/" + string(d.v.state)) }
func (d *projectsDir) view() *view    { return d.v }
func (d *projectsDir) fixed() Entries { return nil }

func (d *projectsDir) Attr(ctx context.Context) (Attr, error) {
	t, err := d.v.a.projectsTime(ctx, d.v.state)
	return Attr{Mode: d.v.dirMode(d.v.a.recs.Can(api.Project).Create), ModTime: t}, err
}

func (d *projectsDir) contents(ctx context.Context) (contents, error) {
	l, err := d.v.list(ctx, api.Query{Kind: api.Project, State: d.v.state})
	return contents{from: []*records.Listing{l}}, err
}

func (d *projectsDir) Entries(ctx context.Context) (Entries, error) { return entriesOf(ctx, d) }

func (d *projectsDir) Lookup(ctx context.Context, name string) (Node, error) {
	return lookupIn(ctx, d, name)
}

// dirMode is the mode of a folder in which something can be made, or not.
func (v *view) dirMode(writable bool) uint32 {
	if !v.live() || !writable {
		return dirMode & noWrite
	}
	return dirMode
}
