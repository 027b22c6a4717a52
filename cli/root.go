// Package cli is the command line: it reads settings, connects the packages
// below it with each other, and says what happened.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"basecampfs/fs"

	"github.com/spf13/cobra"
)

// Main runs the command that args name, without the program's own name, and
// returns its exit status.
func Main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// Only the first signal asks; the next one ends the program as usual.
	context.AfterFunc(ctx, stop)
	return run(ctx, args, os.Stdin, os.Stdout, os.Stderr)
}

func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(cleanWriter{out})
	root.SetErr(cleanWriter{errOut})
	root.InitDefaultCompletionCmd() // which cobra would add too late to be guarded
	started := guard(root)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return ExitOK
	}
	if _, ok := errors.AsType[*usageError](err); !*started && !ok {
		err = &usageError{err.Error(), ""}
	}
	code := exitCode(err)
	if u, ok := errors.AsType[*usageError](err); ok && u.hint == "" {
		u.hint = "See: " + cmd.CommandPath() + " --help"
	}
	fs.Ready(err, code)
	printError(root.ErrOrStderr(), err)
	return code
}

func newRootCommand() *cobra.Command {
	cobra.EnableTraverseRunHooks = true
	root := &cobra.Command{
		Use:   "basecampfs",
		Short: "Basecamp as a file system",
		Long: "basecampfs mounts Basecamp accounts as folders and files: accounts, projects, to-do\n" +
			"lists, to-dos, comments and documents, for every program that reads and writes files.\n\n" +
			"Try it without an account: basecampfs demo\n\n" + exitCodeHelp + "\n" + settingsHelp,
		Version:           versionText(),
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return applySettings(cmd) },
	}
	root.SetVersionTemplate("basecampfs {{.Version}}\n")
	root.PersistentFlags().String("config", "", "settings `file` (default: config.yaml in the folder basecampfs of the XDG configuration folder)")
	addConnectionFlags(root.PersistentFlags())
	root.AddGroup(&cobra.Group{ID: groupMount, Title: "Mounting:"},
		&cobra.Group{ID: groupAccount, Title: "Signing in:"},
		&cobra.Group{ID: groupOdd, Title: "When something is odd:"})
	add := func(group string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add(groupMount, newDemoCommand(), newMountCommand(), newUnmountCommand(), newStatusCommand(), newOpenCommand(), newRefreshCommand(), newSyncCommand(), newConfirmCommand())
	add(groupAccount, newAuthCommand())
	add(groupOdd, newDoctorCommand(), newCacheCommand(), newVersionCommand())
	add(groupOdd, newSimulatorCommand())
	root.SetHelpCommand(newHelpCommand(root))
	root.SetHelpCommandGroupID(groupOdd)
	root.SetCompletionCommandGroupID(groupOdd)
	return root
}

const (
	groupMount   = "mount"
	groupAccount = "account"
	groupOdd     = "odd"
)

// guard makes every command tell when it begins, so that whatever fails before
// counts as wrong usage; and makes a command that only has commands below it
// refuse others, where cobra would print help and succeed.
func guard(root *cobra.Command) (started *bool) {
	started = new(bool)
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			walk(sub)
		}
		if !c.Runnable() {
			c.Args = cobra.ArbitraryArgs
			c.RunE = func(c *cobra.Command, args []string) error {
				if len(args) == 0 {
					return usageErrorf("%s needs a command: %s", c.CommandPath(), strings.Join(subcommands(c), ", "))
				}
				return unknownCommand(c, args[0])
			}
			return
		}
		if run := c.RunE; run != nil {
			c.RunE = func(c *cobra.Command, args []string) error {
				*started = true
				return run(c, args)
			}
		}
	}
	walk(root)
	return started
}

func unknownCommand(c *cobra.Command, name string) error {
	msg := fmt.Sprintf("unknown command %q for %q", name, c.CommandPath())
	if near := c.SuggestionsFor(name); len(near) > 0 {
		msg += "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return &usageError{msg, ""}
}

func subcommands(c *cobra.Command) []string {
	var names []string
	for _, s := range c.Commands() {
		if s.IsAvailableCommand() {
			names = append(names, s.Name())
		}
	}
	return names
}

// newHelpCommand is cobra's, which succeeds for a command that does not exist.
func newHelpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Help about any command",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil || cmd == nil || len(rest) > 0 {
				return usageErrorf("no such command: %s", strings.Join(args, " "))
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}
