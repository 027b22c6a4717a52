package journal

import "testing"

// BenchmarkAppend is what a save waits for: one text of 4 KiB on disk.
func BenchmarkAppend(b *testing.B) {
	j, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	text := noise(4096, 1)
	for b.Loop() {
		id, err := j.Append(Entry{Op: Save, Base: text, Text: text})
		if err == nil {
			err = j.Done(id)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppendParallel is many at once, who share the disk's answers.
func BenchmarkAppendParallel(b *testing.B) {
	j, err := Open(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	text := noise(4096, 1)
	b.SetParallelism(16)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			id, err := j.Append(Entry{Op: Save, Base: text, Text: text})
			if err == nil {
				err = j.Done(id)
			}
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
}
