package journal

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	bolt "go.etcd.io/bbolt"

	"basecampfs/cache/internal/boltfile"
)

// payload gives e its text and base: small ones inside, large ones as files
// that are durable when it returns.
func (j *Journal) payload(e *Entry, text io.Reader, atLeast int64) (err error) {
	if e.BaseSize = int64(len(e.Base)); e.BaseSize > inlineMax {
		e.BaseFile = new(Sum)
		if _, *e.BaseFile, err = writeDurable(j.basePath(e.ID), bytes.NewReader(e.Base)); err != nil {
			return err
		}
		e.Base = nil
	}
	if atLeast > inlineMax {
		e.TextFile, e.Text = new(Sum), nil
		e.TextSize, *e.TextFile, err = writeDurable(j.textPath(e.ID), text)
		return err
	}
	e.Text, err = io.ReadAll(text)
	e.TextSize = int64(len(e.Text))
	return err
}

// OpenText returns the text of an entry, of whatever size. The caller closes
// it.
func (j *Journal) OpenText(id ID) (io.ReadSeekCloser, error) {
	e, err := j.Get(id)
	if err != nil {
		return nil, err
	}
	if e.TextFile == nil {
		return inline{bytes.NewReader(e.Text)}, nil
	}
	f, err := os.Open(j.textPath(id))
	if err != nil {
		return nil, fail("read", j.textPath(id), err)
	}
	return f, nil
}

type inline struct{ *bytes.Reader }

func (inline) Close() error { return nil }

// Text returns the text of an entry, checked.
func (j *Journal) Text(id ID) ([]byte, error) {
	e, err := j.Get(id)
	if err != nil || e.TextFile == nil {
		return e.text(), err
	}
	return readSummed(j.textPath(id), *e.TextFile)
}

// Base returns the version that the edit of an entry started from, checked.
func (j *Journal) Base(id ID) ([]byte, error) {
	e, err := j.Get(id)
	if err != nil || e.BaseFile == nil {
		return e.base(), err
	}
	return readSummed(j.basePath(id), *e.BaseFile)
}

func (e *Entry) text() []byte {
	if e == nil {
		return nil
	}
	return e.Text
}

func (e *Entry) base() []byte {
	if e == nil {
		return nil
	}
	return e.Base
}

func (j *Journal) textPath(id ID) string {
	return filepath.Join(j.dir, "text", strconv.FormatUint(uint64(id), 10))
}

func (j *Journal) basePath(id ID) string { return j.textPath(id) + ".base" }

func (j *Journal) removeTexts(e *Entry) {
	if e.TextFile != nil {
		os.Remove(j.textPath(e.ID))
	}
	if e.BaseFile != nil {
		os.Remove(j.basePath(e.ID))
	}
}

// sweepTexts removes the files of entries that were never completed or are
// done.
func (j *Journal) sweepTexts() error {
	files, err := os.ReadDir(j.path("text"))
	if err != nil {
		return err
	}
	return j.view(func(b *bolt.Bucket) error {
		for _, f := range files {
			id, ok := textID(f.Name())
			if ok && b.Get(boltfile.Key64(uint64(id))) != nil {
				continue
			}
			if err := os.Remove(filepath.Join(j.path("text"), f.Name())); err != nil {
				return err
			}
		}
		return nil
	})
}

// textID returns the entry that a file in text/ belongs to.
func textID(name string) (ID, bool) {
	id, err := strconv.ParseUint(strings.TrimSuffix(name, ".base"), 10, 64)
	return ID(id), err == nil
}

// writeDurable makes a file of what r has, such that after a crash it is there
// in full or not at all.
func writeDurable(path string, r io.Reader) (size int64, sum Sum, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), tempPrefix+"*")
	if err != nil {
		return 0, 0, err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	crc := crc32.New(castagnoli)
	if size, err = io.Copy(io.MultiWriter(f, crc), r); err != nil {
		return 0, 0, err
	}
	if err = f.Sync(); err != nil {
		return 0, 0, err
	}
	if err = f.Close(); err != nil {
		return 0, 0, err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return 0, 0, err
	}
	return size, Sum(crc.Sum32()), boltfile.SyncDir(filepath.Dir(path))
}

// tempPrefix begins the names of files that are being written.
const tempPrefix = ".tmp-"

func readSummed(path string, want Sum) ([]byte, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fail("read", path, err)
	}
	if Sum(crc32.Checksum(b, castagnoli)) != want {
		return nil, fail("read", path, fmt.Errorf("%w: its checksum differs", boltfile.ErrDamaged))
	}
	return b, nil
}
