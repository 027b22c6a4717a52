package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// valuesOf runs a command that does nothing but read its settings, and returns
// the values of the flags that are named.
func valuesOf(t *testing.T, names []string, args ...string) (map[string]string, error) {
	t.Helper()
	root := newRootCommand()
	got := map[string]string{}
	mount, _, err := root.Find([]string{"mount"})
	if err != nil {
		t.Fatal(err)
	}
	mount.RunE = func(cmd *cobra.Command, _ []string) error {
		for _, n := range names {
			got[n] = cmd.Flag(n).Value.String()
		}
		return nil
	}
	root.SetArgs(append([]string{"mount", "DIR"}, args...))
	return got, root.ExecuteContext(t.Context())
}

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	file := configFile()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFlagBeforeEnvironmentBeforeFile(t *testing.T) {
	atHome(t)
	names := []string{"ttl", "json", "read-only", "account"}
	want := func(step string, got map[string]string, err error, ttl, json, ro, account string) {
		t.Helper()
		if err != nil || got["ttl"] != ttl || got["json"] != json || got["read-only"] != ro || got["account"] != account {
			t.Errorf("%s: %v, %v", step, got, err)
		}
	}
	got, err := valuesOf(t, names)
	want("nothing set", got, err, "1m0s", "containers", "false", "[]")
	writeConfig(t, "ttl: 5m\njson: all\nread-only: true\naccount: [Honcho, 'Leto, Inc.']\n")
	got, err = valuesOf(t, names)
	want("the file", got, err, "5m0s", "all", "true", `[Honcho,"Leto, Inc."]`)
	t.Setenv("BASECAMPFS_TTL", "30s")
	t.Setenv("BASECAMPFS_READ_ONLY", "false")
	t.Setenv("BASECAMPFS_ACCOUNT", "12\nOther, too")
	got, err = valuesOf(t, names)
	want("the environment", got, err, "30s", "all", "false", `[12,"Other, too"]`)
	got, err = valuesOf(t, names, "--ttl=1s", "--account=Mine")
	want("flags", got, err, "1s", "all", "false", "[Mine]")
}

// A setting that is documented and not read is worse than none: each one must
// arrive from the environment and from the file.
func TestEverySettingIsRead(t *testing.T) {
	atHome(t)
	example := func(f *pflag.Flag) string {
		switch f.Value.Type() {
		case "bool":
			return map[string]string{"true": "false", "false": "true"}[f.DefValue]
		case "duration":
			return "7s"
		case "int":
			return "3"
		}
		return "example"
	}
	root := newRootCommand()
	checked := 0
	var walk func(path []string, c *cobra.Command)
	walk = func(path []string, c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(append(append([]string(nil), path...), sub.Name()), sub)
		}
		if c.HasSubCommands() {
			return
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !has(f, isSetting) {
				return
			}
			checked++
			v := example(f)
			for _, from := range []string{"environment", "file"} {
				fresh := newRootCommand()
				cmd, _, err := fresh.Find(path)
				if err != nil {
					t.Fatal(err)
				}
				cmd.Args = nil
				var got string
				cmd.RunE = func(cmd *cobra.Command, _ []string) error {
					got = cmd.Flag(f.Name).Value.String()
					return nil
				}
				os.Remove(configFile())
				if from == "file" {
					writeConfig(t, f.Name+": "+v+"\n")
				} else {
					t.Setenv(envName(f.Name), v)
				}
				fresh.SetArgs(path)
				err = fresh.ExecuteContext(t.Context())
				os.Unsetenv(envName(f.Name))
				if err != nil || strings.Trim(got, "[]") != v {
					t.Errorf("%s of %v from the %s: %q, %v; want %q", f.Name, path, from, got, err, v)
				}
			}
		})
	}
	walk(nil, root)
	if checked < 20 {
		t.Errorf("only %d settings were found", checked)
	}
}

func TestBadSettings(t *testing.T) {
	atHome(t)
	for _, c := range []struct{ text, want string }{
		{"read-onyl: true\n", `no setting "read-onyl"`},
		{"ttl: 5m\nfrobnicate: 1\n", "line 2"},
		{"ttl: soon\n", "ttl"},
		{"ttl: [1s, 2s]\n", "not a list"},
		{"ttl:\n", "no value"},
		{"account: {a: b}\n", "list of values"},
		{"account: [[a]]\n", "plain values"},
		{"- a list\n", "config.yaml"},
		{"a: b: c\n", "config.yaml"},
	} {
		writeConfig(t, c.text)
		_, err := valuesOf(t, nil)
		if err == nil || !strings.Contains(err.Error(), c.want) || exitCode(err) != ExitUsage {
			t.Errorf("%q: %v (exit status %d), want %q", c.text, err, exitCode(err), c.want)
		}
	}
	writeConfig(t, "")
	if _, err := valuesOf(t, nil); err != nil {
		t.Errorf("an empty file: %v", err)
	}
	t.Setenv("BASECAMPFS_TTL", "soon")
	if _, err := valuesOf(t, nil); err == nil || !strings.Contains(err.Error(), "BASECAMPFS_TTL") {
		t.Errorf("a bad variable: %v", err)
	}
}

func TestSecretsStayOffTheCommandLine(t *testing.T) {
	atHome(t)
	if _, err := valuesOf(t, nil, "--token=abc"); err == nil || exitCode(err) != ExitUsage || strings.Contains(err.Error(), "abc") {
		t.Errorf("--token: %v", err)
	}
	file := writeConfig(t, "token: abc\n")
	if got, err := valuesOf(t, []string{"token"}); err != nil || got["token"] != "abc" {
		t.Errorf("from a private file: %v, %v", got, err)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := valuesOf(t, nil); err == nil || hintOf(err) == "" {
		t.Errorf("from a file that others can read: %v", err)
	}
}
