package fs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"basecampfs/api"

	"golang.org/x/sys/unix"
)

func init() { roles["ordinary"] = ordinary }

// An ordinary user mounts through fusermount3. As root the test becomes one in
// a mount namespace of its own, with a /dev/fuse that everybody may open, as
// udev makes it; containers often have one for root alone.
func TestOrdinaryUser(t *testing.T) {
	if _, err := helper("fusermount3"); err != nil {
		t.Skip(err)
	}
	requireFuse(t)
	base, err := os.MkdirTemp("/tmp", "basecampfs-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(base) })
	if os.Geteuid() != 0 {
		t.Setenv(roleEnv, "ordinary")
		runOrdinary(t, exec.Command(os.Args[0], base))
		return
	}
	nobody, err := user.Lookup("nobody") // fusermount3 insists on a user with a name
	if err != nil {
		t.Skip(err)
	}
	uid, err := strconv.Atoi(nobody.Uid)
	if err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(base, "tests")
	bin, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(exe, bin, 0o755); err != nil {
		t.Fatal(err)
	}
	node := filepath.Join(base, "fuse")
	if err := unix.Mknod(node, unix.S_IFCHR|0o666, int(unix.Mkdev(10, 229))); err != nil {
		t.Skipf("no device node can be made here: %v", err)
	}
	os.Chmod(node, 0o666)
	os.Chown(base, uid, uid)
	script := `mount --bind "$1" /dev/fuse && exec setpriv --reuid=$2 --regid=$2 --clear-groups "$3" "$4"`
	cmd := exec.Command("unshare", "--mount", "--propagation=private", "sh", "-c", script, "sh",
		node, nobody.Uid, exe, base)
	cmd.Env = []string{roleEnv + "=ordinary", "PATH=" + os.Getenv("PATH"), "HOME=" + base, "XDG_RUNTIME_DIR="}
	runOrdinary(t, cmd)
}

func runOrdinary(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("as an ordinary user: %v\n%s", err, out.String())
	}
	t.Logf("%s", out.String())
}

// ordinary is what the ordinary user does, below a folder of its own.
func ordinary(base string) int {
	steps := []struct {
		what string
		do   func(dir string) error
	}{
		{"mount, read, unmount", func(dir string) error {
			s, err := Mount(dir, &tree{}, Options{ReadOnly: true, SelfUse: true})
			if err != nil {
				return err
			}
			got, err := os.ReadFile(filepath.Join(dir, "hello.md"))
			if err != nil || string(got) != greeting {
				return fmt.Errorf("read %q, %v", got, err)
			}
			if err := os.WriteFile(filepath.Join(dir, "hello.md"), nil, 0o644); !errors.Is(err, syscall.EROFS) {
				return fmt.Errorf("writing to a read-only mount: %v", err)
			}
			return s.Unmount(context.Background())
		}},
		{"in use", func(dir string) error {
			s, err := Mount(dir, &tree{}, Options{SelfUse: true})
			if err != nil {
				return err
			}
			f, err := os.Open(filepath.Join(dir, "hello.md"))
			if err != nil {
				return err
			}
			defer f.Close()
			if err := Unmount(context.Background(), dir, false); api.CodeOf(err) != api.Conflict {
				return fmt.Errorf("unmounting gives %v", err)
			}
			return s.Detach(context.Background())
		}},
		{"a dead mount", func(dir string) error {
			cmd := exec.Command(os.Args[0], dir)
			cmd.Env = append(os.Environ(), roleEnv+"=serve")
			if err := cmd.Start(); err != nil {
				return err
			}
			for until := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
				if m, err := Inspect(dir); err == nil && m.State == Mounted {
					break
				}
				if time.Now().After(until) {
					return errors.New("was never mounted")
				}
			}
			cmd.Process.Kill()
			cmd.Wait()
			if m, err := Inspect(dir); err != nil || m.State != Dead {
				return fmt.Errorf("%+v, %v", m, err)
			}
			s, err := Mount(dir, &tree{}, Options{SelfUse: true})
			if err != nil {
				return err
			}
			return s.Unmount(context.Background())
		}},
		{"not one's own folder", func(string) error {
			if _, err := Mount("/usr/local/games", &tree{}, Options{SelfUse: true}); api.CodeOf(err) != api.Forbidden {
				return fmt.Errorf("mounting gives %v", err)
			}
			return nil
		}},
	}
	dir := filepath.Join(base, "mount")
	if err := os.Mkdir(dir, 0o700); err != nil {
		fmt.Println(err)
		return 1
	}
	for _, s := range steps {
		if err := s.do(dir); err != nil {
			fmt.Printf("%s: %v\n", s.what, err)
			return 1
		}
		if m, err := Inspect(dir); err != nil || m.State != Free {
			fmt.Printf("%s: left %+v, %v\n", s.what, m, err)
			return 1
		}
		fmt.Println("ok:", s.what)
	}
	return 0
}
