package boltfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

func put(t *testing.T, db *DB, key string) {
	t.Helper()
	err := db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte("b"))
		if err != nil {
			return err
		}
		return b.Put([]byte(key), []byte("v"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "x.db")
	db, err := Open(path, time.Millisecond, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	put(t, db, "k")
	if _, err := Open(path, time.Millisecond, bolt.Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("opened twice: %v", err)
	}
	if err := db.Check(); err != nil || !BothHeaders(path) {
		t.Errorf("a sound file: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := os.Getpagesize()
	for name, damage := range map[string]func(b []byte) []byte{
		"short":      func(b []byte) []byte { return b[:3*size] },
		"very short": func(b []byte) []byte { return b[:10] },
		"no header":  func(b []byte) []byte { clear(b[:2*size]); return b },
		"free list":  func(b []byte) []byte { clear(b[2*size:]); return b },
	} {
		os.WriteFile(path, damage(append([]byte(nil), sound...)), 0o600)
		for range 2 { // the second shows that the first gave up its lock
			db, err := Open(path, time.Millisecond, bolt.Options{})
			if err == nil {
				err = db.Check()
				db.Close()
			}
			if !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for _, at := range []int{20, size + 60} {
		bad := append([]byte(nil), sound...)
		bad[at] ^= 1
		os.WriteFile(path, bad, 0o600)
		if BothHeaders(path) {
			t.Errorf("a bit flipped at %d was not noticed", at)
		}
	}
}

func TestGuardAndClose(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := Open(path, time.Millisecond, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	put(t, db, "k")
	other := errors.New("other")
	if err := db.Guard(func() error { return other }); err != other || db.damaged.Load() {
		t.Errorf("%v", err)
	}
	// Cut under a reader: without the guard, a fault that ends the process.
	if err := os.Truncate(path, 0); err != nil {
		t.Fatal(err)
	}
	err = db.Guard(func() error { return db.View(func(tx *bolt.Tx) error { tx.Bucket([]byte("b")); return nil }) })
	if !errors.Is(err, ErrDamaged) {
		t.Errorf("%v", err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	now := time.Now()
	for range 2 {
		os.WriteFile(path, []byte("bad"), 0o600)
		if _, err := SetAside(path, now); err != nil {
			t.Error(err)
		}
	}
	if all, _ := filepath.Glob(path + ".damaged-*"); len(all) != 2 {
		t.Errorf("%v", all)
	}
	db, err = Open(path, time.Millisecond, bolt.Options{})
	if err != nil {
		t.Fatalf("the lock was not given up: %v", err)
	}
	db.Close()
}
