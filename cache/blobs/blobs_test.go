package blobs

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestFetchOnce(t *testing.T) {
	s, err := Open(t.TempDir(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var calls atomic.Int32
	get := func(context.Context) (io.ReadCloser, error) {
		calls.Add(1)
		return io.NopCloser(strings.NewReader("bytes")), nil
	}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			b, err := s.Fetch(t.Context(), "k", get)
			if err != nil {
				t.Error(err)
				return
			}
			defer b.Close()
			got, _ := io.ReadAll(b)
			if string(got) != "bytes" || b.Size() != 5 {
				t.Errorf("got %q of %d bytes", got, b.Size())
			}
		})
	}
	wg.Wait()
	if calls.Load() != 1 {
		t.Errorf("fetched %d times", calls.Load())
	}
	if n, ok := s.Size("k"); !ok || n != 5 {
		t.Errorf("size %d, %v", n, ok)
	}
}

type cut struct{ read bool }

func (c *cut) Read(p []byte) (int, error) {
	if c.read {
		return 0, errors.New("connection lost")
	}
	c.read = true
	return copy(p, "half"), nil
}
func (c *cut) Close() error { return nil }

func TestHalfIsNotKept(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Fetch(t.Context(), "k", func(context.Context) (io.ReadCloser, error) { return &cut{}, nil }); err == nil {
		t.Fatal("a fetch that broke off succeeded")
	}
	if _, ok := s.Size("k"); ok {
		t.Error("half a file is kept")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d files are left", len(left))
	}
}

func TestEviction(t *testing.T) {
	s, err := Open(t.TempDir(), 12)
	if err != nil {
		t.Fatal(err)
	}
	put := func(key string) {
		b, err := s.Fetch(t.Context(), key, func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("12345")), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		b.Close()
	}
	put("a")
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(s.path("a"), old, old); err != nil {
		t.Fatal(err)
	}
	put("b")
	put("c")
	if _, ok := s.Size("a"); ok {
		t.Error("what was read longest ago is still there")
	}
	if _, ok := s.Size("c"); !ok {
		t.Error("what was just fetched is gone")
	}
}
