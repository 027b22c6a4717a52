package simulator_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"basecampfs/api/simulator"
)

func TestRichTextIsCleaned(t *testing.T) {
	a := company(t)
	_, made := a.list("L", "x")
	p := path("/todos/%d.json", made[0])
	for in, want := range map[string]string{
		"plain & simple":                                         "plain &amp; simple",
		"<div>a<script>alert(1)</script>b</div>":                 "<div>ab</div>",
		"<section><div>kept</div></section>":                     "<div>kept</div>",
		`<a href="javascript:alert(1)" onclick="x()">l</a>`:      "<a>l</a>",
		`<a href="https://e.com/?a=1&b=2" target="_blank">l</a>`: `<a href="https://e.com/?a=1&amp;b=2">l</a>`,
		"<ul><li>one<li>two</ul>":                                "<ul><li>one</li><li>two</li></ul>",
		"a<br/>b":                                                "a<br>b",
		"<div>unclosed":                                          "<div>unclosed</div>",
		"<pre>  two\n  lines</pre>":                              "<pre>  two\n  lines</pre>",
		`<img src="file:///etc/passwd">`:                         "<img>",
		`<bc-attachment sgid="forged"></bc-attachment>`:          "",
		"&lt;b&gt; stays text":                                   "&lt;b&gt; stays text",
	} {
		if got := a.put(p, object{"content": "x", "description": in})["description"]; got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	if got := a.put(p, object{"content": "<b>plain</b> & text"})["content"]; got != "<b>plain</b> & text" {
		t.Errorf("content became %q", got)
	}
}

func TestMentions(t *testing.T) {
	a := company(t)
	annie := named(t, a.all("/people.json"), "Annie Bryan")
	tag := fmt.Sprintf(`<bc-attachment sgid="%s"></bc-attachment>`, annie["attachable_sgid"])
	c := a.post("/recordings/1069479576/comments.json", object{"content": "<div>Hi " + tag + "</div>"})
	got := c["content"].(string)
	if !strings.Contains(got, `content-type="application/vnd.basecamp.mention"><figure>`) || !strings.Contains(got, "Annie\n") {
		t.Errorf("not expanded: %s", got)
	}
	if len(c["content_attachments"].([]any)) != 0 {
		t.Error("a mention is taken for a file")
	}
	again := a.put(path("/comments/%d.json", c), object{"content": got})
	if again["content"] != got {
		t.Errorf("sent back as it came, it became\n%s\nfrom\n%s", again["content"], got)
	}
}

// attach stores bytes and returns what the API says of them.
func (a api) attach(name, contentType string, data []byte) object {
	a.t.Helper()
	r, err := http.NewRequest("POST", a.base+"/attachments.json?name="+url.QueryEscape(name), bytes.NewReader(data))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	res, err := a.c.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != 201 {
		a.t.Fatalf("attachment: %d %s", res.StatusCode, b)
	}
	return decode[object](a.t, b)
}

func TestEmbeddedFiles(t *testing.T) {
	a := company(t)
	data := []byte("some bytes\x00\xff")
	f := a.attach("notes & more.txt", "text/plain; charset=utf-8", data)
	tag := fmt.Sprintf(`<bc-attachment sgid="%s" caption="see"></bc-attachment>`, f["attachable_sgid"])
	_, made := a.list("L", "x", "y")
	o := a.put(path("/todos/%d.json", made[0]), object{"content": "x", "description": "<div>" + tag + "</div>"})
	files := o["description_attachments"].([]any)
	if len(files) != 1 {
		t.Fatalf("%d files in %s", len(files), o["description"])
	}
	m := files[0].(object)
	if m["filename"] != "notes & more.txt" || m["content_type"] != "text/plain" || fmt.Sprint(m["byte_size"]) != fmt.Sprint(len(data)) {
		t.Errorf("metadata %v", m)
	}
	u, err := url.Parse(m["download_url"].(string))
	if err != nil || u.Host == "sim.test" {
		t.Fatalf("download_url %v: %v", m["download_url"], err)
	}
	r := a.want(302, "GET", "http://sim.test"+u.EscapedPath(), nil)
	if got := a.want(200, "GET", r.header.Get("Location"), nil); !bytes.Equal(got.body, data) {
		t.Errorf("downloaded %q", got.body)
	}
	// One file belongs to one recording.
	if o := a.put(path("/todos/%d.json", made[1]), object{"content": "y", "description": tag}); o["description"] != "" {
		t.Errorf("used twice: %s", o["description"])
	}
	again := a.put(path("/todos/%d.json", made[0]), object{"content": "x", "description": o["description"]})
	if again["description"] != o["description"] {
		t.Errorf("sent back as it came, it became %s", again["description"])
	}
}

func TestSignedURLs(t *testing.T) {
	s := serve(t, simulator.Options{})
	a := as(t, s, "Victor Cooper")
	up := named(t, a.all("/projects/recordings.json?type=Upload"), "prices 2026.csv")
	loc := a.want(302, "GET", up["download_url"].(string), nil).header.Get("Location")
	with := func(change func(*http.Request)) int {
		r, _ := http.NewRequest("GET", loc, nil)
		change(r)
		w := &recorder{header: http.Header{}}
		s.ServeHTTP(w, r)
		return w.status
	}
	if got := with(func(*http.Request) {}); got != 200 {
		t.Errorf("as it is: %d", got)
	}
	if got := with(func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+s.Token()) }); got != 400 {
		t.Errorf("with a token: %d", got)
	}
	if got := with(func(r *http.Request) {
		r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "signature=", "signature=0", 1)
	}); got != 403 {
		t.Errorf("changed: %d", got)
	}
	if got := with(func(r *http.Request) { r.URL.RawQuery = "" }); got != 403 {
		t.Errorf("unsigned: %d", got)
	}
}

type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }
func (w *recorder) WriteHeader(n int) {
	if w.status == 0 {
		w.status = n
	}
}
func (w *recorder) Write(b []byte) (int, error) { w.WriteHeader(200); return w.body.Write(b) }

func TestUploads(t *testing.T) {
	a := company(t)
	vault := a.tool("vault")
	f := a.attach("pizza.png", "image/png", []byte("not really"))
	u := a.post(fmt.Sprintf("/vaults/%d/uploads.json", vault), object{"attachable_sgid": f["attachable_sgid"], "base_name": "calzone", "description": "<div>yum</div>"})
	if u["filename"] != "calzone.png" || u["title"] != "calzone.png" || u["description"] != "<div>yum</div>" {
		t.Errorf("created %v", u)
	}
	a.want(422, "POST", fmt.Sprintf("/vaults/%d/uploads.json", vault), object{"attachable_sgid": f["attachable_sgid"]})
	renamed := a.put(path("/uploads/%d.json", u), object{"base_name": "stromboli"})
	if renamed["filename"] != "stromboli.png" || renamed["description"] != "<div>yum</div>" {
		t.Errorf("renamed %v", renamed)
	}
	g := a.attach("better.png", "image/png", []byte("the second version"))
	v := a.post(path("/uploads/%d/versions.json", u), object{"attachable_sgid": g["attachable_sgid"]})
	if id(v) != id(u) || v["filename"] != "better.png" || fmt.Sprint(v["byte_size"]) != "18" {
		t.Errorf("new version %v", v)
	}
	if l := decode[[]object](t, a.want(200, "GET", path("/uploads/%d/versions.json", u), nil).body); len(l) != 2 || l[1]["action"] != "created" {
		t.Errorf("versions %v", l)
	}
	loc := a.want(302, "GET", v["download_url"].(string), nil).header.Get("Location")
	if got := a.want(200, "GET", loc, nil); string(got.body) != "the second version" {
		t.Errorf("downloaded %q", got.body)
	}
	a.s.SetFull(true)
	r, _ := http.NewRequest("POST", a.base+"/attachments.json?name=x", strings.NewReader("x"))
	r.Header.Set("Content-Type", "text/plain")
	if res, err := a.c.Do(r); err != nil || res.StatusCode != 507 {
		t.Errorf("with the plan's storage full: %v %v", res.StatusCode, err)
	}
	a.want(507, "POST", "/projects.json", object{"name": "one too many"})
}

func TestDrafts(t *testing.T) {
	a := company(t)
	annie := as(t, a.s, "Annie Bryan")
	board, vault := a.tool("message_board"), a.tool("vault")
	m := a.post(fmt.Sprintf("/message_boards/%d/messages.json", board), object{"subject": "S", "content": "<div>c</div>"})
	d := a.post(fmt.Sprintf("/vaults/%d/documents.json", vault), object{"title": "T", "content": "<div>c</div>"})
	for _, o := range []object{m, d} {
		if o["status"] != "drafted" {
			t.Errorf("%v is %v", o["title"], o["status"])
		}
		annie.want(404, "GET", o["url"].(string), nil)
	}
	if slices.Contains(titles(a.all(fmt.Sprintf("/message_boards/%d/messages.json", board))), "S") {
		t.Error("a draft is listed")
	}
	if got := titles(a.all("/my/drafts.json")); !slices.Contains(got, "S") || !slices.Contains(got, "T") {
		t.Errorf("drafts: %v", got)
	}
	m = a.put(path("/messages/%d.json", m), object{"status": "active"})
	d = a.put(path("/documents/%d.json", d), object{"status": "active"})
	for _, o := range []object{m, d} {
		if o["status"] != "active" || o["content"] != "<div>c</div>" {
			t.Errorf("published %v: %v %v", o["title"], o["status"], o["content"])
		}
		annie.want(200, "GET", o["url"].(string), nil)
	}
	now := a.post(fmt.Sprintf("/message_boards/%d/messages.json", board), object{"subject": "Now", "status": "active"})
	if now["status"] != "active" {
		t.Errorf("created %v", now["status"])
	}
}

func TestMessagesMergeAndDocumentsReplace(t *testing.T) {
	a := company(t)
	m := a.post(fmt.Sprintf("/message_boards/%d/messages.json", a.tool("message_board")), object{"subject": "S", "content": "<div>c</div>", "status": "active"})
	if got := a.put(path("/messages/%d.json", m), object{"subject": "S2"}); got["content"] != "<div>c</div>" || got["title"] != "S2" {
		t.Errorf("message %v", got)
	}
	d := a.post(fmt.Sprintf("/vaults/%d/documents.json", a.tool("vault")), object{"title": "T", "content": "<div>c</div>", "status": "active"})
	if got := a.put(path("/documents/%d.json", d), object{"title": "T2"}); got["content"] != "" || got["title"] != "T2" {
		t.Errorf("document %v", got)
	}
	a.want(422, "PUT", path("/documents/%d.json", d), object{"content": "no title"})
}
