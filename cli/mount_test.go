package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"basecampfs/api/simulator"
	"basecampfs/fs"
)

// service is a simulated Basecamp and the environment that leads to it.
func service(t *testing.T) (*simulator.Server, []string) {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Skip(err)
	}
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	return sim, append(homes(t), "BASECAMPFS_LAUNCHPAD_URL="+sim.URL(), "BASECAMPFS_TOKEN="+sim.Token(), "BASECAMPFS_PROXY=none")
}

// outside runs the program as a process of its own and waits for it.
func outside(t *testing.T, env []string, args ...string) result {
	t.Helper()
	cmd := program(t, env, args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return result{cmd.ProcessState.ExitCode(), out.String(), errOut.String()}
}

func want(t *testing.T, what string, r result, code int) {
	t.Helper()
	if r.code != code || (code != ExitOK) == (r.err == "") {
		t.Fatalf("%s: exit status %d, want %d; printed %q, complained %q", what, r.code, code, r.out, r.err)
	}
}

// leave takes away whatever a failed test has left mounted.
func leave(t *testing.T, env []string, dir string) {
	t.Cleanup(func() {
		if m, err := fs.Inspect(dir); err == nil && m.State != fs.Free {
			outside(t, env, "unmount", "--lazy", dir)
		}
	})
}

func TestMountInBackground(t *testing.T) {
	_, env := service(t)
	dir := t.TempDir()
	leave(t, env, dir)
	r := outside(t, env, "mount", "--background", dir)
	want(t, "mount", r, ExitOK)
	if !strings.Contains(r.out, dir) {
		t.Errorf("mount printed %q", r.out)
	}
	accounts, err := filepath.Glob(filepath.Join(dir, "*", "account.json"))
	if err != nil || len(accounts) < 2 {
		t.Fatalf("accounts: %q, %v", accounts, err)
	}
	want(t, "mounting again", outside(t, env, "mount", dir), ExitConflict)
	want(t, "mounting again in the background", outside(t, env, "mount", "--background", dir), ExitConflict)

	r = outside(t, env, "status", "--json", dir)
	want(t, "status", r, ExitOK)
	var status []mountStatus
	if err := json.Unmarshal([]byte(r.out), &status); err != nil || len(status) != 1 || status[0].Dir != dir || status[0].State != fs.Mounted || len(status[0].Tree) == 0 {
		t.Errorf("status is %s, %v", r.out, err)
	}
	r = outside(t, env, "status", filepath.Join(dir, "accounts.json"))
	if want(t, "status", r, ExitOK); !strings.HasPrefix(r.out, dir+": mounted\n") {
		t.Errorf("status is %q", r.out)
	}
	project := filepath.Join(filepath.Dir(accounts[0]), "projects", "The Leto Laptop")
	r = outside(t, env, "open", "--print", project)
	if want(t, "open", r, ExitOK); !strings.HasPrefix(r.out, "http") {
		t.Errorf("open printed %q", r.out)
	}
	want(t, "refresh", outside(t, env, "refresh", project), ExitOK)
	r = outside(t, env, "sync", dir)
	if want(t, "sync", r, ExitOK); !strings.HasPrefix(r.out, "Fetched ") || strings.HasPrefix(r.out, "Fetched 0 ") {
		t.Errorf("sync printed %q", r.out)
	}
	want(t, "confirm", outside(t, env, "confirm", dir), ExitOK)

	in, err := os.Open(filepath.Join(dir, "accounts.json"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, "unmount while in use", outside(t, env, "unmount", dir), ExitConflict)
	in.Close()
	want(t, "unmount", outside(t, env, "unmount", dir), ExitOK)
	want(t, "unmount again", outside(t, env, "unmount", dir), ExitNotFound)
	if names, err := os.ReadDir(dir); err != nil || len(names) > 0 {
		t.Errorf("the folder has %v, %v", names, err)
	}
}

func TestKilledMountIsCleared(t *testing.T) {
	_, env := service(t)
	dir := t.TempDir()
	leave(t, env, dir)
	for range 2 {
		cmd := program(t, env, "mount", dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitMounted(t, dir)
		cmd.Process.Kill()
		cmd.Wait()
		if m, err := fs.Inspect(dir); err != nil || m.State != fs.Dead {
			t.Fatalf("after a kill: %+v, %v", m, err)
		}
		r := outside(t, env, "status", dir)
		if want(t, "status", r, ExitOK); !strings.Contains(r.out, "dead") {
			t.Errorf("status is %q", r.out)
		}
	}
	want(t, "unmount", outside(t, env, "unmount", dir), ExitOK)
	if m, err := fs.Inspect(dir); err != nil || m.State != fs.Free {
		t.Errorf("after unmount: %+v, %v", m, err)
	}
}

func waitMounted(t *testing.T, dir string) {
	t.Helper()
	for until := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if m, err := fs.Inspect(dir); err == nil && m.State == fs.Mounted {
			return
		}
		if time.Now().After(until) {
			t.Fatal("was never mounted")
		}
	}
}

func TestMountSaysWhyNot(t *testing.T) {
	sim, env := service(t)
	dir := t.TempDir()
	with := func(more ...string) []string { return append(append([]string(nil), env...), more...) }
	for _, mode := range [][]string{{"mount", dir}, {"mount", "--background", dir}} {
		want(t, "bad token", outside(t, with("BASECAMPFS_TOKEN=wrong-token"), mode...), ExitSignIn)
		want(t, "no token", outside(t, with("BASECAMPFS_TOKEN="), mode...), ExitSignIn)
		want(t, "no such account", outside(t, env, append(mode, "--account", "Nobody Inc")...), ExitNotFound)
		want(t, "two accounts of one name", outside(t, env, append(mode, "--account", "Honcho Design")...), ExitUsage)
	}
	sim.Close()
	for _, mode := range [][]string{{"mount", dir}, {"mount", "--background", dir}} {
		want(t, "service down", outside(t, with("BASECAMPFS_TIMEOUT=2s"), mode...), ExitNetwork)
	}
	if m, err := fs.Inspect(dir); err != nil || m.State != fs.Free {
		t.Errorf("left %+v, %v", m, err)
	}
}

func TestChosenAccount(t *testing.T) {
	sim, env := service(t)
	dir := t.TempDir()
	leave(t, env, dir)
	a := sim.Accounts()[0]
	want(t, "mount", outside(t, env, "mount", "--background", "--read-only", "--json", "none", "--account", jsonNumber(a.ID), dir), ExitOK)
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range names {
		got = append(got, n.Name())
	}
	if strings.Join(got, ", ") != ".basecampfs, "+a.Name+", README.md" {
		t.Errorf("the root holds %q", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "new.md"), nil, 0o600); !errors.Is(err, syscall.EROFS) {
		t.Errorf("writing to a read-only mount: %v", err)
	}
	want(t, "unmount", outside(t, env, "unmount", dir), ExitOK)
}

func TestChosenProjects(t *testing.T) {
	_, env := service(t)
	dir := t.TempDir()
	leave(t, env, dir)
	want(t, "no such project", outside(t, env, "mount", "--project", "Nothing of the kind", dir), ExitNotFound)
	want(t, "mount", outside(t, env, "mount", "--background", "--project", "website REFRESH", "--project", "The Leto Locator", dir), ExitUsage)
	want(t, "mount", outside(t, env, "mount", "--background", "--project", "The Leto Locator", "--project", "Leto launch", dir), ExitOK)
	shown, err := filepath.Glob(filepath.Join(dir, "*", "projects", "*"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range shown {
		got = append(got, filepath.Base(p))
	}
	if strings.Join(got, ", ") != "The Leto Locator, Leto launch" {
		t.Errorf("shown are %q", got)
	}
	want(t, "unmount", outside(t, env, "unmount", dir), ExitOK)
}

func jsonNumber(n int64) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func TestDemoEndsWithCtrlC(t *testing.T) {
	_, env := service(t)
	dir := filepath.Join(t.TempDir(), "new", "demo")
	cmd := program(t, env, "demo", dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	waitMounted(t, dir)
	if _, err := os.ReadFile(filepath.Join(dir, "README.md")); err != nil {
		t.Error(err)
	}
	cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v: %s", err, out.String())
	}
	if !strings.Contains(out.String(), "cd "+dir) {
		t.Errorf("printed %q", out.String())
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder that it made is still there: %v", err)
	}
}
