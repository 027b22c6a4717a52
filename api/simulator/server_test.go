package simulator_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"basecampfs/api/simulator"
)

// started is a server that listens.
func started(t *testing.T, o simulator.Options) *simulator.Server {
	t.Helper()
	s, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func base(s *simulator.Server) string { return fmt.Sprintf("%s/%d", s.URL(), simulator.CompanyID) }

// call sends a request with a token, and headers that "" removes.
func call(t *testing.T, s *simulator.Server, method, url, body string, headers ...string) (answer, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.Token())
	r.Header.Set("User-Agent", agent)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" && headers[i] != "User-Agent" {
			r.Header.Del(headers[i])
		}
	}
	c := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, b}, err
}

func mustCall(t *testing.T, s *simulator.Server, method, url, body string, headers ...string) answer {
	t.Helper()
	a, err := call(t, s, method, url, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestWhatEveryRequestNeeds(t *testing.T) {
	s := started(t, simulator.Options{})
	u := base(s) + "/projects.json"
	for _, c := range []struct {
		name, method, url, body string
		headers                 []string
		want                    int
	}{
		{"as it should be", "GET", u, "", nil, 200},
		{"no User-Agent", "GET", u, "", []string{"User-Agent", ""}, 400},
		{"no token", "GET", u, "", []string{"Authorization", ""}, 401},
		{"another token", "GET", u, "", []string{"Authorization", "Bearer x"}, 401},
		{"a password", "GET", u, "", []string{"Authorization", "Basic dmljdG9yQGhvbmNob2Rlc2lnbi5jb206Y29ycmVjdCBob3JzZQ=="}, 401},
		{"another account", "GET", s.URL() + "/1/projects.json", "", nil, 404},
		{"no such route", "GET", base(s) + "/nothing.json", "", nil, 404},
		{"no such method", "DELETE", u, "", nil, 405},
		{"no Content-Type", "POST", u, `{"name":"x"}`, []string{"Content-Type", ""}, 415},
		{"a form", "POST", u, "name=x", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"no JSON", "POST", u, "{", nil, 400},
		{"a list", "POST", u, "[]", nil, 400},
		{"wrapped", "POST", u, `{"project":{"name":"x"}}`, nil, 201},
		{"Basecamp 2 with a password", "GET", fmt.Sprintf("%s/%d/api/v1/people/me.json", s.URL(), simulator.LegacyID), "",
			[]string{"Authorization", "Basic dmljdG9yQGhvbmNob2Rlc2lnbi5jb206Y29ycmVjdCBob3JzZQ=="}, 200},
		{"Basecamp 2 with a wrong password", "GET", fmt.Sprintf("%s/%d/api/v1/people/me.json", s.URL(), simulator.LegacyID), "",
			[]string{"Authorization", "Basic eDp5"}, 401},
	} {
		if got := mustCall(t, s, c.method, c.url, c.body, c.headers...); got.status != c.want {
			t.Errorf("%s: %d %s, want %d", c.name, got.status, got.body, c.want)
		}
	}
}

func TestConditionalRequests(t *testing.T) {
	s := started(t, simulator.Options{})
	u := base(s) + "/todos/1069479576.json"
	first := mustCall(t, s, "GET", u, "")
	etag, modified := first.header.Get("ETag"), first.header.Get("Last-Modified")
	if !strings.HasPrefix(etag, `W/"`) || modified == "" {
		t.Fatalf("ETag %s, Last-Modified %s", etag, modified)
	}
	for _, h := range [][]string{{"If-None-Match", etag}, {"If-Modified-Since", modified}, {"If-None-Match", etag, "If-Modified-Since", modified}} {
		if got := mustCall(t, s, "GET", u, "", h...); got.status != 304 || len(got.body) != 0 || got.header.Get("ETag") != etag {
			t.Errorf("%v: %d with %d bytes", h, got.status, len(got.body))
		}
	}
	mustCall(t, s, "PUT", u, `{"content":"changed"}`)
	for _, h := range [][]string{{"If-None-Match", etag}, {"If-Modified-Since", modified}, {"If-None-Match", etag, "If-Modified-Since", modified}} {
		if got := mustCall(t, s, "GET", u, "", h...); got.status != 200 || got.header.Get("ETag") == etag {
			t.Errorf("after a change, %v: %d", h, got.status)
		}
	}
}

func TestRateLimit(t *testing.T) {
	s := started(t, simulator.Options{RateLimit: simulator.RateLimit{Requests: 3, Per: time.Hour}})
	u := base(s) + "/projects.json"
	for range 3 {
		if got := mustCall(t, s, "GET", u, ""); got.status != 200 {
			t.Fatal(got.status)
		}
	}
	got := mustCall(t, s, "GET", u, "")
	if got.status != 429 || got.header.Get("Retry-After") != "3600" {
		t.Errorf("%d, Retry-After %s", got.status, got.header.Get("Retry-After"))
	}
	if got := mustCall(t, s, "GET", s.URL()+"/authorization.json", ""); got.status != 200 {
		t.Errorf("Launchpad is limited too: %d", got.status)
	}
	s.SetRateLimit(simulator.RateLimit{})
	if got := mustCall(t, s, "GET", u, ""); got.status != 200 {
		t.Errorf("without a limit: %d", got.status)
	}
	for in, ok := range map[string]bool{"50/10s": true, "off": true, "": true, "50": false, "0/10s": false, "x/1s": false, "5/0s": false} {
		if _, err := simulator.ParseRateLimit(in); (err == nil) != ok {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestTokensThatEnd(t *testing.T) {
	s := started(t, simulator.Options{})
	u := base(s) + "/projects.json"
	s.ExpireToken(s.Token())
	if got := mustCall(t, s, "GET", u, ""); got.status != 401 || !strings.Contains(string(got.body), "expired") {
		t.Errorf("expired: %d %s", got.status, got.body)
	}
	s.RestoreToken(s.Token())
	if got := mustCall(t, s, "GET", u, ""); got.status != 200 {
		t.Errorf("restored: %d", got.status)
	}
	s.RevokeToken(s.Token())
	if got := mustCall(t, s, "GET", u, ""); got.status != 401 || got.header.Get("WWW-Authenticate") == "" {
		t.Errorf("revoked: %d", got.status)
	}
}

func TestInactiveAccount(t *testing.T) {
	s := started(t, simulator.Options{})
	s.SetInactive(simulator.CompanyID, true)
	if got := mustCall(t, s, "GET", base(s)+"/projects.json", ""); got.status != 404 || got.header.Get("Reason") != "Account Inactive" {
		t.Errorf("%d, Reason %q", got.status, got.header.Get("Reason"))
	}
	if got := mustCall(t, s, "GET", fmt.Sprintf("%s/%d/projects.json", s.URL(), simulator.BrandID), ""); got.status != 200 {
		t.Errorf("another account: %d", got.status)
	}
	s.SetInactive(simulator.CompanyID, false)
	if got := mustCall(t, s, "GET", base(s)+"/projects.json", ""); got.status != 200 {
		t.Errorf("active again: %d", got.status)
	}
}

func TestDownAndSomebodyElse(t *testing.T) {
	s := started(t, simulator.Options{})
	s.Down(true)
	if _, err := call(t, s, "GET", base(s)+"/projects.json", ""); err == nil {
		t.Error("an answer while down")
	}
	s.ResetCounters()
	c, err := s.As("Annie Bryan")
	if err != nil {
		t.Fatal(err)
	}
	a := api{t, s, c, base(s)}
	if o := a.put("/todos/1069479576.json", object{"content": "Annie was here"}); o["content"] != "Annie was here" {
		t.Errorf("%v", o["content"])
	}
	if n := s.Requests().Total; n != 0 {
		t.Errorf("%d requests counted", n)
	}
	s.Down(false)
	got := mustCall(t, s, "GET", base(s)+"/todos/1069479576.json", "")
	if !strings.Contains(string(got.body), "Annie was here") {
		t.Error("the change is not there")
	}
	if _, err := s.As("Nobody"); err == nil {
		t.Error("nobody acts")
	}
}

func TestCounters(t *testing.T) {
	s := started(t, simulator.Options{})
	mustCall(t, s, "GET", base(s)+"/buckets/2085958504/todos/1069479576.json", "")
	mustCall(t, s, "GET", base(s)+"/todos/1069479576.json", "")
	mustCall(t, s, "GET", base(s)+"/todos/1.json", "")
	mustCall(t, s, "GET", s.URL()+"/authorization.json", "")
	var r simulator.Requests
	for range 100 { // an answer is logged after it was sent
		if r = s.Requests(); len(r.Log) == 4 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if r.Total != 4 || r.ByRoute["GET /todos/{id}.json"] != 3 || r.ByRoute["GET /authorization.json"] != 1 || r.ByStatus[404] != 1 {
		t.Errorf("%+v", r)
	}
	for _, q := range r.Log {
		if strings.Contains(fmt.Sprint(q), s.Token()) {
			t.Error("the log has the token")
		}
	}
	s.ResetCounters()
	if r := s.Requests(); r.Total != 0 || len(r.ByRoute) != 0 {
		t.Errorf("after a reset: %+v", r)
	}
}

// A signed URL has an origin of its own, on which nothing else is.
func TestFilesHaveTheirOwnOrigin(t *testing.T) {
	s := started(t, simulator.Options{})
	u := decode[[]object](t, mustCall(t, s, "GET", base(s)+"/projects/recordings.json?type=Upload&direction=asc", "").body)[0]
	first := mustCall(t, s, "GET", u["download_url"].(string), "")
	loc := first.header.Get("Location")
	if first.status != 302 || strings.HasPrefix(loc, s.URL()) {
		t.Fatalf("%d to %s", first.status, loc)
	}
	if got := mustCall(t, s, "GET", loc, "", "Authorization", ""); got.status != 200 || fmt.Sprint(len(got.body)) != fmt.Sprint(u["byte_size"]) {
		t.Errorf("%d with %d bytes of %v", got.status, len(got.body), u["byte_size"])
	}
	if got := mustCall(t, s, "GET", loc, ""); got.status != 400 {
		t.Errorf("with a token: %d", got.status)
	}
	origin := loc[:strings.Index(loc, "/blobs/")]
	if got := mustCall(t, s, "GET", origin+"/authorization.json", ""); got.status != 404 {
		t.Errorf("Launchpad there: %d", got.status)
	}
	if got := mustCall(t, s, "GET", base(s)+"/uploads/1/download/x", ""); got.status != 404 {
		t.Errorf("no such upload: %d", got.status)
	}
}

func TestOnlyLoopback(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "nonsense"} {
		s, err := simulator.New(simulator.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Start(addr); err == nil {
			t.Errorf("listens on %s", addr)
		}
		s.Close()
	}
}

func TestPublicURL(t *testing.T) {
	s := started(t, simulator.Options{PublicURL: "http://elsewhere.test:99/"})
	if s.URL() != "http://elsewhere.test:99" || !strings.HasPrefix(s.Accounts()[0].Href, "http://elsewhere.test:99/") {
		t.Errorf("%s, %v", s.URL(), s.Accounts())
	}
	for _, bad := range []string{"elsewhere", "http://", "ftp://x", "http://x/path"} {
		if _, err := simulator.New(simulator.Options{PublicURL: bad}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
