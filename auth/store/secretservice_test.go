package store

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"basecampfs/auth"
)

// The desktop's own keyring, on a session bus of its own, which ends with the
// test.
func TestSecretService(t *testing.T) {
	if os.Getenv("BASECAMPFS_TEST_KEYRING") == "" {
		for _, p := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
			if _, err := exec.LookPath(p); err != nil {
				t.Skipf("%s is not installed (apt-get install -y dbus gnome-keyring)", p)
			}
		}
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		home := t.TempDir()
		cmd := exec.Command("dbus-run-session", "--", "sh", "-c",
			`printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec "$0" -test.run '^TestSecretService$' -test.v`, self)
		cmd.Env = append(os.Environ(), "BASECAMPFS_TEST_KEYRING=1", "HOME="+home, "XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestSecretService") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	s := NewSystem(t.TempDir(), nil)
	k, err := s.Keyring()
	if err != nil {
		t.Fatal(err)
	}
	k.timeout = time.Minute // the daemon may be slow to begin
	if err := k.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if why, err := s.Place(t.Context(), "default", credential("in-the-keyring"), Auto); why != nil || err != nil {
		t.Fatal(why, err)
	}
	if where := s.Where("default"); !strings.Contains(where, "keyring") {
		t.Error(where)
	}
	c, err := s.Load(t.Context(), "default")
	if err != nil || c.AccessToken != "in-the-keyring" {
		t.Fatal(err)
	}
	if err := s.Save(t.Context(), "default", credential("refreshed")); err != nil {
		t.Fatal(err)
	}
	if c, err = s.Load(t.Context(), "default"); err != nil || c.AccessToken != "refreshed" {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "default"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load(t.Context(), "default"); auth.CodeOf(err) != auth.SignIn {
		t.Fatal(err)
	}
}
