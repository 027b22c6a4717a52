package fs

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"basecampfs/api"

	fusefs "github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// tree is a root with one file, that notes what it was asked for.
type tree struct {
	fusefs.Inode
	mu        sync.Mutex
	closed    int
	refreshed []string
	confirmed bool
}

const greeting = "Good morning.\n"

func (t *tree) OnAdd(ctx context.Context) {
	f := t.NewPersistentInode(ctx, &fusefs.MemRegularFile{Data: []byte(greeting), Attr: fuse.Attr{Mode: 0o644}}, fusefs.StableAttr{})
	t.AddChild("hello.md", f, false)
}

func (t *tree) Close(context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed++
	return nil
}

func (t *tree) Refresh(path string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if path == "nowhere" {
		return &api.Error{Code: api.NotFound, Message: "no such item", Hint: "Look again."}
	}
	t.refreshed = append(t.refreshed, path)
	return nil
}

func (t *tree) Confirm() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.confirmed = true
}

func (t *tree) Load(ctx context.Context, progress func(what string, done int)) error {
	for i := range 3 {
		progress("pages", i+1)
	}
	return ctx.Err()
}

// The test binary runs itself as the process behind a mount: what it is to do
// is in this variable.
const roleEnv = "BASECAMPFS_TEST_ROLE"

// roles that only some systems have.
var roles = map[string]func(dir string) int{}

func TestMain(m *testing.M) {
	switch role := os.Getenv(roleEnv); role {
	case "":
		os.Exit(m.Run())
	case "serve":
		os.Exit(serve(os.Args[1]))
	case "refuse":
		Ready(&api.Error{Code: api.SignIn, Message: "no token", Hint: "Sign in."}, 4)
		os.Exit(4)
	case "vanish":
		fmt.Println("so long")
		os.Exit(9)
	default:
		os.Exit(roles[role](os.Args[1]))
	}
}

// serve mounts a tree on dir until SIGTERM, as the command does.
func serve(dir string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	s, err := Mount(dir, &tree{}, Options{})
	if err != nil {
		fmt.Println(err)
		if !Ready(err, 1) {
			fmt.Println("cannot report")
		}
		return 1
	}
	if !Ready(nil, 0) {
		fmt.Println("ready")
	}
	if err := s.Run(ctx, time.Minute); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

// requireFuse skips where the kernel or the user cannot mount at all, which is
// the only thing that a test of mounting cannot bring along.
func requireFuse(t *testing.T) {
	t.Helper()
	if err := system(Options{}); err != nil {
		t.Skip(err)
	}
}

func mounted(t *testing.T, dir string, root Tree, o Options) *Server {
	t.Helper()
	o.SelfUse = true
	s, err := Mount(dir, root, o)
	if err != nil {
		t.Fatalf("mount: %v", err)
	}
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		s.Detach(ctx)
	})
	return s
}

func wantGreeting(t *testing.T, dir string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(dir, "hello.md"))
	if err != nil || string(got) != greeting {
		t.Fatalf("read %q, %v", got, err)
	}
}

func wantState(t *testing.T, dir string, want State) Mountpoint {
	t.Helper()
	m, err := Inspect(dir)
	if err != nil || m.State != want {
		t.Fatalf("inspect: %+v, %v; want %s", m, err, want)
	}
	return m
}

func wantCode(t *testing.T, err error, want api.Code) {
	t.Helper()
	if api.CodeOf(err) != want {
		t.Fatalf("error %v has code %q, want %q", err, api.CodeOf(err), want)
	}
}

// child starts the test binary as role, waits until it says "ready", and makes
// sure that neither it nor its mount outlives the test.
func child(t *testing.T, role, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], dir)
	cmd.Env = append(os.Environ(), roleEnv+"="+role)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if m, err := Inspect(dir); err == nil && m.State == Dead {
			clearDead(m.Path)
		}
	})
	buf := make([]byte, 256)
	n, _ := out.Read(buf)
	if got := strings.TrimSpace(string(buf[:n])); got != "ready" {
		t.Fatalf("child said %q", got)
	}
	return cmd
}

func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
}
