package tree

import (
	"bytes"
	"context"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// itemFile is an item as text.
type itemFile struct {
	v *view
	i *records.Item
}

func (f *itemFile) Inode() uint64 { return inode(f.v.a.info, f.i.Ref(), asText) }

func (f *itemFile) Attr(ctx context.Context) (Attr, error) {
	who, err := f.v.a.people(ctx)
	if err != nil {
		return Attr{}, err
	}
	size := f.i.Size(who.number, func(r *api.Record) []byte { return f.v.render(r, who) })
	return Attr{Mode: f.v.fileMode(f.i.Ref().Kind), Size: size, ModTime: f.i.Time()}, nil
}

// fileMode says whether an item's text can be changed.
func (v *view) fileMode(k api.Kind) uint32 {
	if !v.live() || v.a.recs.Can(k).Update == 0 {
		return fileMode & noWrite
	}
	return fileMode
}

func (f *itemFile) Open(ctx context.Context) (Content, error) {
	who, err := f.v.a.people(ctx)
	if err != nil {
		return nil, err
	}
	r, seq := f.i.Version()
	return &lazy{
		version: seq<<32 | uint64(who.number),
		size:    func() int64 { return int64(len(f.v.render(r, who))) },
		make:    func() []byte { return f.v.render(r, who) },
	}, nil
}

// jsonFile is an item as the service sent it.
type jsonFile struct {
	v *view
	i *records.Item
}

func (f *jsonFile) Inode() uint64 { return inode(f.v.a.info, f.i.Ref(), asJSON) }

func (f *jsonFile) Attr(context.Context) (Attr, error) {
	r := f.i.Record()
	return Attr{Mode: fileMode & noWrite, Size: int64(len(rawLine(r))), ModTime: r.UpdatedAt}, nil
}

func (f *jsonFile) Open(context.Context) (Content, error) {
	return NewText(rawLine(f.i.Record())), nil
}

// rawLine is a record's JSON with a line's end.
func rawLine(r *api.Record) []byte {
	b := bytes.TrimSpace(r.Raw)
	return append(b[:len(b):len(b)], '\n')
}

// listJSONFile is a list with everything in it as the service sent it.
type listJSONFile struct {
	v *view
	i *records.Item
}

func (f *listJSONFile) Inode() uint64 { return inode(f.v.a.info, f.i.Ref(), asListJSON) }

func (f *listJSONFile) Attr(ctx context.Context) (Attr, error) {
	b, t, err := f.make(ctx)
	return Attr{Mode: fileMode & noWrite, Size: int64(len(b)), ModTime: t}, err
}

func (f *listJSONFile) Open(ctx context.Context) (Content, error) {
	b, _, err := f.make(ctx)
	if err != nil {
		return nil, err
	}
	return NewText(b), nil
}

func (f *listJSONFile) make(ctx context.Context) ([]byte, time.Time, error) {
	sections, err := f.v.sections(ctx, f.i)
	if err != nil {
		return nil, time.Time{}, err
	}
	t := f.i.Record().UpdatedAt
	for _, s := range sections {
		t = newest(t, s.list.Record().UpdatedAt)
		for _, i := range s.todos {
			t = newest(t, i.Record().UpdatedAt)
		}
	}
	return rawSections(sections), t, nil
}
