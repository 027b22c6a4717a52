package markup

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// piece of a generated body, with a word in it that nothing else has.
type generated struct{ html, word string }

var words = rapid.SampledFrom([]string{"plan", "a_b", "*x*", "1.", "-", "#", "x &amp; y", "&lt;b&gt;", "ünï", "😀", "[z]", "`k`",
	"e@mail.example", "@Annie", "~", "a&nbsp;b", "\\", "=", "|", "!", "&amp;lt;"})

func inlineHTML(t *rapid.T, n *int, depth int) string {
	var b strings.Builder
	for range rapid.IntRange(1, 4).Draw(t, "runs") {
		if b.Len() > 0 {
			b.WriteString(" ")
		}
		switch k := rapid.IntRange(0, 10).Draw(t, "inline"); {
		case k == 10 && depth == 2:
			b.WriteString("https://a.example/x_y?q=1&amp;r=2")
		case k < 5 || depth == 0:
			b.WriteString(words.Draw(t, "word"))
		case k == 5:
			b.WriteString("<strong>" + inlineHTML(t, n, depth-1) + "</strong>")
		case k == 6:
			b.WriteString("<em>" + inlineHTML(t, n, depth-1) + "</em>")
		case k == 7:
			b.WriteString(`<a href="https://a.example/` + fmt.Sprint(*n) + `">` + words.Draw(t, "link") + "</a>")
		case k == 8:
			*n++
			fmt.Fprintf(&b, `<bc-attachment sgid="M%d" content-type="application/vnd.basecamp.mention"><figure><figcaption>%s</figcaption></figure></bc-attachment>`,
				*n, rapid.SampledFrom([]string{"Ann", "Bo", "O'Neil", "A_B"}).Draw(t, "who"))
		default:
			b.WriteString("<strike>" + rapid.SampledFrom([]string{"plan", "a_b", "[z]", "1. &lt;"}).Draw(t, "struck") + "</strike>")
		}
	}
	return b.String()
}

// blocksHTML draws a body of the tags that Basecamp keeps, as blocks and the
// glue between them.
func blocksHTML(t *rapid.T) (blocks []generated, glue []string) {
	n := 0
	word := func() string { n++; return fmt.Sprintf("w%dw", n) }
	glue = append(glue, "")
	add := func(before, html, w, after string) {
		glue[len(glue)-1] += before
		blocks = append(blocks, generated{html, w})
		glue = append(glue, after)
	}
	for range rapid.IntRange(1, 6).Draw(t, "blocks") {
		w := word()
		switch rapid.IntRange(0, 7).Draw(t, "block") {
		case 0, 1, 2:
			add(rapid.SampledFrom([]string{"<div>", "<div class=\"a\">", "<p>", "\n<div> "}).Draw(t, "open"), w+" "+inlineHTML(t, &n, 2), w, "")
			closing := "</div>"
			if o := glue[len(glue)-2]; strings.HasSuffix(o, "<p>") {
				closing = "</p>"
			}
			for range rapid.IntRange(0, 3).Draw(t, "lines") {
				w := word()
				add(rapid.SampledFrom([]string{"<br>", "<br><br>", "<br />\n", "<br><br><br>"}).Draw(t, "break"), w+" "+inlineHTML(t, &n, 2), w, "")
			}
			glue[len(glue)-1] += closing
		case 3:
			add("", "<h1>"+w+" "+inlineHTML(t, &n, 1)+"</h1>", w, "")
		case 4:
			add("", "<ul><li>"+w+" "+inlineHTML(t, &n, 1)+"</li><li>"+inlineHTML(t, &n, 1)+"<ol><li>"+inlineHTML(t, &n, 1)+"</li></ol></li></ul>", w, "")
			add("<div>", word(), fmt.Sprintf("w%dw", n), "</div>")
		case 5:
			add("", "<blockquote>"+w+" "+inlineHTML(t, &n, 1)+"<br>"+inlineHTML(t, &n, 1)+"</blockquote>", w, "")
		case 6:
			add("", "<pre>"+w+"\n\n  "+words.Draw(t, "code")+"\n```</pre>", w, "")
		default:
			add("<div>", `<bc-attachment sgid="F" content-type="image/png" href="https://f.example/`+w+`" filename="`+w+`.png"></bc-attachment>`, w, "</div>")
		}
	}
	return blocks, glue
}

func join(blocks []generated, glue []string) string {
	var b strings.Builder
	for i, g := range glue {
		b.WriteString(g)
		if i < len(blocks) {
			b.WriteString(blocks[i].html)
		}
	}
	return b.String()
}

func TestUneditedIsIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks, glue := blocksHTML(t)
		s := join(blocks, glue)
		md := Markdown(s)
		for _, edited := range []string{md, md + "\n", "\uFEFF" + strings.ReplaceAll(md, "\n", "\r\n")} {
			if got := ToHTML(s, edited, nil); got != s {
				t.Fatalf("unedited\n %q\nbecame\n %q\nthrough\n%s", s, got, md)
			}
		}
	})
}

// The chunks of a rendered body must be its blocks, or editing one would touch
// another.
func TestBlocksStandAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks, glue := blocksHTML(t)
		s := join(blocks, glue)
		b := parseBody(s)
		units := align(b, parseDocument(b.markdown()))
		if len(units) != len(blocks) {
			t.Fatalf("%d blocks, %d units of %q\n%s", len(blocks), len(units), s, b.markdown())
		}
	})
}

func TestOneEditTouchesOneBlock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks, glue := blocksHTML(t)
		s := join(blocks, glue)
		md := Markdown(s)
		i := rapid.IntRange(0, len(blocks)-1).Draw(t, "edited")
		got := ToHTML(s, strings.ReplaceAll(md, blocks[i].word, "EDITED"), nil)
		var before, after strings.Builder
		for j := range blocks {
			if j < i {
				before.WriteString(glue[j] + blocks[j].html)
			}
			if j > i {
				after.WriteString(glue[j] + blocks[j].html)
			}
		}
		before.WriteString(glue[i])
		tail := strings.TrimPrefix(after.String(), glue[min(i+1, len(glue)-1)]) + glue[len(glue)-1]
		if i == len(blocks)-1 {
			tail = glue[len(glue)-1]
		}
		if !strings.HasPrefix(got, before.String()) || !strings.HasSuffix(got, tail) {
			t.Fatalf("editing block %d of\n %q\ngave\n %q\nthrough\n%s", i, s, got, md)
		}
		for j, b := range blocks {
			for _, m := range tokens(b.html, 0) {
				if m.mention && j == i && !strings.Contains(got, m.raw) {
					t.Fatalf("mention %s lost from\n %q\nin\n %q\nthrough\n%s", m.sgid, s, got, md)
				}
			}
		}
	})
}

// What was edited means to a reader what the Markdown says: rendering it again
// gives the same.
func TestEditRendersBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		blocks, glue := blocksHTML(t)
		s := join(blocks, glue)
		md := Markdown(s)
		i := rapid.IntRange(0, len(blocks)-1).Draw(t, "edited")
		if strings.HasPrefix(blocks[i].html, "<"+attachment) {
			t.Skip("an attachment keeps its name")
		}
		edited := strings.Replace(md, blocks[i].word, "EDITED", 1)
		got := ToHTML(s, edited, nil)
		again := Markdown(got)
		if ToHTML(got, again, nil) != got {
			t.Fatalf("not stable: %q", got)
		}
		// The same in meaning: one and the same text may be escaped more or less.
		if was, now := ToHTML("", edited, nil), ToHTML("", again, nil); was != now {
			t.Fatalf("edited\n%s\nreads back\n%s\nfrom %q\nmeaning\n%s\nor\n%s", edited, again, got, was, now)
		}
	})
}
