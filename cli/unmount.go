package cli

import (
	"fmt"

	"basecampfs/fs"

	"github.com/spf13/cobra"
)

func newUnmountCommand() *cobra.Command {
	var lazy bool
	c := &cobra.Command{
		Use:     "unmount DIR",
		Aliases: []string{"umount"},
		Short:   "Send what is pending and unmount; clear a dead mount",
		Long: "Unmounts DIR and returns when everything that was saved there has been sent, or is kept\n" +
			"for the next mount. A mount whose process died (\"Transport endpoint is not connected\")\n" +
			"is cleared.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := fs.Unmount(cmd.Context(), args[0], lazy); err != nil {
				return err
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "Unmounted %s\n", cleanLine(args[0]))
			return err
		},
	}
	c.Flags().BoolVar(&lazy, "lazy", false, "take it away even if programs use it; they get errors from then on")
	return c
}
