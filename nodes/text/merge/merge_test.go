package merge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"basecampfs/api"
)

func TestLines(t *testing.T) {
	for _, tt := range []struct {
		name, base, mine, theirs, want string
		conflict                       bool
	}{
		{"neither", "a\nb", "a\nb", "a\nb", "a\nb", false},
		{"mine", "a\nb", "a\nB", "a\nb", "a\nB", false},
		{"theirs", "a\nb", "a\nb", "A\nb", "A\nb", false},
		{"apart", "a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC", false},
		{"neighbours", "a\nb", "A\nb", "a\nB", "A\nB", false},
		{"same line", "a\nb", "A\nb", "Ä\nb", "", true},
		{"same edit", "a\nb\nc", "A\nb\nc", "A\nb\nC", "A\nb\nC", false},
		{"gone and edited", "a\nb", "b", "A\nb", "", true},
		{"both append", "a", "a\nm", "a\nt", "a\nt\nm", false},
		{"both append the same", "a", "a\nm", "a\nm", "a\nm", false},
		{"insertion beside an edit", "a\nb", "a\nm\nb", "a\nB", "a\nm\nB", false},
		{"insertion behind an edit", "a\nb", "a\nm\nb", "A\nb", "A\nm\nb", false},
		{"insertion within what is gone", "a\nb\nc\nd", "a\nb\nm\nc\nd", "a\nd", "", true},
		{"from nothing", "", "m", "t", "t\nm", false},
		{"all gone, edited", "a\nb", "", "a\nB", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := Lines(tt.base, tt.mine, tt.theirs)
			if ok == tt.conflict || got != tt.want {
				t.Errorf("got %q, %v", got, ok)
			}
		})
	}
}

// Edits of different lines merge to both, whatever they are.
func TestLinesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "lines")
		var base, mine, theirs, want []string
		for i := range n {
			l := fmt.Sprint("line ", i)
			if rapid.IntRange(0, 3).Draw(t, "blank") == 0 {
				l = ""
			}
			edit := l + fmt.Sprint(" edited ", i)
			base = append(base, l)
			switch rapid.IntRange(0, 4).Draw(t, "who") {
			case 0:
				mine, theirs, want = append(mine, edit), append(theirs, l), append(want, edit)
			case 1:
				mine, theirs, want = append(mine, l), append(theirs, edit), append(want, edit)
			default:
				mine, theirs, want = append(mine, l), append(theirs, l), append(want, l)
			}
		}
		got, ok := Lines(strings.Join(base, "\n"), strings.Join(mine, "\n"), strings.Join(theirs, "\n"))
		if !ok {
			return // a match that is not the one above, which is allowed to be careful
		}
		a, b := strings.Split(got, "\n"), slices.Clone(want)
		for _, l := range b {
			if strings.Contains(l, "edited") && !slices.Contains(a, l) {
				t.Fatalf("%q is lost\nbase %q\nmine %q\ntheirs %q\ngot %q", l, base, mine, theirs, got)
			}
		}
	})
}

func human(id int64) *api.Human { return &api.Human{ID: id} }

func TestFields(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 9, 0, 0, 0, time.UTC) }
	base := &api.Record{Title: "t", StartsOn: "2026-01-01", DueOn: "2026-01-02", Color: "red",
		StartsAt: day(1), EndsAt: day(2), Assignees: []*api.Human{human(1), human(2)}, Notify: []*api.Human{human(1)}}
	for _, tt := range []struct {
		name               string
		mine, theirs, want func(*api.Record)
		conflicts          []string
	}{
		{"nothing", nil, nil, nil, nil},
		{"other fields", func(r *api.Record) { r.Title = "m" }, func(r *api.Record) { r.DueOn = "" },
			func(r *api.Record) { r.Title, r.DueOn = "m", "" }, nil},
		{"the same", func(r *api.Record) { r.Title = "m" }, func(r *api.Record) { r.Title = "m" }, func(r *api.Record) { r.Title = "m" }, nil},
		{"one field", func(r *api.Record) { r.Title, r.Color = "m", "" }, func(r *api.Record) { r.Title, r.Color = "t2", "blue" },
			func(r *api.Record) { r.Title, r.Color = "t2", "blue" }, []string{"title", "color"}},
		{"completed", func(r *api.Record) { r.Completed = true }, func(r *api.Record) { r.StartsOn = "" },
			func(r *api.Record) { r.Completed, r.StartsOn = true, "" }, nil},
		{"people", func(r *api.Record) { r.Assignees = []*api.Human{human(2), human(3)}; r.Notify = nil },
			func(r *api.Record) { r.Assignees = []*api.Human{human(4), human(1)} },
			func(r *api.Record) { r.Assignees = []*api.Human{human(4), human(3)}; r.Notify = nil }, nil},
		{"times", func(r *api.Record) { r.StartsAt = day(1).Add(time.Hour) }, func(r *api.Record) { r.EndsAt = day(3) },
			func(r *api.Record) { r.EndsAt = day(3) }, []string{"starts_at"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			versions := make([]*api.Record, 3)
			for i, change := range []func(*api.Record){tt.mine, tt.theirs, tt.want} {
				versions[i] = base.Clone()
				if change != nil {
					change(versions[i])
				}
			}
			got, conflicts := Merge(base, versions[0], versions[1], api.HTML, nil)
			if d := cmp.Diff(versions[2], got); d != "" {
				t.Error(d)
			}
			var fields []string
			for _, c := range conflicts {
				fields = append(fields, c.Field)
			}
			if !slices.Equal(fields, tt.conflicts) {
				t.Errorf("conflicts %v, want %v", fields, tt.conflicts)
			}
		})
	}
}

func TestBodies(t *testing.T) {
	const ann = `<bc-attachment sgid="A" content-type="application/vnd.basecamp.mention"><figure><figcaption>Ann</figcaption></figure></bc-attachment>`
	const bo = `<bc-attachment sgid="B"></bc-attachment>`
	for _, tt := range []struct {
		name, base, mine, theirs, want string
		format                         api.BodyFormat
		conflict                       bool
	}{
		{"other lines", "<div>a<br>b</div>", "<div>A<br>b</div>", `<div id="x">a<br>b ` + ann + "</div>", `<div id="x">A<br>b ` + ann + "</div>", api.HTML, false},
		{"my new mention", "<div>a<br>b</div>", "<div>a " + bo + "<br>b</div>", "<div>a<br>B</div>", "<div>a " + bo + "<br>B</div>", api.HTML, false},
		{"same line", "<div>a<br>b</div>", "<div>A<br>b</div>", "<div>Ä<br>b</div>", "<div>Ä<br>b</div>", api.HTML, true},
		{"only their attributes", "<div>a<br>b</div>", "<div>A<br>b</div>", `<div dir="auto">a<br>b</div>`, `<div dir="auto">A<br>b</div>`, api.HTML, false},
		{"plain", "a\r\nb", "A\r\nb", "a\r\nB", "A\r\nB", api.Plain, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, conflicts := Merge(&api.Record{Body: tt.base}, &api.Record{Body: tt.mine}, &api.Record{Body: tt.theirs}, tt.format, nil)
			if got.Body != tt.want || len(conflicts) > 0 != tt.conflict {
				t.Errorf("got %q, %v\nwant %q", got.Body, conflicts, tt.want)
			}
		})
	}
}

func FuzzLines(f *testing.F) {
	f.Add("a\nb", "A\nb", "a\nB")
	f.Add("", "x", "y")
	f.Add("a\na\na", "a\na", "a\na\na\na")
	f.Fuzz(func(t *testing.T, base, mine, theirs string) {
		got, ok := Lines(base, mine, theirs)
		if !ok {
			return
		}
		// Every line of the result is of one of the two, and each side alone with
		// the base is itself.
		all := append(strings.Split(mine, "\n"), strings.Split(theirs, "\n")...)
		for _, l := range strings.Split(got, "\n") {
			if !slices.Contains(all, l) && l != "" {
				t.Fatalf("%q is nobody's", l)
			}
		}
		if one, ok := Lines(base, mine, base); !ok || one != mine {
			t.Fatalf("mine alone gives %q", one)
		}
	})
}
