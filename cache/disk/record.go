package disk

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// A record on disk: how it is packed, when it was last used (minutes since
// 1970), the CRC-32C of its key and content, and the content. bbolt has no
// checksums of its own.
const (
	recordHead = 1 + 4 + 4
	packedNot  = 0
	packedZstd = 1
)

// dictionary is objects such as the API returns, in invented values. Primed
// with it, zstd makes an eighth of a single to-do instead of a third: most of
// one is keys and addresses that all share. Pages shrink to a sixteenth.
//
//go:embed dictionary.json
var dictionary []byte

const dictionaryID = 1

// maxContent bounds what a record may unpack to, in bytes.
const maxContent = 256 << 20

// smallest is the size from which packing is tried, in bytes.
const smallest = 64

var errRecord = errors.New("damaged record")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

var packer = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false), zstd.WithLowerEncoderMem(true), zstd.WithEncoderDictRaw(dictionaryID, dictionary))
	if err != nil {
		panic(err) // only options are judged, and they are constants
	}
	return e
})

var unpacker = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(maxContent),
		zstd.WithDecoderDictRaw(dictionaryID, dictionary))
	if err != nil {
		panic(err)
	}
	return d
})

func sum(key string, content []byte) uint32 {
	return crc32.Update(crc32.Checksum([]byte(key), castagnoli), castagnoli, content)
}

// pack makes a record.
func pack(key string, content []byte, used time.Time) []byte {
	b := make([]byte, recordHead, recordHead+len(content)/4+64)
	binary.BigEndian.PutUint32(b[1:], minutes(used))
	binary.BigEndian.PutUint32(b[5:], sum(key, content))
	if len(content) >= smallest {
		if p := packer().EncodeAll(content, b); len(p)-recordHead < len(content) {
			p[0] = packedZstd
			return p
		}
	}
	return append(b[:recordHead], content...)
}

// unpack returns the content of a record. It shares no memory with it.
func unpack(key string, record []byte) ([]byte, error) {
	if len(record) < recordHead {
		return nil, errRecord
	}
	var content []byte
	switch record[0] {
	case packedNot:
		content = append(make([]byte, 0, len(record)-recordHead), record[recordHead:]...)
	case packedZstd:
		var err error
		if content, err = unpacker().DecodeAll(record[recordHead:], nil); err != nil {
			return nil, errRecord
		}
	default:
		return nil, errRecord
	}
	if sum(key, content) != binary.BigEndian.Uint32(record[5:]) {
		return nil, errRecord
	}
	return content, nil
}

func minutes(t time.Time) uint32 { return uint32(max(0, t.Unix()/60)) }

// lastUsed returns when a record was last used, in minutes since 1970.
func lastUsed(record []byte) uint32 {
	if len(record) < recordHead {
		return 0
	}
	return binary.BigEndian.Uint32(record[1:])
}

// touched returns a copy of a record that was used just now.
func touched(record []byte, now time.Time) []byte {
	b := append([]byte(nil), record...)
	binary.BigEndian.PutUint32(b[1:], minutes(now))
	return b
}
