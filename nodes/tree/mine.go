package tree

import (
	"context"
	"syscall"

	"basecampfs/api"
	"basecampfs/nodes/names"
)

// myDir is my/, what concerns the signed-in person.
type myDir struct{ a *Account }

func (d *myDir) Inode() uint64 { return d.a.fixed("my/") }

func (d *myDir) Attr(context.Context) (Attr, error) {
	return Attr{Mode: dirMode & noWrite, ModTime: d.a.tree.cfg.Born}, nil
}

func (d *myDir) Entries(context.Context) (Entries, error) {
	return Entries{entry("assignments", &assignmentsDir{d.a})}, nil
}

func (d *myDir) Lookup(ctx context.Context, name string) (Node, error) {
	return lookupFixed(ctx, d, name)
}

// assignmentsDir has a link to each to-do that is assigned to that person.
type assignmentsDir struct{ a *Account }

func (d *assignmentsDir) Inode() uint64 { return d.a.fixed("my/assignments/") }

func (d *assignmentsDir) Attr(context.Context) (Attr, error) {
	return Attr{Mode: dirMode & noWrite, ModTime: d.a.tree.cfg.Born}, nil
}

func (d *assignmentsDir) Entries(ctx context.Context) (Entries, error) {
	mine, err := d.a.recs.Assigned(ctx)
	if err != nil {
		return nil, err
	}
	var todos []*api.Record
	var claims []names.Claim
	for _, r := range mine {
		if r.Kind == api.Todo {
			todos = append(todos, r)
			claims = append(claims, names.Claim{ID: r.ID, Title: r.Title, Suffixes: []string{textSuffix}})
		}
	}
	var e Entries
	for n, stem := range names.Assign(claims) {
		e = append(e, Entry{stem + textSuffix, syscall.S_IFLNK, &assignment{d.a, todos[n]}})
	}
	return e.sort(), nil
}

func (d *assignmentsDir) Lookup(ctx context.Context, name string) (Node, error) {
	return lookupFixed(ctx, d, name)
}

// assignment is a link to a to-do, wherever it is.
type assignment struct {
	a *Account
	r *api.Record
}

func (l *assignment) Inode() uint64 { return inode(l.a.info, l.r.Ref, asLink) }

func (l *assignment) Attr(ctx context.Context) (Attr, error) {
	target, err := l.Target(ctx)
	if err != nil {
		return Attr{}, err
	}
	return Attr{Mode: linkMode, Size: int64(len(target)), ModTime: l.a.tree.cfg.Born}, nil
}

// Target is relative, so that it holds wherever the mount is.
func (l *assignment) Target(ctx context.Context) (string, error) {
	mine, err := l.a.recs.Assigned(ctx)
	if err != nil {
		return "", err
	}
	r := l.r
	for _, now := range mine { // it may have moved since the node was made
		if now.Is(l.r.Ref) {
			r = now
		}
	}
	p, err := l.a.path(ctx, r)
	if err != nil {
		return "", err
	}
	return "../../" + p, nil
}
