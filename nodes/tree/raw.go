package tree

import (
	"bytes"

	"basecampfs/nodes/records"
)

// What follows puts objects of the service into larger ones by hand, since
// they must stay byte for byte as they were sent: an encoder would compact
// them and escape their HTML.

// rawList is items as the service sent them, a line each.
func rawList(items []*records.Item) []byte {
	var b bytes.Buffer
	writeRaw(&b, items)
	b.WriteByte('\n')
	return b.Bytes()
}

func writeRaw(b *bytes.Buffer, items []*records.Item) {
	b.WriteByte('[')
	for n, i := range items {
		if n > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(bytes.TrimSpace(i.Record().Raw))
	}
	b.WriteString("\n]")
}

// rawSections is a list, its to-dos and its groups.
func rawSections(sections []section) []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	writeSection(&b, sections[0])
	if len(sections) > 1 {
		b.WriteString(",\n\"groups\": [")
		for n, s := range sections[1:] {
			if n > 0 {
				b.WriteByte(',')
			}
			b.WriteString("\n{")
			writeSection(&b, s)
			b.WriteByte('}')
		}
		b.WriteString("\n]")
	}
	b.WriteString("}\n")
	return b.Bytes()
}

func writeSection(b *bytes.Buffer, s section) {
	b.WriteString("\"todolist\": ")
	b.Write(bytes.TrimSpace(s.list.Record().Raw))
	b.WriteString(",\n\"todos\": ")
	writeRaw(b, s.todos)
}
