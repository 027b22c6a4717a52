package markup

import (
	"strings"
	"sync"
	"testing"
)

const (
	annMention = `<bc-attachment sgid="S-ann" content-type="application/vnd.basecamp.mention"><figure><img srcset="a 1x" src="a" class="avatar" alt="x"><figcaption>Ann</figcaption></figure></bc-attachment>`
	photo      = `<bc-attachment sgid="S-photo" content-type="image/jpeg" width="10" height="5" href="https://files.example/1/download/p (1).jpg" filename="p (1).jpg" caption="Our desk"><figure><img src="https://preview.example/1"><figcaption>Our desk</figcaption></figure></bc-attachment>`
)

func TestMarkdown(t *testing.T) {
	for _, tt := range []struct{ name, html, want string }{
		{"nothing", "", ""},
		{"words", "<div>Call the printer</div>", "Call the printer"},
		{"lines", "<div>One<br>Two<br><br>Three</div>", "One\nTwo\n\nThree"},
		{"no container", "One<br>Two", "One\nTwo"},
		{"paragraphs", "<p>One</p><p>Two</p>", "One\n\nTwo"},
		{"formats", "<div><strong>a</strong> <em>b</em> <strike>c</strike></div>", "**a** *b* ~~c~~"},
		{"heading", "<h1>Big</h1><div>small</div>", "# Big\n\nsmall"},
		{"list", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "- a\n- b\n  - c"},
		{"numbered", "<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"},
		{"quote", "<blockquote>a<br>b</blockquote>", "> a\n> b"},
		{"code", "<pre>x := 1\n\n  if a &lt; b</pre>", "```\nx := 1\n\n  if a < b\n```"},
		{"link", `<div><a href="https://a.example/x?a=1&amp;b=2">here</a></div>`, "[here](https://a.example/x?a=1&b=2)"},
		{"mention", "<div>Hi " + annMention + ", look</div>", "Hi @Ann, look"},
		{"picture", "<div>" + photo + "</div>", `[p (1).jpg](https://files.example/1/download/p%20%281%29.jpg "Our desk")`},
		{"marks as text", "<div>* not a list<br># nor a heading<br>1. nor this<br>&gt; nor that</div>", "\\* not a list\n\\# nor a heading\n1\\. nor this\n\\> nor that"},
		{"tags as text", "<div>a &lt;b&gt; c &lt; d &amp; e &amp;amp; f</div>", `a \<b> c < d & e \&amp; f`},
		{"script", "<div>a<script>alert(1)</script>b</div>", "a\n\nb"},
		{"controls", "<div>a\x1b[31mred\u009b</div>", "a␛\\[31mred�"},
		{"controls as entities", "<div>a&#27;[31m&#7;&#xFDD0;b</div><pre>x&#27;&#13;\n</pre>", "a␛\\[31m␇�b\n\n```\nx␛␍\n```"},
		{"controls in a name", `<div><bc-attachment filename="a&#27;b" href="https://f.example/&#27;"></bc-attachment></div>`, "[a␛b](https://f.example/%E2%90%9B)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Markdown(tt.html); got != tt.want {
				t.Errorf("Markdown(%q)\n got %q\nwant %q", tt.html, got, tt.want)
			}
		})
	}
}

func resolver(name string) (string, bool) {
	if name == "Annie Bryan" {
		return "S-annie", true
	}
	return "", false
}

func TestToHTML(t *testing.T) {
	for _, tt := range []struct{ name, base, old, new, want string }{
		{"a word", "<div>One<br>Two<br><br>Three</div>", "Two", "2", "<div>One<br>2<br><br>Three</div>"},
		{"a word beside a mention", "<div>Hi " + annMention + ", look</div>", "look", "see", "<div>Hi " + annMention + ", see</div>"},
		{"a line beside a mention", `<div>Hi <b class=x>you</b><br>` + annMention + "</div>", "@Ann", "@Ann!", `<div>Hi <b class=x>you</b><br>` + annMention + "!</div>"},
		{"a line gone", "<div>One<br>Two<br>Three</div>", "Two\n", "", "<div>One<br>Three</div>"},
		{"a line more", "<div>One<br>Three</div>", "One\n", "One\nTwo\n", "<div>One<br>Two<br>Three</div>"},
		{"a paragraph more", "<div>One</div>", "One", "One\n\nTwo", "<div>One<br><br>Two</div>"},
		{"a paragraph more, in p", `<p class="a">One</p>`, "One", "One\n\nTwo", `<p class="a">One</p><p class="a">Two</p>`},
		{"a list after text", "<div>One<br>Two</div>", "One\n", "One\n\n- a\n- b\n\n", "<div>One</div><ul><li>a</li><li>b</li></ul><div>Two</div>"},
		{"a list item", "<div>x</div><ul><li>a</li><li>" + annMention + "</li></ul><div>y</div>", "- a", "- b", "<div>x</div><ul><li>b</li><li>" + annMention + "</li></ul><div>y</div>"},
		{"an attachment moved", "<div>a<br>" + photo + "<br>b</div>", "a\n", "", "<div>" + photo + "<br>b</div>"},
		{"all new", "", "", "**Hello** _you_ ~~not~~", "<div><strong>Hello</strong> <em>you</em> <strike>not</strike></div>"},
		{"new mention", "<div>Hello</div>", "Hello", "Hello @Annie Bryan, hi", `<div>Hello <bc-attachment sgid="S-annie"></bc-attachment>, hi</div>`},
		{"unknown mention", "<div>Hello</div>", "Hello", "Hello @Bob B", `<div>Hello @Bob B</div>`},
		{"text that looks like a mention", "<div>ask @Annie Bryan now</div>", "now", "then", `<div>ask @Annie Bryan then</div>`},
		{"mail", "<div>Hello</div>", "Hello", "x@Annie Bryan", `<div>x@Annie Bryan</div>`},
		{"addresses", "", "", "See https://a.example/x_y, (http://b.example) and https://c.example/@me or ftp://d", `<div>See <a href="https://a.example/x_y">https://a.example/x_y</a>, (<a href="http://b.example">http://b.example</a>) and https://c.example/@me or ftp://d</div>`},
		{"two mentions", "<div>" + annMention + " and " + strings.ReplaceAll(annMention, "S-ann", "S-ann2") + " x</div>", "x", "y", "<div>" + annMention + " and " + strings.ReplaceAll(annMention, "S-ann", "S-ann2") + " y</div>"},
		{"lines swapped", "<div>a " + annMention + "<br><i>b</i></div>", "a @Ann\n*b*", "*b*\na @Ann", "<div><i>b</i><br>a " + annMention + "</div>"},
		{"deep heading", "", "", "### Part", "<h1>Part</h1>"},
		{"table", "", "", "| a | b |\n|---|---|\n| ccc | *d* |", "<pre>a   | b\nccc | d</pre>"},
		{"image", "", "", "![alt](https://x.example/i.png)", `<div><a href="https://x.example/i.png">alt</a></div>`},
		{"script", "", "", "<script>alert(1)</script> [x](javascript:alert(1))", `<div>&lt;script&gt;alert(1)&lt;/script&gt; x</div>`},
		{"code", "", "", "```go\na < b\n```", "<pre>a &lt; b</pre>"},
		{"all gone", "<div>One</div>", "One", "", ""},
		{"quote", "", "", "> a\n> b\n>\n> c", "<blockquote>a<br>b<br><br>c</blockquote>"},
		{"rule", "", "", "a\n\n***\n\nb", "<div>a</div><div>———</div><div>b</div>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			md := Markdown(tt.base)
			edited := tt.new
			if tt.old != "" {
				if !strings.Contains(md, tt.old) {
					t.Fatalf("no %q in %q", tt.old, md)
				}
				edited = strings.Replace(md, tt.old, tt.new, 1)
			}
			if got := ToHTML(tt.base, edited, resolver); got != tt.want {
				t.Errorf("from %q\n got %q\nwant %q", edited, got, tt.want)
			}
		})
	}
}

// Many folders are read at once, so many bodies are rendered at once.
func TestConcurrently(t *testing.T) {
	const s = "<div>Hi " + annMention + ", <b>see</b></div><ul><li>a</li></ul>"
	md := Markdown(s)
	edited := strings.Replace(md, "Hi", "Ho", 1)
	want := strings.Replace(s, "Hi", "Ho", 1)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 50 {
				if got := ToHTML(s, edited, nil); Markdown(s) != md || got != strings.Replace(want, "<b>see</b>", "<strong>see</strong>", 1) {
					t.Errorf("got %q", got)
				}
			}
		})
	}
	wg.Wait()
}
