package bcx

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"basecampfs/api/simulator/product"
)

// client asks a Server directly, as someone who has signed in.
type client struct {
	t   *testing.T
	s   *Server
	now time.Time
}

var victor = product.Identity{ID: 1, FirstName: "Victor", LastName: "Cooper", Email: "victor@honcho.example"}

func newClient(t *testing.T, size product.Size, o Options) *client {
	c := &client{t: t, now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { c.now = c.now.Add(time.Second); return c.now }
	c.s = New(product.Env{Now: now, Files: &product.Files{Now: now}, Identities: []product.Identity{victor}, Size: size}, o)
	return c
}

func (c *client) do(method, path, body string, header ...string) *httptest.ResponseRecorder {
	c.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	c.s.ServeHTTP(w, product.WithCall(r, product.Call{Account: c.s.Account(), Origin: "https://basecamp.test", Caller: victor}))
	return w
}

// object asks for one thing and wants a status.
func (c *client) object(method, path, body string, status int) object {
	c.t.Helper()
	w := c.do(method, path, body)
	if w.Code != status {
		c.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	o := object{}
	if w.Body.Len() > 0 && json.Unmarshal(w.Body.Bytes(), &o) != nil {
		c.t.Fatalf("%s %s: not an object: %s", method, path, w.Body)
	}
	return o
}

func (c *client) list(path string) []object {
	c.t.Helper()
	w := c.do("GET", path, "")
	var all []object
	if w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &all) != nil {
		c.t.Fatalf("GET %s: %d %s", path, w.Code, w.Body)
	}
	return all
}

func id(o object) int64 { return int64(o["id"].(float64)) }

func (c *client) leto() int64 {
	c.t.Helper()
	for _, p := range c.list("/projects.json") {
		if p["name"] == "The Leto Laptop" {
			return id(p)
		}
	}
	c.t.Fatal("no such project")
	return 0
}

func TestPages(t *testing.T) {
	c := newClient(t, product.Size{}, Options{})
	p := c.leto()
	for path, want := range map[string]int{
		"/people.json": 58,
		fmt.Sprintf("/projects/%d/todolists.json", p):            63,
		fmt.Sprintf("/projects/%d/todolists/completed.json", p):  53,
		fmt.Sprintf("/projects/%d/documents.json", p):            56,
		fmt.Sprintf("/projects/%d/forwards.json", p):             53,
		fmt.Sprintf("/projects/%d/calendar_events.json", p):      58,
		fmt.Sprintf("/projects/%d/calendar_events/past.json", p): 52,
		"/calendar_events.json?start_date=2031-03-01":            21,
	} {
		n, seen := 0, map[int64]bool{}
		for page := 1; ; page++ {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			at := fmt.Sprintf("%s%spage=%d", path, sep, page)
			if link := c.do("GET", at, "").Header().Get("Link"); link != "" {
				t.Errorf("%s: Link: %s", at, link)
			}
			all := c.list(at)
			if len(all) == 0 {
				break
			}
			if len(all) > 50 {
				t.Errorf("%s: %d entries", at, len(all))
			}
			for _, o := range all {
				if seen[id(o)] {
					t.Errorf("%s: %v twice", at, o["id"])
				}
				seen[id(o)] = true
			}
			n += len(all)
		}
		if n != want {
			t.Errorf("%s: %d entries, want %d", path, n, want)
		}
	}
	c.s.IgnorePage(true)
	if a, b := c.list("/people.json?page=1"), c.list("/people.json?page=7"); len(b) != 50 || id(a[0]) != id(b[0]) {
		t.Error("another page although pages are ignored")
	}
}

func TestOddValues(t *testing.T) {
	c := newClient(t, product.Size{}, Options{})
	p := c.leto()
	lists := c.list(fmt.Sprintf("/projects/%d/todolists.json", p))
	if lists[0]["bucket"] != nil || c.list("/todolists.json")[0]["bucket"] == nil {
		t.Error("bucket is for account-wide lists alone")
	}
	l := c.object("GET", fmt.Sprintf("/projects/%d-the-leto-laptop/todolists/%d.json", p, id(lists[0])), "", 200)
	todos := l["todos"].(object)
	first := todos["remaining"].([]any)[1].(object)
	if first["completed_at"] != false || len(first["assignee"].(object)) != 0 || l["comments"] == nil || l["subscribers"] == nil {
		t.Errorf("%v", first)
	}
	clear := todos["remaining"].([]any)[0].(object)
	if clear["due_at"] != "2026-03-01" || clear["due_on"] != "2026-03-01" {
		t.Errorf("%v", clear)
	}
	if len(todos["trashed"].([]any)) != 1 || len(todos["completed"].([]any)) != 1 {
		t.Errorf("%v", todos)
	}
	whole := c.object("GET", fmt.Sprintf("/projects/%d/todos/%d.json", p, id(clear)), "", 200)
	f := whole["attachments"].([]any)[0].(object)
	if f["id"] != nil || f["url"] == nil {
		t.Errorf("%v", f)
	}
	for _, a := range c.list(fmt.Sprintf("/projects/%d/attachments.json?sort=newest", p)) {
		if a["name"] == "Business ponderings" {
			if a["url"] != nil || a["byte_size"] != 0.0 || a["link_url"] == nil {
				t.Errorf("%v", a)
			}
			c.object("PUT", fmt.Sprintf("/projects/%d/attachments/%d.json", p, id(a)), `{"name":"x.y"}`, 400)
		}
	}
	people := c.list("/people.json")
	if at := people[0]["url"].(string); !strings.HasSuffix(at, "-victor-cooper.json") {
		t.Error(at)
	}
	if o := c.object("GET", fmt.Sprintf("/projects/%d.json", p), "", 200); o["todolists"].(object)["remaining_count"] != 63.0 || o["documents"].(object)["count"] != 56.0 {
		t.Errorf("%v %v", o["todolists"], o["documents"])
	}
	if c.do("GET", "/people", "").Code != 404 {
		t.Error("a path without .json")
	}
}

func TestValidators(t *testing.T) {
	c := newClient(t, product.Size{}, Options{})
	w := c.do("GET", "/projects.json", "")
	tag := w.Header().Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	if again := c.do("GET", "/projects.json", "", "If-None-Match", tag); again.Code != 304 || again.Body.Len() != 0 {
		t.Errorf("%d", again.Code)
	}
	c.object("POST", "/projects.json", `{"name":"Another"}`, 201)
	if again := c.do("GET", "/projects.json", "", "If-None-Match", tag); again.Code != 200 {
		t.Errorf("%d after a change", again.Code)
	}
}

func TestTheSampleIsTheSameAtEveryStart(t *testing.T) {
	a, b := newClient(t, product.Size{}, Options{}), newClient(t, product.Size{}, Options{})
	for _, path := range []string{"/projects.json", "/todolists.json", "/todos.json?page=2", "/topics.json", "/documents.json", "/attachments.json", "/events.json", "/people.json", "/groups.json", "/stars.json", "/calendars.json"} {
		if x, y := a.do("GET", path, "").Body.String(), b.do("GET", path, "").Body.String(); x != y || len(x) < 10 {
			t.Errorf("%s differs", path)
		}
	}
}

func TestRefusals(t *testing.T) {
	c := newClient(t, product.Size{}, Options{StorageLimit: 10})
	p := c.leto()
	l := id(c.list(fmt.Sprintf("/projects/%d/todolists.json", p))[0])
	lists, todos := fmt.Sprintf("/projects/%d/todolists", p), fmt.Sprintf("/projects/%d/todolists/%d/todos.json", p, l)
	todo := c.object("POST", todos, `{"content":"One"}`, 201)
	one := fmt.Sprintf("/projects/%d/todos/%d.json", p, id(todo))
	token := c.object("POST", "/attachments.json", "12345", 200)["token"].(string)
	for _, x := range []struct {
		method, path, body string
		status             int
	}{
		{"POST", todos, `{"content":""}`, 422},
		{"POST", todos, `{"content":"x","due_at":"soon"}`, 400},
		{"POST", todos, `{"content":"x","assignee":{"id":1,"type":"Robot"}}`, 400},
		{"POST", todos, `{`, 400},
		{"PUT", one, `{"todolist_id":1}`, 422},
		{"PUT", fmt.Sprintf("%s/%d.json", lists, l), `{"private":true}`, 422},
		{"PUT", fmt.Sprintf("/projects/%d/comments/1.json", p), `{"content":"x"}`, 405},
		{"PUT", fmt.Sprintf("/projects/%d/forwards/1.json", p), `{}`, 405},
		{"POST", fmt.Sprintf("/projects/%d/uploads.json", p), `{}`, 422},
		{"POST", fmt.Sprintf("/projects/%d/uploads.json", p), `{"attachments":[{"token":"` + token + `","name":"noextension"}]}`, 422},
		{"POST", fmt.Sprintf("/projects/%d/uploads.json", p), `{"attachments":[{"token":"wrong","name":"a.b"}]}`, 422},
		{"POST", fmt.Sprintf("/projects/%d/uploads.json", p), `{"attachments":[{"token":"` + token + `","name":"a.b"}]}`, 201},
		{"POST", "/attachments.json", "1234567", 507},
		{"POST", fmt.Sprintf("/projects/%d/calendar_events.json", p), `{"summary":"x","starts_at":"then"}`, 400},
		{"POST", fmt.Sprintf("/projects/%d/calendar_events.json", p), `{"summary":"x","all_day":true,"starts_at":"2031-01-02","ends_at":"2031-01-01"}`, 422},
		{"GET", "/calendar_events.json", "", 400},
		{"GET", "/projects/1.json", "", 404},
		{"DELETE", one, "", 204},
		{"DELETE", one, "", 404},
		{"PUT", one, `{"content":"back","trashed":false}`, 404},
		{"GET", one, "", 200},
	} {
		if w := c.do(x.method, x.path, x.body); w.Code != x.status {
			t.Errorf("%s %s %s: %d %s, want %d", x.method, x.path, x.body, w.Code, w.Body, x.status)
		}
	}
	if got := c.object("GET", one, "", 200); got["trashed"] != true {
		t.Errorf("%v", got)
	}
}

func TestPrivateIsForClientProjects(t *testing.T) {
	c := newClient(t, product.Size{}, Options{})
	for _, p := range c.list("/projects.json") {
		want := 422
		if p["is_client_project"] == true {
			want = 201
		}
		c.object("POST", fmt.Sprintf("/projects/%d/todolists.json", id(p)), `{"name":"Hidden","private":true}`, want)
	}
}

func TestAnUpdateIsPartialAndNullClears(t *testing.T) {
	c := newClient(t, product.Size{Projects: 1, Lists: 2, Todos: 3}, Options{})
	p, lists := id(c.list("/projects.json")[0]), c.list("/todolists.json")
	me := id(c.object("GET", "/people/me.json", "", 200))
	t1 := c.object("POST", fmt.Sprintf("/projects/%d/todolists/%d/todos.json", p, id(lists[0])),
		fmt.Sprintf(`{"content":"x","due_at":"2026-07-01","assignee":{"id":%d,"type":"Person"}}`, me), 201)
	at := fmt.Sprintf("/projects/%d/todos/%d.json", p, id(t1))
	t1 = c.object("PUT", at, `{"completed":true}`, 200)
	if t1["due_on"] != "2026-07-01" || t1["assignee"] == nil || t1["content"] != "x" || t1["completed_at"] == false {
		t.Errorf("%v", t1)
	}
	t1 = c.object("PUT", at, `{"due_at":null,"assignee":null}`, 200)
	if t1["due_on"] != nil || t1["assignee"] != nil || t1["completed"] != true {
		t.Errorf("%v", t1)
	}
	t1 = c.object("PUT", at, fmt.Sprintf(`{"todolist_id":%d,"position":1}`, id(lists[1])), 200)
	if int64(t1["todolist_id"].(float64)) != id(lists[1]) || t1["position"] != 1.0 {
		t.Errorf("%v", t1)
	}
	if t1 = c.object("PUT", at, `{"position":99}`, 200); t1["position"] != 4.0 {
		t.Errorf("%v", t1["position"])
	}
}

func TestTheLogAndItsCorrections(t *testing.T) {
	c := newClient(t, product.Size{Projects: 1, Lists: 1}, Options{})
	p, l := id(c.list("/projects.json")[0]), id(c.list("/todolists.json")[0])
	todo := c.object("POST", fmt.Sprintf("/projects/%d/todolists/%d/todos.json", p, l), `{"content":"x"}`, 201)
	at := fmt.Sprintf("/projects/%d/todos/%d.json", p, id(todo))
	newest := func() object { return c.list("/events.json")[0] }
	e := newest()
	if e["created_at"] != e["updated_at"] || id(e["eventable"].(object)) != id(todo) || e["bucket"] == nil {
		t.Errorf("%v", e)
	}
	c.now = c.now.Add(10 * time.Minute)
	c.object("PUT", at, `{"content":"y"}`, 200)
	if again := newest(); id(again) != id(e) || again["updated_at"] == e["updated_at"] || again["created_at"] != e["created_at"] || again["target"] != "y" {
		t.Errorf("%v", again)
	}
	c.now = c.now.Add(10 * time.Minute)
	c.object("PUT", at, `{"content":"z"}`, 200)
	if later := newest(); id(later) == id(e) {
		t.Error("an edit after the window made no event")
	}
	since := strings.ReplaceAll(newest()["created_at"].(string), "+", "%2B")
	if n := len(c.list("/events.json?since=" + since)); n != 0 {
		t.Errorf("%d events after the newest", n)
	}
	if w := c.do("GET", "/events.json?since="+strings.ReplaceAll(since, "%2B", "+"), ""); w.Code != 400 {
		t.Errorf("a bare + in a query: %d", w.Code)
	}
	if n := len(c.list("/events.json?since=2000-01-01T00:00:00Z")); n != len(c.s.s.events) {
		t.Errorf("%d of %d events", n, len(c.s.s.events))
	}
}

func TestWindowsHaveEveryOccurrence(t *testing.T) {
	c := newClient(t, product.Size{}, Options{})
	p := c.leto()
	at := fmt.Sprintf("/projects/%d/calendar_events.json?start_date=2031-01-01", p)
	var masters, others int
	for _, e := range c.list(at) {
		if e["summary"] != "Weekly meeting" {
			continue
		}
		if e["recurring"] != nil {
			masters++
		} else if r := e["recurrence"].(object); e["id"] == nil && r["master"] != nil && r["number"] != 2.0 && r["number"] != 3.0 {
			others++
		}
	}
	if masters != 1 || others != 2 {
		t.Errorf("%d masters, %d other occurrences", masters, others)
	}
	long := c.list(fmt.Sprintf("/projects/%d/calendar_events.json?start_date=2031-03-01&end_date=2031-12-31", p))
	if last := long[len(long)-1]["starts_at"].(string); last >= "2031-04-13" {
		t.Errorf("a window of more than six weeks, up to %s", last)
	}
}

func TestDownload(t *testing.T) {
	c := newClient(t, product.Size{}, Options{})
	for _, a := range c.list("/attachments.json?sort=newest") {
		u, ok := a["url"].(string)
		if !ok {
			continue
		}
		w := c.do("GET", strings.TrimPrefix(u, "https://basecamp.test"+c.s.Account().Path), "")
		if w.Code != http.StatusFound {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		to := w.Header().Get("Location")
		g := httptest.NewRecorder()
		c.s.s.env.Files.ServeHTTP(g, httptest.NewRequest("GET", to, nil))
		b, _ := io.ReadAll(g.Body)
		if g.Code != 200 || float64(len(b)) != a["byte_size"] || !bytes.Contains(b, []byte("photo")) && a["content_type"] == "image/jpeg" {
			t.Errorf("%s: %d, %d bytes", u, g.Code, len(b))
		}
		return
	}
	t.Error("nothing to download")
}

func TestTagsStarsAndGroups(t *testing.T) {
	c := newClient(t, product.Size{}, Options{})
	a := c.list("/attachments.json")[3]
	p := c.leto()
	at := fmt.Sprintf("/projects/%d/attachments/%d", p, id(a))
	c.object("POST", at+"/tags.json", `{"name":" logos/icons "}`, 204)
	if got := c.list("/tags/LOGOS%2Ficons/attachments.json"); len(got) != 1 || id(got[0]) != id(a) {
		t.Errorf("%v", got)
	}
	c.object("DELETE", at+"/tags/logos%2Ficons.json", "", 204)
	if got := c.list("/tags/logos%2Ficons/attachments.json"); len(got) != 0 {
		t.Errorf("%v", got)
	}
	n := len(c.list("/stars.json"))
	c.object("DELETE", fmt.Sprintf("/projects/%d/star.json", p), "", 204)
	if len(c.list("/stars.json")) != n-1 {
		t.Error("still starred")
	}
	g := c.list("/groups.json")[0]
	sub := g["subgroups"].([]any)[0].(object)
	if o := c.object("GET", fmt.Sprintf("/groups/%d/subgroups/%d.json", id(g), id(sub)), "", 200); len(o["memberships"].([]any)) == 0 {
		t.Errorf("%v", o)
	}
}
