package cli

import (
	"errors"
	"fmt"
	"io"
	iofs "io/fs"
	"os"
	"path/filepath"
	"strings"

	"basecampfs/api/simulator"
	"basecampfs/api/simulator/product"
	"basecampfs/api/transport"
	"basecampfs/auth"
	"basecampfs/auth/network"
	"basecampfs/fs"

	"github.com/spf13/cobra"
)

func newDemoCommand() *cobra.Command {
	var o treeOptions
	var size string
	c := &cobra.Command{
		Use:   "demo [DIR]",
		Short: "Try it without an account: mount sample accounts",
		Long: "Starts a simulated Basecamp inside this process, with sample accounts, and mounts it on DIR\n" +
			"(default: Basecamp-demo in the home folder). Nothing leaves this machine. Ctrl-C unmounts.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			dir, err := demoDir(args)
			if err != nil {
				return err
			}
			created, err := makeDir(dir)
			if err != nil {
				return err
			}
			if created {
				defer os.Remove(dir) // which fails, as it should, if something is in it
			}
			return demo(cmd, dir, size, &o)
		},
	}
	c.Flags().StringVar(&size, "size", "small", "sample data: small, or projects x lists x to-dos such as `20x10x25`")
	o.addFlags(c.Flags())
	return c
}

// demo serves the sample accounts on dir. What is kept on disk goes with it.
func demo(cmd *cobra.Command, dir, size string, o *treeOptions) error {
	var so simulator.Options
	var err error
	if so.Size, err = product.ParseSize(size); err != nil {
		return usageErrorf("%s", err)
	}
	sim, err := simulator.New(so)
	if err != nil {
		return err
	}
	if err := sim.Start("127.0.0.1:0"); err != nil {
		return err
	}
	defer sim.Close()
	token, err := auth.FromEnvironment(sim.Token())
	if err != nil {
		return err
	}
	scratch, err := os.MkdirTemp("", "basecampfs-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	c := &connection{profile: auth.DefaultProfile, limiter: transport.NewLimiter(0, transport.DefaultWindow),
		net: network.Config{Proxy: "none", Timeout: network.DefaultTimeout, UserAgent: userAgent("demo@localhost")}}
	if err := c.begin(auth.Config{Static: token, Mode: auth.ModeOff, Launchpad: sim.URL()}); err != nil {
		return err
	}
	defer c.Close()
	o.state, o.cache = filepath.Join(scratch, "state"), filepath.Join(scratch, "cache")
	return serve(cmd, dir, c, o, func(dir string) { printTour(cmd.OutOrStdout(), dir) })
}

// demoDir is the folder to mount on.
func demoDir(args []string) (string, error) {
	if len(args) > 0 {
		return args[0], nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", usageErrorf("there is no home folder to mount below: name a folder")
	}
	return filepath.Join(home, "Basecamp-demo"), nil
}

// makeDir makes a folder that is not there. A dead mount is, and nothing else
// can be found out about it.
func makeDir(dir string) (created bool, err error) {
	if m, err := fs.Inspect(dir); err == nil && m.State == fs.Dead {
		return false, nil
	}
	if _, err := os.Lstat(dir); !errors.Is(err, iofs.ErrNotExist) {
		return false, nil // mounting tells whatever is wrong with it
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return false, fileError(dir, err)
	}
	return true, nil
}

// printTour shows what to try, with commands that can be pasted.
func printTour(w io.Writer, dir string) {
	q := shellQuote(dir)
	fmt.Fprintf(w, `Sample accounts are mounted on %s

In another terminal, try:
  cd %s
  cat README.md
  ls */projects
  find . -name '*.md' | head
  grep -ril laptop .
  jq . accounts.json
  cat .basecampfs/status.json

Everything can be edited; nothing leaves this machine. Ctrl-C here unmounts.
`, cleanLine(dir), q)
}

// shellQuote makes one word of s for a shell.
func shellQuote(s string) string {
	if s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !strings.ContainsRune("/._-+@%", r) && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(clean(s), "'", `'\''`) + "'"
}
