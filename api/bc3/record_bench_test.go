package bc3

import (
	"encoding/json"
	"fmt"
	"runtime"
	"testing"

	"basecampfs/api"
)

// sample is a to-do as large as the service's own usually are.
func sample(id int) json.RawMessage {
	who := func(n int) string {
		return fmt.Sprintf(`{"id":%d,"attachable_sgid":"BAh7CEkiCGdpZAY6BkVUSSIrZ2lkOi8vYmMzL1BlcnNvbi8%032d","name":"Person %d","email_address":"p%d@example.com",
			"personable_type":"User","title":"Mover","bio":null,"location":null,"created_at":"2026-01-02T03:04:05.678Z","updated_at":"2026-01-02T03:04:05.678Z",
			"admin":false,"owner":false,"client":false,"employee":true,"time_zone":"Europe/Berlin","avatar_url":"https://3.example/77/people/x/avatar","company":{"id":1,"name":"Haul"}}`, n, n, n, n)
	}
	return json.RawMessage(fmt.Sprintf(`{"id":%d,"type":"Todo",%s,"title":"To-do %d","content":"To-do %d","description":"<div>A few words about what is to be done, and how</div>",
		"completed":false,"starts_on":null,"due_on":"2026-03-09","position":3,"comments_count":0,"comments_url":"https://3.example/77/recordings/%d/comments.json",
		"parent":{"id":60,"type":"Todolist","title":"Van","url":"https://3.example/77/todolists/60.json"},"assignees":[%s,%s],"completion_subscribers":[],"description_attachments":[]}`,
		id, common, id, id, id, who(id%20), who(id%7)))
}

func BenchmarkRecord(b *testing.B) {
	a, raw := &Account{}, sample(1)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		a.record(api.Todo, raw)
	}
}

// TestRecordsAreSlim holds what a record costs beside its JSON to a bound: an
// account may have a million.
func TestRecordsAreSlim(t *testing.T) {
	const n = 5000
	a := &Account{}
	all := make([]*api.Record, n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	raw := 0
	for i := range all {
		s := sample(i)
		raw += len(s)
		all[i] = a.record(api.Todo, s)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	each := (int(after.HeapAlloc) - int(before.HeapAlloc)) / n
	t.Logf("%d bytes a record, of which %d are JSON", each, raw/n)
	if each > raw/n*5/4+1200 {
		t.Errorf("%d bytes a record of %d bytes of JSON", each, raw/n)
	}
	runtime.KeepAlive(all)
}
