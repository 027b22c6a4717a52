package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// mount is a process that serves a file system.
type mount struct {
	cmd  *exec.Cmd
	dir  string // the mount point
	path string // the account's folder in it, which is what programs read
}

// pin puts the processor that is measured on in front of a command.
func (b *bencher) pin(args ...string) []string {
	if b.config.cpu == "" {
		return args
	}
	return append([]string{"taskset", "-c", b.config.cpu}, args...)
}

// begin starts a process that says so when it has mounted.
func (b *bencher) begin(dir string, env []string, stderr io.Writer, args ...string) (*mount, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	args = b.pin(append([]string{b.self}, args...)...)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	m := &mount{cmd: cmd, dir: dir, path: dir}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "Mounted") {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil, fmt.Errorf("nothing is mounted on %s: %s", dir, line)
	}
	b.mounts = append(b.mounts, m)
	return m, nil
}

// mountProduct mounts the service. Mounts of the same name share what is kept
// on disk.
func (b *bencher) mountProduct(name string, flags ...string) (*mount, error) {
	return b.mountLogged(name, os.Stderr, flags...)
}

func (b *bencher) mountLogged(name string, stderr io.Writer, flags ...string) (*mount, error) {
	home := filepath.Join(b.work, "home-"+name)
	env := []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home + "/config", "XDG_STATE_HOME=" + home + "/state", "XDG_CACHE_HOME=" + home + "/cache",
		"BASECAMPFS_LAUNCHPAD_URL=" + b.sim.URL(), "BASECAMPFS_TOKEN=" + b.sim.Token(), profileVariable + "=" + b.config.profile}
	dir := filepath.Join(b.work, "mount-"+name)
	args := append([]string{"product", "mount", dir, "--account", strconv.FormatInt(b.account.ID, 10)}, flags...)
	m, err := b.begin(dir, env, stderr, args...)
	if err != nil {
		return nil, err
	}
	m.path = filepath.Join(dir, b.account.Name)
	return m, nil
}

// forget deletes what mounts of a name have kept on disk.
func (b *bencher) forget(name string) error {
	return os.RemoveAll(filepath.Join(b.work, "home-"+name))
}

// inherit gives mounts of one name a copy of what those of another have kept.
func (b *bencher) inherit(name, from string) error {
	if err := b.forget(name); err != nil {
		return err
	}
	return os.CopyFS(filepath.Join(b.work, "home-"+name), os.DirFS(filepath.Join(b.work, "home-"+from)))
}

// stop unmounts and waits for the process.
func (m *mount) stop() error {
	if m == nil || m.cmd.ProcessState != nil {
		return nil
	}
	if err := m.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	err := m.cmd.Wait()
	if exited := (*exec.ExitError)(nil); errors.As(err, &exited) && exited.ExitCode() == 130 {
		return nil // interrupted, as it should be
	}
	return err
}

// memory is what a process holds, in bytes.
type memory struct{ peak, now, own int64 }

var memoryLine = regexp.MustCompile(`(?m)^(VmHWM|VmRSS|RssAnon):\s+(\d+) kB$`)

// memory reads what the process of m holds: at most so far, now, and now
// without the pages of files, which the kernel can take back.
func (m *mount) memory() (memory, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.cmd.Process.Pid))
	if err != nil {
		return memory{}, err
	}
	kB := map[string]int64{}
	for _, line := range memoryLine.FindAllSubmatch(b, -1) {
		kB[string(line[1])], _ = strconv.ParseInt(string(line[2]), 10, 64)
	}
	if len(kB) != 3 {
		return memory{}, errors.New("the kernel does not tell how much memory a process holds")
	}
	return memory{kB["VmHWM"] << 10, kB["VmRSS"] << 10, kB["RssAnon"] << 10}, nil
}

// pause waits, unless the run is interrupted.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
