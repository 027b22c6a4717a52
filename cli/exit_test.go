package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"basecampfs/api"
	"basecampfs/auth"
	"basecampfs/fs"
)

func TestExitCodeOfErrors(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{
		{nil, ExitOK},
		{errors.New("anything"), ExitFailed},
		{usageErrorf("no"), ExitUsage},
		{context.Canceled, ExitInterrupted},
		{api.Errorf(api.Canceled, ""), ExitInterrupted},
		{api.Errorf(api.NotFound, ""), ExitNotFound},
		{api.Errorf(api.SignIn, ""), ExitSignIn},
		{api.Errorf(api.Forbidden, ""), ExitPermission},
		{api.Errorf(api.Unreachable, ""), ExitNetwork},
		{api.Errorf(api.Timeout, ""), ExitNetwork},
		{api.Errorf(api.RateLimited, ""), ExitNetwork},
		{api.Errorf(api.Conflict, ""), ExitConflict},
		{api.Errorf(api.Failed, ""), ExitFailed},
		{api.Errorf(api.Unsupported, ""), ExitFailed},
		{auth.Errorf(auth.SignIn, "", ""), ExitSignIn},
		{auth.Errorf(auth.Passphrase, "", ""), ExitSignIn},
		{auth.Errorf(auth.Proxy, "", ""), ExitNetwork},
		{auth.Errorf(auth.Certificate, "", ""), ExitNetwork},
		{auth.Errorf(auth.Usage, "", ""), ExitUsage},
		{auth.Errorf(auth.NotFound, "", ""), ExitNotFound},
		{auth.Errorf(auth.Malformed, "", ""), ExitFailed},
		{fmt.Errorf("mount: %w", api.Errorf(api.Conflict, "")), ExitConflict},
		{errors.Join(api.Errorf(api.Timeout, ""), errors.New("more")), ExitNetwork},
		{&fs.BackgroundError{Err: api.Errorf(api.Failed, ""), Exit: ExitSignIn}, ExitSignIn},
	} {
		if got := exitCode(c.err); got != c.want {
			t.Errorf("%v: exit status %d, want %d", c.err, got, c.want)
		}
	}
}

func TestWrongUsageIsNeverHelp(t *testing.T) {
	atHome(t)
	for _, args := range [][]string{
		{}, {"nonsense"}, {"--nonsense"}, {"auth"}, {"auth", "nonsense"}, {"cache"}, {"cache", "nonsense"},
		{"mount"}, {"mount", "a", "b"}, {"mount", "--nonsense", "a"}, {"mount", "--ttl", "soon", "a"},
		{"mount", "--json", "some", "a"}, {"mount", "--ttl", "-1s", "a"}, {"unmount"}, {"status", "a", "b"},
		{"open"}, {"refresh"}, {"help", "nonsense"}, {"version", "x"}, {"completion"}, {"completion", "tcsh"},
		{"--token", "abc", "version"}, {"--config", "/nowhere/at/all.yaml", "version"},
	} {
		r := inside(t, args...)
		if r.code != ExitUsage || r.out != "" || !strings.HasPrefix(r.err, "basecampfs: ") {
			t.Errorf("%q: exit status %d, printed %q, complained %q", args, r.code, r.out, r.err)
		}
	}
}

func TestHelpThatWasAskedFor(t *testing.T) {
	atHome(t)
	for _, args := range [][]string{{"--help"}, {"help"}, {"help", "mount"}, {"mount", "--help"}, {"auth", "--help"}, {"version"}, {"--version"}, {"completion", "bash"}} {
		if r := inside(t, args...); r.code != ExitOK || r.out == "" || r.err != "" {
			t.Errorf("%q: exit status %d, printed %d bytes, complained %q", args, r.code, len(r.out), r.err)
		}
	}
	r := inside(t, "--help")
	for _, want := range []string{"Exit status", "demo", "mount", "unmount", "auth", "status", "doctor", "open", "refresh", "version", "completion", "simulator", "sync", "cache"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("help does not mention %q", want)
		}
	}
}

func TestMissingThings(t *testing.T) {
	atHome(t)
	nowhere := t.TempDir() + "/nowhere"
	for _, c := range []struct {
		want int
		args []string
	}{
		{ExitNotFound, []string{"mount", nowhere}},
		{ExitNotFound, []string{"mount", "--background", nowhere}},
		{ExitNotFound, []string{"unmount", nowhere}},
		{ExitNotFound, []string{"unmount", t.TempDir()}},
		{ExitNotFound, []string{"status", nowhere}},
		{ExitNotFound, []string{"open", nowhere}},
		{ExitNotFound, []string{"refresh", nowhere}},
		{ExitNotFound, []string{"sync", nowhere}},
	} {
		r := inside(t, c.args...)
		if r.code != c.want || r.err == "" {
			t.Errorf("%q: exit status %d, want %d; complained %q", c.args, r.code, c.want, r.err)
		}
	}
}
