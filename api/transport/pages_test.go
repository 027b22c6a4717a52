package transport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"basecampfs/api"
	"basecampfs/api/transport"
)

func TestValidators(t *testing.T) {
	body, tag, total := `[{"id":1}]`, `W/"a"`, "1"
	sendTotal := true
	var full, unchanged atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", tag)
		w.Header().Set("Last-Modified", "Tue, 24 Nov 2026 10:00:00 GMT")
		if sendTotal {
			w.Header().Set("X-Total-Count", total)
		}
		if r.Header.Get("If-None-Match") == tag {
			if r.Header.Get("If-Modified-Since") == "" {
				t.Error("no If-Modified-Since")
			}
			unchanged.Add(1)
			w.WriteHeader(304)
			return
		}
		full.Add(1)
		io.WriteString(w, body)
	})
	tr, c := client(t, config(), s.URL)
	get := func() transport.Page {
		t.Helper()
		p, err := c.Get(t.Context(), "/x.json", nil)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := get(); p.NotModified || string(p.Body) != body || p.Total != 1 || !p.Counted || p.Date.IsZero() {
		t.Errorf("first %+v", p)
	}
	if p := get(); !p.NotModified || string(p.Body) != body || p.Total != 1 || !p.Counted {
		t.Errorf("second %+v", p)
	}
	sendTotal = false
	if p := get(); !p.NotModified || p.Total != 1 || p.Counted {
		t.Errorf("without a count %+v", p)
	}
	sendTotal = true
	body, tag = `[{"id":2}]`, `W/"b"`
	if p := get(); p.NotModified || string(p.Body) != body {
		t.Errorf("changed %+v", p)
	}
	// The page is the same, the listing grew: what follows now must be known.
	total = "2"
	if p := get(); p.NotModified || p.Total != 2 {
		t.Errorf("grown %+v", p)
	}
	if full.Load() != 3 || unchanged.Load() != 3 {
		t.Errorf("%d whole answers, %d unchanged", full.Load(), unchanged.Load())
	}
	if st := tr.Stats(); st.NotModified != 3 {
		t.Errorf("stats %+v", st)
	}
}

func TestFollow(t *testing.T) {
	var s *httptest.Server
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		n := r.URL.Query().Get("page")
		next := map[string]string{"": "2", "2": "3"}[n]
		if next != "" {
			w.Header().Set("Link", fmt.Sprintf(`<%s/77/x.json?page=%s>; rel="next"`, s.URL, next))
		}
		fmt.Fprintf(w, `[{"id":%q}]`, "p"+n)
	})
	_, c := client(t, config(), s.URL)
	var got []string
	err := c.Follow(t.Context(), "/x.json", url.Values{"type": {"Todo"}}, func(p transport.Page) error {
		got = append(got, string(p.Body))
		return nil
	})
	if err != nil || len(got) != 3 {
		t.Errorf("%v, %v", got, err)
	}
	stop := errors.New("enough")
	if err := c.Follow(t.Context(), "/x.json", nil, func(transport.Page) error { return stop }); err != stop {
		t.Errorf("the caller's error became %v", err)
	}
}

func TestFollowRefuses(t *testing.T) {
	var stolen atomic.Int32
	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		stolen.Add(1)
		io.WriteString(w, `[]`)
	})
	for name, next := range map[string]string{
		"another host": other.URL + "/77/x.json?page=2",
		"a circle":     "?page=1",
		"itself":       "",
		"a scheme":     "file:///etc/passwd",
		"garbage":      "http://[::1",
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Link", "<"+next+`>; rel="next"`)
			if next == "" {
				w.Header().Set("Link", "<"+r.URL.String()+`>; rel="next"`)
			}
			io.WriteString(w, `[{"id":1}]`)
		})
		_, c := client(t, config(), s.URL)
		err := c.Follow(t.Context(), "/x.json", nil, func(transport.Page) error { return nil })
		if api.CodeOf(err) != api.Malformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if stolen.Load() != 0 {
		t.Error("the token went to another host")
	}
}

func TestNumbered(t *testing.T) {
	pages := map[string]string{"1": `[{"id":1},{"id":2}]`, "2": `[{"id":3}]`, "3": `[]`}
	for _, tt := range []struct {
		name   string
		paged  bool
		pages  int
		answer string
		code   api.Code
	}{
		{"until an empty page", true, 2, "", ""},
		{"a service without pages", false, 1, `[{"id":1}]`, ""},
		{"no list", false, 0, `{"id":1}`, api.Malformed},
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if tt.paged {
				io.WriteString(w, pages[r.URL.Query().Get("page")])
			} else {
				io.WriteString(w, tt.answer)
			}
		})
		_, c := client(t, config(), s.URL)
		n := 0
		err := c.Numbered(t.Context(), "/x.json", nil, func(transport.Page) error { n++; return nil })
		if api.CodeOf(err) != tt.code || n != tt.pages {
			t.Errorf("%s: %d pages, %v", tt.name, n, err)
		}
	}
}

func TestElements(t *testing.T) {
	body := []byte(` [ {"id": 9007199254740993, "x":"<ä>"} , 7,null ] `)
	es, err := transport.Elements(body)
	if err != nil || len(es) != 3 || string(es[0]) != `{"id": 9007199254740993, "x":"<ä>"}` {
		t.Errorf("%s, %v", es, err)
	}
	body[4] = 'X'
	if string(es[0]) != `{"id": 9007199254740993, "x":"<ä>"}` {
		t.Error("an element shares memory with the page")
	}
	for _, bad := range []string{"", "null", `{"id":1}`, `"x"`, "[1"} {
		if _, err := transport.Elements([]byte(bad)); api.CodeOf(err) != api.Malformed {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestDownloadTakesTheTokenToNobodyElse(t *testing.T) {
	storage := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" {
			t.Error("a secret went to the storage host")
		}
		if r.URL.Query().Get("signature") != "x" {
			w.WriteHeader(403)
			return
		}
		io.WriteString(w, "bytes")
	})
	target := ""
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/storage" && r.Header.Get("Authorization") != "" {
			w.WriteHeader(400)
			return
		}
		if r.URL.Path == "/storage" {
			io.WriteString(w, "bytes")
			return
		}
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(401)
			return
		}
		w.Header().Set("Location", target)
		w.WriteHeader(302)
	})
	_, c := client(t, config(), s.URL)
	for _, target = range []string{storage.URL + "/f?signature=x", "/storage?signature=x"} {
		body, size, err := c.Download(t.Context(), "/blobs/1/download/f.txt")
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(body)
		body.Close()
		if string(b) != "bytes" || size != 5 || err != nil {
			t.Errorf("%s: %q of %d, %v", target, b, size, err)
		}
	}
	for _, bad := range []string{"http://storage.example/f", "file:///etc/passwd", "", "://"} {
		target = bad
		if _, _, err := c.Download(t.Context(), "/blobs/1/download/f.txt"); api.CodeOf(err) != api.Malformed {
			t.Errorf("%q: %v", bad, err)
		}
	}
	target = storage.URL + "/f?signature=expired"
	_, _, err := c.Download(t.Context(), "/blobs/1/download/f.txt")
	if api.CodeOf(err) != api.Forbidden || strings.Contains(err.Error(), "expired") {
		t.Errorf("an expired signature: %v", err)
	}
}

func TestUploadOfNothing(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if len(b) != 0 || r.ContentLength != 0 || r.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("got %q, %d, %v", b, r.ContentLength, r.Header)
		}
		w.WriteHeader(201)
	})
	_, c := client(t, config(), s.URL)
	if _, err := c.Upload(t.Context(), "/attachments.json", nil, "", 0, bytes.NewReader(nil)); err != nil {
		t.Error(err)
	}
}

// once hides everything of a reader but Read.
type once struct{ io.Reader }

func TestUpload(t *testing.T) {
	const text = "the bytes of a file"
	var n atomic.Int32
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if n.Add(1) == 1 {
			w.WriteHeader(503)
			return
		}
		if string(b) != text || r.ContentLength != int64(len(text)) || r.Header.Get("Content-Type") != "image/png" || r.URL.Query().Get("name") != "a b.png" {
			t.Errorf("got %q, %d, %v", b, r.ContentLength, r.URL)
		}
		w.WriteHeader(201)
		io.WriteString(w, `{"attachable_sgid":"s"}`)
	})
	_, c := client(t, config(), s.URL)
	name := url.Values{"name": {"a b.png"}}
	ans, err := c.Upload(t.Context(), "/attachments.json", name, "image/png", int64(len(text)), strings.NewReader(text))
	if err != nil || ans.Status != 201 || n.Load() != 2 {
		t.Errorf("%v after %d requests", err, n.Load())
	}
	n.Store(0)
	_, err = c.Upload(t.Context(), "/attachments.json", name, "image/png", int64(len(text)), once{strings.NewReader(text)})
	if api.CodeOf(err) != api.Unreachable || n.Load() != 1 {
		t.Errorf("what cannot be read again: %v after %d requests", err, n.Load())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = c.Upload(ctx, "/attachments.json", name, "", 3, strings.NewReader("abc")); api.CodeOf(err) != api.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

func TestMemoryPagesAreBounded(t *testing.T) {
	m := transport.NewMemoryPages(10_000)
	page := func(n int) transport.Page {
		return transport.Page{ETag: "e", Body: bytes.Repeat([]byte("x"), n), NotModified: true}
	}
	m.Put("large", page(5000))
	if _, ok := m.Get("large"); ok {
		t.Error("a page of half the store was kept")
	}
	for i := range 20 {
		m.Put(fmt.Sprint(i), page(1000))
		if _, ok := m.Get("0"); !ok && i < 8 {
			t.Errorf("the page in use was dropped at %d", i)
		}
	}
	if _, ok := m.Get("1"); ok {
		t.Error("the oldest page is still there")
	}
	p, ok := m.Get("19")
	if !ok || len(p.Body) != 1000 || p.NotModified {
		t.Errorf("the newest page: %v, %d bytes", ok, len(p.Body))
	}
	m.Put("19", page(10))
	if p, _ := m.Get("19"); len(p.Body) != 10 {
		t.Error("a page was not replaced")
	}
}
