package bc3

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "plain", "\"\\/\b\f\n\r\t\x00\x1f\x7f", "é日🎉", "\xff\xfe broken", "<b>&amp;</b>", "\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := appendString(nil, s)
		var got string
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatalf("%q: %v in %s", s, err, b)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && got != s || !utf8.ValidString(got) {
			t.Errorf("%q came back as %q, want %q", s, got, want)
		}
	})
}

func TestWriter(t *testing.T) {
	w := &writer{base: "http://x/1"}
	w.open()
	w.int("a", 1<<62)
	w.list("l")
	w.open()
	w.null("n")
	w.close()
	w.open()
	w.bool("b", true)
	w.close()
	w.closeList()
	w.obj("o")
	w.close()
	w.url("u", "/todos/", int64(7), ".json")
	w.time("t", 1_700_000_000_007)
	w.close()
	want := `{"a":4611686018427387904,"l":[{"n":null},{"b":true}],"o":{},"u":"http://x/1/todos/7.json","t":"2023-11-14T22:13:20.007Z"}`
	if string(w.b) != want {
		t.Errorf("%s, want %s", w.b, want)
	}
}

func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"jason@example.com": "j••••@•••••••••.•••",
		"é@x.io":            "é••••@•••••••••.••",
		"nobody":            "nobody",
	} {
		if got := redact(in); got != want {
			t.Errorf("%s became %s, want %s", in, got, want)
		}
	}
}
