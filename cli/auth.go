package cli

import "github.com/spf13/cobra"

// newAuthCommand returns `basecampfs auth`, which is all about signing in.
func newAuthCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "auth", Short: "Sign in and out, and see who is signed in"}
	cmd.AddCommand(newLoginCommand(), newLogoutCommand(), newAuthStatusCommand(), newAuthRefreshCommand(), newExportCommand(), newImportCommand())
	return cmd
}
