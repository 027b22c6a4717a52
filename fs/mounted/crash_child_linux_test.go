package mounted

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/api/bc3"
	"basecampfs/api/simulator"
	"basecampfs/api/transport"
	"basecampfs/fs"
	"basecampfs/nodes"
)

// holder tells a process of its own, which is this test binary again, what to
// mount.
type holder struct {
	Dir, State, Token string
	Accounts          []simulator.Account
	Patience          time.Duration // of unmounting
}

const holderVariable = "BASECAMPFS_TEST_HOLDS"

func TestMain(m *testing.M) {
	if s := os.Getenv(holderVariable); s != "" {
		if err := hold(s); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// hold mounts, says so on standard output, and unmounts when it is told to.
func hold(spec string) error {
	var h holder
	if err := json.Unmarshal([]byte(spec), &h); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c := nodes.Config{StateDir: h.State, CacheDir: filepath.Join(h.State, "cache"), UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
	t := transport.New(transport.Config{
		UserAgent: "basecampfs-test (test@example.com)",
		Authorize: func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+h.Token)
			return nil
		},
		Limiter: transport.NewLimiter(0, time.Second),
		Timeout: 30 * time.Second,
		Backoff: 5 * time.Millisecond,
	})
	for _, a := range h.Accounts {
		acc, err := bc3.New(t, api.AccountInfo{Product: api.Product(a.Product), ID: a.ID, Name: a.Name, Href: a.Href})
		if err != nil {
			return err
		}
		c.Accounts = append(c.Accounts, acc)
	}
	root, err := nodes.NewRoot(c)
	if err != nil {
		return err
	}
	m, err := fs.Mount(h.Dir, root, fs.Options{})
	if err != nil {
		return err
	}
	fmt.Println("mounted")
	return m.Run(ctx, h.Patience)
}

// away hands the mount of a world over to a process of its own, which can be
// killed, and returns that process. The world must not be mounted.
func (w *world) away() *exec.Cmd { return w.awayFor(time.Minute) }

// awayFor is away with a mount that waits so long for saves when it ends.
func (w *world) awayFor(patience time.Duration) *exec.Cmd {
	w.t.Helper()
	spec, err := json.Marshal(holder{Dir: w.dir, State: w.state, Token: w.sim.Token(), Accounts: w.bc3Accounts(), Patience: patience})
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), holderVariable+"="+string(spec))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "mounted\n" {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		w.t.Fatalf("the process that mounts says %q, %v", strings.TrimSpace(line), err)
	}
	return cmd
}

func (w *world) bc3Accounts() (out []simulator.Account) {
	for _, a := range w.sim.Accounts() {
		if a.Product == "bc3" {
			out = append(out, a)
		}
	}
	return out
}

// kill ends the process that holds a mount as if the power had gone.
func (w *world) kill(cmd *exec.Cmd) {
	w.t.Helper()
	_ = cmd.Process.Kill()
	stuck := time.AfterFunc(30*time.Second, func() {
		w.t.Errorf("a killed mount keeps its programs waiting:\n%s", stacks(cmd.Process.Pid, os.Getpid()))
		_ = syscall.Unmount(w.dir, syscall.MNT_FORCE)
	})
	defer stuck.Stop()
	_ = cmd.Wait()
}

// stacks is where in the kernel the threads of processes are, as far as this
// user may see it.
func stacks(pids ...int) string {
	var b strings.Builder
	for _, pid := range pids {
		files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stack", pid))
		for _, f := range files {
			if s, err := os.ReadFile(f); err == nil && strings.Contains(string(s), "fuse") {
				fmt.Fprintf(&b, "%s\n%s", f, s)
			}
		}
	}
	return b.String()
}

// end unmounts what another process holds.
func (w *world) end(cmd *exec.Cmd) {
	w.t.Helper()
	_ = cmd.Process.Signal(syscall.SIGTERM)
	late := time.AfterFunc(2*time.Minute, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	if err := cmd.Wait(); err != nil {
		w.t.Errorf("unmounting: %v", err)
	}
}

// clear takes away a dead mount.
func (w *world) clear() {
	if m, err := fs.Inspect(w.dir); err == nil && m.State != fs.Free {
		_ = fs.Unmount(context.Background(), w.dir, true)
	}
}

// resumed waits until nothing waits to be sent any more.
func (w *world) resumed() {
	w.t.Helper()
	for until := time.Now().Add(time.Minute); w.waiting() > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			w.t.Fatalf("after a minute %d texts wait: %s", w.waiting(), w.read(".basecampfs/status.json"))
		}
	}
}
