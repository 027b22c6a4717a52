package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// request is a figure that is counted at the service.
type request struct {
	what   string
	took   time.Duration
	n      int
	most   int    // that are good enough; 0 where nothing is promised
	detail string // by method, where that matters
}

// methods counts requests by method.
func (b *bencher) methods() (total int, by map[string]int) {
	by = map[string]int{}
	for route, n := range b.sim.Requests().ByRoute {
		method, _, _ := strings.Cut(route, " ")
		by[method] += n
		total += n
	}
	return total, by
}

// copyIn copies new files into a list, and looks at what single saves cost.
func (b *bencher) copyIn(ctx context.Context, r *report) error {
	from := filepath.Join(b.work, "new")
	if err := os.Mkdir(from, 0o700); err != nil {
		return err
	}
	for n := range b.config.files {
		text := fmt.Sprintf("What has to be done for the %dth time.\n", n+1)
		if err := os.WriteFile(filepath.Join(from, fmt.Sprintf("New %04d.md", n+1)), []byte(text), 0o600); err != nil {
			return err
		}
	}
	todo, err := b.someTodo()
	if err != nil {
		return err
	}
	todos := filepath.Dir(filepath.Dir(todo)) // the folder of all lists
	if err := b.calm(ctx); err != nil {
		return err
	}
	b.sim.ResetCounters()
	cp := func(to string) program { return program{name: "cp -r", args: []string{"cp", "-r", from, to}} }
	r.copied = map[string]time.Duration{}
	for place, to := range map[string]string{inMemory: b.memory, onDisk: b.disk, writable: todos} {
		if r.copied[place], err = b.run(ctx, cp(filepath.Join(to, "Copied in")), to); err != nil {
			return err
		}
	}
	n, by := b.methods()
	r.requests = append(r.requests, request{what: fmt.Sprintf("`cp -r` of %d files into a new list", b.config.files), took: r.copied[writable], n: n,
		detail: fmt.Sprintf("%d POST; the limit allows %.0f s", by["POST"], b.allowed(n).Seconds())})
	if err := b.calm(ctx); err != nil {
		return err
	}
	if err := b.saved(r, todo); err != nil {
		return err
	}
	if err := b.elsewhere(ctx, r, todo); err != nil {
		return err
	}
	return b.firstCat(ctx, r, todo)
}

// someTodo is the path of a to-do in the mount.
func (b *bencher) someTodo() (string, error) {
	found, err := filepath.Glob(filepath.Join(glob(b.main.path), "projects", "*", "todos", "*", "*.md"))
	for _, path := range found {
		if filepath.Base(path) != "todolist.md" {
			return path, err
		}
	}
	return "", errors.Join(errors.New("no to-do in the mount"), err)
}

// glob is a path as a pattern for itself.
func glob(path string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(path)
}

// saved saves one file with another text.
func (b *bencher) saved(r *report, todo string) error {
	text, err := os.ReadFile(todo)
	if err != nil {
		return err
	}
	b.sim.ResetCounters()
	began := time.Now()
	if err := os.WriteFile(todo, append(text, "\nOne more line.\n"...), 0o600); err != nil {
		return err
	}
	took := time.Since(began)
	n, by := b.methods()
	r.requests = append(r.requests, request{what: "saving a file", took: took, n: n, most: 2, detail: fmt.Sprintf("%d PUT, %d GET", by["PUT"], by["GET"])})
	return nil
}

// elsewhere changes a to-do behind the mount's back and waits until a reader
// sees it.
func (b *bencher) elsewhere(ctx context.Context, r *report, todo string) error {
	raw, err := os.ReadFile(strings.TrimSuffix(todo, ".md") + ".json")
	if err != nil {
		return err
	}
	var item struct {
		URL     string `json:"url"`
		Content string `json:"content"`
	}
	if err := json.Unmarshal(raw, &item); err != nil {
		return err
	}
	const news = "Somebody else wrote this."
	body, err := json.Marshal(map[string]string{"content": item.Content, "description": "<div>" + news + "</div>"})
	if err != nil {
		return err
	}
	other, err := b.sim.As("Annie Bryan")
	if err != nil {
		return err
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPut, item.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	answer, err := other.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("changing %s: %s", item.URL, answer.Status)
	}
	b.sim.ResetCounters()
	for began := time.Now(); ; {
		text, err := os.ReadFile(todo)
		if err != nil {
			return err
		}
		if took := time.Since(began); bytes.Contains(text, []byte(news)) {
			n, _ := b.methods()
			b.routes()
			r.requests = append(r.requests, request{what: "seeing a change made elsewhere", took: took, n: n, most: 3})
			return nil
		} else if took > 5*time.Minute {
			return errors.New("a change made elsewhere does not show")
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

// firstCat reads one to-do by its whole path in a mount that knows nothing.
func (b *bencher) firstCat(ctx context.Context, r *report, todo string) error {
	if err := b.calm(ctx); err != nil {
		return err
	}
	m, err := b.mountProduct("first")
	if err != nil {
		return err
	}
	b.sim.ResetCounters()
	took, err := b.run(ctx, program{name: "cat", args: []string{"cat", filepath.Join(m.path, strings.TrimPrefix(todo, b.main.path))}}, b.work)
	if err != nil {
		return err
	}
	n, _ := b.methods()
	r.requests = append(r.requests, request{what: "first `cat` of a to-do by its path", took: took, n: n, most: 5,
		detail: fmt.Sprintf("%.1f times the service's latency", float64(took)/float64(max(b.config.latency, 1)))})
	return m.stop()
}

// idle watches the mount while nobody reads, and looks at its memory.
func (b *bencher) idle(ctx context.Context, r *report) error {
	for _, m := range []*mount{b.read, b.static} {
		if err := m.stop(); err != nil {
			return err
		}
	}
	walk := b.programs()[3]
	if err := b.main.stop(); err != nil {
		return err
	}
	var err error
	if b.main, err = b.mountProduct("main"); err != nil {
		return err
	}
	bare, err := b.main.memory()
	if err != nil {
		return err
	}
	if _, err := b.run(ctx, walk, b.main.path); err != nil {
		return err
	}
	after, err := b.main.memory()
	if err != nil {
		return err
	}
	b.sim.ResetCounters()
	if err := pause(ctx, b.config.idle); err != nil {
		return err
	}
	n, _ := b.methods()
	most := int(b.config.idle/time.Minute) + 1
	r.requests = append(r.requests, request{what: fmt.Sprintf("idle for %v", b.config.idle), took: b.config.idle, n: n, most: most})
	idle, err := b.main.memory()
	r.memory = append(r.memory, memoryRow{"mounted, nothing read yet", bare}, memoryRow{"after a remount and `" + walk.name + "`", after},
		memoryRow{fmt.Sprintf("%v later", b.config.idle), idle})
	return err
}
