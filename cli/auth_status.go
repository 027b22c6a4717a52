package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"basecampfs/auth"
)

// authStatus is what `auth status --json` prints.
type authStatus struct {
	Profile   string          `json:"profile"`
	Profiles  []string        `json:"profiles"`
	Kept      string          `json:"kept"`
	Kind      auth.Kind       `json:"kind"`
	Flow      auth.Flow       `json:"flow,omitempty"`
	Refresh   bool            `json:"refreshes"`
	Expiry    time.Time       `json:"expiry,omitzero"` // by this machine's clock
	ExpiresAt time.Time       `json:"expires_at,omitzero"`
	Identity  auth.Identity   `json:"identity"`
	Accounts  []accountStatus `json:"accounts"`
}

type accountStatus struct {
	auth.Account
	Passed string `json:"passed_over,omitempty"`
}

func newAuthStatusCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show who is signed in, to which accounts, and where the secret is kept",
		Args:  cobra.NoArgs,
		RunE:  withSignIn(showAuthStatus),
	}
	cmd.Flags().Bool("json", false, "print JSON")
	return cmd
}

func showAuthStatus(cmd *cobra.Command, _ []string, s *signIn) error {
	ses := s.session
	a, err := ses.Authorization(cmd.Context())
	if err != nil {
		return err
	}
	c, err := ses.Credential(cmd.Context())
	if err != nil {
		return err
	}
	st := authStatus{
		Profile: s.profile, Kept: s.where(), Kind: c.Kind, Flow: c.Flow, Refresh: c.RefreshToken != "" && value(cmd, "auth-mode") != string(auth.ModeOff),
		Expiry: c.Expiry, ExpiresAt: a.ExpiresAt, Identity: a.Identity,
	}
	if st.Profiles, err = s.storage.Profiles(cmd.Context()); err != nil {
		return err
	}
	for _, acc := range a.Accounts {
		st.Accounts = append(st.Accounts, accountStatus{acc, acc.Passed()})
	}
	out := cmd.OutOrStdout()
	if value(cmd, "json") == "true" {
		return printJSON(out, st)
	}
	fmt.Fprintf(out, "Signed in as %s (profile %s)\nKept in %s\n", a.Identity.Name(), s.profile, s.where())
	if len(st.Profiles) > 1 {
		fmt.Fprintf(out, "Profiles: %v\n", st.Profiles)
	}
	switch {
	case c.Kind != auth.OAuth:
		fmt.Fprintln(out, "The password does not expire by itself")
	case st.ExpiresAt.IsZero() && c.Expiry.IsZero():
		fmt.Fprintln(out, "The token does not say when it expires; it is replaced when Basecamp refuses it")
	default:
		at := st.ExpiresAt
		if at.IsZero() {
			at = c.Expiry
		}
		then := "then sign in again: " + ses.LoginCommand()
		if st.Refresh {
			then = "refreshed before that by itself"
		}
		fmt.Fprintf(out, "The token expires %s, %s\n", at.Local().Format("2006-01-02 15:04"), then)
	}
	if err := ses.Unsaved(); err != nil {
		fmt.Fprintf(out, "The newest token could not be saved: %s; %s\n", err, auth.HintOf(err))
	}
	printAccounts(out, a)
	return nil
}

func printAccounts(out io.Writer, a *auth.Authorization) {
	if len(a.Accounts) == 0 {
		fmt.Fprintln(out, "There are no accounts.")
	}
	for _, acc := range a.Accounts {
		fmt.Fprintf(out, "  %-12d %s (%s)", acc.ID, auth.Plain(acc.Name), auth.ProductName(acc.Product))
		if why := acc.Passed(); why != "" {
			fmt.Fprintf(out, ", passed over: %s", why)
		}
		fmt.Fprintln(out)
	}
}

func newAuthRefreshCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "refresh",
		Short: "Get a new token now",
		Args:  cobra.NoArgs,
		RunE: withSignIn(func(cmd *cobra.Command, _ []string, s *signIn) error {
			ses := s.session
			c, err := ses.Refresh(cmd.Context())
			if err != nil {
				return err
			}
			if err := ses.Unsaved(); err != nil {
				return err
			}
			if c.Expiry.IsZero() {
				fmt.Fprintln(cmd.OutOrStdout(), "Refreshed.")
				return nil
			}
			fmt.Fprintf(cmd.OutOrStdout(), "Refreshed; the token is good until %s.\n", c.Expiry.Local().Format("2006-01-02 15:04"))
			return nil
		}),
	}
}

func newLogoutCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Forget the sign-in",
		Args:  cobra.NoArgs,
		RunE: withSignIn(func(cmd *cobra.Command, _ []string, s *signIn) error {
			profiles := []string{s.profile}
			if value(cmd, "all") == "true" {
				all, err := s.storage.Profiles(cmd.Context())
				if err != nil {
					return err
				}
				profiles = all
			}
			for _, p := range profiles {
				unlock, err := s.storage.Lock(cmd.Context(), p)
				if err != nil {
					return err
				}
				err = s.storage.Delete(cmd.Context(), p)
				unlock()
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "Signed out (profile %s). Mounts of it stop working.\n", p)
			}
			return nil
		}),
	}
	cmd.Flags().Bool("all", false, "forget every profile")
	return cmd
}
