package cli

import (
	"context"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"basecampfs/auth"
	"basecampfs/auth/redact"
	"basecampfs/auth/store"
)

// signIn is a connection, with what it takes to sign in by hand.
type signIn struct {
	*connection
	system    *store.System // nil with a settings file
	key       *store.Key    // of a settings file, or of one to carry
	app       auth.App
	given     bool // a token comes from outside and goes before all others
	launchpad string
	api       string // that may announce a sign-in server of its own
	login     string // what to type to sign in again
}

// withSignIn makes a RunE of f, which gets the settings.
func withSignIn(f func(cmd *cobra.Command, args []string, s *signIn) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		c, err := newConnection(cmd)
		if err != nil {
			return err
		}
		defer c.Close()
		c.log.Logf(1, "command: "+cmd.CommandPath())
		if err = f(cmd, args, newSignIn(cmd, c)); err != nil {
			c.log.Logf(1, cmd.CommandPath()+": "+err.Error())
		}
		return err
	}
}

func newSignIn(cmd *cobra.Command, c *connection) *signIn {
	s := &signIn{
		connection: c, key: settingsKey(cmd), given: value(cmd, "token") != "",
		launchpad: auth.DefaultLaunchpad, api: auth.DefaultAPI, login: loginCommand(cmd), app: auth.BuiltinApp(),
	}
	s.system, _ = c.storage.(*store.System)
	if u := strings.TrimRight(value(cmd, "launchpad-url"), "/"); u != "" {
		// A server for trying things out is everything at one address.
		s.launchpad, s.api = u, u
	}
	if id := value(cmd, "client-id"); id != "" && id != s.app.ID {
		s.app = auth.App{ID: id}
	}
	if secret := value(cmd, "client-secret"); secret != "" {
		s.app.Secret = secret
		redact.Register(secret)
	}
	return s
}

// signInFunc is what auth.Config.SignIn takes.
type signInFunc = func(context.Context) (*auth.Credential, error)

// interactive asks whoever sits at the terminal of a command to sign in again;
// nil where nobody does.
func interactive(cmd *cobra.Command, c *connection) signInFunc {
	if !canAsk(cmd.InOrStdin()) {
		return nil
	}
	return func(context.Context) (*auth.Credential, error) {
		return newSignIn(cmd, c).browse(cmd, false, false)
	}
}

// settingsKey is what opens the settings file: an age key, or a passphrase
// from a file, the environment or whoever sits at the terminal.
func settingsKey(cmd *cobra.Command) *store.Key {
	k := &store.Key{IdentityFile: value(cmd, "settings-identity")}
	pass := os.Getenv("BASECAMPFS_SETTINGS_PASSPHRASE")
	redact.Register(pass)
	switch file := value(cmd, "passphrase-file"); {
	case pass != "":
		k.Passphrase = func(bool) (string, error) { return pass, nil }
	case file != "":
		k.Passphrase = store.PassphraseFrom(file)
	case canAsk(cmd.InOrStdin()):
		k.Passphrase = func(confirm bool) (string, error) { return askPassphrase(cmd, confirm) }
	}
	return k
}

// loginCommand is what to type to sign in again to the same profile.
func loginCommand(cmd *cobra.Command) string {
	line := "basecampfs auth login"
	for _, name := range []string{"settings", "profile"} {
		if f := cmd.Flag(name); f != nil && f.Value.String() != f.DefValue {
			line += " --" + name + " " + f.Value.String()
		}
	}
	return line
}

// where says where the sign-in is kept.
func (s *signIn) where() string {
	if s.given {
		return "the setting token (BASECAMPFS_TOKEN)"
	}
	return s.storage.Where(s.profile)
}

// secretFrom reads one secret line from standard input, or asks for it where
// that is a terminal.
func secretFrom(cmd *cobra.Command, prompt string) (string, error) {
	in := cmd.InOrStdin()
	if canAsk(in) {
		return askSecret(cmd.ErrOrStderr(), prompt)
	}
	line, err := readLine(in)
	if err != nil && err != io.EOF {
		return "", auth.Errorf(auth.Usage, "pass it on standard input", "nothing can be read from standard input").Because(err)
	}
	redact.Register(line)
	return line, nil
}
