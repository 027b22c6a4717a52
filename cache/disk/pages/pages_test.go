package pages

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"basecampfs/api/transport"
	"basecampfs/cache/disk"
)

func TestPagesComeBackAsTheyWere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache.db")
	d := disk.Open(path, disk.Options{})
	want := map[string]transport.Page{
		"https://3.basecampapi.com/1/projects.json": {ETag: `W/"abc"`, LastModified: "Tue, 03 Feb 2026 11:00:00 GMT",
			Next: "https://3.basecampapi.com/1/projects.json?page=2", Total: 31, Body: []byte(`[{"id":1,"name":"\u00e9é"}]`)},
		"no validators": {Total: -1, Body: []byte("\x00\xff not JSON")},
		"empty":         {Total: 0, Body: []byte{}},
	}
	for k, p := range want {
		In(d.Space("annie", "1")).Put(k, p)
	}
	for range 2 {
		for k, p := range want {
			got, ok := In(d.Space("annie", "1")).Get(k)
			if diff := cmp.Diff(p, got); !ok || diff != "" {
				t.Errorf("%s: %v %s", k, ok, diff)
			}
		}
		if _, ok := In(d.Space("victor", "1")).Get("empty"); ok {
			t.Error("seen by somebody else")
		}
		d.Close()
		d = disk.Open(path, disk.Options{})
	}
	d.Space("annie", "1").Bucket("pages").Put("bad", []byte{200, 1, 2})
	if _, ok := In(d.Space("annie", "1")).Get("bad"); ok {
		t.Error("half a page")
	}
	d.Close()
}
