package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"basecampfs/api/simulator"
	"basecampfs/auth"
	"basecampfs/auth/store"
)

// mountAt mounts the sign-in of a settings file, with caches of its own, until
// the test ends.
func (m *machine) mountAt(name string, args ...string) (dir string) {
	m.t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil {
		m.t.Skip("there is no /dev/fuse")
	}
	dir = filepath.Join(m.home, name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		m.t.Fatal(err)
	}
	more := []string{"XDG_STATE_HOME=" + dir + ".state", "XDG_CACHE_HOME=" + dir + ".cache"}
	mount := m.start("", more, append([]string{"mount", dir, "--ttl", "50ms"}, args...)...).run()
	m.t.Cleanup(func() {
		unmount := m.start("", more, "unmount", dir).run()
		unmount.wait(0)
		mount.wait(0)
	})
	mount.until(`(Mounted on)`)
	return dir
}

// A mount whose sign-in has ended goes on with a new one, as it is.
func TestMountFollowsANewSignIn(t *testing.T) {
	s := newSimulator(t, simulator.Options{})
	m := newMachine(t, s)
	at := []string{"--settings", m.home + "/s.age"}
	login := func() (access, refresh string) {
		access, refresh, err := s.NewToken("Victor Cooper")
		if err != nil {
			t.Fatal(err)
		}
		m.do(0, access+"\n"+refresh+"\n", append([]string{"auth", "login", "--with-token"}, at...)...)
		return access, refresh
	}
	access, refresh := login()
	dir := m.mountAt("mnt", at...)
	people, err := filepath.Glob(filepath.Join(dir, "Leto Brand", "projects", "*"))
	if err != nil || len(people) == 0 {
		t.Fatalf("the mount shows no projects: %v", err)
	}
	s.RevokeToken(access)
	s.RevokeToken(refresh)
	unread := filepath.Join(dir, "Honcho Design", "projects")
	if _, err := os.ReadDir(unread); err == nil {
		t.Fatal("what was never read is there though nobody is signed in")
	}
	login()
	var entries []os.DirEntry
	for end := time.Now().Add(time.Minute); time.Now().Before(end) && len(entries) == 0; time.Sleep(50 * time.Millisecond) {
		entries, err = os.ReadDir(unread)
	}
	if len(entries) == 0 {
		t.Errorf("after a new sign-in: %v", err)
	}
}

// Two mounts and commands that share a sign-in, with a token that expires over
// and over: nobody is signed out, and each expiry costs one refresh.
func TestMountsAndCommandsRefreshOnce(t *testing.T) {
	s := newSimulator(t, simulator.Options{RotateRefresh: true})
	m := newMachine(t, s)
	at := []string{"--settings", m.home + "/s.age"}
	access, refresh, err := s.NewToken("Victor Cooper")
	if err != nil {
		t.Fatal(err)
	}
	m.do(0, access+"\n"+refresh+"\n", append([]string{"auth", "login", "--with-token"}, at...)...)
	one, two := m.mountAt("one", at...), m.mountAt("two", at...)
	kept, err := store.NewSettings(m.home+"/s.age", &store.Key{Passphrase: func(bool) (string, error) { return passphrase, nil }})
	if err != nil {
		t.Fatal(err)
	}
	refreshes := func() (n int) { return s.Requests().ByRoute["POST /authorization/token"] }
	const rounds = 5
	for round := 1; round <= rounds; round++ {
		time.Sleep(60 * time.Millisecond) // past the mounts' TTL
		c, err := kept.Load(t.Context(), auth.DefaultProfile)
		if err != nil {
			t.Fatal(err)
		}
		s.ExpireToken(c.AccessToken)
		var wg sync.WaitGroup
		for _, dir := range []string{one, two} {
			wg.Go(func() {
				if _, err := os.ReadDir(filepath.Join(dir, "Leto Brand", "projects")); err != nil {
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		status := m.start("", nil, append([]string{"auth", "status"}, at...)...).run()
		wg.Wait()
		if text := status.wait(0); !strings.Contains(text, "Victor Cooper") {
			t.Errorf("round %d: %s", round, text)
		}
		if n := refreshes(); n != round {
			t.Fatalf("%d refreshes after %d expiries", n, round)
		}
	}
}
