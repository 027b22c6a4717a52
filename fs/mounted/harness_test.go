package mounted

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/api/bc3"
	"basecampfs/api/bcx"
	"basecampfs/api/simulator"
	"basecampfs/api/transport"
	"basecampfs/fs"
	"basecampfs/nodes"
)

// world is a service with a mount of it.
type world struct {
	t     *testing.T
	sim   *simulator.Server
	dir   string // the mount point
	state string
	conf  nodes.Config
	root  *nodes.Root
	mount *fs.Server
	wire  *transport.Transport
	xattr bool
	// products are those whose accounts are served and mounted.
	products []string
	// connect connects to accounts of other services; nil for those of sim.
	connect func() []api.Account
}

// start serves sample data of Basecamp 3 and mounts it.
func start(t *testing.T, o simulator.Options, alter ...func(*nodes.Config)) *world {
	t.Helper()
	return startWith(t, []string{"bc3"}, o, alter...)
}

// startWith is start with the accounts of some products.
func startWith(t *testing.T, products []string, o simulator.Options, alter ...func(*nodes.Config)) *world {
	t.Helper()
	if os.Getuid() != 0 {
		if _, err := exec.LookPath("fusermount3"); err != nil {
			t.Skip("mounting needs fusermount3")
		}
	}
	for _, p := range []string{"bc3", "bcx"} {
		if !slices.Contains(products, p) {
			o.Without = append(o.Without, p)
		}
	}
	sim, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	w := &world{t: t, sim: sim, dir: t.TempDir(), state: t.TempDir(), products: products}
	for _, f := range alter {
		f(&w.conf)
	}
	w.remount()
	t.Cleanup(w.unmount)
	return w
}

// accounts connects to what the simulator serves, anew.
func (w *world) accounts() []api.Account {
	w.t.Helper()
	if w.connect != nil {
		return w.connect()
	}
	token := w.sim.Token()
	w.wire = transport.New(transport.Config{
		UserAgent: "basecampfs-test (test@example.com)",
		Authorize: func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+token)
			return nil
		},
		Limiter: transport.NewLimiter(100000, time.Second),
		Timeout: 30 * time.Second,
		Backoff: 5 * time.Millisecond,
	})
	var out []api.Account
	for _, a := range w.sim.Accounts() {
		if !slices.Contains(w.products, a.Product) {
			continue
		}
		info := api.AccountInfo{Product: api.Product(a.Product), ID: a.ID, Name: a.Name, Href: a.Href}
		var acc api.Account
		var err error
		if info.Product == api.Basecamp2 {
			acc, err = bcx.New(w.wire, info)
		} else {
			acc, err = bc3.New(w.wire, info)
		}
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, acc)
	}
	return out
}

// remount mounts with everything in memory forgotten.
func (w *world) remount() {
	w.t.Helper()
	if w.mount != nil {
		w.unmount()
	}
	c := w.conf
	c.Accounts = w.accounts()
	c.StateDir, c.CacheDir = w.state, filepath.Join(w.state, "cache")
	c.UID, c.GID = uint32(os.Getuid()), uint32(os.Getgid())
	root, err := nodes.NewRoot(c)
	if err != nil {
		w.t.Fatal(err)
	}
	m, err := fs.Mount(w.dir, root, fs.Options{ReadOnly: c.ReadOnly, SelfUse: true, XAttr: w.xattr})
	if err != nil {
		w.t.Fatal(err)
	}
	w.root, w.mount = root, m
}

func (w *world) unmount() {
	if w.mount == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := w.mount.Detach(ctx); err != nil {
		w.t.Errorf("unmounting: %v", err)
	}
	w.mount = nil
}

// The folders that most tests are about.
const (
	account = "Honcho Design"
	project = account + "/projects/The Leto Laptop"
	list    = project + "/todos/Strategy ideas"
)

func (w *world) path(rel string) string { return filepath.Join(w.dir, rel) }

func (w *world) read(rel string) string {
	w.t.Helper()
	b, err := os.ReadFile(w.path(rel))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

func (w *world) write(rel, text string) error {
	return os.WriteFile(w.path(rel), []byte(text), 0o644)
}

// names lists a folder.
func (w *world) names(rel string) []string {
	w.t.Helper()
	entries, err := os.ReadDir(w.path(rel))
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// sh runs a shell command in the mount and returns what it prints. It fails
// where the command does, or says anything on standard error.
func (w *world) sh(script string) string {
	w.t.Helper()
	out, errs, err := w.try(script)
	if err != nil || errs != "" {
		w.t.Fatalf("%s: %v\n%s", script, err, errs)
	}
	return out
}

func (w *world) try(script string) (stdout, stderr string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := inFolder(ctx, w.dir, "-c", script)
	var o, e strings.Builder
	cmd.Stdout, cmd.Stderr = &o, &e
	err = cmd.Run()
	return o.String(), e.String(), err
}

// inFolder is bash in a folder of the mount. It changes to it by itself: while
// a child that was forked has not become another program, nothing in this one
// can answer it.
func inFolder(ctx context.Context, dir, flags, script string) *exec.Cmd {
	return exec.CommandContext(ctx, "bash", flags, "cd -- \"$0\"\n"+script, dir)
}

// calls counts the requests to a route since the last reset.
func (w *world) calls(route string) int { return w.sim.Requests().ByRoute[route] }

func (w *world) writes() (out []string) {
	for r, n := range w.sim.Requests().ByRoute {
		if !strings.HasPrefix(r, "GET ") {
			out = append(out, fmt.Sprintf("%s x%d", r, n))
		}
	}
	return out
}
