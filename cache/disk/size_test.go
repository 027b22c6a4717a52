package disk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

func TestSizeIsKept(t *testing.T) {
	const most = 8 << 20
	for name, size := range map[string]int{"small records": 900, "middling": 3000, "large": 30_000} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "cache.db")
			now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
			s := openAt(t, path, Options{MaxBytes: most, Now: func() time.Time { return now }})
			b := s.Space("annie", "1").Bucket("b")
			b.Put("used", noise(size, 0))
			n := 3 * most / size / 2
			for i := range n {
				b.Put(fmt.Sprintf("%x", (i*2654435761)%(1<<32)), noise(size, uint64(i+1)))
				if i%(n/100+1) == 0 {
					now = now.Add(2 * time.Hour)
					s.Flush()
					if _, ok := b.Get("used"); !ok {
						t.Fatalf("what is used all the time is gone after %d of %d", i, n)
					}
					if info, err := os.Stat(path); err != nil || info.Size() > most {
						t.Fatalf("%d bytes, %v", info.Size(), err)
					}
				}
			}
			s.Flush()
			st := s.Stats()
			if st.Evicted == 0 || st.Problem != "" || st.Bytes > most || st.Bytes < most/4 {
				t.Errorf("%+v", st)
			}
			last := fmt.Sprintf("%x", ((n-1)*2654435761)%(1<<32))
			if got, _ := b.Get(last); !bytes.Equal(got, noise(size, uint64(n))) {
				t.Error("the newest is gone")
			}
			b.Put("huge", noise(most, 1))
			s.Flush()
			if _, ok := b.Get("huge"); ok || s.Problem() != "" {
				t.Errorf("a record as large as all: %v %s", ok, s.Problem())
			}
		})
	}
}

func TestFileShrinksWhenItIsOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	s := openAt(t, path, Options{})
	b := s.Space("annie", "1").Bucket("b")
	for i := range 400 {
		b.Put(fmt.Sprint(i), noise(100_000, uint64(i)))
	}
	s.Flush()
	for i := range 380 {
		b.Delete(fmt.Sprint(i))
	}
	s.Close()
	before, _ := os.Stat(path)
	s = openAt(t, path, Options{})
	after, err := os.Stat(path)
	if err != nil || after.Size() > before.Size()/4 || after.Mode().Perm() != 0o600 {
		t.Errorf("%d bytes before, %d after, %v", before.Size(), after.Size(), after.Mode())
	}
	if got := all(s.Space("annie", "1").Bucket("b"), ""); len(got) != 20 || got["395"] != string(noise(100_000, 395)) {
		t.Errorf("%d records", len(got))
	}
	// A file that is larger than it may be is begun anew.
	s.Close()
	s = openAt(t, path, Options{MaxBytes: 1})
	if st := s.Stats(); len(all(s.Space("annie", "1").Bucket("b"), "")) != 0 || !st.Persists || st.FileBytes > 1<<20 {
		t.Errorf("%+v", st)
	}
}

// todo is a to-do as the API returns it, in other values than the dictionary's.
func todo(i int) []byte {
	id := 1069479000 + i*3
	base := fmt.Sprintf("https://3.basecampapi.com/195539477/buckets/%d", 2085958500+i/250)
	b, err := json.Marshal(map[string]any{
		"id": id, "status": "active", "title": fmt.Sprintf("Strategy %x", noise(12, uint64(i))), "type": "Todo",
		"created_at": fmt.Sprintf("2026-02-%02dT12:%02d:00.%03dZ", 1+i%28, i%60, i%1000), "updated_at": "2026-02-26T16:42:12.611Z",
		"url": fmt.Sprintf("%s/todos/%d.json", base, id), "app_url": strings.Replace(fmt.Sprintf("%s/todos/%d", base, id), "api", "", 1),
		"comments_count": i % 4, "comments_url": fmt.Sprintf("%s/recordings/%d/comments.json", base, id),
		"subscription_url": fmt.Sprintf("%s/recordings/%d/subscription.json", base, id), "inherits_status": true, "visible_to_clients": false,
		"parent":      map[string]any{"id": 1069478000 + i/25, "title": "Hardware", "type": "Todolist", "url": fmt.Sprintf("%s/todolists/%d.json", base, 1069478000+i/25)},
		"bucket":      map[string]any{"id": 2085958500 + i/250, "name": "The Leto Laptop", "type": "Project"},
		"creator":     map[string]any{"id": 1049715914 + i%9, "name": "Victor Cooper", "email_address": "victor@honchodesign.com", "personable_type": "User", "time_zone": "America/Chicago", "avatar_url": fmt.Sprintf("https://3.basecampapi.com/195539477/people/%x/avatar", noise(16, uint64(i%9)))},
		"description": fmt.Sprintf("<div>%x</div>", noise(60, uint64(i))), "completed": false, "assignees": []any{}, "due_on": nil,
		"completion_url": fmt.Sprintf("%s/todos/%d/completion.json", base, id), "boosts_url": fmt.Sprintf("%s/recordings/%d/boosts.json", base, id),
	})
	if err != nil {
		panic(err)
	}
	return b
}

func TestToDosArePackedSmall(t *testing.T) {
	plain, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		t.Fatal(err)
	}
	raw, packed, without := 0, 0, 0
	for i := range 200 {
		raw += len(todo(i))
		packed += len(pack("k", todo(i), time.Now()))
		without += len(plain.EncodeAll(todo(i), nil))
	}
	t.Logf("%d bytes became %d, without the dictionary %d", raw, packed, without)
	if packed > raw*36/100 || packed > without*3/4 {
		t.Error("the dictionary does not help")
	}
}

func FuzzUnpack(f *testing.F) {
	for _, content := range [][]byte{nil, []byte("x"), todo(1), noise(200, 1)} {
		f.Add(pack("k", content, time.Unix(1e9, 0)))
	}
	f.Fuzz(func(t *testing.T, record []byte) {
		content, err := unpack("k", record)
		if err == nil {
			again, err := unpack("k", touched(pack("k", content, time.Unix(0, 0)), time.Now()))
			if err != nil || !bytes.Equal(again, content) {
				t.Errorf("%v", err)
			}
			if _, err := unpack("another key", record); err == nil {
				t.Error("good for another key")
			}
		}
		lastUsed(record)
	})
}

func BenchmarkGet(b *testing.B) {
	s := Open(filepath.Join(b.TempDir(), "cache.db"), Options{})
	defer s.Close()
	bucket := s.Space("annie", "1").Bucket("b")
	for i := range 5000 {
		bucket.Put(fmt.Sprint(i), todo(i))
	}
	s.Flush()
	b.ReportMetric(float64(s.Stats().Bytes)/5000, "B/record")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, ok := bucket.Get(fmt.Sprint(i % 5000)); !ok {
			b.Fatal("missing")
		}
	}
}

func BenchmarkPut(b *testing.B) {
	s := Open(filepath.Join(b.TempDir(), "cache.db"), Options{})
	bucket := s.Space("annie", "1").Bucket("b")
	content := todo(1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		bucket.Put(fmt.Sprint(i%50_000), content)
	}
	s.Close()
}
