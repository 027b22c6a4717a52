package simulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"basecampfs/api/simulator"
	"basecampfs/api/simulator/product"
)

func TestGearedPages(t *testing.T) {
	a := company(t)
	p := "/projects/recordings.json?type=Todo&sort=created_at&direction=asc"
	var sizes []int
	seen := map[int64]bool{}
	total := ""
	for p != "" {
		r := a.want(200, "GET", p, nil)
		l := decode[[]object](t, r.body)
		sizes = append(sizes, len(l))
		for _, o := range l {
			if seen[id(o)] {
				t.Errorf("%d comes twice", id(o))
			}
			seen[id(o)] = true
		}
		if total != "" && total != r.header.Get("X-Total-Count") {
			t.Errorf("total %s, then %s", total, r.header.Get("X-Total-Count"))
		}
		total = r.header.Get("X-Total-Count")
		if p = next(r.header); p != "" && !strings.HasPrefix(p, a.base+"/projects/recordings.json?") {
			t.Errorf("next is %s", p)
		}
	}
	if len(sizes) < 5 || !slices.Equal(sizes[:4], []int{15, 30, 50, 100}) {
		t.Errorf("pages of %v", sizes)
	}
	for _, n := range sizes[4 : len(sizes)-1] {
		if n != 100 {
			t.Errorf("pages of %v", sizes)
		}
	}
	if total != fmt.Sprint(len(seen)) {
		t.Errorf("total %s of %d", total, len(seen))
	}
	if r := a.want(200, "GET", "/projects/recordings.json?type=Todo&page=999999", nil); string(r.body) != "[]" || next(r.header) != "" {
		t.Errorf("beyond the end: %.80s", r.body)
	}
}

func TestRecordingsOrders(t *testing.T) {
	a := company(t)
	for _, sort := range []string{"created_at", "updated_at"} {
		for _, dir := range []string{"asc", "desc"} {
			l := a.all("/projects/recordings.json?type=Comment&sort=" + sort + "&direction=" + dir)
			if len(l) < 40 {
				t.Fatalf("only %d", len(l))
			}
			if !slices.IsSortedFunc(l, func(x, y object) int {
				n := strings.Compare(x[sort].(string), y[sort].(string))
				if dir == "desc" {
					return -n
				}
				return n
			}) {
				t.Errorf("%s %s is out of order", sort, dir)
			}
		}
	}
}

func TestRecordingsFollowWrites(t *testing.T) {
	a := company(t)
	newest := func(q string) object {
		return decode[[]object](t, a.want(200, "GET", "/projects/recordings.json?type=Todo&"+q, nil).body)[0]
	}
	_, made := a.list("L", "1", "2")
	if got := newest("sort=created_at"); got["title"] != "2" {
		t.Errorf("newest by creation: %v", got["title"])
	}
	a.put(path("/todos/%d.json", made[0]), object{"content": "1 again"})
	if got := newest("sort=updated_at&direction=desc"); got["title"] != "1 again" {
		t.Errorf("newest by change: %v", got["title"])
	}
	if got := newest("sort=created_at"); got["title"] != "2" {
		t.Errorf("newest by creation after a change: %v", got["title"])
	}
	a.want(204, "PUT", path("/recordings/%d/status/trashed.json", made[1]), nil)
	if got := newest("status=trashed&sort=updated_at"); id(got) != id(made[1]) {
		t.Errorf("newest in the trash: %v", got["title"])
	}
	if got := newest("sort=created_at"); id(got) != id(made[0]) {
		t.Errorf("newest after trashing: %v", got["title"])
	}
}

func TestRecordingsParameters(t *testing.T) {
	a := company(t)
	a.want(400, "GET", "/projects/recordings.json", nil)
	a.want(400, "GET", "/projects/recordings.json?type=Nothing", nil)
	a.want(404, "GET", "/projects/recordings.json?type=Todo&bucket=1", nil)
	a.want(404, "GET", fmt.Sprintf("/projects/recordings.json?type=Todo&bucket=%d,1", leto), nil)
	annie := as(t, a.s, "Annie Bryan")
	annie.want(404, "GET", "/projects/recordings.json?type=Todo&bucket=2085958530", nil)
	for _, o := range a.all(fmt.Sprintf("/projects/recordings.json?type=Todolist&bucket=%d", leto)) {
		if id(o["bucket"].(object)) != leto {
			t.Errorf("of another project: %v", o["bucket"])
		}
	}
	for _, o := range a.all("/projects/recordings.json?type=Todo") {
		if o["status"] != "active" || id(o["bucket"].(object)) >= 2085958540 {
			t.Errorf("of an archived or trashed project: %v", o["url"])
		}
	}
}

// What lies below follows its parent, except what has a status of its own.
func TestTrashAndRestore(t *testing.T) {
	a := company(t)
	l, made := a.list("L", "1", "2")
	c := a.post(path("/recordings/%d/comments.json", made[0]), object{"content": "<div>c</div>"})
	a.want(204, "PUT", path("/recordings/%d/status/trashed.json", made[1]), nil)
	own := a.get(path("/todos/%d.json", made[1]))
	if own["status"] != "trashed" || own["inherits_status"] != false {
		t.Errorf("trashed by itself: %v %v", own["status"], own["inherits_status"])
	}
	a.want(204, "PUT", path("/recordings/%d/status/trashed.json", l), nil)
	for _, p := range []string{path("/todos/%d.json", made[0]), path("/comments/%d.json", c)} {
		if o := a.get(p); o["status"] != "trashed" || o["inherits_status"] != true {
			t.Errorf("%s: %v, inherits %v", p, o["status"], o["inherits_status"])
		}
	}
	if got := titles(a.all(path("/todolists/%d/todos.json?status=trashed", l))); len(got) != 2 {
		t.Errorf("trashed to-dos: %v", got)
	}
	a.want(404, "POST", path("/recordings/%d/comments.json", made[0]), object{"content": "too late"})
	a.want(204, "PUT", path("/recordings/%d/status/active.json", l), nil)
	if got := titles(a.all(path("/todolists/%d/todos.json", l))); !slices.Equal(got, []string{"1"}) {
		t.Errorf("restored: %v", got)
	}
	if o := a.get(path("/comments/%d.json", c)); o["status"] != "active" {
		t.Errorf("the comment is %v", o["status"])
	}
	if o := a.get(path("/todos/%d.json", made[1])); o["status"] != "trashed" {
		t.Errorf("what was trashed by itself is %v", o["status"])
	}
}

func TestACommentBumpsWhatItIsOn(t *testing.T) {
	a := company(t)
	l, made := a.list("L", "1")
	at := func() (out [3]string) {
		for i, p := range []string{path("/todos/%d.json", made[0]), path("/todolists/%d.json", l), fmt.Sprintf("/projects/%d.json", leto)} {
			out[i] = a.get(p)["updated_at"].(string)
		}
		return out
	}
	before := at()
	a.post(path("/recordings/%d/comments.json", made[0]), object{"content": "<div>c</div>"})
	after := at()
	for i := range before {
		if after[i] <= before[i] {
			t.Errorf("number %d went from %s to %s", i, before[i], after[i])
		}
	}
	if got := fmt.Sprint(a.get(path("/todos/%d.json", made[0]))["comments_count"]); got != "1" {
		t.Errorf("%s comments", got)
	}
}

func TestBothSpellingsAreOne(t *testing.T) {
	a := company(t)
	flat := a.want(200, "GET", "/todos/1069479576.json", nil).body
	for _, p := range []string{"/todos/1069479576", "/buckets/2085958504/todos/1069479576.json", "/buckets/2085958504/todos/1069479576"} {
		if got := a.want(200, "GET", p, nil).body; string(got) != string(flat) {
			t.Errorf("%s differs", p)
		}
	}
	a.want(404, "GET", "/buckets/2085958503/todos/1069479576.json", nil)
	a.want(404, "GET", "/messages/1069479576.json", nil)
}

// Two starts serve the same bytes.
func TestDeterminism(t *testing.T) {
	a, b := company(t), company(t)
	urls := []string{"/projects.json", "/projects.json?status=archived", "/people.json", "/todos/1069479576.json",
		"/my/assignments.json", "/search.json?q=leto"}
	for _, k := range []string{"Todo", "Todolist", "Comment", "Message", "Document", "Upload", "Vault", "Kanban::Card", "Kanban::Step", "Question::Answer", "Schedule::Entry"} {
		for _, st := range []string{"active", "archived", "trashed"} {
			for page := 1; page < 6; page++ {
				urls = append(urls, fmt.Sprintf("/projects/recordings.json?type=%s&status=%s&sort=updated_at&page=%d", k, st, page))
			}
		}
	}
	for _, u := range urls {
		x, y := a.want(200, "GET", u, nil), b.want(200, "GET", u, nil)
		if string(x.body) != string(y.body) || x.header.Get("ETag") != y.header.Get("ETag") {
			t.Errorf("%s differs", u)
		}
	}
}

func TestSizes(t *testing.T) {
	z, err := product.ParseSize("3x4x5")
	if err != nil {
		t.Fatal(err)
	}
	a := as(t, serve(t, simulator.Options{Size: z}), "Victor Cooper")
	for p, want := range map[string]string{
		"/projects.json": "3", "/projects/recordings.json?type=Todolist": "12", "/projects/recordings.json?type=Todo": "60",
	} {
		if got := a.want(200, "GET", p, nil).header.Get("X-Total-Count"); got != want {
			t.Errorf("%s: %s, want %s", p, got, want)
		}
	}
	for _, bad := range []string{"3x4", "axbxc", "0x1x1", "-1x1x1", "100000x100000x100000", "1x2x3x4"} {
		if z, err := product.ParseSize(bad); err == nil {
			t.Errorf("%q is taken for %v", bad, z)
		}
	}
}

func TestLargeIDs(t *testing.T) {
	a := company(t)
	o := named(t, a.all(fmt.Sprintf("/projects/recordings.json?type=Todo&bucket=%d", leto)), "One beyond 2^53")
	if id(o) <= 1<<53 {
		t.Errorf("id %d", id(o))
	}
	if got := a.get(path("/todos/%d.json", o)); id(got) != id(o) {
		t.Errorf("asked for %d, got %d", id(o), id(got))
	}
	if o := a.get("/todos/1069479576.json"); o["title"] != "Clear and simple UI" || o["creator"].(object)["name"] != "Annie Bryan" {
		t.Errorf("the to-do of the documents is %v", o["title"])
	}
}
