package redact

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// What is registered is covered in every spelling in which it travels.
func TestRegisteredSecrets(t *testing.T) {
	const secret = `p&ss "wörd"/+=`
	Register(secret)
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	for name, form := range map[string]string{
		"plain":  secret,
		"query":  url.QueryEscape(secret),
		"path":   url.PathEscape(secret),
		"base64": base64.StdEncoding.EncodeToString([]byte(secret)),
		"JSON":   strings.Trim(string(quoted), `"`),
	} {
		if got := Known("before " + form + " after"); got != "before "+Mark+" after" {
			t.Errorf("%s: %q", name, got)
		}
	}
	// One secret inside another must not save its rest.
	Register("alpha-token", "alpha-token-longer")
	if got := Known("x alpha-token-longer y"); got != "x "+Mark+" y" {
		t.Errorf("%q", got)
	}
}

// What looks like a secret is covered without having been registered.
func TestPatterns(t *testing.T) {
	const s = "Zq81unknownSecret77"
	for _, tt := range []string{
		`{"access_token":"` + s + `","token_type":"Bearer"}`,
		`{"refresh_token" : "` + s + `"`,
		`{"client_secret":"` + s, // cut short
		"grant_type=refresh_token&refresh_token=" + s + "&client_id=1",
		"https://127.0.0.1:1/callback?code=" + s + "&state=x",
		"GET /authorization?x=1&code_verifier=" + s,
		"password=" + s,
		"Authorization: Bearer " + s,
		"proxy-authorization: Basic " + s,
		`map[Authorization:[Bearer ` + s + `]]`,
		"Cookie: session=" + s + "; other=1",
		"set-cookie: session=" + s,
		"bearer " + s,
		"http://ruth:" + s + "@proxy.example:3128/",
		"socks5://ruth:" + s + "@proxy.example",
		`<input type="hidden" name="authenticity_token" value="` + s + `">`,
		"<token>" + s + "</token>",
		"https://storage.example/f?X-Amz-Signature=" + s,
	} {
		if got := Text(tt); strings.Contains(got, s) || !strings.Contains(got, Mark) {
			t.Errorf("%s\n→ %s", tt, got)
		}
	}
	for _, plain := range []string{
		`{"name":"Clear and simple UI","id":1069479576}`,
		"GET /195539477/projects.json?status=archived&page=2: 200 OK, 12ms",
		"https://3.basecampapi.com/1/buckets/2/todos/3.json",
		"the token was refreshed",
	} {
		if got := Text(plain); got != plain {
			t.Errorf("%s\n→ %s", plain, got)
		}
	}
}

func TestURLAndHeader(t *testing.T) {
	u, err := url.Parse("https://ruth:Zq81secret@host.example/path?token=Zq81secret&page=2#access_token=Zq81secret")
	if err != nil {
		t.Fatal(err)
	}
	if got := URL(u); strings.Contains(got, "Zq81") || !strings.Contains(got, "page=2") {
		t.Error(got)
	}
	if u.User == nil || u.Fragment == "" {
		t.Error("the URL itself was changed")
	}
	h := http.Header{"Authorization": {"Zq81secret"}, "set-cookie": {"Zq81secret"}, "Location": {"http://127.0.0.1/?code=Zq81secret"}, "Etag": {`"abc"`}}
	if got := strings.Join(Header(h), "\n"); strings.Contains(got, "Zq81") || !strings.Contains(got, `Etag: "abc"`) {
		t.Error(got)
	}
}

func FuzzText(f *testing.F) {
	f.Add(`{"access_token":"`, "&x=1")
	f.Add("Authorization: Bearer ", "\r\n")
	f.Add("http://u:", "@h/")
	Register("Zq81fuzzedSecret")
	f.Fuzz(func(t *testing.T, before, after string) {
		if got := Text(before + "Zq81fuzzedSecret" + after); strings.Contains(got, "Zq81fuzzedSecret") {
			t.Errorf("%q", got)
		}
	})
}
