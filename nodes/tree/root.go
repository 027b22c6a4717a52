package tree

import (
	"context"
	_ "embed"
	"encoding/json"
	"time"

	"basecampfs/api"
)

//go:embed readme.md
var readme []byte

// rootDir is the folder that is mounted: the identity's accounts.
type rootDir struct{ t *Tree }

func (d *rootDir) Inode() uint64 { return 1 }

func (d *rootDir) Attr(context.Context) (Attr, error) {
	return Attr{Mode: dirMode & noWrite, ModTime: d.t.cfg.Born}, nil
}

func (d *rootDir) Entries(context.Context) (Entries, error) {
	e := Entries{
		entry("README.md", d.t.static("README.md", func() []byte { return readme })),
		entry(stateName, &stateDir{d.t}),
	}
	if d.t.cfg.JSON != JSONNone {
		e = append(e, entry("accounts.json", d.t.static("accounts.json", d.accounts)))
	}
	for _, a := range d.t.accounts {
		e = append(e, entry(a.name, &accountDir{a}))
	}
	return e.sort(), nil
}

func (d *rootDir) Lookup(ctx context.Context, name string) (Node, error) {
	if name == "accounts.json" {
		return d.t.static(name, d.accounts), nil
	}
	return lookupFixed(ctx, d, name)
}

// accounts is the content of accounts.json.
func (d *rootDir) accounts() []byte {
	type mounted struct {
		api.AccountInfo
		Folder string `json:"folder,omitempty"`
		Reason string `json:"reason,omitempty"`
	}
	out := []mounted{}
	for _, a := range d.t.accounts {
		out = append(out, mounted{AccountInfo: a.info, Folder: a.name})
	}
	for _, u := range d.t.cfg.Unmountable {
		out = append(out, mounted{AccountInfo: u.AccountInfo, Reason: u.Reason})
	}
	return pretty(out)
}

// pretty is JSON for people and jq alike.
func pretty(v any) []byte {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil { // nothing here holds what JSON cannot
		panic(err)
	}
	return append(b, '\n')
}

func entry(name string, n Node) Entry { return Entry{name, typeOf(n), n} }

// lookupFixed finds a name among a folder's entries.
func lookupFixed(ctx context.Context, d Dir, name string) (Node, error) {
	entries, err := d.Entries(ctx)
	if err != nil {
		return nil, err
	}
	if e, ok := entries.Find(name); ok {
		return e.Node, nil
	}
	return nil, absent(name)
}

// static returns a file of the root whose bytes the mount makes itself.
func (t *Tree) static(name string, bytes func() []byte) *madeFile {
	return &madeFile{
		inode: fixedInode(name),
		mode:  fileMode & noWrite,
		make:  func(context.Context) ([]byte, time.Time, error) { return bytes(), t.cfg.Born, nil },
	}
}
