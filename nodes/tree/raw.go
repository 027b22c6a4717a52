package tree

import (
	"bytes"
	"context"

	"basecampfs/nodes/records"
)

// What follows puts objects of the service into larger ones by hand, since
// they must stay byte for byte as they were sent: an encoder would compact
// them and escape their HTML.

// rawList is items as the service sent them, a line each.
func (a *Account) rawList(ctx context.Context, items []*records.Item) ([]byte, error) {
	var b bytes.Buffer
	err := a.writeRaw(ctx, &b, items)
	b.WriteByte('\n')
	return b.Bytes(), err
}

func (a *Account) writeRaw(ctx context.Context, b *bytes.Buffer, items []*records.Item) error {
	b.WriteByte('[')
	for n, i := range items {
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		if err := a.writeOne(ctx, b, i); err != nil {
			return err
		}
	}
	b.WriteString("\n]")
	return nil
}

func (a *Account) writeOne(ctx context.Context, b *bytes.Buffer, i *records.Item) error {
	raw, err := a.recs.Raw(ctx, i)
	b.Write(raw)
	return err
}

// rawSections is a list, its to-dos and its groups.
func (a *Account) rawSections(ctx context.Context, sections []section) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	if err := a.writeSection(ctx, &b, sections[0]); err != nil {
		return nil, err
	}
	if len(sections) > 1 {
		b.WriteString(",\n\"groups\": [")
		for n, s := range sections[1:] {
			if n > 0 {
				b.WriteByte(',')
			}
			b.WriteString("\n{")
			if err := a.writeSection(ctx, &b, s); err != nil {
				return nil, err
			}
			b.WriteByte('}')
		}
		b.WriteString("\n]")
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}

func (a *Account) writeSection(ctx context.Context, b *bytes.Buffer, s section) error {
	b.WriteString("\"todolist\": ")
	if err := a.writeOne(ctx, b, s.list); err != nil {
		return err
	}
	b.WriteString(",\n\"todos\": ")
	return a.writeRaw(ctx, b, s.todos)
}

// rawSize is the length of rawSections, without reading any of it.
func rawSize(sections []section) int64 {
	const frame = len("\"todolist\": ") + len(",\n\"todos\": ")
	n := 0
	for _, s := range sections {
		n += frame + int(s.list.RawSize()) + len("[\n]")
		for _, i := range s.todos {
			n += 1 + int(i.RawSize())
		}
		if len(s.todos) > 1 {
			n += len(s.todos) - 1
		}
	}
	n += len("{}\n")
	if g := len(sections) - 1; g > 0 {
		n += len(",\n\"groups\": [\n]") + g*len("\n{}") + g - 1
	}
	return int64(n)
}
