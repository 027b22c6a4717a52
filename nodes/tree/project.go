package tree

import (
	"context"
	"strconv"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// projectDir is the folder of a project: its text and the tools of its dock.
type projectDir struct {
	v *view
	i *records.Item
}

func (d *projectDir) Inode() uint64 { return inode(d.v.a.info, d.i.Ref(), asFolder) }

func (d *projectDir) Attr(context.Context) (Attr, error) {
	return Attr{Mode: dirMode & noWrite, ModTime: d.i.Record().UpdatedAt}, nil
}

// projectName is the file of a project's name and description.
const projectName = "project.md"

// toolNames are the folders of tools by kind. A kind without one has no folder.
var toolNames = map[api.Kind]string{
	api.TodoSet:      "todos",
	api.MessageBoard: "messages",
	api.Vault:        "docs",
	api.Schedule:     "schedule",
	api.Inbox:        "forwards",
}

func (d *projectDir) Entries(context.Context) (Entries, error) {
	e := Entries{entry(projectName, &itemFile{d.v, d.i})}
	if d.v.a.tree.cfg.JSON != JSONNone {
		e = append(e, entry("project.json", &jsonFile{d.v, d.i}))
	}
	if d.v.state == api.Any {
		e = append(e, entry("trash", &trashDir{&d.v.a.views.trashed, d.i}))
	}
	seen := map[string]bool{}
	for _, t := range d.i.Record().Tools {
		name := toolNames[t.Kind]
		if name == "" || !t.Enabled {
			continue
		}
		if seen[name] { // a dock can hold several tools of a kind
			name += " (" + strconv.FormatInt(t.ID, 10) + ")"
		}
		seen[name] = true
		e = append(e, entry(name, d.v.tool(t.Ref, d.i)))
	}
	return e.sort(), nil
}

func (d *projectDir) Lookup(ctx context.Context, name string) (Node, error) {
	if name == "project.json" {
		return &jsonFile{d.v, d.i}, nil
	}
	return lookupFixed(ctx, d, name)
}

// tool returns the folder of a tool of a project's dock.
func (v *view) tool(r api.Ref, project *records.Item) Dir {
	switch r.Kind {
	case api.TodoSet:
		return &todosDir{v, r, project}
	case api.MessageBoard:
		return &toolDir{v, r, project, []api.Kind{api.Message}}
	case api.Vault:
		return &toolDir{v, r, project, []api.Kind{api.Vault, api.Document, api.Upload}}
	case api.Schedule:
		return &toolDir{v, r, project, []api.Kind{api.ScheduleEntry}}
	default:
		return &toolDir{v, r, project, []api.Kind{api.Forward}}
	}
}

// toolDir is the folder of a tool whose items are directly in it.
type toolDir struct {
	v       *view
	in      api.Ref
	project *records.Item
	kinds   []api.Kind
}

func (d *toolDir) Inode() uint64  { return inode(d.v.a.info, d.in, asFolder) }
func (d *toolDir) view() *view    { return d.v }
func (d *toolDir) fixed() Entries { return nil }

func (d *toolDir) Attr(ctx context.Context) (Attr, error) {
	c, err := d.contents(ctx)
	if err != nil {
		return Attr{}, err
	}
	return Attr{Mode: d.v.dirMode(d.v.a.recs.Can(d.kinds[len(d.kinds)-1]).Create), ModTime: c.newest(d.project.Record().UpdatedAt)}, nil
}

func (d *toolDir) contents(ctx context.Context) (contents, error) {
	return d.v.within(ctx, d.in, d.kinds...)
}

func (d *toolDir) Entries(ctx context.Context) (Entries, error) { return entriesOf(ctx, d) }

func (d *toolDir) Lookup(ctx context.Context, name string) (Node, error) {
	return lookupIn(ctx, d, name)
}

// vaultDir is a folder of documents and uploads within another.
type vaultDir struct {
	v *view
	i *records.Item
}

func (d *vaultDir) Inode() uint64  { return inode(d.v.a.info, d.i.Ref(), asFolder) }
func (d *vaultDir) view() *view    { return d.v }
func (d *vaultDir) fixed() Entries { return nil }

func (d *vaultDir) Attr(ctx context.Context) (Attr, error) {
	c, err := d.contents(ctx)
	if err != nil {
		return Attr{}, err
	}
	return Attr{Mode: d.v.dirMode(d.v.a.recs.Can(api.Document).Create), ModTime: c.newest(d.i.Record().UpdatedAt)}, nil
}

func (d *vaultDir) contents(ctx context.Context) (contents, error) {
	return d.v.within(ctx, d.i.Ref(), api.Vault, api.Document, api.Upload)
}

func (d *vaultDir) Entries(ctx context.Context) (Entries, error) { return entriesOf(ctx, d) }

func (d *vaultDir) Lookup(ctx context.Context, name string) (Node, error) {
	return lookupIn(ctx, d, name)
}
