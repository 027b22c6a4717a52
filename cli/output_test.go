package cli

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                 "plain",
		"Ünïcödé 研究 🚀":          "Ünïcödé 研究 🚀",
		"two\nlines\tand a tab": "two\nlines\tand a tab",
		"\x1b[31mred\x1b[0m":    "␛[31mred␛[0m",
		"bell\a back\b cr\r":    "bell␇ back␈ cr␍",
		"nul\x00 del\x7f":       "nul␀ del␡",
		"c1 \u009b31m":          "c1 \ufffd31m",
		"bidi \u202egnp.exe":    "bidi \ufffdgnp.exe",
		"bad \xff utf-8":        "bad \ufffd utf-8",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := cleanLine("a\nb\tc\r"); got != "a b c␍" {
		t.Errorf("cleanLine gives %q", got)
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b]0;title\a", "\u009b\u202e\u2066", "\xc2\x9b\xff", "\x00\x7f\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		if !utf8.ValidString(got) || strings.IndexFunc(got, unsafeRune) >= 0 {
			t.Errorf("clean(%q) = %q", s, got)
		}
		if again := clean(got); again != got {
			t.Errorf("clean twice: %q, then %q", got, again)
		}
		if strings.ContainsAny(cleanLine(s), "\n\t") {
			t.Errorf("cleanLine(%q) has several lines", s)
		}
	})
}

func FuzzPrintJSON(f *testing.F) {
	f.Add("\u009b \u202e \x7f & <tag>")
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		var b bytes.Buffer
		if err := printJSON(&b, s); err != nil {
			t.Fatal(err)
		}
		if strings.IndexFunc(b.String(), unsafeRune) >= 0 {
			t.Errorf("%q is printed as %q", s, b.String())
		}
		var got string
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || got != s {
			t.Errorf("%q comes back as %q, %v", s, got, err)
		}
	})
}

func TestServerTextCannotReachTheTerminal(t *testing.T) {
	var b bytes.Buffer
	printError(cleanWriter{&b}, usageErrorf("account \x1b]52;c;aGk=\a"))
	if strings.ContainsAny(b.String(), "\x1b\a") {
		t.Errorf("printed %q", b.String())
	}
}

func TestShellQuote(t *testing.T) {
	for _, s := range []string{"/plain/path", "with space", "it's", `"$HOME"`, "`id`", "", "-x", "Ünï ／ 🚀", "*?[a]"} {
		out, err := exec.Command("sh", "-c", "printf %s "+shellQuote(s)).Output()
		if err != nil || string(out) != s {
			t.Errorf("%q is quoted as %s: %q, %v", s, shellQuote(s), out, err)
		}
	}
}

func TestPrintStatus(t *testing.T) {
	var b bytes.Buffer
	printStatus(&b, []mountStatus{{Dir: "/mnt", State: "mounted", Tree: json.RawMessage(
		`{"waiting": 2, "ok": true, "none": [], "accounts": [{"last_error": "bad \u001b[31m"}, {"name": "Two"}]}`)}})
	want := "/mnt: mounted\n  accounts\n    -\n      last error: bad ␛[31m\n    -\n      name: Two\n  ok: true\n  waiting: 2\n"
	if b.String() != want {
		t.Errorf("printed %q, want %q", b.String(), want)
	}
	b.Reset()
	printStatus(&b, nil)
	if b.String() != "Nothing is mounted.\n" {
		t.Errorf("printed %q", b.String())
	}
}
