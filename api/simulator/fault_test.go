package simulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"basecampfs/api/simulator"
)

func TestFaults(t *testing.T) {
	s := started(t, simulator.Options{})
	u := base(s) + "/todos/1069479576.json"
	get := func() (answer, error) { return call(t, s, "GET", u, "") }
	set := func(spec string) {
		t.Helper()
		if err := s.SetFault(spec); err != nil {
			t.Fatal(err)
		}
	}

	set("status=503 GET /todos/*.json first=2 retry-after=7")
	for i, want := range []int{503, 503, 200} {
		a, err := get()
		if err != nil || a.status != want || want == 503 && a.header.Get("Retry-After") != "7" {
			t.Errorf("call %d: %d, Retry-After %q, %v", i, a.status, a.header.Get("Retry-After"), err)
		}
	}
	set("status=500 /todos/** nth=2")
	for i, want := range []int{200, 500, 200} {
		if a, err := get(); err != nil || a.status != want {
			t.Errorf("call %d: %d, %v", i, a.status, err)
		}
	}
	set("drop GET")
	if _, err := get(); err == nil {
		t.Error("drop: an answer")
	}
	set("malformed")
	if a, err := get(); err != nil || a.status != 200 || json.Valid(a.body) || len(a.body) == 0 {
		t.Errorf("malformed: %d, %d bytes, %v", a.status, len(a.body), err)
	}
	set("empty")
	if a, err := get(); err != nil || a.status != 200 || len(a.body) != 0 {
		t.Errorf("empty: %d, %d bytes, %v", a.status, len(a.body), err)
	}
	set("cut")
	if a, err := get(); err == nil || len(a.body) == 0 {
		t.Errorf("cut: %d bytes, %v", len(a.body), err)
	}
	set("slow=100ms")
	begin := time.Now()
	if a, err := get(); err != nil || !json.Valid(a.body) || time.Since(begin) < 50*time.Millisecond {
		t.Errorf("slow: %d bytes after %v, %v", len(a.body), time.Since(begin), err)
	}
	s.SetFaults()
	if a, err := get(); err != nil || a.status != 200 {
		t.Errorf("no faults: %d, %v", a.status, err)
	}
}

func TestDropBeforeAndAfterActing(t *testing.T) {
	s := started(t, simulator.Options{})
	u := base(s) + "/todos/1069479576.json"
	content := func() any {
		return decode[object](t, mustCall(t, s, "GET", u, "").body)["content"]
	}
	for _, c := range []struct{ spec, want string }{{"drop PUT", "Clear and simple UI"}, {"drop-after PUT", "changed"}} {
		if err := s.SetFault(c.spec); err != nil {
			t.Fatal(err)
		}
		if _, err := call(t, s, "PUT", u, `{"content":"changed"}`); err == nil {
			t.Errorf("%s: an answer", c.spec)
		}
		if got := content(); got != c.want {
			t.Errorf("%s left %v, want %s", c.spec, got, c.want)
		}
	}
}

func TestHangEndsWithTheClient(t *testing.T) {
	s := started(t, simulator.Options{})
	if err := s.SetFault("hang"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", base(s)+"/projects.json", nil)
	if res, err := http.DefaultClient.Do(r); err == nil {
		res.Body.Close()
		t.Errorf("an answer: %d", res.StatusCode)
	}
	if err := s.Close(); err != nil { // returns although somebody may hang
		t.Error(err)
	}
}

// A rate with a seed strikes the same requests in every run.
func TestRateIsRepeatable(t *testing.T) {
	run := func() (out string) {
		s := started(t, simulator.Options{})
		if err := s.SetFault("status=503 rate=0.3 seed=7"); err != nil {
			t.Fatal(err)
		}
		for range 40 {
			if mustCall(t, s, "GET", s.URL()+"/authorization.json", "").status == 503 {
				out += "x"
			} else {
				out += "."
			}
		}
		return out
	}
	a, b := run(), run()
	if a != b {
		t.Errorf("%s and then %s", a, b)
	}
	n := 0
	for _, c := range a {
		if c == 'x' {
			n++
		}
	}
	if n < 3 || n > 25 {
		t.Errorf("%d of 40 strike", n)
	}
}

func TestFaultGrammar(t *testing.T) {
	f, err := simulator.ParseFaults("status=429 GET /a/*.json rate=0.5 seed=3 retry-after=2; drop-after POST nth=1;slow=5s")
	if err != nil || len(f) != 3 {
		t.Fatal(f, err)
	}
	want := simulator.Fault{Action: simulator.Status, Status: 429, Method: "GET", Path: "/a/*.json", Rate: 0.5, Seed: 3, RetryAfter: 2 * time.Second}
	if f[0] != want {
		t.Errorf("%+v, want %+v", f[0], want)
	}
	for _, bad := range []string{"", ";", "explode", "status", "status=42", "status=x", "slow", "slow=-1s", "drop=1", "drop rate=2", "drop nth=0", "drop what", "drop x=y"} {
		if f, err := simulator.ParseFaults(bad); err == nil {
			t.Errorf("%q is taken for %+v", bad, f)
		}
	}
}

func FuzzParseFaults(f *testing.F) {
	for _, s := range []string{"drop", "status=503 GET /todos/*.json first=2", "slow=5s; hang", "malformed rate=0.1 seed=9", "=;=", "cut /**(["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		faults, err := simulator.ParseFaults(spec)
		if err == nil && len(faults) == 0 {
			t.Errorf("%q means nothing", spec)
		}
	})
}
