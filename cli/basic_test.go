package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"basecampfs/api"
	"basecampfs/api/simulator"
	"basecampfs/auth"
	"basecampfs/auth/network"
)

const (
	basicUser     = "victor@honchodesign.com"
	basicPassword = "correct horse"
)

// withPassword runs the program with a password on its standard input.
func withPassword(t *testing.T, env []string, args ...string) result {
	t.Helper()
	cmd := program(t, env, args...)
	cmd.Stdin = strings.NewReader(basicPassword + "\n")
	out, err := cmd.Output()
	r := result{code: cmd.ProcessState.ExitCode(), out: string(out)}
	if err != nil && cmd.ProcessState.Success() {
		t.Fatal(err)
	}
	return r
}

// TestMountWithPassword signs in to an account of Basecamp 2 with a user and a
// password, and mounts that account and no other.
func TestMountWithPassword(t *testing.T) {
	sim, env := service(t)
	env = append(env, "BASECAMPFS_TOKEN=")
	dir := t.TempDir()
	leave(t, env, dir)
	account := sim.URL() + "/" + jsonNumber(simulator.LegacyID)
	if r := withPassword(t, env, "auth", "login", "--basic", "--user", basicUser, "--account", account); r.code != ExitOK {
		t.Fatalf("signing in ends with %d: %s", r.code, r.out)
	}
	want(t, "mount", outside(t, env, "mount", "--background", dir), ExitOK)
	folders, err := filepath.Glob(filepath.Join(dir, "*", "account.json"))
	if err != nil || len(folders) != 1 {
		t.Fatalf("mounted are %q, %v", folders, err)
	}
	todo := filepath.Join(filepath.Dir(folders[0]), "projects", "The Leto Laptop", "todos", "Strategy ideas", "Clear and simple UI.md")
	text, err := os.ReadFile(todo)
	if err != nil || !strings.Contains(string(text), "due_on: 2026-03-01") {
		t.Fatalf("the to-do is %q, %v", text, err)
	}
	if err := os.WriteFile(todo, []byte(strings.Replace(string(text), "2026-03-01", "2026-03-08", 1)), 0o600); err != nil {
		t.Error(err)
	}
	for _, r := range sim.Requests().Log {
		if !strings.HasPrefix(r.Path, "/"+jsonNumber(simulator.LegacyID)+"/api/v1/") {
			t.Errorf("%s %s was asked for", r.Method, r.Path)
		}
	}
	want(t, "unmount", outside(t, env, "unmount", dir), ExitOK)
}

// TestPasswordForOthers names accounts that take no password: none of them is
// sent one, and what is said is clear.
func TestPasswordForOthers(t *testing.T) {
	sim, env := service(t)
	env = append(env, "BASECAMPFS_TOKEN=")
	for _, args := range [][]string{
		{"--account", "https://3.basecamp.com/195539477"},
		{"--account", "https://3.basecampapi.com/195539477"},
		{"--account", sim.URL() + "/195539477", "--product", "V3"},
	} {
		r := outside(t, env, append([]string{"auth", "login", "--basic", "--user", basicUser}, args...)...)
		if r.code == ExitOK || !strings.Contains(r.err, "only Basecamp 2 does") || !strings.Contains(r.err, "basecampfs auth login") {
			t.Errorf("%q ends with %d: %s", args, r.code, r.err)
		}
	}
	// A sign-in that was tampered with, or comes from elsewhere.
	for _, product := range []string{auth.Basecamp3, auth.Classic, "sundial", ""} {
		given := &auth.Credential{Kind: auth.Basic, User: basicUser, Password: basicPassword, Product: product, Account: simulator.CompanyID,
			Href: sim.URL() + "/195539477", Flow: auth.FlowBasic}
		if err := given.Check(); auth.CodeOf(err) != auth.Unsupported {
			t.Errorf("%q: such a sign-in is taken: %v", product, err)
		}
		c := &connection{profile: auth.DefaultProfile, net: network.Config{Proxy: "none", UserAgent: userAgent("test@localhost")}}
		if err := c.begin(auth.Config{Static: given, Mode: auth.ModeOff, Launchpad: sim.URL()}); err != nil {
			t.Fatal(err)
		}
		id, err := c.open(t.Context())
		if id != nil || api.CodeOf(err) != api.SignIn || !strings.Contains(err.Error(), "only Basecamp 2 accounts take a user name and a password") {
			t.Errorf("%q: opened %v, %v", product, id, err)
		}
	}
	if n := sim.Requests(); n.Total > 0 {
		t.Errorf("the service was asked: %v", n.ByRoute)
	}
}
