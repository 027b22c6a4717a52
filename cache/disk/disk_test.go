package disk

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// later is a delay that no test lives to see: only Flush and Close write.
const later = time.Hour

func openAt(t *testing.T, path string, o Options) *Store {
	t.Helper()
	if o.Delay == 0 {
		o.Delay = later
	}
	s := Open(path, o)
	t.Cleanup(func() { s.Close() })
	return s
}

func noise(n int, seed uint64) []byte {
	b := make([]byte, n)
	var key [32]byte
	copy(key[:], fmt.Sprint(seed))
	rand.NewChaCha8(key).Read(b)
	return b
}

func all(b *Bucket, prefix string) map[string]string {
	found := map[string]string{}
	b.ForEach(prefix, func(key string, content []byte) bool {
		if _, twice := found[key]; twice {
			found["visited twice"] = key
		}
		found[key] = string(content)
		return true
	})
	return found
}

func TestRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "basecampfs", "cache.db")
	s := openAt(t, path, Options{})
	b := s.Space("annie", "1").Bucket("records")
	want := map[string]string{}
	for i := range 1000 { // several batches
		key := fmt.Sprintf("todo/%04d", i)
		want[key] = strings.Repeat(key, i%50)
		b.Put(key, []byte(want[key]))
	}
	check := func(when string) {
		t.Helper()
		if got := all(b, ""); !maps.Equal(got, want) {
			t.Errorf("%s: %d records, want %d", when, len(got), len(want))
		}
		for _, key := range []string{"todo/0000", "todo/0777", "todo/0500", "missing", "", strings.Repeat("k", 40_000)} {
			content, ok := b.Get(key)
			if w, there := want[key]; ok != there || string(content) != w {
				t.Errorf("%s: Get(%.20q): %d bytes, %v", when, key, len(content), ok)
			}
		}
	}
	check("before it is written")
	s.Flush()
	check("written")
	for i := range 100 {
		key := fmt.Sprintf("todo/%04d", i*7)
		if i%2 == 0 {
			b.Delete(key)
			delete(want, key)
		} else {
			want[key] = "changed"
			b.Put(key, []byte("changed"))
		}
	}
	b.Put("", []byte("no key"))
	b.Put(strings.Repeat("k", 40_000), []byte("no key either"))
	delete(want, "")
	if got := all(b, "todo/05"); len(got) == 0 || len(got) >= 100 {
		t.Errorf("prefix: %d", len(got))
	}
	s.Flush()
	check("changed")
	n := 0
	b.ForEach("", func(string, []byte) bool { n++; return n < 300 })
	if n != 300 {
		t.Errorf("%d visits", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, ok := b.Get("todo/0500"); ok || len(all(b, "")) > 0 {
		t.Error("found in a closed store")
	}
	b.Put("x", nil)
	s.Flush()

	s = openAt(t, path, Options{})
	b = s.Space("annie", "1").Bucket("records")
	check("opened again")
	if st := s.Stats(); !st.Persists || st.Problem != "" || st.Hits == 0 || st.Misses == 0 || st.Bytes == 0 {
		t.Errorf("%+v", st)
	}
	for p, mode := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v", p, info.Mode(), err)
		}
	}
}

func TestSpacesNeverMix(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "cache.db"), Options{})
	pairs := [][2]string{{"annie", "1"}, {"annie", "2"}, {"victor", "1"}, {"a", "b/c"}, {"a/b", "c"}, {"a%2Fb", "c"}, {"", ""}, {"annie/1", ""}}
	for round := range 2 {
		for _, p := range pairs {
			s.Space(p[0], p[1]).Bucket("b").Put("k", []byte(strings.Join(p[:], "|")))
		}
		if round == 1 {
			s.Flush()
		}
		for _, p := range pairs {
			if got, _ := s.Space(p[0], p[1]).Bucket("b").Get("k"); string(got) != strings.Join(p[:], "|") {
				t.Errorf("%q has %q", p, got)
			}
			if _, ok := s.Space(p[0], p[1]).Bucket("c").Get("k"); ok {
				t.Errorf("%q: in another bucket", p)
			}
		}
	}
	annie, victor := s.Space("annie", "1").Bucket("b"), s.Space("victor", "1").Bucket("b")
	annie.Put("not written yet", []byte("x"))
	if err := s.Space("annie", "1").Clear(); err != nil {
		t.Fatal(err)
	}
	if err := s.Space("never used", "1").Clear(); err != nil {
		t.Fatal(err)
	}
	s.Flush()
	if len(all(annie, "")) != 0 || len(all(victor, "")) != 1 {
		t.Errorf("annie %v, victor %v", all(annie, ""), all(victor, ""))
	}
}

func TestUpdateIsAllOrNothingAndInOrder(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "cache.db"), Options{})
	sp := s.Space("annie", "1")
	records, marks := sp.Bucket("records"), sp.Bucket("marks")
	var u Update
	u.Put(records, "1", []byte("one"))
	u.Put(records, "2", []byte("two"))
	u.Delete(records, "1")
	u.Put(marks, "m", nil)
	s.Apply(&u)
	for range 2 {
		if _, ok := records.Get("1"); ok {
			t.Error("deleted, and there")
		}
		if got, ok := marks.Get("m"); !ok || len(got) != 0 {
			t.Errorf("%q %v", got, ok)
		}
		s.Flush()
	}
}

func TestOtherProcessHasItOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	first := openAt(t, path, Options{})
	second := openAt(t, path, Options{Wait: 10 * time.Millisecond})
	if st := second.Stats(); st.Persists || !strings.Contains(st.Problem, "another process") {
		t.Errorf("%+v", st)
	}
	a, b := first.Space("annie", "1").Bucket("b"), second.Space("annie", "1").Bucket("b")
	a.Put("k", []byte("first"))
	b.Put("k", noise(100_000, 1))
	first.Flush()
	second.Flush()
	if got, _ := a.Get("k"); string(got) != "first" {
		t.Errorf("%q", got)
	}
	if got, _ := b.Get("k"); !bytes.Equal(got, noise(100_000, 1)) {
		t.Errorf("%d bytes", len(got))
	}
	if err := Remove(path); err == nil || !strings.Contains(err.Error(), "unmount") {
		t.Errorf("removed under a running process: %v", err)
	}
	first.Close()
	second.Close()
	if err := Remove(path); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) || Remove(path) != nil {
		t.Errorf("%v", err)
	}
}

func TestPlaceThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "file"), nil, 0o600)
	s := openAt(t, filepath.Join(dir, "file", "cache.db"), Options{})
	b := s.Space("annie", "1").Bucket("b")
	b.Put("k", []byte("v"))
	s.Flush()
	if got, ok := b.Get("k"); !ok || string(got) != "v" || s.Stats().Persists || !strings.Contains(s.Problem(), "in memory") {
		t.Errorf("%q %v %+v", got, ok, s.Stats())
	}
}

func TestOtherFormatIsBegunAnew(t *testing.T) {
	for name, change := range map[string]func(*bolt.Tx) error{
		"version":  func(tx *bolt.Tx) error { return tx.Bucket(bucketFormat).Put(keyFormat, []byte("0")) },
		"no space": func(tx *bolt.Tx) error { return tx.DeleteBucket(bucketSpaces) },
		"foreign":  func(tx *bolt.Tx) error { return tx.DeleteBucket(bucketFormat) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cache.db")
			s := openAt(t, path, Options{})
			s.Space("annie", "1").Bucket("b").Put("k", []byte("v"))
			s.Close()
			db, err := bolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Update(change); err != nil {
				t.Fatal(err)
			}
			db.Close()
			s = openAt(t, path, Options{})
			b := s.Space("annie", "1").Bucket("b")
			if _, ok := b.Get("k"); ok || !s.Stats().Persists {
				t.Errorf("%v %+v", ok, s.Stats())
			}
			b.Put("k", []byte("new"))
			s.Flush()
			if got, _ := b.Get("k"); string(got) != "new" {
				t.Errorf("%q", got)
			}
		})
	}
}

func TestClear(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	s := openAt(t, path, Options{})
	b := s.Space("annie", "1").Bucket("b")
	for i := range 50 {
		b.Put(fmt.Sprint(i), noise(100_000, uint64(i)))
	}
	s.Flush()
	before := s.Stats().FileBytes
	b.Put("waiting", []byte("x"))
	if err := s.Clear(); err != nil {
		t.Fatal(err)
	}
	if len(all(b, "")) != 0 || s.Stats().FileBytes > before/10 || !s.Stats().Persists {
		t.Errorf("%d records, %+v", len(all(b, "")), s.Stats())
	}
	b.Put("k", []byte("v"))
	s.Close()
	s = openAt(t, path, Options{})
	if got := all(s.Space("annie", "1").Bucket("b"), ""); len(got) != 1 {
		t.Errorf("%d records", len(got))
	}
}

func TestWritesGoOutByThemselves(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "cache.db"), Options{Delay: time.Millisecond})
	b := s.Space("annie", "1").Bucket("b")
	b.Put("k", []byte("v"))
	for deadline := time.Now().Add(30 * time.Second); s.Stats().Writes == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("never written")
		}
	}
	// More than may wait in memory: those who put wait for the disk instead.
	s = openAt(t, filepath.Join(t.TempDir(), "cache.db"), Options{})
	b = s.Space("annie", "1").Bucket("b")
	for i := range 100 {
		b.Put(fmt.Sprint(i), bytes.Repeat([]byte{byte(i)}, 1<<20))
		if w := s.Stats().Waiting; w > s.o.waitAt()+2<<20 {
			t.Fatalf("%d bytes wait", w)
		}
	}
	s.Flush()
	if n := len(all(b, "")); n != 100 {
		t.Errorf("%d records", n)
	}
}

func TestEverythingAtOnce(t *testing.T) {
	s := openAt(t, filepath.Join(t.TempDir(), "cache.db"), Options{Delay: time.Millisecond, MaxBytes: 2 << 20})
	var wg sync.WaitGroup
	for g := range 6 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 2))
			for range 400 {
				b := s.Space("annie", fmt.Sprint(r.IntN(2))).Bucket("b")
				key := fmt.Sprint(r.IntN(200))
				switch r.IntN(40) {
				case 0:
					s.Space("annie", "1").Clear()
				case 1:
					s.Clear()
				case 2:
					s.Stats()
					s.Flush()
				case 3:
					b.ForEach("", func(key string, content []byte) bool { b.Put(key, content); return true })
				case 4:
					b.Delete(key)
				default:
					want := noise(5000, uint64(len(key))) // a function of the key
					if got, ok := b.Get(key); ok && !bytes.Equal(got, want) {
						t.Errorf("%s: %d bytes", key, len(got))
					}
					b.Put(key, want)
				}
			}
		})
	}
	wg.Wait()
	if p := s.Problem(); p != "" {
		t.Error(p)
	}
}
