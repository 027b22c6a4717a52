// Package blobs keeps the bytes of files that never change under their key, in
// a folder of this user's own.
package blobs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"basecampfs/cache"
)

// DefaultMax is how many bytes are kept where Open is not told.
const DefaultMax = 2 << 30

// patience bounds one fetch: a large file over a slow line.
const patience = time.Hour

// Store keeps blobs. It is safe for concurrent use, by several processes too.
type Store struct {
	dir  string
	max  int64
	runs *cache.Cache[struct{}] // shares a fetch among all that ask for it
	mu   sync.Mutex
}

const partial = "partial-"

// Open opens or makes the store in a folder. Beyond max bytes what was not read
// lately goes first; 0 means DefaultMax.
func Open(dir string, max int64) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if max <= 0 {
		max = DefaultMax
	}
	s := &Store{dir: dir, max: max, runs: cache.New(cache.Options[struct{}]{FetchTimeout: patience})}
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range files { // what a crash left half-fetched
		if info, err := f.Info(); err == nil && strings.HasPrefix(f.Name(), partial) && time.Since(info.ModTime()) > patience {
			_ = os.Remove(filepath.Join(dir, f.Name()))
		}
	}
	return s, nil
}

func (s *Store) path(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(s.dir, hex.EncodeToString(sum[:]))
}

// Blob is the bytes of a file. It stays readable after it was evicted.
type Blob struct {
	*os.File
	size int64
}

// Size returns the length in bytes.
func (b *Blob) Size() int64 { return b.size }

// Size returns the length of a blob that is kept, in bytes.
func (s *Store) Size(key string) (int64, bool) {
	info, err := os.Stat(s.path(key))
	if err != nil {
		return 0, false
	}
	return info.Size(), true
}

// Fetch opens a blob, calling get for its bytes where they are not kept. All
// that ask meanwhile share one call, which goes on while anybody waits.
func (s *Store) Fetch(ctx context.Context, key string, get func(context.Context) (io.ReadCloser, error)) (*Blob, error) {
	if b, err := s.open(key); err == nil {
		return b, nil
	}
	_, _, err := s.runs.Get(ctx, key, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, s.fetch(ctx, key, get)
	})
	if err != nil {
		return nil, err
	}
	return s.open(key)
}

func (s *Store) open(key string) (*Blob, error) {
	path := s.path(key)
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	now := time.Now()
	_ = os.Chtimes(path, now, time.Time{}) // when it was read last
	return &Blob{f, info.Size()}, nil
}

func (s *Store) fetch(ctx context.Context, key string, get func(context.Context) (io.ReadCloser, error)) error {
	if _, ok := s.Size(key); ok { // since the caller looked
		return nil
	}
	r, err := get(ctx)
	if err != nil {
		return err
	}
	defer r.Close()
	tmp, err := os.CreateTemp(s.dir, partial)
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = io.Copy(tmp, r)
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), s.path(key)); err != nil {
		return err
	}
	s.evict()
	return nil
}

// evict removes what was read longest ago until the rest fits.
func (s *Store) evict() {
	s.mu.Lock()
	defer s.mu.Unlock()
	files, err := os.ReadDir(s.dir)
	if err != nil {
		return
	}
	var infos []os.FileInfo
	var total int64
	for _, f := range files {
		if info, err := f.Info(); err == nil && !strings.HasPrefix(f.Name(), partial) {
			infos = append(infos, info)
			total += info.Size()
		}
	}
	if total <= s.max {
		return
	}
	slices.SortFunc(infos, func(a, b os.FileInfo) int { return cmp.Compare(readAt(a), readAt(b)) })
	for _, i := range infos[:len(infos)-1] {
		if total <= s.max {
			return
		}
		if os.Remove(filepath.Join(s.dir, i.Name())) == nil {
			total -= i.Size()
		}
	}
}
