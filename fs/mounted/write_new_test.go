package mounted

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"basecampfs/api/simulator"
)

// TestNewFiles has programs make a file that was not there: one create, of
// what they wrote, under the name that they gave it.
func TestNewFiles(t *testing.T) {
	for _, c := range []struct{ name, dir, post, key string }{
		{"to-do", list, "POST /todolists/{id}/todos.json x1", "description"},
		{"document", project + "/docs", "POST /vaults/{id}/documents.json x1", "content"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, simulator.Options{})
			for n, p := range programs {
				if !p.fresh {
					continue
				}
				t.Run(p.name, func(t *testing.T) {
					p.installed(t)
					w.t = t
					before := w.names(c.dir)
					file := fmt.Sprintf("%s/New %d.md", c.dir, n)
					text := fmt.Sprintf("Made by *%d*.\n\n1. one\n2. two\n3. three\n\nAnd that is all.\n", n)
					w.sim.ResetCounters()
					if errs, err := p.save(w, file, "", "", text); err != nil || errs != "" {
						t.Errorf("%v %s", err, errs)
					}
					if got := w.writes(); !slices.Equal(got, []string{c.post}) {
						t.Errorf("requests: %q, want %q", got, c.post)
					}
					if got := body(w.read(file)); got != text {
						t.Errorf("the file has\n%s\nwant\n%s", got, text)
					}
					if got := missing(w.names(c.dir), before); !slices.Equal(got, []string{path.Base(file)}) {
						t.Errorf("the folder has gained %q", got)
					}
					now := w.served(w.api(strings.TrimSuffix(file, ".md") + ".json"))
					if !strings.Contains(now.text(c.key), fmt.Sprintf("Made by <em>%d</em>.", n)) || now.text("title") != fmt.Sprintf("New %d", n) {
						t.Errorf("the service has %q: %q", now.text("title"), now.text(c.key))
					}
					w.quiet()
				})
				w.t = t
			}
		})
	}
}
