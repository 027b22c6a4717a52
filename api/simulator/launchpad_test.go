package simulator_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"basecampfs/api/simulator"
)

func form(kv ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(kv); i += 2 {
		v.Set(kv[i], kv[i+1])
	}
	return v
}

func post(t *testing.T, s *simulator.Server, path string, f url.Values) answer {
	t.Helper()
	return mustCall(t, s, "POST", s.URL()+path, f.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Authorization", "")
}

// authorize allows access on the page and returns the code.
func authorize(t *testing.T, s *simulator.Server, f url.Values) string {
	t.Helper()
	page := mustCall(t, s, "GET", s.URL()+"/authorization/new?response_type=code&"+f.Encode(), "", "Authorization", "")
	if page.status != 200 || !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") || !strings.Contains(string(page.body), `id="allow"`) {
		t.Fatalf("page: %d %s", page.status, page.body)
	}
	f.Set("decision", "allow")
	r := post(t, s, "/authorization", f)
	u, err := url.Parse(r.header.Get("Location"))
	if r.status != 302 || err != nil {
		t.Fatalf("%d to %q", r.status, r.header.Get("Location"))
	}
	if u.Query().Get("state") != f.Get("state") || !strings.HasPrefix(u.String(), f.Get("redirect_uri")) {
		t.Fatalf("sent back to %s", u)
	}
	return u.Query().Get("code")
}

const loopback = "http://127.0.0.1:45678/callback"

func request() url.Values {
	return form("client_id", simulator.ClientID, "redirect_uri", loopback, "state", "s&t=1")
}

func exchange(code string) url.Values {
	return form("grant_type", "authorization_code", "client_id", simulator.ClientID, "client_secret", simulator.ClientSecret,
		"redirect_uri", loopback, "code", code)
}

func TestCodeFlow(t *testing.T) {
	s := started(t, simulator.Options{})
	f := request()
	f.Set("identity", "annie@honchodesign.com")
	code := authorize(t, s, f)
	r := post(t, s, "/authorization/token", exchange(code))
	tok := decode[object](t, r.body)
	if r.status != 200 || tok["token_type"] != "Bearer" || tok["expires_in"].(interface{ String() string }).String() != "1209600" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if again := post(t, s, "/authorization/token", exchange(code)); again.status != 400 {
		t.Errorf("the code works twice: %d", again.status)
	}
	me := mustCall(t, s, "GET", s.URL()+"/authorization.json", "", "Authorization", "Bearer "+tok["access_token"].(string))
	who := decode[struct {
		Expires_at time.Time
		Identity   struct {
			ID    int64
			Email string `json:"email_address"`
		}
		Accounts []simulator.Account
	}](t, me.body)
	if who.Identity.Email != "annie@honchodesign.com" || time.Until(who.Expires_at) < 13*24*time.Hour {
		t.Errorf("%+v", who)
	}
	for _, a := range who.Accounts {
		if a.ID == simulator.BrandID {
			t.Error("Annie has no access to the second account")
		}
	}
	profile := mustCall(t, s, "GET", base(s)+"/my/profile.json", "", "Authorization", "Bearer "+tok["access_token"].(string))
	if o := decode[object](t, profile.body); o["name"] != "Annie Bryan" || id(o) == who.Identity.ID {
		t.Errorf("the person is %v", o)
	}
}

func TestWhatLaunchpadRefuses(t *testing.T) {
	s := started(t, simulator.Options{})
	for name, change := range map[string]url.Values{
		"another client":        form("client_id", "x"),
		"another host":          form("redirect_uri", "http://evil.example/callback"),
		"nearly the registered": form("redirect_uri", "https://127.0.0.1:8765/callback"),
		"loopback in its user":  form("redirect_uri", "http://127.0.0.1@evil.example/"),
		"loopback in its name":  form("redirect_uri", "http://127.0.0.1.evil.example/"),
	} {
		f := request()
		for k := range change {
			f.Set(k, change.Get(k))
		}
		if got := mustCall(t, s, "GET", s.URL()+"/authorization/new?response_type=code&"+f.Encode(), ""); got.status != 400 {
			t.Errorf("%s: %d", name, got.status)
		}
	}
	for name, change := range map[string]url.Values{
		"another secret":       form("client_secret", "x"),
		"another redirect_uri": form("redirect_uri", loopback+"x"),
		"another code":         form("code", "x"),
		"another grant":        form("grant_type", "password"),
	} {
		f := exchange(authorize(t, s, request()))
		for k := range change {
			f.Set(k, change.Get(k))
		}
		if got := post(t, s, "/authorization/token", f); got.status < 400 || !strings.Contains(string(got.body), `"error"`) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	f := request()
	f.Set("decision", "deny")
	if r := post(t, s, "/authorization", f); !strings.Contains(r.header.Get("Location"), "error=access_denied") {
		t.Errorf("denied: %d to %s", r.status, r.header.Get("Location"))
	}
}

func TestPKCE(t *testing.T) {
	s := started(t, simulator.Options{})
	sum := sha256.Sum256([]byte("the verifier"))
	ask := func(verifier string) int {
		f := request()
		f.Set("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
		f.Set("code_challenge_method", "S256")
		x := exchange(authorize(t, s, f))
		x.Set("code_verifier", verifier)
		return post(t, s, "/authorization/token", x).status
	}
	if got := ask("the verifier"); got != 200 {
		t.Errorf("right: %d", got)
	}
	if got := ask("another"); got != 400 {
		t.Errorf("wrong: %d", got)
	}
}

func TestRefreshing(t *testing.T) {
	for _, rotate := range []bool{false, true} {
		s := started(t, simulator.Options{RotateRefresh: rotate})
		_, refresh, err := s.NewToken("Annie Bryan")
		if err != nil {
			t.Fatal(err)
		}
		// The older spelling, in the query.
		q := form("type", "refresh", "refresh_token", refresh, "client_id", simulator.ClientID, "client_secret", simulator.ClientSecret)
		r := post(t, s, "/authorization/token?"+q.Encode(), nil)
		tok := decode[object](t, r.body)
		if r.status != 200 || (tok["refresh_token"] != refresh) != rotate {
			t.Fatalf("rotate %v: %d %s", rotate, r.status, r.body)
		}
		if got := mustCall(t, s, "GET", base(s)+"/projects.json", "", "Authorization", "Bearer "+tok["access_token"].(string)); got.status != 200 {
			t.Errorf("the new token: %d", got.status)
		}
		if got := post(t, s, "/authorization/token?"+q.Encode(), nil); (got.status == 400) != rotate {
			t.Errorf("rotate %v: the old refresh token: %d", rotate, got.status)
		}
		now := tok["refresh_token"].(string)
		s.RevokeToken(now)
		q.Set("refresh_token", now)
		if got := post(t, s, "/authorization/token", q); got.status != 400 || !strings.Contains(string(got.body), "rekeyed its deadbolt") {
			t.Errorf("after a new password: %d %s", got.status, got.body)
		}
	}
}

func TestDeviceFlow(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := started(t, simulator.Options{OAuth21: true, Now: func() time.Time { return now }})
	meta := decode[object](t, mustCall(t, s, "GET", base(s)+"/.well-known/oauth-protected-resource", "", "Authorization", "").body)
	issuer := meta["authorization_servers"].([]any)[0].(string)
	conf := decode[object](t, mustCall(t, s, "GET", issuer+"/.well-known/oauth-authorization-server", "", "Authorization", "").body)
	if conf["issuer"] != issuer {
		t.Errorf("issuer %v, not %s", conf["issuer"], issuer)
	}
	path := func(k string) string { return strings.TrimPrefix(conf[k].(string), s.URL()) }
	d := decode[object](t, post(t, s, path("device_authorization_endpoint"), form("client_id", simulator.ClientID, "resource", meta["resource"].(string))).body)
	poll := func() answer {
		return post(t, s, path("token_endpoint"), form("grant_type", "urn:ietf:params:oauth:grant-type:device_code", "client_id", simulator.ClientID,
			"device_code", d["device_code"].(string)))
	}
	for _, want := range []string{"authorization_pending", "slow_down"} {
		if got := poll(); !strings.Contains(string(got.body), want) {
			t.Errorf("%s, want %s", got.body, want)
		}
	}
	page := mustCall(t, s, "GET", d["verification_uri_complete"].(string), "", "Authorization", "")
	if !strings.Contains(string(page.body), d["user_code"].(string)) {
		t.Errorf("page %s", page.body)
	}
	post(t, s, strings.TrimPrefix(d["verification_uri"].(string), s.URL()), form("user_code", d["user_code"].(string), "decision", "allow"))
	now = now.Add(10 * time.Second)
	tok := decode[object](t, poll().body)
	if tok["resource"] != meta["resource"] {
		t.Fatalf("token %v", tok)
	}
	auth := "Bearer " + tok["access_token"].(string)
	if got := mustCall(t, s, "GET", base(s)+"/projects.json", "", "Authorization", auth); got.status != 200 {
		t.Errorf("its account: %d", got.status)
	}
	if got := mustCall(t, s, "GET", strings.Replace(base(s), "195539477", "195539488", 1)+"/projects.json", "", "Authorization", auth); got.status != 401 {
		t.Errorf("another account: %d", got.status)
	}
	f := form("grant_type", "refresh_token", "client_id", simulator.ClientID, "refresh_token", tok["refresh_token"].(string))
	if got := post(t, s, path("token_endpoint"), f); !strings.Contains(string(got.body), "invalid_target") {
		t.Errorf("refreshed without resource: %s", got.body)
	}
	f.Set("resource", tok["resource"].(string))
	if got := post(t, s, path("token_endpoint"), f); got.status != http.StatusOK {
		t.Errorf("refreshed: %d %s", got.status, got.body)
	}
	plain := started(t, simulator.Options{})
	if got := mustCall(t, plain, "GET", base(plain)+"/.well-known/oauth-protected-resource", ""); got.status != 404 {
		t.Errorf("offered although it is off: %d", got.status)
	}
}
