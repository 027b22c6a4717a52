package tree

import (
	"context"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/cespare/xxhash/v2"

	"basecampfs/api"
	"basecampfs/cache/blobs"
	"basecampfs/nodes/names"
	"basecampfs/nodes/records"
)

// filesDir is the folder of the files embedded in an item's text.
type filesDir struct {
	v *view
	i *records.Item
}

func (d *filesDir) Inode() uint64 { return inode(d.v.a.info, d.i.Ref(), asFiles) }

func (d *filesDir) Attr(context.Context) (Attr, error) {
	return Attr{Mode: dirMode & noWrite, ModTime: d.i.Record().UpdatedAt}, nil
}

func (d *filesDir) Entries(context.Context) (Entries, error) {
	files := d.i.Record().Files
	claims := make([]names.Claim, len(files))
	for n, f := range files {
		ext := extensionOf(f.Name)
		claims[n] = names.Claim{ID: fileID(f, n), Title: strings.TrimSuffix(f.Name, ext), Suffixes: []string{ext}}
	}
	var e Entries
	for n, stem := range names.Assign(claims) {
		e = append(e, entry(stem+claims[n].Suffixes[0], &blobFile{d.v, d.i, files[n], fileID(files[n], n)}))
	}
	return e.sort(), nil
}

func (d *filesDir) Lookup(ctx context.Context, name string) (Node, error) {
	return lookupFixed(ctx, d, name)
}

// extensionOf is the part of a file's name that has to stay at its end when
// the rest is cut or numbered: a dot and a few letters, or nothing.
func extensionOf(name string) string {
	ext := path.Ext(name)
	if len(ext) > 16 || strings.ContainsFunc(ext, func(r rune) bool { return r < '.' || r == '/' || r > 'z' }) {
		return ""
	}
	return ext
}

// fileID tells files of one item apart. Some have no id of their own: their
// place among the others is then all there is.
func fileID(f api.File, n int) int64 {
	if f.ID != 0 {
		return f.ID
	}
	return int64(n + 1)
}

// blobFile is a file as it was uploaded.
type blobFile struct {
	v  *view
	i  *records.Item
	f  api.File
	id int64
}

func (f *blobFile) Inode() uint64 {
	return inode(f.v.a.info, f.i.Ref(), facet("file/"+strconv.FormatInt(f.id, 10)))
}

func (f *blobFile) Attr(ctx context.Context) (Attr, error) {
	n, err := f.v.a.blobSize(ctx, f.f)
	return Attr{Mode: fileMode & noWrite, Size: n, ModTime: f.i.Record().UpdatedAt}, err
}

func (f *blobFile) Open(ctx context.Context) (Content, error) { return f.v.a.blob(ctx, f.f) }

// upload is an upload of a project's docs: its file, under its name.
type upload struct {
	v *view
	i *records.Item
}

func (f *upload) Inode() uint64 { return inode(f.v.a.info, f.i.Ref(), asFolder) }

func (f *upload) Attr(ctx context.Context) (Attr, error) {
	r := f.i.Record()
	a := Attr{Mode: fileMode & noWrite, ModTime: r.UpdatedAt}
	if len(r.Files) == 0 { // a linked cloud file has no bytes here
		return a, nil
	}
	var err error
	a.Size, err = f.v.a.blobSize(ctx, r.Files[0])
	return a, err
}

func (f *upload) Open(ctx context.Context) (Content, error) {
	r := f.i.Record()
	if len(r.Files) == 0 || r.Files[0].URL == "" {
		return NewText(nil), nil
	}
	return f.v.a.blob(ctx, r.Files[0])
}

func blobKey(info api.AccountInfo, f api.File) string {
	return fmt.Sprintf("%s/%d/%d/%016x", info.Product, info.ID, f.ID, xxhash.Sum64String(f.URL))
}

// blobSize is the length of a file: what the service says, or, where it does
// not, what was fetched. It is never guessed.
func (a *Account) blobSize(ctx context.Context, f api.File) (int64, error) {
	if f.URL == "" {
		return 0, nil
	}
	if n, ok := a.tree.cfg.Blobs.Size(blobKey(a.info, f)); ok {
		return n, nil
	}
	if f.Size >= 0 {
		return f.Size, nil
	}
	b, err := a.blob(ctx, f)
	if err != nil {
		return 0, err
	}
	defer b.Close()
	return b.Size(), nil
}

// blob returns the bytes of a file, which must be as many as were announced.
func (a *Account) blob(ctx context.Context, f api.File) (Content, error) {
	if records.IsCachedOnly(ctx) {
		return nil, records.ErrNotCached
	}
	key := blobKey(a.info, f)
	b, err := a.tree.cfg.Blobs.Fetch(ctx, key, func(ctx context.Context) (io.ReadCloser, error) { return a.recs.Open(ctx, f) })
	if err != nil {
		return nil, err
	}
	if f.Size >= 0 && b.Size() != f.Size {
		_ = b.Close()
		return nil, api.Errorf(api.Malformed, "%s has %d bytes, and %d were announced", f.Name, b.Size(), f.Size)
	}
	return blobContent{b, xxhash.Sum64String(key)}, nil
}

type blobContent struct {
	*blobs.Blob
	version uint64
}

func (c blobContent) Version() uint64 { return c.version }
