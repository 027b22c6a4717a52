package markup

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// hostile are bodies that nobody writes by hand.
func hostile(size int) map[string]string {
	rep := func(s string) string { return strings.Repeat(s, size/len(s)) }
	return map[string]string{
		"nested divs":         rep("<div>"),
		"nested divs, text":   rep("<div>a"),
		"nested inline":       rep("<b>") + "x",
		"misnested":           rep("<b><i></b>x</i>"),
		"links in links":      rep(`<a href="x">y`),
		"closing tags":        rep("</div></p></b>"),
		"breaks":              rep("<br>"),
		"lines":               rep("a<br>"),
		"formatted lines":     rep("<b>a</b><br>"),
		"paragraphs":          rep("<p>a"),
		"one line":            rep("a "),
		"one word":            rep("a"),
		"lists":               rep("<ul><li>"),
		"list":                "<ul>" + rep("<li>a</li>") + "</ul>",
		"tables":              rep("<table><tr><td>"),
		"attachments":         rep("<bc-attachment>"),
		"mentions":            "<div>" + rep(`<bc-attachment sgid="x"></bc-attachment> `) + "</div>",
		"mention lines":       "<div>" + rep(`<bc-attachment sgid="x"></bc-attachment><br>`) + "</div>",
		"open tag":            "<div" + rep(" a=b"),
		"open tags":           rep("<"),
		"ampersands":          rep("&"),
		"comment":             "<!--" + rep("-"),
		"comments":            rep("<!-- x -->"),
		"scripts":             rep("<script>x</script>y"),
		"stars":               rep("*"),
		"emphasis":            rep("*a_ "),
		"brackets":            rep("["),
		"backticks":           rep("` `` "),
		"quotes":              rep("<blockquote>"),
		"at signs":            "<div>" + rep("@") + "</div>",
		"names":               "<div>" + rep("@a b ") + "</div>",
		"code":                "<pre>" + rep("```\n") + "</pre>",
		"NULs":                rep("\x00"),
		"not UTF-8":           rep("\xff<b>\xfe"),
		"control characters":  rep("\x1b[2J\a"),
		"our noncharacters":   rep("\uFDD0\uFDD1\uF002"),
		"pipes":               rep("|-"),
		"plaintext":           "<plaintext>" + rep("<b>"),
		"headings":            rep("<h1>a</h1>"),
		"addresses":           rep("https://a.b/c "),
		"formats within text": rep("a<b>b</b>"),
	}
}

// tooLong is generous: what is linear takes a few seconds on a busy machine,
// what is quadratic many minutes.
const tooLong = 2 * time.Minute

func TestHostile(t *testing.T) {
	bodies := hostile(48 << 10)
	for _, large := range []string{"misnested", "one word"} {
		bodies[large] = hostile(5 << 20)[large]
	}
	for name, s := range bodies {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			md := Markdown(s)
			shown := time.Since(start)
			if !utf8.ValidString(md) || strings.ContainsFunc(md, isControl) {
				t.Error("not printable")
			}
			if got := ToHTML(s, md+"\n", nil); got != s {
				t.Error("unedited, yet changed")
			}
			start = time.Now()
			ToHTML(s, md+"\n\nedited\n", nil)
			edited := time.Since(start)
			if shown+edited > tooLong {
				t.Errorf("took %v to show, %v to edit", shown, edited)
			}
			t.Logf("%v to show, %v to edit, %d bytes", shown.Round(time.Millisecond), edited.Round(time.Millisecond), len(md))
		})
	}
}

// What a person may put into a file is no kinder.
func TestHostileMarkdown(t *testing.T) {
	rep := func(s string) string { return strings.Repeat(s, 256<<10/len(s)) }
	for name, s := range map[string]string{
		"quotes": rep(">"), "lists": rep("- "), "quote lines": rep(">>>>>>>> a\n"), "nested list": rep("- a\n  - b\n    - c\n"),
		"emphasis": rep("*a **b _c "), "stars": rep("*a"), "brackets": rep("["), "links": rep("[a](b"), "images": rep("![a"), "code": rep("`a ``"),
		"addresses": rep("http://a"), "mails": rep("a@"), "tables": rep("|-"), "table": "|a|\n|-|\n" + rep("|b|\n"), "definitions": rep("[a]: b\n"),
		"references": "[a]: b\n\n" + rep("[a] "), "entities": rep("&a;"), "tags": rep("<a "), "lines": rep("a\n"), "blanks": rep("\n"), "fences": rep("```\n"), "tildes": rep("~~a "),
		"paragraphs": rep("a\n\n"), "names": rep("@a b c d "), "numbers": rep("1) "), "tabs": rep("\t"), "escapes": rep(`\*`), "setext": rep("a\n=\n"), "deep": rep("     > "),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			out := ToHTML("<div>base</div>", s, func(string) (string, bool) { return "", false })
			if d := time.Since(start); d > tooLong {
				t.Errorf("took %v", d)
			} else {
				t.Logf("%v, %d bytes", d.Round(time.Millisecond), len(out))
			}
		})
	}
}

func FuzzBody(f *testing.F) {
	for _, s := range hostile(64) {
		f.Add(s, "edited")
	}
	f.Add("<div>Hi "+annMention+", look<br>"+photo+"</div><ul><li>a</li></ul>", "- b\n\n@Ann")
	f.Add("<pre>&#27;&#13;</pre><div>&#7;&#27;&#xFDD0;&#x2028;</div>", "a\rb")
	f.Add("<p>a<p>b<div>c</p>d</div></div>e", "```\nx")
	f.Add("<ul><li>a</ul><ul><li>b</ul>", "[x]: y")
	f.Fuzz(func(t *testing.T, s, extra string) {
		md := Markdown(s)
		if md != Markdown(s) {
			t.Fatal("not the same twice")
		}
		if !utf8.ValidString(md) || strings.ContainsFunc(md, isControl) {
			t.Fatalf("not printable: %q", md)
		}
		if strings.ContainsAny(md, "\uFDD0\uFDD1\uFDD2") {
			t.Fatalf("a mark is left: %q", md)
		}
		if got := ToHTML(s, md, resolver); got != s {
			t.Fatalf("%q became %q", s, got)
		}
		ToHTML(s, extra, resolver)
		ToHTML(s, md+"\n\n"+extra, resolver)
		ToHTML(s, extra+"\n"+md, resolver)
		// What we wrote ourselves reads back the same from then on.
		mine := ToHTML("", extra, resolver)
		if got := ToHTML(mine, Markdown(mine), resolver); got != mine {
			t.Fatalf("%q became %q", mine, got)
		}
	})
}

func BenchmarkMarkdown(b *testing.B) {
	s := "<div>Hi " + annMention + ", look at <strong>this</strong><br>" + photo + "</div><ul><li>a</li><li>b</li></ul>"
	for b.Loop() {
		Markdown(s)
	}
}

func BenchmarkToHTML(b *testing.B) {
	s := strings.Repeat("<div>Hi "+annMention+", look at <strong>this</strong><br>and that</div><ul><li>a</li><li>b</li></ul>", 10)
	edited := strings.Replace(Markdown(s), "and that", "and those", 1)
	b.Run("one line", func(b *testing.B) {
		for b.Loop() {
			ToHTML(s, edited, nil)
		}
	})
	b.Run("unedited", func(b *testing.B) {
		md := Markdown(s)
		for b.Loop() {
			ToHTML(s, md, nil)
		}
	})
}
