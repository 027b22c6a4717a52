package mounted

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
)

// object is a record as the service's JSON has it.
type object map[string]any

func (o object) text(key string) string {
	s, _ := o[key].(string)
	return s
}

// as makes a request to the service as somebody else, unseen by the counters.
func (w *world) as(who, method, path string, body any) (int, []byte) {
	w.t.Helper()
	c, err := w.sim.As(who)
	if err != nil {
		w.t.Fatal(err)
	}
	var data io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		data = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, w.href()+path, data)
	if err != nil {
		w.t.Fatal(err)
	}
	res, err := c.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, b
}

// href is the address of the account's API.
func (w *world) href() string {
	for _, a := range w.sim.Accounts() {
		if a.Name == account {
			return a.Href
		}
	}
	w.t.Fatalf("there is no account %q", account)
	return ""
}

// served is one record as the service has it.
func (w *world) served(path string) object {
	w.t.Helper()
	status, b := w.as("Victor Cooper", "GET", path, nil)
	if status != 200 {
		w.t.Fatalf("GET %s: %d %s", path, status, b)
	}
	var o object
	if err := json.Unmarshal(b, &o); err != nil {
		w.t.Fatal(err)
	}
	return o
}

// apply changes a record at the service as somebody else.
func (w *world) apply(who, method, path string, body any) object {
	w.t.Helper()
	status, b := w.as(who, method, path, body)
	if status/100 != 2 {
		w.t.Fatalf("%s %s: %d %s", method, path, status, b)
	}
	var o object
	if len(b) > 0 {
		if err := json.Unmarshal(b, &o); err != nil {
			w.t.Fatal(err)
		}
	}
	return o
}

// api is where the mount's own .json says that an item is.
func (w *world) api(rel string) string {
	w.t.Helper()
	var o object
	if err := json.Unmarshal([]byte(w.read(rel)), &o); err != nil {
		w.t.Fatal(err)
	}
	return strings.TrimPrefix(o.text("url"), w.href())
}

// told is what the mount says went wrong.
func (w *world) told() string { return w.read(".basecampfs/errors.log") }

// rejected are the texts that could not be saved, without their reasons.
func (w *world) rejected() (texts []string) {
	w.t.Helper()
	var s struct{ Rejected []string }
	if err := json.Unmarshal([]byte(w.read(".basecampfs/status.json")), &s); err != nil {
		w.t.Fatal(err)
	}
	for _, name := range s.Rejected {
		texts = append(texts, w.read(".basecampfs/rejected/"+name))
	}
	return texts
}

// waiting is how many texts are neither saved nor rejected.
func (w *world) waiting() int {
	w.t.Helper()
	var s struct{ Waiting int }
	if err := json.Unmarshal([]byte(w.read(".basecampfs/status.json")), &s); err != nil {
		w.t.Fatal(err)
	}
	return s.Waiting
}

// quiet fails where anything is told, rejected or still waiting.
func (w *world) quiet() {
	w.t.Helper()
	if s := w.told(); s != "" {
		w.t.Errorf("errors.log says:\n%s", s)
	}
	if r := w.rejected(); len(r) > 0 {
		w.t.Errorf("%d texts are rejected", len(r))
	}
	if n := w.waiting(); n > 0 {
		w.t.Errorf("%d texts wait", n)
	}
}

// onDisk makes a file outside the mount.
func (w *world) onDisk(text string) string {
	w.t.Helper()
	f, err := os.CreateTemp(w.state, "text-*")
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		w.t.Fatal(err)
	}
	return f.Name()
}

// missing are the elements of a that are not in b.
func missing(a, b []string) (out []string) {
	for _, s := range a {
		if !slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}
