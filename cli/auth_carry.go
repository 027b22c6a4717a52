package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"basecampfs/auth"
	"basecampfs/auth/store"
)

func newExportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export FILE",
		Short: "Write the sign-in to an encrypted file, for another machine",
		Long: "Write the sign-in to FILE, - for standard output, encrypted with a passphrase or, with --key, an age key.\n" +
			"On the other machine, use it in place with --settings FILE, or take it over with `basecampfs auth import FILE`.",
		Args: cobra.ExactArgs(1),
		RunE: withSignIn(func(cmd *cobra.Command, args []string, s *signIn) error {
			profiles := []string{s.profile}
			var err error
			if value(cmd, "all") == "true" {
				if profiles, err = s.storage.Profiles(cmd.Context()); err != nil {
					return err
				}
			}
			all := map[string]*auth.Credential{}
			for _, p := range profiles {
				if all[p], err = s.storage.Load(cmd.Context(), p); err != nil {
					return err
				}
			}
			if args[0] == "-" {
				b, err := store.Seal(all, s.key)
				if err != nil {
					return err
				}
				_, err = cmd.OutOrStdout().Write(b)
				return err
			}
			if _, err := os.Lstat(args[0]); !errors.Is(err, fs.ErrNotExist) {
				return auth.Errorf(auth.Usage, "name a new file, or remove it first", "%s is there already", args[0])
			}
			b, err := store.Seal(all, s.key)
			if err == nil {
				err = store.WriteSealed(args[0], b)
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "Written to %s. Use it with --settings, or take it over: basecampfs auth import %s\n", args[0], filepath.Base(args[0]))
			return nil
		}),
	}
	cmd.Flags().Bool("all", false, "write every profile")
	return cmd
}

func newImportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Take over a sign-in that was exported",
		Long:  "Take over the profiles in FILE, - for standard input. With --profile, only that one.",
		Args:  cobra.ExactArgs(1),
		RunE: withSignIn(func(cmd *cobra.Command, args []string, s *signIn) error {
			b, err := readSealed(cmd, args[0])
			if err != nil {
				return err
			}
			all, err := store.Unseal(b, s.key, args[0])
			if err != nil {
				return err
			}
			if cmd.Flag("profile").Changed {
				c := all[s.profile]
				if c == nil {
					return auth.Errorf(auth.NotFound, fmt.Sprintf("it has: %v", slices.Sorted(maps.Keys(all))), "%s has no profile %s", args[0], s.profile)
				}
				all = map[string]*auth.Credential{s.profile: c}
			}
			for _, p := range slices.Sorted(maps.Keys(all)) {
				if err := all[p].Check(); err != nil {
					return err
				}
				s.profile = p
				if err := keepSignIn(cmd, s, all[p]); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "Signed in (profile %s), kept in %s.\n", p, s.storage.Where(p))
			}
			return nil
		}),
	}
}

func readSealed(cmd *cobra.Command, name string) ([]byte, error) {
	in := cmd.InOrStdin()
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, auth.Errorf(auth.NotFound, "check its name", "%s cannot be read: %s", name, auth.Plain(err.Error())).Because(err)
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, 4<<20))
	if err != nil {
		return nil, auth.Errorf(auth.Store, "check the file", "%s cannot be read: %s", name, auth.Plain(err.Error())).Because(err)
	}
	return b, nil
}
