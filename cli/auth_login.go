package cli

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"basecampfs/auth"
	"basecampfs/auth/redact"
	"basecampfs/auth/signin"
	"basecampfs/auth/store"
)

// loginTime is how long a person has to allow the access in a browser.
const loginTime = 15 * time.Minute

func newLoginCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in",
		Long: "Sign in through the browser, which is opened here, or, over SSH or with --no-browser, anywhere else.\n" +
			"Secrets come from standard input, the environment or a prompt, never from the command line.",
		Args: cobra.NoArgs,
		RunE: withSignIn(login),
	}
	f := cmd.Flags()
	f.Bool("no-browser", false, "print the address instead of opening a browser")
	f.Bool("device", false, "enter a short code on another device, where the server offers it")
	f.Bool("with-token", false, "take a token from standard input: JSON, or the access token and the refresh token on a line each")
	f.Bool("basic", false, "sign in with a user and a password (Basecamp 2 only)")
	f.Bool("api-token", false, "keep the API token of a Classic account")
	cmd.MarkFlagsMutuallyExclusive("no-browser", "with-token", "basic", "api-token")
	cmd.MarkFlagsMutuallyExclusive("device", "with-token", "basic", "api-token")
	f.String("account", "", "number or `address` of the account, for --basic")
	f.String("product", "", "V2 or V3, for --basic")
	f.String("user", "", "user name or email address, for --basic")
	f.String("site", "", "`URL` of the account, for --api-token")
	f.String("client-secret-file", "", "read the app's secret from this `FILE`, - for standard input; else BASECAMPFS_CLIENT_SECRET")
	f.String("redirect-url", "", "where the browser comes back to, as the app was registered")
	f.Int("port", 0, "port of this machine for that, as in http://127.0.0.1:PORT/callback; 0 for a free one")
	setting(f, "client-secret-file", "redirect-url", "port")
	f.String("store", "", "keep the sign-in in the keyring or in a file")
	return cmd
}

func login(cmd *cobra.Command, _ []string, s *signIn) error {
	if s.given {
		fmt.Fprintln(cmd.ErrOrStderr(), "BASECAMPFS_TOKEN is set and goes before what is signed in here; unset it afterwards.")
	}
	c, err := obtain(cmd, s)
	if err != nil {
		return err
	}
	a, checked := accounts(cmd.Context(), s, c)
	if code := auth.CodeOf(checked); code == auth.SignIn || code == auth.Client {
		return checked
	}
	if c.AccessToken == "" && c.Kind == auth.OAuth {
		// Only a refresh token was given; what it brought is worth keeping.
		if c, err = auth.Refresh(cmd.Context(), s.http, c, orDefault(c.ClientSecret, s.app.Secret), time.Now); err != nil {
			return err
		}
		a, checked = accounts(cmd.Context(), s, c)
	}
	if err := keepSignIn(cmd, s, c); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if checked != nil {
		fmt.Fprintf(out, "Signed in, kept in %s.\nThe accounts could not be listed: %s.\n", s.storage.Where(s.profile), checked)
		return nil
	}
	fmt.Fprintf(out, "Signed in as %s, kept in %s.\n", a.Identity.Name(), s.storage.Where(s.profile))
	printAccounts(out, a)
	return nil
}

// obtain gets a Credential in the way that the flags ask for.
func obtain(cmd *cobra.Command, s *signIn) (*auth.Credential, error) {
	on := func(name string) bool { return value(cmd, name) == "true" }
	ctx, in, out := cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr()
	if err := clientSecret(cmd, s); err != nil {
		return nil, err
	}
	switch {
	case on("basic"):
		return basicSignIn(cmd, s)
	case on("api-token"):
		site := value(cmd, "site")
		if site == "" {
			return nil, auth.Errorf(auth.Usage, "pass --site https://example.basecamphq.com", "the API token is of one account, and none is named")
		}
		token, err := secretFrom(cmd, "API token")
		if err != nil {
			return nil, err
		}
		return signin.APIToken(ctx, s.http, site, token)
	case on("with-token"):
		if canAsk(in) {
			fmt.Fprintln(out, "Paste the access token, the refresh token on the next line where there is one, then Ctrl-D:")
		}
		e, err := auth.Launchpad(ctx, s.http, s.launchpad)
		if err != nil {
			return nil, err
		}
		return signin.ReadToken(in, s.app, e, time.Now())
	}

	return s.browse(cmd, on("no-browser"), on("device"))
}

// browse signs in with a browser, here or elsewhere.
func (s *signIn) browse(cmd *cobra.Command, noBrowser, device bool) (*auth.Credential, error) {
	ctx, in, out := cmd.Context(), cmd.InOrStdin(), cmd.ErrOrStderr()
	open := signin.OpenBrowser
	if why := signin.Headless(); why != "" || noBrowser {
		open = nil
		if why != "" && !noBrowser {
			fmt.Fprintf(out, "No browser is opened: %s.\n", why)
		}
	}
	if device {
		e, found, err := auth.Discover(ctx, s.http, s.api)
		if err != nil {
			return nil, err
		}
		if found && e.DeviceURL != "" {
			return (&signin.Device{HTTP: s.http, Endpoints: e, App: s.app, Open: open, Out: out}).SignIn(ctx)
		}
		fmt.Fprintln(out, "Basecamp announces no device flow here; signing in through Launchpad.")
	}
	e, err := auth.Launchpad(ctx, s.http, s.launchpad)
	if err != nil {
		return nil, err
	}
	return (&signin.Code{HTTP: s.http, Endpoints: e, App: s.app, Open: open, Out: out, In: in, Timeout: loginTime}).SignIn(ctx)
}

// clientSecret completes the app from the flags. A secret is never a flag's
// value: everybody on the machine can read that.
func clientSecret(cmd *cobra.Command, s *signIn) error {
	if u := value(cmd, "redirect-url"); u != "" {
		s.app.RedirectURL = u
	}
	if p, err := strconv.Atoi(value(cmd, "port")); err == nil && p > 0 && s.app.RedirectURL == "" {
		s.app.RedirectURL = fmt.Sprintf("http://127.0.0.1:%d/callback", p)
	}
	switch file := value(cmd, "client-secret-file"); {
	case file == "-":
		secret, err := secretFrom(cmd, "Secret of the app")
		s.app.Secret = strings.TrimSpace(secret)
		return err
	case file != "":
		b, err := os.ReadFile(file)
		if err != nil {
			return auth.Errorf(auth.Usage, "check its name", "the file of the app's secret cannot be read: %s", auth.Plain(err.Error())).Because(err)
		}
		s.app.Secret = strings.TrimSpace(string(b))
		redact.Register(s.app.Secret)
	case s.app.ID != "" && s.app.Secret == "" && canAsk(cmd.InOrStdin()):
		secret, err := askSecret(cmd.ErrOrStderr(), "Secret of the app (empty where it has none)")
		s.app.Secret = secret
		return err
	}
	return nil
}

func basicSignIn(cmd *cobra.Command, s *signIn) (*auth.Credential, error) {
	product, err := auth.ParseProduct(value(cmd, "product"))
	if err != nil {
		return nil, err
	}
	if product != "" && product != auth.Basecamp2 {
		return nil, auth.NotBasic(product)
	}
	account, origin := value(cmd, "account"), signin.DefaultBasecamp2
	if u, err := url.Parse(account); err == nil && u.Host != "" {
		if u.Host == "3.basecamp.com" || strings.HasSuffix(u.Host, "basecampapi.com") {
			return nil, auth.NotBasic(auth.Basecamp3)
		}
		origin = u.Scheme + "://" + u.Host
		account, _, _ = strings.Cut(strings.Trim(u.Path, "/"), "/")
	}
	id, err := strconv.ParseInt(account, 10, 64)
	if err != nil || id <= 0 {
		return nil, auth.Errorf(auth.Usage, "pass --account NUMBER, the number in https://basecamp.com/NUMBER/", "a user and a password are for one account, and none is named")
	}
	user := value(cmd, "user")
	if user == "" {
		if user, err = ask(cmd, "User name or email address"); err != nil {
			return nil, err
		}
	}
	password, err := secretFrom(cmd, "Password")
	if err != nil {
		return nil, err
	}
	return signin.Password(cmd.Context(), s.http, origin, id, user, password)
}

// accounts lists what a Credential reaches, before it is kept.
func accounts(ctx context.Context, s *signIn, c *auth.Credential) (*auth.Authorization, error) {
	if c.Kind == auth.OAuth && c.AccessToken == "" {
		return nil, nil
	}
	api := ""
	if s.launchpad == auth.DefaultLaunchpad {
		api = s.api
	}
	return auth.NewSession(auth.Config{Static: c, HTTP: s.http, Launchpad: s.launchpad, API: api, LoginCommand: s.login}).Authorization(ctx)
}

func orDefault(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// keepSignIn saves a sign-in, under the lock that a refresh elsewhere takes.
func keepSignIn(cmd *cobra.Command, s *signIn, c *auth.Credential) error {
	unlock, err := s.storage.Lock(cmd.Context(), s.profile)
	if err != nil {
		return err
	}
	defer unlock()
	if s.system == nil {
		return s.storage.Save(cmd.Context(), s.profile, c)
	}
	place := ""
	if cmd.Flag("store") != nil {
		place = value(cmd, "store")
	}
	why, err := s.system.Place(cmd.Context(), s.profile, c, store.Place(place))
	if err == nil && why != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "Not kept in the keyring: %s.\n", why)
	}
	return err
}
