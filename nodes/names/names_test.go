package names

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFromTitle(t *testing.T) {
	for _, c := range []struct{ title, name string }{
		{"Clear and simple UI", "Clear and simple UI"},
		{"../../etc/passwd", "．.／..／etc／passwd"},
		{".", "．"},
		{"..", "．."},
		{"", Untitled},
		{"a\nb\x00c\x7f", "a␊b␀c␡"},
		{"\x1b[31m", "␛[31m"},
		{"a\u009bb", "a\uFFFDb"},
		{"bad\xff", "bad\uFFFD"},
		{"日本/語", "日本／語"},
	} {
		if got := FromTitle(c.title); got != c.name {
			t.Errorf("FromTitle(%q) = %q, want %q", c.title, got, c.name)
		}
	}
}

func TestRetitle(t *testing.T) {
	for _, c := range []struct{ old, name, want string }{
		{"a/b", "a／b", "a/b"},
		{"real ／ slash/x", "real ／ slash／y", "real ／ slash/y"},
		{"x", "a／b", "a/b"},
		{"", "Untitled", ""},
		{"", "Named", "Named"},
		{".hidden", "．hidden", ".hidden"},
		{"．wide", "．wider", "．wider"},
		{"a\nb", "a␊c", "a\nc"},
	} {
		if got := Retitle(c.old, c.name); got != c.want {
			t.Errorf("Retitle(%q, %q) = %q, want %q", c.old, c.name, got, c.want)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"", ".", "..", "../../etc/passwd", "a/b", "\x00", "\xff\xfe", strings.Repeat("🎉", 300)} {
		f.Add(s, int64(7))
	}
	f.Fuzz(func(t *testing.T, title string, id int64) {
		if id < 0 {
			id = -(id + 1)
		}
		got := Assign([]Claim{{ID: id, Title: title, Suffixes: []string{".md", ".comments"}}})[0]
		switch {
		case got == "" || got == "." || got == ".." || strings.ContainsAny(got, "/\x00") || got[0] == '.':
			t.Fatalf("%q gives the name %q", title, got)
		case !utf8.ValidString(got):
			t.Fatalf("%q gives a name that is not UTF-8", title)
		case len(got)+len(".comments") > Max:
			t.Fatalf("%q gives a name of %d bytes", title, len(got))
		}
		if utf8.ValidString(title) && Retitle(title, FromTitle(title)) != title {
			t.Fatalf("%q does not come back from its own name", title)
		}
	})
}

func TestAssign(t *testing.T) {
	md := []string{".md", ".json", ".comments", ".files"}
	long := strings.Repeat("é", 200)
	claims := []Claim{
		{ID: 30, Title: "Same", Suffixes: md},
		{ID: 10, Title: "Same", Suffixes: md},
		{ID: 20, Title: "Same"},
		{ID: 40, Title: "completed"},
		{ID: 50, Title: "Same.comments"},
		{ID: 60, Title: long, Suffixes: md},
		{ID: 5, Title: "Same (30)", Suffixes: md},
	}
	got := Assign(claims, "completed")
	want := []string{"Same (30) (30)", "Same", "Same", "completed (40)", "Same.comments (50)"}
	for i, w := range want {
		if got[i] != w {
			t.Errorf("claim %d is named %q, want %q", i, got[i], w)
		}
	}
	if n := got[5]; len(n)+len(".comments") > Max || !strings.HasSuffix(n, " (60)") || !utf8.ValidString(n) {
		t.Errorf("the long title is named %q", n)
	}
	// The order of a listing must not decide who is called what.
	claims[0], claims[1] = claims[1], claims[0]
	again := Assign(claims, "completed")
	if again[0] != got[1] || again[1] != got[0] {
		t.Errorf("another order gives other names: %q", again)
	}
}

func TestID(t *testing.T) {
	for name, want := range map[string]int64{"A (12)": 12, "A (12) (9223372036854775807)": 9223372036854775807, "A": 0, "A (x)": 0, "A (-3)": 0, "()": 0, "A (12": 0} {
		if got, _ := ID(name); got != want {
			t.Errorf("ID(%q) = %d, want %d", name, got, want)
		}
	}
}

func TestClassify(t *testing.T) {
	for name, want := range map[string]Class{
		"note.md": Item, "a b.md": Item, "x.md.md": Item, "note (3).md": Item,
		".note.md.swp": Scratch, "4913": Scratch, "note.md~": Scratch, "#note.md#": Scratch, ".#note.md": Scratch,
		"sedAbC123": Scratch, "XXabc123": Scratch, "note.md.oAbC123": Scratch, ".note.md.Ab12Cd": Scratch,
		".goutputstream-ABCDEF": Scratch, "note.md___jb_tmp___": Scratch, "._note.md": Scratch, ".DS_Store": Scratch,
		".md": Scratch, "note.md.bak": Scratch,
		"notes.txt": Neither, "README": Neither, "sedan": Neither, "photo.png": Neither,
	} {
		if got := Classify(name); got != want {
			t.Errorf("Classify(%q) = %v, want %v", name, got, want)
		}
	}
}
