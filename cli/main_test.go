package cli

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/adrg/xdg"
)

// The test binary is the program itself where this variable is set, so that
// tests can run it as a process and it can run itself in the background.
const asProgram = "BASECAMPFS_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Main(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// program is the command as a process of its own, with homes of the test's.
func program(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, "BASECAMPFS_") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(append(cmd.Env, asProgram+"=1"), env...)
	return cmd
}

// homes are the folders of a user of the test's own.
func homes(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	return []string{"HOME=" + home, "XDG_CONFIG_HOME=" + home + "/config", "XDG_STATE_HOME=" + home + "/state",
		"XDG_CACHE_HOME=" + home + "/cache", "DBUS_SESSION_BUS_ADDRESS="}
}

// result is how a command ended.
type result struct {
	code     int
	out, err string
}

// inside runs a command in this process, in a home of the test's.
func inside(t *testing.T, args ...string) result {
	t.Helper()
	return insideWith(t, t.Context(), args...)
}

func insideWith(t *testing.T, ctx context.Context, args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	code := run(ctx, args, strings.NewReader(""), &out, &errOut)
	return result{code, out.String(), errOut.String()}
}

// atHome moves this process to a home of the test's.
func atHome(t *testing.T) {
	t.Helper()
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "BASECAMPFS_") {
			t.Setenv(name, "")
			os.Unsetenv(name)
		}
	}
	for _, e := range homes(t) {
		name, v, _ := strings.Cut(e, "=")
		t.Setenv(name, v)
	}
	xdg.Reload()
	t.Cleanup(xdg.Reload)
}
