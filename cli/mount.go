package cli

import (
	"fmt"
	"os"
	"path/filepath"

	"basecampfs/fs"

	"github.com/spf13/cobra"
)

func newMountCommand() *cobra.Command {
	var o treeOptions
	var background bool
	c := &cobra.Command{
		Use:   "mount DIR",
		Short: "Mount the signed-in accounts on a folder",
		Long: "Mounts the accounts that you are signed in to on the empty folder DIR, and stays until\n" +
			"Ctrl-C or basecampfs unmount DIR. A dead mount on DIR is cleared first.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			if background && !fs.InBackground() {
				return mountInBackground(cmd, args[0], &o)
			}
			c, err := newConnection(cmd)
			if err != nil {
				return err
			}
			defer c.Close()
			return serve(cmd, args[0], c, &o, func(dir string) {
				if !fs.Ready(nil, 0) {
					fmt.Fprintf(cmd.OutOrStdout(), "Mounted on %s; Ctrl-C unmounts\n", cleanLine(dir))
				}
			})
		},
	}
	f := c.Flags()
	f.BoolVar(&background, "background", false, "return when the mount answers, and leave it to a process of its own")
	setting(f, "background")
	o.addFlags(f)
	return c
}

// mountInBackground starts this command again as the mount's own process.
func mountInBackground(cmd *cobra.Command, dir string, o *treeOptions) error {
	if err := fs.Prepare(dir, o.mountOptions(nil)); err != nil {
		return err
	}
	pid, err := fs.Background(cmd.Context(), os.Args[1:], filepath.Join(stateDir(), "background.log"))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "Mounted on %s (process %d)\n", cleanLine(dir), pid)
	return err
}
