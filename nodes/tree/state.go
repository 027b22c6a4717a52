package tree

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// stateName is the folder in which the mount speaks of itself.
const stateName = ".basecampfs"

// stateDir is that folder.
type stateDir struct{ t *Tree }

func (d *stateDir) Inode() uint64 { return fixedInode(stateName) }

func (d *stateDir) Attr(context.Context) (Attr, error) {
	return Attr{Mode: dirMode & noWrite, ModTime: d.t.cfg.Born}, nil
}

func (d *stateDir) Entries(context.Context) (Entries, error) {
	return Entries{
		entry("errors.log", &diskFile{d.t, d.t.cfg.Log.path, fileMode & noWrite}),
		entry("rejected", &rejectedDir{d.t}),
		entry("status.json", d.t.status("status.json")),
	}, nil
}

func (d *stateDir) Lookup(ctx context.Context, name string) (Node, error) {
	if name == "stats.json" {
		return d.t.status(name), nil
	}
	return lookupFixed(ctx, d, name)
}

// status returns status.json, which says the same as long as nothing is odd so
// that a backup of the mount does not change, or stats.json, which counts.
func (t *Tree) status(name string) *madeFile {
	return &madeFile{inode: fixedInode(stateName + "/" + name), mode: fileMode & noWrite, volatile: true, make: func(context.Context) ([]byte, time.Time, error) {
		if name == "stats.json" {
			return pretty(t.cfg.Stats()), t.cfg.Born, nil
		}
		return pretty(t.Status()), t.cfg.Born, nil
	}}
}

// diskFile is a file of the mount's own that is kept on disk.
type diskFile struct {
	t    *Tree
	path string
	mode uint32
}

func (f *diskFile) Volatile() bool { return true }

func (f *diskFile) Inode() uint64 { return fixedInode(f.path) }

func (f *diskFile) Attr(context.Context) (Attr, error) {
	st, err := os.Stat(f.path)
	if err != nil {
		return Attr{}, absent(filepath.Base(f.path))
	}
	return Attr{Mode: f.mode, Size: st.Size(), ModTime: st.ModTime()}, nil
}

func (f *diskFile) Open(context.Context) (Content, error) {
	b, err := os.ReadFile(f.path)
	if err != nil {
		return nil, absent(filepath.Base(f.path))
	}
	return NewText(b), nil
}

// rejectedDir shows the texts that could not be saved, as they were written.
type rejectedDir struct{ t *Tree }

func (d *rejectedDir) Inode() uint64 { return fixedInode(stateName + "/rejected") }

func (d *rejectedDir) Attr(context.Context) (Attr, error) {
	a := Attr{Mode: dirMode, ModTime: d.t.cfg.Born}
	if st, err := os.Stat(d.t.cfg.RejectedDir); err == nil {
		a.ModTime = st.ModTime()
	}
	return a, nil
}

func (d *rejectedDir) Entries(context.Context) (Entries, error) {
	files, err := os.ReadDir(d.t.cfg.RejectedDir)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	var e Entries
	for _, f := range files {
		if f.Type().IsRegular() {
			e = append(e, entry(f.Name(), d.file(f.Name())))
		}
	}
	return e.sort(), nil
}

func (d *rejectedDir) file(name string) *diskFile {
	return &diskFile{d.t, filepath.Join(d.t.cfg.RejectedDir, name), fileMode}
}

func (d *rejectedDir) Lookup(ctx context.Context, name string) (Node, error) {
	return lookupFixed(ctx, d, name)
}

// Remove deletes a rejected text, once somebody has dealt with it.
func (d *rejectedDir) Remove(_ context.Context, name string) error {
	if err := os.Remove(filepath.Join(d.t.cfg.RejectedDir, filepath.Base(name))); err != nil {
		return absent(name)
	}
	return nil
}
