package tree

import (
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
	return Attr{Mode: f.v.fileMode(f.i.Ref().Kind), Size: size, ModTime: f.v.a.timeOf(f.i)}, nil
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
	return Attr{Mode: fileMode & noWrite, Size: f.i.RawSize() + 1, ModTime: f.i.Record().UpdatedAt}, nil
}

func (f *jsonFile) Open(ctx context.Context) (Content, error) {
	b, err := f.v.a.recs.Raw(ctx, f.i)
	if err != nil {
		return nil, err
	}
	return NewText(append(b[:len(b):len(b)], '\n')), nil
}

// listJSONFile is a list with everything in it as the service sent it.
type listJSONFile struct {
	v *view
	i *records.Item
}

func (f *listJSONFile) Inode() uint64 { return inode(f.v.a.info, f.i.Ref(), asListJSON) }

func (f *listJSONFile) Attr(ctx context.Context) (Attr, error) {
	sections, err := f.v.sections(ctx, f.i)
	if err != nil {
		return Attr{}, err
	}
	return Attr{Mode: fileMode & noWrite, Size: rawSize(sections), ModTime: newestOf(f.i, sections)}, nil
}

func (f *listJSONFile) Open(ctx context.Context) (Content, error) {
	sections, err := f.v.sections(ctx, f.i)
	if err != nil {
		return nil, err
	}
	b, err := f.v.a.rawSections(ctx, sections)
	if err != nil {
		return nil, err
	}
	return NewText(b), nil
}

// newestOf is the time of what is newest in a list.
func newestOf(list *records.Item, sections []section) time.Time {
	t := list.Record().UpdatedAt
	for _, s := range sections {
		t = newest(t, s.list.Record().UpdatedAt)
		for _, i := range s.todos {
			t = newest(t, i.Record().UpdatedAt)
		}
	}
	return t
}
