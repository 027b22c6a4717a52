package simulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"

	"basecampfs/api/simulator"
)

const agent = "Tests (tests@example.com)"

// object is a decoded JSON object, its numbers as they were written.
type object = map[string]any

// api calls one account in the process, as one person.
type api struct {
	t    *testing.T
	s    *simulator.Server
	c    *http.Client
	base string
}

// serve makes a server with small sample data, never listening.
func serve(t *testing.T, o simulator.Options) *simulator.Server {
	t.Helper()
	if o.PublicURL == "" {
		o.PublicURL = "http://sim.test"
	}
	s, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func as(t *testing.T, s *simulator.Server, name string) api {
	t.Helper()
	c, err := s.As(name)
	if err != nil {
		t.Fatal(err)
	}
	return api{t, s, c, fmt.Sprintf("http://sim.test/%d", simulator.CompanyID)}
}

func company(t *testing.T) api { return as(t, serve(t, simulator.Options{}), "Victor Cooper") }

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a api) do(method, path string, body any) answer {
	a.t.Helper()
	url := path
	if path[0] == '/' {
		url = a.base + path
	}
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			a.t.Fatal(err)
		}
		in = bytes.NewReader(b)
	}
	r, err := http.NewRequest(method, url, in)
	if err != nil {
		a.t.Fatal(err)
	}
	res, err := a.c.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, b}
}

// want calls and fails the test unless the status is the wanted one.
func (a api) want(status int, method, path string, body any) answer {
	a.t.Helper()
	r := a.do(method, path, body)
	if r.status != status {
		a.t.Fatalf("%s %s: %d %s, want %d", method, path, r.status, r.body, status)
	}
	return r
}

func decode[T any](t *testing.T, b []byte) (v T) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %.200s", err, b)
	}
	return v
}

func (a api) get(path string) object {
	a.t.Helper()
	return decode[object](a.t, a.want(200, "GET", path, nil).body)
}

func (a api) post(path string, body any) object {
	a.t.Helper()
	return decode[object](a.t, a.want(201, "POST", path, body).body)
}

func (a api) put(path string, body any) object {
	a.t.Helper()
	return decode[object](a.t, a.want(200, "PUT", path, body).body)
}

// all follows a listing to its end.
func (a api) all(path string) (l []object) {
	a.t.Helper()
	for path != "" {
		r := a.want(200, "GET", path, nil)
		l = append(l, decode[[]object](a.t, r.body)...)
		path = next(r.header)
	}
	return l
}

func next(h http.Header) string {
	l := h.Get("Link")
	if l == "" {
		return ""
	}
	return l[1:bytes.IndexByte([]byte(l), '>')]
}

func id(o object) int64 {
	n, err := strconv.ParseInt(fmt.Sprint(o["id"]), 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// named finds the object with a title in a list.
func named(t *testing.T, l []object, title string) object {
	t.Helper()
	for _, o := range l {
		if o["title"] == title || o["name"] == title {
			return o
		}
	}
	t.Fatalf("nothing is called %q", title)
	return nil
}

const leto = 2085958504

// tool returns the id of a tool of the Leto project.
func (a api) tool(name string) int64 {
	a.t.Helper()
	for _, d := range a.get(fmt.Sprintf("/projects/%d.json", leto))["dock"].([]any) {
		if o := d.(object); o["name"] == name {
			return id(o)
		}
	}
	a.t.Fatalf("no tool %q", name)
	return 0
}

// list makes a to-do list with to-dos in the Leto project.
func (a api) list(name string, todos ...string) (list object, made []object) {
	a.t.Helper()
	list = a.post(fmt.Sprintf("/todosets/%d/todolists.json", a.tool("todoset")), object{"name": name})
	for _, t := range todos {
		made = append(made, a.post(fmt.Sprintf("/todolists/%d/todos.json", id(list)), object{"content": t}))
	}
	return list, made
}

func titles(l []object) (out []string) {
	for _, o := range l {
		out = append(out, fmt.Sprint(o["title"]))
	}
	return out
}
