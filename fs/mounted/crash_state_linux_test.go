package mounted

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// thing is a record as the tests compare it: without ids and times.
type thing struct {
	list, title, body string
	done              bool
	status            string
	rest              string // what nobody changes
	comments          []string
}

func (t thing) String() string {
	return fmt.Sprintf("%s/%s [%v %s] %q %s %q", t.list, t.title, t.done, t.status, t.body, t.rest, t.comments)
}

// decode reads JSON with the numbers as they are: ids can be large.
func (w *world) decode(b []byte, v any) {
	w.t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		w.t.Fatal(err)
	}
}

// exactly makes a request to the service and returns its answer with exact ids.
func (w *world) exactly(method, path string, body any) (o object) {
	w.t.Helper()
	status, b := w.as("Victor Cooper", method, path, body)
	if status/100 != 2 {
		w.t.Fatalf("%s %s: %d %s", method, path, status, b)
	}
	w.decode(b, &o)
	return o
}

// all reads every page of a listing as the service has it.
func (w *world) all(path string) (out []object) {
	w.t.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	seen := map[any]bool{}
	for page := 1; ; page++ {
		status, b := w.as("Victor Cooper", "GET", fmt.Sprintf("%s%spage=%d", path, sep, page), nil)
		if status != 200 {
			w.t.Fatalf("GET %s: %d %s", path, status, b)
		}
		var some []object
		w.decode(b, &some)
		n := len(out)
		for _, o := range some {
			if !seen[o["id"]] {
				seen[o["id"]] = true
				out = append(out, o)
			}
		}
		if len(out) == n {
			return out
		}
	}
}

// state is everything in the workbench's lists, trashed or not.
func (b *workbench) state() (out []thing) {
	w := b.w
	w.t.Helper()
	names := map[string]string{}
	for _, l := range w.all("/projects/recordings.json?type=Todolist&bucket=2085958504") {
		names[fmt.Sprint(l["id"])] = l.text("title")
		if strings.HasPrefix(l.text("title"), "Bench") {
			out = append(out, thing{list: l.text("title"), body: l.text("description"), status: "active"})
		}
	}
	said := map[string][]string{}
	for _, c := range w.all("/projects/recordings.json?type=Comment&bucket=2085958504") {
		id := fmt.Sprint(object(c["parent"].(map[string]any))["id"])
		said[id] = append(said[id], strings.TrimSpace(plain(c.text("content"))))
	}
	for _, status := range []string{"active", "trashed"} {
		for _, o := range w.all("/projects/recordings.json?type=Todo&bucket=2085958504&status=" + status) {
			list := names[fmt.Sprint(object(o["parent"].(map[string]any))["id"])]
			if !strings.HasPrefix(list, "Bench") {
				continue
			}
			id := fmt.Sprint(o["id"])
			slices.Sort(said[id])
			out = append(out, thing{list: list, title: o.text("content"), body: plain(o.text("description")), done: o["completed"] == true, status: status,
				rest:     fmt.Sprintf("%v %v %d %d", o["due_on"], o["starts_on"], len(o["assignees"].([]any)), len(o["completion_subscribers"].([]any))),
				comments: said[id]})
		}
	}
	slices.SortFunc(out, func(a, b thing) int { return strings.Compare(a.String(), b.String()) })
	return out
}

// plain is the words of a body.
func plain(html string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("<div>", "", "</div>", "\n", "<br>", "\n", "<p>", "", "</p>", "\n").Replace(html)), " ")
}

// elsewhere is everything in the account that is not in the workbench, as the
// service's JSON has it.
func (b *workbench) elsewhere() map[string]string {
	w := b.w
	w.t.Helper()
	out := map[string]string{}
	for _, kind := range []string{"Todolist", "Todo", "Message", "Document", "Comment", "Upload", "Vault", "Schedule::Entry", "Kanban::Card"} {
		for _, status := range []string{"active", "archived", "trashed"} {
			for _, o := range w.all("/projects/recordings.json?type=" + kind + "&status=" + status) {
				in, _ := o["parent"].(map[string]any)
				if strings.HasPrefix(o.text("title"), "Bench") || strings.HasPrefix(object(in).text("title"), "Bench") || strings.HasPrefix(object(in).text("title"), "Edit ") {
					continue
				}
				delete(o, "position") // a new list moves the others
				b, err := json.Marshal(o)
				if err != nil {
					w.t.Fatal(err)
				}
				out[fmt.Sprint(kind, " ", o["id"])] = string(b)
			}
		}
	}
	return out
}

// untouched fails where anything outside the workbench differs from before.
func (b *workbench) untouched(before map[string]string) {
	b.w.t.Helper()
	now := b.elsewhere()
	for _, k := range slices.Sorted(maps.Keys(before)) {
		if now[k] != before[k] {
			b.w.t.Errorf("%s was\n%s\nand is\n%s", k, before[k], now[k])
		}
	}
	for k, v := range now {
		if before[k] == "" {
			b.w.t.Errorf("%s is new: %s", k, v)
		}
	}
}
