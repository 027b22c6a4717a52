package fs

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"basecampfs/api"

	"golang.org/x/sys/unix"
)

func TestMountServesAndUnmounts(t *testing.T) {
	requireFuse(t)
	dir, root := t.TempDir(), &tree{}
	wantState(t, dir, Free)
	s := mounted(t, dir, root, Options{})
	wantGreeting(t, dir)
	m := wantState(t, dir, Mounted)
	if m.Type != "fuse.basecampfs" || m.UID != os.Geteuid() || !m.Owner {
		t.Errorf("mount table has %+v", m)
	}
	if err := s.Unmount(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Unmount(t.Context()); err != nil {
		t.Fatalf("second time: %v", err)
	}
	s.Wait()
	wantState(t, dir, Free)
	if root.closed != 1 {
		t.Errorf("flushed %d times", root.closed)
	}
	wantCode(t, Unmount(t.Context(), dir, false), api.NotFound)
}

func TestReadOnlyMountRefusesChanges(t *testing.T) {
	requireFuse(t)
	dir := t.TempDir()
	mounted(t, dir, &tree{}, Options{ReadOnly: true})
	wantGreeting(t, dir)
	err := os.WriteFile(filepath.Join(dir, "hello.md"), nil, 0o644)
	if !errors.Is(err, syscall.EROFS) {
		t.Errorf("writing gives %v", err)
	}
}

func TestNoExtendedAttributesUnlessAsked(t *testing.T) {
	requireFuse(t)
	dir := t.TempDir()
	mounted(t, dir, &tree{}, Options{})
	_, err := unix.Getxattr(filepath.Join(dir, "hello.md"), "user.basecamp.id", nil)
	if !errors.Is(err, syscall.ENOTSUP) {
		t.Errorf("getxattr gives %v", err)
	}
}

func TestLiveMountIsRefused(t *testing.T) {
	requireFuse(t)
	dir := t.TempDir()
	mounted(t, dir, &tree{}, Options{})
	_, err := Mount(dir, &tree{}, Options{})
	wantCode(t, err, api.Conflict)
	if !strings.Contains(err.Error(), "already mounted") {
		t.Errorf("message is %q", err)
	}
	wantGreeting(t, dir)
}

func TestUnfitFolders(t *testing.T) {
	requireFuse(t)
	full, plain := t.TempDir(), filepath.Join(t.TempDir(), "file")
	for _, f := range []string{filepath.Join(full, "letter.txt"), plain} {
		if err := os.WriteFile(f, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		dir  string
		want api.Code
	}{
		{filepath.Join(full, "none"), api.NotFound},
		{full, api.Conflict},
		{plain, api.Invalid},
		{"/proc", api.Conflict},
	} {
		_, err := Mount(c.dir, &tree{}, Options{})
		if api.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", c.dir, err, c.want)
		}
	}
}

func TestDeadMountIsClearedByMount(t *testing.T) {
	requireFuse(t)
	dir := t.TempDir()
	kill(t, child(t, "serve", dir))
	wantState(t, dir, Dead)
	if _, err := os.ReadDir(dir); !errors.Is(err, syscall.ENOTCONN) {
		t.Fatalf("a dead mount answers %v", err)
	}
	s := mounted(t, dir, &tree{}, Options{})
	wantGreeting(t, dir)
	if err := s.Unmount(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantState(t, dir, Free)
}

func TestDeadMountIsClearedByUnmount(t *testing.T) {
	requireFuse(t)
	dir := t.TempDir()
	kill(t, child(t, "serve", dir))
	wantState(t, dir, Dead)
	if err := Unmount(t.Context(), dir, false); err != nil {
		t.Fatal(err)
	}
	wantState(t, dir, Free)
	if _, err := os.ReadDir(dir); err != nil {
		t.Error(err)
	}
}

func TestUnmountFromAnotherProcessFlushes(t *testing.T) {
	requireFuse(t)
	dir := t.TempDir()
	cmd := child(t, "serve", dir)
	if err := Unmount(t.Context(), dir, false); err != nil {
		t.Fatal(err)
	}
	wantState(t, dir, Free)
	if err := cmd.Wait(); err != nil {
		t.Errorf("the process behind the mount: %v", err)
	}
}

func TestTerminatedProcessUnmounts(t *testing.T) {
	requireFuse(t)
	dir := t.TempDir()
	cmd := child(t, "serve", dir)
	cmd.Process.Signal(syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
	wantState(t, dir, Free)
}

func TestMountInUse(t *testing.T) {
	requireFuse(t)
	dir, root := t.TempDir(), &tree{}
	s := mounted(t, dir, root, Options{})
	f, err := os.Open(filepath.Join(dir, "hello.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	wantCode(t, Unmount(t.Context(), dir, false), api.Conflict)
	wantState(t, dir, Mounted)
	if root.closed != 0 {
		t.Error("a mount that stays was closed")
	}
	if err := s.Detach(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantState(t, dir, Free)
	if root.closed != 1 {
		t.Errorf("flushed %d times", root.closed)
	}
}

// Unmounting must not touch what somebody mounted on the folder since.
func TestUnmountLeavesALaterMountAlone(t *testing.T) {
	requireFuse(t)
	dir := t.TempDir()
	first := mounted(t, dir, &tree{}, Options{})
	if err := unmountLazy(first.Dir()); err != nil {
		t.Fatal(err)
	}
	mounted(t, dir, &tree{}, Options{})
	if err := first.Unmount(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantGreeting(t, dir)
}

func TestMountThroughALink(t *testing.T) {
	requireFuse(t)
	dir := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	mounted(t, link, &tree{}, Options{})
	wantState(t, dir, Mounted)
	m, rel, err := Containing(filepath.Join(link, "hello.md"))
	if err != nil || m.Path != dir || rel != "hello.md" {
		t.Errorf("containing gives %+v, %q, %v", m, rel, err)
	}
	_, _, err = Containing(t.TempDir())
	wantCode(t, err, api.NotFound)
	all, err := Mounts()
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, m := range all {
		found = found || m.Path == dir && m.State == Mounted
	}
	if !found {
		t.Errorf("%s is not among %+v", dir, all)
	}
}

func TestControl(t *testing.T) {
	requireFuse(t)
	dir, root := t.TempDir(), &tree{}
	mounted(t, dir, root, Options{})
	m := wantState(t, dir, Mounted)
	if err := Call(t.Context(), m, Request{Op: OpRefresh, Path: "hello.md"}, nil); err != nil {
		t.Fatal(err)
	}
	if len(root.refreshed) != 1 || root.refreshed[0] != "hello.md" {
		t.Errorf("refreshed %q", root.refreshed)
	}
	err := Call(t.Context(), m, Request{Op: OpRefresh, Path: "nowhere"}, nil)
	wantCode(t, err, api.NotFound)
	if e, ok := errors.AsType[*api.Error](err); !ok || e.Hint != "Look again." {
		t.Errorf("the hint was lost: %#v", err)
	}
	var seen []Progress
	err = Call(t.Context(), m, Request{Op: OpLoad}, func(p Progress) { seen = append(seen, p) })
	if err != nil || len(seen) != 3 || seen[2] != (Progress{"pages", 3}) {
		t.Errorf("load reported %+v, %v", seen, err)
	}
	if err := Call(t.Context(), m, Request{Op: OpConfirm}, nil); err != nil || !root.confirmed {
		t.Errorf("confirm: %v, %v", root.confirmed, err)
	}
	wantCode(t, Call(t.Context(), m, Request{Op: "dance"}, nil), api.Unsupported)
	elsewhere := m
	elsewhere.Path += "x"
	if err := Call(t.Context(), elsewhere, Request{Op: OpPing}, nil); !errors.Is(err, ErrNoControl) {
		t.Errorf("nobody listens, yet %v", err)
	}
}

func TestRuntimeFolderIsPrivate(t *testing.T) {
	run := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", run)
	dir, err := runtimeDir()
	if err != nil || dir != filepath.Join(run, Type) {
		t.Fatalf("%q, %v", dir, err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if other, err := runtimeDir(); err == nil && other == dir {
		t.Error("a folder that others can enter was used")
	}
}

func TestBackground(t *testing.T) {
	requireFuse(t)
	dir, log := t.TempDir(), filepath.Join(t.TempDir(), "state", "mount.log")
	t.Setenv(roleEnv, "serve")
	pid, err := Background(t.Context(), []string{dir}, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Kill(pid, syscall.SIGKILL) })
	wantGreeting(t, dir)
	if sid, err := unix.Getsid(pid); err != nil || sid != pid {
		t.Errorf("its session is %d, %v", sid, err)
	}
	_, err = Background(t.Context(), []string{dir}, log)
	wantCode(t, err, api.Conflict)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if err := Unmount(ctx, dir, false); err != nil {
		t.Fatal(err)
	}
	wantState(t, dir, Free)
}

func TestBackgroundReportsFailure(t *testing.T) {
	log := filepath.Join(t.TempDir(), "mount.log")
	t.Setenv(roleEnv, "refuse")
	_, err := Background(t.Context(), nil, log)
	wantCode(t, err, api.SignIn)
	if b, ok := errors.AsType[*BackgroundError](err); !ok || b.ExitCode() != 4 {
		t.Errorf("exit status was lost: %#v", err)
	}
	t.Setenv(roleEnv, "vanish")
	_, err = Background(t.Context(), nil, log)
	wantCode(t, err, api.Failed)
	if !strings.Contains(err.Error(), "exit status 9") {
		t.Errorf("error is %q", err)
	}
	if b, err := os.ReadFile(log); err != nil || string(b) != "so long\n" {
		t.Errorf("log has %q, %v", b, err)
	}
}
