package cli

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// check fails unless a finding has the state, says what it should, and tells
// what to do unless all is well.
func checkFinding(t *testing.T, f finding, state, says string) {
	t.Helper()
	if f.State != state || !strings.Contains(f.Detail, says) || (f.Do == "") != (state == stateOK) {
		t.Errorf("got %+v, want %s with %q", f, state, says)
	}
}

func TestDoctorOnFUSE(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	device := write("fuse", "", 0o600)
	helper, weak := write("fusermount3", "", 0o755|os.ModeSetuid), write("weak", "", 0o755)
	conf, quiet := write("fuse.conf", "# a comment\n user_allow_other\n", 0o644), write("quiet.conf", "#user_allow_other\n", 0o644)
	at := func(path string) func(string) (string, error) {
		return func(name string) (string, error) {
			if path == "" || name != "fusermount3" {
				return "", errors.New("not found")
			}
			return path, nil
		}
	}
	for _, tt := range []struct {
		name  string
		sys   fuseSystem
		index int
		state string
		says  string
	}{
		{"device", fuseSystem{device, conf, at(helper), 1000}, 0, stateOK, "can be opened"},
		{"no device", fuseSystem{dir + "/none", conf, at(helper), 1000}, 0, stateProblem, "not there"},
		{"device that cannot be opened", fuseSystem{dir, conf, at(helper), 1000}, 0, stateProblem, "cannot be opened"},
		{"helper", fuseSystem{device, conf, at(helper), 1000}, 1, stateOK, "fusermount3"},
		{"helper without its bit", fuseSystem{device, conf, at(weak), 1000}, 1, stateProblem, "not setuid"},
		{"helper without its bit, as root", fuseSystem{device, conf, at(weak), 0}, 1, stateOK, "weak"},
		{"no helper", fuseSystem{device, conf, at(""), 1000}, 1, stateProblem, "not installed"},
		{"no helper, as root", fuseSystem{device, conf, at(""), 0}, 1, stateNote, "root mounts without"},
		{"others allowed", fuseSystem{device, conf, at(helper), 1000}, 2, stateOK, "--allow-other"},
		{"others not allowed", fuseSystem{device, quiet, at(helper), 1000}, 2, stateNote, "user_allow_other"},
		{"no configuration", fuseSystem{device, dir + "/none", at(helper), 1000}, 2, stateNote, "user_allow_other"},
	} {
		t.Run(tt.name, func(t *testing.T) { checkFinding(t, fuseFindings(tt.sys)[tt.index], tt.state, tt.says) })
	}
}

func TestDoctorOnTheClock(t *testing.T) {
	now := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	at := func(off time.Duration) string { return now.Add(off).Format(http.TimeFormat) }
	for _, tt := range []struct {
		date  string
		took  time.Duration
		state string
		says  string
	}{
		{at(0), 0, stateOK, "agrees"},
		{at(-30 * time.Second), time.Second, stateOK, "agrees"},
		{at(-10 * time.Minute), 10 * time.Minute, stateOK, "agrees"}, // the answer itself took that long
		{at(-10 * time.Minute), time.Second, stateWarning, "10m0s ahead of"},
		{at(10 * time.Minute), time.Second, stateWarning, "10m0s behind"},
		{at(14 * 24 * time.Hour), time.Second, stateWarning, "336h0m0s behind"},
		{at(-14 * 24 * time.Hour), time.Second, stateWarning, "signing in works on the server's word"},
		{"", 0, stateNote, "no time"},
		{"yesterday", 0, stateNote, "no time"},
	} {
		t.Run(tt.date, func(t *testing.T) { checkFinding(t, clockFinding(tt.date, now, tt.took), tt.state, tt.says) })
	}
}

func TestDoctorOnFolders(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"good": 0o700, "open": 0o755} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][2]string{
		"good":         {stateOK, ""},
		"new/and/more": {stateOK, ""},
		"open":         {stateWarning, "0755"},
		"file":         {stateProblem, "no folder"},
		"file/below":   {stateProblem, ""},
	} {
		t.Run(name, func(t *testing.T) { checkFinding(t, folderFinding(filepath.Join(dir, name)), want[0], want[1]) })
	}
	if err := os.WriteFile(filepath.Join(dir, "default.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := looseFiles(dir); len(got) != 0 {
		t.Errorf("%+v", got)
	}
	if err := os.Chmod(filepath.Join(dir, "default.json"), 0o640); err != nil {
		t.Fatal(err)
	}
	if got := looseFiles(dir); len(got) != 1 {
		t.Errorf("%+v", got)
	} else {
		checkFinding(t, got[0], stateProblem, "0640")
	}
}
