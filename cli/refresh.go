package cli

import (
	"errors"
	"fmt"

	"basecampfs/api"
	"basecampfs/fs"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func newRefreshCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "refresh PATH",
		Short: "Forget what is cached for a path, so that it is fetched again",
		Long: "Makes the running mount drop what it holds for PATH and what is below it. The next program\n" +
			"that looks asks Basecamp. Without it, a change made elsewhere shows within the --ttl of the mount.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, rel, err := fs.Containing(args[0])
			if err != nil {
				return err
			}
			return noControl(m, fs.Call(cmd.Context(), m, fs.Request{Op: fs.OpRefresh, Path: rel}, nil))
		},
	}
}

func newConfirmCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "confirm DIR",
		Short: "Let a burst of trashing go on that was stopped",
		Long: "A mount stops when many items are trashed within seconds, which is what rm -rf in the wrong\n" +
			"place looks like. This lets the next ones through. What was trashed can be moved back from trash/.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := theMount(args)
			if err != nil {
				return err
			}
			return noControl(m, fs.Call(cmd.Context(), m, fs.Request{Op: fs.OpConfirm}, nil))
		},
	}
}

func newSyncCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "sync [DIR]",
		Short: "Fetch everything in a mount ahead, in few requests",
		Long: "Asks the mount that DIR lies in, or the only mount there is, to fetch whatever a walk of the\n" +
			"whole tree would need. Later walks are then served from the cache. Ctrl-C stops it; what has\n" +
			"been fetched stays.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := theMount(args)
			if err != nil {
				return err
			}
			records := map[string]int{} // by what was fetched
			total := 0
			show, done := progressTo(cmd)
			err = noControl(m, fs.Call(cmd.Context(), m, fs.Request{Op: fs.OpLoad}, func(p fs.Progress) {
				total += max(0, p.Done-records[p.What])
				records[p.What] = max(records[p.What], p.Done)
				show(p.What, total)
			}))
			done()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Fetched %d records of %s\n", total, cleanLine(m.Path))
			return err
		},
	}
}

// progressTo draws a bar where there is a terminal to draw on.
func progressTo(cmd *cobra.Command) (show func(what string, records int), done func()) {
	w, ok := cmd.ErrOrStderr().(cleanWriter)
	if !ok || !w.terminal() {
		return func(string, int) {}, func() {}
	}
	bar := progressbar.NewOptions(-1, progressbar.OptionSetWriter(w.w), progressbar.OptionClearOnFinish(), progressbar.OptionShowCount())
	return func(what string, records int) {
			bar.Describe(cleanLine(what))
			_ = bar.Set(records)
		}, func() {
			_ = bar.Finish()
		}
}

// terminal reports whether somebody watches.
func (c cleanWriter) terminal() bool {
	f, ok := c.w.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

// theMount is the mount that the one argument lies in, or the only one of this
// user's.
func theMount(args []string) (fs.Mountpoint, error) {
	if len(args) > 0 {
		m, _, err := fs.Containing(args[0])
		return m, err
	}
	all, err := fs.Mounts()
	if err != nil {
		return fs.Mountpoint{}, err
	}
	var own []fs.Mountpoint
	for _, m := range all {
		if m.Owner {
			own = append(own, m)
		}
	}
	switch len(own) {
	case 1:
		return own[0], nil
	case 0:
		return fs.Mountpoint{}, &api.Error{Code: api.NotFound, Message: "nothing is mounted", Hint: "Mount with: basecampfs mount DIR"}
	}
	return fs.Mountpoint{}, usageErrorf("%d trees are mounted: say which", len(own))
}

// noControl explains a mount whose process cannot be asked.
func noControl(m fs.Mountpoint, err error) error {
	if !errors.Is(err, fs.ErrNoControl) {
		return err
	}
	e := &api.Error{Code: api.Failed, Message: "no process answers for the mount on " + m.Path, Err: err}
	if m.State == fs.Dead {
		e.Message = "the mount on " + m.Path + " is dead: its process has ended"
		e.Hint = "Clear it with: basecampfs unmount " + m.Path
	}
	return e
}
