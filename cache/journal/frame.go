package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
)

// A frame is an entry as bytes:
//
//	magic | length of the rest, 4 bytes | its CRC-32C, 4 bytes | the rest
//	the rest: three times a length (uvarint) and so many bytes:
//	          the Entry as JSON, Base, Text
//
// It can be found and checked in the bytes of a damaged database, without any
// help from its structure.
const frameMagic = "bcfsJRN\x01"

const frameHead = len(frameMagic) + 8

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var errFrame = errors.New("not an intact entry")

func encodeFrame(e *Entry) ([]byte, error) {
	head, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	b := make([]byte, frameHead, frameHead+len(head)+len(e.Base)+len(e.Text)+3*binary.MaxVarintLen64)
	copy(b, frameMagic)
	for _, part := range [][]byte{head, e.Base, e.Text} {
		b = binary.AppendUvarint(b, uint64(len(part)))
		b = append(b, part...)
	}
	rest := b[frameHead:]
	binary.BigEndian.PutUint32(b[len(frameMagic):], uint32(len(rest)))
	binary.BigEndian.PutUint32(b[len(frameMagic)+4:], crc32.Checksum(rest, castagnoli))
	return b, nil
}

// decodeFrame reads the frame that b begins with and says how long it is. The
// entry does not share memory with b.
func decodeFrame(b []byte) (*Entry, int, error) {
	if len(b) < frameHead || string(b[:len(frameMagic)]) != frameMagic {
		return nil, 0, errFrame
	}
	length := uint64(binary.BigEndian.Uint32(b[len(frameMagic):]))
	if length > uint64(len(b)-frameHead) {
		return nil, 0, errFrame
	}
	rest := b[frameHead : frameHead+int(length)]
	if crc32.Checksum(rest, castagnoli) != binary.BigEndian.Uint32(b[len(frameMagic)+4:]) {
		return nil, 0, errFrame
	}
	var parts [3][]byte
	for i := range parts {
		size, n := binary.Uvarint(rest)
		if n <= 0 || size > uint64(len(rest)-n) {
			return nil, 0, errFrame
		}
		parts[i], rest = rest[n:n+int(size)], rest[n+int(size):]
	}
	e := &Entry{}
	if err := json.Unmarshal(parts[0], e); err != nil || e.ID == 0 || len(rest) > 0 {
		return nil, 0, errFrame
	}
	if e.BaseFile == nil && e.BaseSize > 0 {
		e.Base = bytes.Clone(parts[1])
	}
	if e.TextFile == nil && e.TextSize > 0 {
		e.Text = bytes.Clone(parts[2])
	}
	return e, frameHead + int(length), nil
}

// scanFrames returns every intact entry in b, wherever it lies. Where there
// are several versions of one, the one changed last counts.
func scanFrames(b []byte) map[ID]*Entry {
	found := map[ID]*Entry{}
	for {
		at := bytes.Index(b, []byte(frameMagic))
		if at < 0 {
			return found
		}
		b = b[at:]
		e, n, err := decodeFrame(b)
		if err != nil {
			b = b[1:]
			continue
		}
		if old := found[e.ID]; old == nil || !e.Changed.Before(old.Changed) {
			found[e.ID] = e
		}
		b = b[n:]
	}
}
