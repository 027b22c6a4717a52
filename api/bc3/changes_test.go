package bc3

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"basecampfs/api"
)

// feed is a fake with an empty account of one project, whose listings of
// recordings are set by type and status.
type feed struct {
	*fake
	a    *Account
	mark api.Mark
}

func newFeed(t *testing.T) *feed {
	f, a := newFake(t, map[string]string{})
	fd := &feed{fake: f, a: a}
	fd.projects(`{"id":40,"name":"P","updated_at":"2026-03-01T00:00:00Z"}`)
	for _, k := range sweep {
		for _, s := range []string{"active", "archived", "trashed"} {
			fd.recordings(k, s, 0)
		}
	}
	fd.poll(t)
	return fd
}

func (f *feed) projects(elements string) { f.set("GET /projects.json", "["+elements+"]") }

func feedKey(k api.Kind, status string) string {
	return "GET /projects/recordings.json?direction=desc&sort=updated_at&status=" + status + "&type=" + strings.ReplaceAll(bulkType(k), ":", "%3A")
}

func (f *feed) recordings(k api.Kind, status string, total int, elements ...string) {
	key := feedKey(k, status)
	f.set(key, "["+strings.Join(elements, ",")+"]")
	f.mu.Lock()
	defer f.mu.Unlock()
	f.header[key] = http.Header{"X-Total-Count": {fmt.Sprint(total)}}
}

func (f *feed) poll(t *testing.T) api.Changes {
	t.Helper()
	c, err := f.a.Changes(t.Context(), f.mark)
	if err != nil {
		t.Fatal(err)
	}
	if c.Next == "" {
		t.Fatal("no mark to go on from")
	}
	f.mark = c.Next
	return c
}

func element(id int64, status string, at time.Time) string {
	return fmt.Sprintf(`{"id":%d,"type":"Todo","content":"t","status":%q,"updated_at":%q,"bucket":{"id":40},"parent":{"id":60,"type":"Todolist"}}`,
		id, status, at.UTC().Format(time.RFC3339Nano))
}

func TestChanges(t *testing.T) {
	f := newFeed(t)
	if got := f.requests(); !slices.Equal(got, []string{"GET /projects.json"}) {
		t.Errorf("a start costs %q", got)
	}
	old, now := time.Now().Add(-time.Hour), time.Now()
	f.recordings(api.Todo, "active", 2, element(1, "active", now), element(2, "active", old))
	c := f.poll(t)
	if got := recordIDs(c.Records); !slices.Equal(got, []int64{1}) {
		t.Errorf("changed: %v", got)
	}
	f.requests()
	// Nothing new: a request a type, and what was reported is not again.
	if c := f.poll(t); len(c.Records) != 0 {
		t.Errorf("repeated: %v", recordIDs(c.Records))
	}
	if n := len(f.requests()); n != 1+len(sweep) {
		t.Errorf("an idle poll costs %d requests", n)
	}
	// One trashed: the count tells, and the record says what it is now.
	f.recordings(api.Todo, "active", 1, element(2, "active", old))
	f.recordings(api.Todo, "trashed", 1, element(1, "trashed", now.Add(time.Second)))
	c = f.poll(t)
	if len(c.Records) != 1 || c.Records[0].ID != 1 || c.Records[0].Status != api.Trashed {
		t.Errorf("trashed: %+v", c.Records)
	}
	if n := len(f.requests()); n != 1+len(sweep)+2 {
		t.Errorf("a trashing costs %d requests", n)
	}
	if c := f.poll(t); len(c.Records) != 0 {
		t.Errorf("repeated: %v", recordIDs(c.Records))
	}
}

func TestChangesOfProjects(t *testing.T) {
	f := newFeed(t)
	f.projects(`{"id":40,"name":"P2","updated_at":"2026-03-01T00:00:09Z"},{"id":41,"name":"New","updated_at":"2026-03-01T00:00:09Z"}`)
	if got := recordIDs(f.poll(t).Records); !slices.Equal(got, []int64{40, 41}) {
		t.Errorf("changed projects: %v", got)
	}
	f.projects("")
	f.set("GET /projects/40.json", `{"id":40,"name":"P2","status":"archived"}`)
	c := f.poll(t) // 41 answers 404
	if len(c.Records) != 1 || c.Records[0].Status != api.Archived || !slices.Equal(c.Lists, []api.Ref{{}}) {
		t.Errorf("gone projects: %v, %v", c.Records, c.Lists)
	}
}

func TestChangesFailWhole(t *testing.T) {
	f := newFeed(t)
	f.recordings(api.Todo, "active", 1, element(1, "active", time.Now()))
	f.fake.status[feedKey(api.Comment, "active")] = 500
	before := f.mark
	if c, err := f.a.Changes(t.Context(), f.mark); api.CodeOf(err) != api.Failed || c.Next != "" || c.Records != nil {
		t.Errorf("got %v, %v", c, err)
	}
	// A type that this service does not know is no failure.
	f.fake.status[feedKey(api.Comment, "active")] = 400
	f.mark = before
	if got := recordIDs(f.poll(t).Records); !slices.Equal(got, []int64{1}) {
		t.Errorf("got %v", got)
	}
	for _, m := range []api.Mark{"", "garbage", "e30"} {
		if c, err := f.a.Changes(t.Context(), m); err != nil || len(c.Records) != 0 || c.Next == "" {
			t.Errorf("mark %q: %v, %v", m, c, err)
		}
	}
}

func TestTrustInTheListOfProjects(t *testing.T) {
	now := time.Now()
	rec := func(project int64, age time.Duration) *api.Record {
		return &api.Record{Ref: api.Ref{Kind: api.Todo, Project: project, ID: 1}, UpdatedAt: now.Add(-age)}
	}
	for _, tt := range []struct {
		name  string
		proof int
		found []*api.Record
		want  int
	}{
		{"announced", 0, []*api.Record{rec(40, time.Minute), rec(40, 2*time.Minute)}, 2},
		{"not announced", 5, []*api.Record{rec(41, time.Minute)}, -1},
		{"lost for good", -1, []*api.Record{rec(40, time.Minute)}, -1},
		{"too new to tell", 1, []*api.Record{rec(41, 0)}, 1},
		{"older than the last look", 1, []*api.Record{rec(41, time.Hour)}, 1},
	} {
		m := &mark{Proof: tt.proof, Listed: now}
		m.judge(tt.found, map[int64]bool{40: true}, now.Add(-10*time.Minute))
		if m.Proof != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, m.Proof, tt.want)
		}
	}
	f := newFeed(t)
	f.poll(t)
	m := decodeMark(f.mark)
	m.Proof = enoughSeen
	f.mark = m.encode()
	f.requests()
	total := 0
	for range trustPolls {
		f.poll(t)
		total += len(f.requests())
	}
	if total != trustPolls {
		t.Errorf("%d idle polls cost %d requests", trustPolls, total)
	}
	f.poll(t)
	if n := len(f.requests()); n != 1+len(sweep) {
		t.Errorf("the poll that looks at everything costs %d requests", n)
	}
}
