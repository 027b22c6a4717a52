package auth

import (
	"strings"
	"testing"
	"time"
)

func TestParseAuthorization(t *testing.T) {
	old := `{"expires_at":"2031-03-04T05:06:07-06:00","identity":{"id":42,"first_name":"Ruth","last_name":"Okafor","email_address":"ruth@example.com"},
	"accounts":[{"product":"bc3","id":7001,"name":"Heron Works","href":"https://3.basecampapi.com/7001/","app_href":"https://3.basecamp.com/7001"},
	{"product":"bcx","id":7002,"name":"Heron Two","href":"https://basecamp.com/7002/api/v1"},
	{"product":"basecamp","id":7003,"name":"Old","href":"https://old.basecamphq.com"},
	{"product":"hey\u001b[31m","id":7004,"name":"Mail","href":"https://app.hey.com"},
	{"product":"bc3","id":7005,"name":"Plain","href":"http://3.basecampapi.com/7005"}]}`
	a, err := parseAuthorization([]byte(old))
	if err != nil {
		t.Fatal(err)
	}
	if a.Identity.Name() != "Ruth Okafor" || a.Identity.ID != 42 || !a.ExpiresAt.Equal(time.Date(2031, 3, 4, 11, 6, 7, 0, time.UTC)) {
		t.Errorf("%+v", a)
	}
	for i, want := range []string{"", "", "Basecamp Classic accounts cannot be mounted", `product "hey [31m" is not known`, "unencrypted"} {
		got := a.Accounts[i].Passed()
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("account %d: passed over for %q, want %q", i, got, want)
		}
	}
	if got := a.Accounts[0].Href; got != "https://3.basecampapi.com/7001" {
		t.Errorf("href %q", got)
	}
	if n := len(a.Mountable("")); n != 2 {
		t.Errorf("%d can be mounted, want 2", n)
	}

	newer := `{"identity":{"id":42},"scope":"full","expires_at":1930453567,"accounts":[{"id":7001,"name":"Heron Works","href":"https://3.basecampapi.com/7001","resource":"urn:bc:account:7001"}]}`
	if a, err = parseAuthorization([]byte(newer)); err != nil {
		t.Fatal(err)
	}
	if acc := a.Accounts[0]; acc.Product != Basecamp3 || acc.Passed() != "" || a.ExpiresAt.Year() != 2031 || a.Identity.Name() != "identity 42" {
		t.Errorf("%+v", a)
	}
	for _, bad := range []string{"", "<html>", `{"accounts":{}}`, `[]`} {
		if _, err := parseAuthorization([]byte(bad)); CodeOf(err) != Malformed {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzParseAuthorization(f *testing.F) {
	f.Add([]byte(`{"expires_at":"2031-03-04T05:06:07Z","identity":{"id":1},"accounts":[{"product":"bc3","id":2,"href":"https://x/2"}]}`))
	f.Add([]byte(`{"expires_at":1930453567,"accounts":[{"resource":"urn:bc:account:2"}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := parseAuthorization(b)
		if err != nil {
			return
		}
		for _, acc := range a.Accounts {
			if strings.ContainsAny(acc.Passed(), "\x1b\n\r") {
				t.Errorf("a control character got through: %q", acc.Passed())
			}
		}
	})
}

func TestChoosing(t *testing.T) {
	one := &Authorization{Accounts: []Account{
		{Product: Basecamp3, ID: 1, Name: "Heron", Href: "https://3.basecampapi.com/1"},
		{Product: Classic, ID: 9, Name: "Old", Href: "https://old.example.com"},
	}}
	many := &Authorization{Accounts: append(append([]Account(nil), one.Accounts...),
		Account{Product: Basecamp2, ID: 2, Name: "Heron", Href: "https://basecamp.com/2/api/v1"},
		Account{Product: Basecamp3, ID: 3, Name: "Kite", Href: "https://3.basecampapi.com/3"})}
	for _, tt := range []struct {
		name          string
		from          *Authorization
		want, product string
		id            int64
		code          Code
		hint          string
	}{
		{"a sole account needs no choosing", one, "", "", 1, "", ""},
		{"by id", many, "2", "", 2, "", ""},
		{"by name, whatever its case", many, "kITE", "", 3, "", ""},
		{"several", many, "", "", 0, Usage, "3  Kite"},
		{"one of a product", many, "", Basecamp2, 2, "", ""},
		{"a name that two have", many, "Heron", "", 0, Usage, "2  Heron"},
		{"a name that two have, of a product", many, "Heron", Basecamp3, 1, "", ""},
		{"none such", many, "Crane", "", 0, NotFound, "1  Heron"},
		{"one that cannot be mounted", many, "9", "", 0, Unsupported, "another"},
		{"none at all", &Authorization{}, "", "", 0, NotFound, "auth status"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			acc, err := tt.from.Account(tt.want, tt.product)
			if CodeOf(err) != tt.code || (err == nil && acc.ID != tt.id) || !strings.Contains(HintOf(err), tt.hint) {
				t.Errorf("got %d, %v (%s)", acc.ID, err, HintOf(err))
			}
		})
	}
	for in, want := range map[string]string{"V2": Basecamp2, "v3": Basecamp3, "bcx": Basecamp2, "": ""} {
		if got, err := ParseProduct(in); err != nil || got != want {
			t.Errorf("ParseProduct(%q) = %q, %v", in, got, err)
		}
	}
	if _, err := ParseProduct("V1"); CodeOf(err) != Usage {
		t.Error(err)
	}
}
