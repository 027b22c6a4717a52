package mounted

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/api/bc3"
	"basecampfs/api/bcx"
	"basecampfs/api/simulator"
	"basecampfs/api/transport"
	"basecampfs/nodes"
)

// Two accounts have the same name: the lower id keeps it.
const (
	legacy  = "Honcho Design"             // of Basecamp 2
	current = "Honcho Design (195539477)" // of Basecamp 3
)

// TestSameName mounts accounts of both products that have the same name, with
// a project, a list and a to-do of the same names in each.
func TestSameName(t *testing.T) {
	t.Parallel()
	w := startWith(t, []string{"bc3", "bcx"}, simulator.Options{})
	if got := w.names(""); !slices.Contains(got, legacy) || !slices.Contains(got, current) {
		t.Fatalf("mounted are %q", got)
	}
	var told []struct {
		Product, Folder string
		ID              int64
	}
	if err := json.Unmarshal([]byte(w.read("accounts.json")), &told); err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{}
	for _, a := range told {
		folders[a.Folder] = a.Product + " " + strconv.FormatInt(a.ID, 10)
	}
	if folders[legacy] != "bcx 88888888" || folders[current] != "bc3 195539477" {
		t.Errorf("accounts.json tells of %v", folders)
	}
	seen := map[uint64]string{}
	err := filepath.WalkDir(w.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		ino := info.Sys().(*syscall.Stat_t).Ino
		if was := seen[ino]; was != "" {
			t.Errorf("%s and %s are one inode", was, path)
		}
		seen[ino] = path
		return nil
	})
	if err != nil || len(seen) < 1500 {
		t.Errorf("%d files, %v", len(seen), err)
	}
	const ui = "/projects/The Leto Laptop/todos/Strategy ideas/Clear and simple UI.md"
	for n, c := range []struct{ mine, other, under, put string }{
		{legacy, current, "/88888888/", "PUT /projects/{id}/todos/{id}.json x1"},
		{current, legacy, "/195539477/", "PUT /todos/{id}.json x1"},
	} {
		before := w.read(c.other + ui)
		w.sim.ResetCounters()
		due := fmt.Sprintf("due_on: 2026-03-1%d", n)
		w.sh(fmt.Sprintf("sed -i 's/^due_on:.*/%s/' %q", due, w.path(c.mine+ui)))
		for _, r := range w.sim.Requests().Log {
			if r.Method != "GET" && !strings.HasPrefix(r.Path, c.under) {
				t.Errorf("%s %s for an edit in %s", r.Method, r.Path, c.mine)
			}
		}
		if got := w.writes(); !slices.Equal(got, []string{c.put}) {
			t.Errorf("requests: %q", got)
		}
		w.remount()
		if !strings.Contains(w.read(c.mine+ui), due) || w.read(c.other+ui) != before {
			t.Errorf("after an edit in %s:\n%s\n%s", c.mine, w.read(c.mine+ui), w.read(c.other+ui))
		}
	}
	// What is moved from one to the other is refused, and stays where it is.
	_, errs, err := w.try(fmt.Sprintf("mv %q %q", w.path(legacy+ui), w.path(current+"/projects/The Leto Laptop/todos/Launch checklist/")))
	if err == nil || !strings.Contains(errs, "not supported") || !strings.Contains(w.read(legacy+ui), "due_on: 2026-03-10") {
		t.Errorf("moving to the other account: %v %s", err, errs)
	}
}

// host is a service with a host of its own, and what it was sent.
type host struct {
	*simulator.Server
	url string

	mu   sync.Mutex
	auth map[string]int // the secrets that came, and how often

	// points makes every address in an answer one of another host.
	points  atomic.Pointer[string]
	pointed atomic.Int64
}

func newHost(t *testing.T, without string) *host {
	t.Helper()
	h := &host{auth: map[string]int{}}
	srv := httptest.NewUnstartedServer(h)
	h.url = "http://" + srv.Listener.Addr().String()
	var err error
	h.Server, err = simulator.New(simulator.Options{PublicURL: h.url, Without: []string{without}})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(srv.Close)
	return h
}

func (h *host) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	h.auth[r.Header.Get("Authorization")]++
	h.mu.Unlock()
	other := h.points.Load()
	if other == nil {
		h.Server.ServeHTTP(rw, r)
		return
	}
	rec := httptest.NewRecorder()
	r.Header.Del("If-None-Match")
	r.Header.Del("If-Modified-Since")
	h.Server.ServeHTTP(rec, r)
	for k, v := range rec.Header() {
		for _, s := range v {
			h.pointed.Add(int64(strings.Count(s, h.url)))
			rw.Header().Add(k, strings.ReplaceAll(s, h.url, *other))
		}
	}
	rw.Header().Del("Content-Length")
	rw.WriteHeader(rec.Code)
	h.pointed.Add(int64(bytes.Count(rec.Body.Bytes(), []byte(h.url))))
	_, _ = rw.Write(bytes.ReplaceAll(rec.Body.Bytes(), []byte(h.url), []byte(*other)))
}

// secrets are what was sent to the host to prove who asks, without what came
// with nothing of the sort.
func (h *host) secrets() (out []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.auth {
		if s != "" {
			out = append(out, s)
		}
	}
	slices.Sort(out)
	return out
}

// TestSecretsStayHome mounts an account of Basecamp 3, for which there is a
// token, and one of Basecamp 2, for which there is a password, at a host each:
// also where each names the other one in everything that it answers.
func TestSecretsStayHome(t *testing.T) {
	t.Parallel()
	three, two := newHost(t, "bcx"), newHost(t, "bc3")
	token := "Bearer " + three.Token()
	password := "Basic " + base64.StdEncoding.EncodeToString([]byte("victor@honchodesign.com:correct horse"))
	reach := func(secret string) *transport.Transport {
		return transport.New(transport.Config{
			UserAgent: "basecampfs-test (test@example.com)",
			Authorize: func(_ context.Context, r *http.Request) error {
				r.Header.Set("Authorization", secret)
				return nil
			},
			Limiter: transport.NewLimiter(100000, time.Second),
			Backoff: time.Millisecond,
		})
	}
	w := &world{t: t, dir: t.TempDir(), state: t.TempDir()}
	w.connect = func() (out []api.Account) {
		for _, a := range append(three.Accounts(), two.Accounts()...) {
			info := api.AccountInfo{Product: api.Product(a.Product), ID: a.ID, Name: a.Name, Href: a.Href}
			var acc api.Account
			var err error
			switch info.Product {
			case api.Basecamp3:
				acc, err = bc3.New(reach(token), info)
			case api.Basecamp2:
				acc, err = bcx.New(reach(password), info)
			default:
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, acc)
		}
		return out
	}
	w.conf = nodes.Config{Timeout: 30 * time.Second}
	w.remount()
	t.Cleanup(w.unmount)
	check := func(when string) {
		if got := three.secrets(); !slices.Equal(got, []string{token}) {
			t.Errorf("%s the host of Basecamp 3 was sent %d secrets: %q", when, len(got), got)
		}
		if got := two.secrets(); !slices.Equal(got, []string{password}) {
			t.Errorf("%s the host of Basecamp 2 was sent %d secrets: %q", when, len(got), got)
		}
	}
	w.sh("find . -type f -exec cat {} + > /dev/null")
	for _, a := range []string{legacy, current} {
		w.sh(fmt.Sprintf("sed -i 's/^due_on:.*/due_on: 2026-04-04/' %q", w.path(a+"/projects/The Leto Laptop/todos/Strategy ideas/Clear and simple UI.md")))
	}
	check("in peace")

	w.unmount()
	if err := os.RemoveAll(w.state); err != nil {
		t.Fatal(err)
	}
	three.points.Store(&two.url)
	two.points.Store(&three.url)
	w.conf.Timeout = 5 * time.Second
	w.remount()
	_, _, _ = w.try("find . -type f -exec cat {} + > /dev/null; echo x > */projects/*/docs/New.md") // as far as it goes
	check("with addresses of the other")
	if a, b := three.pointed.Load(), two.pointed.Load(); a < 10 || b < 10 {
		t.Errorf("only %d and %d addresses were changed", a, b)
	}
}
