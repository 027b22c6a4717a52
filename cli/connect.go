package cli

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"basecampfs/api"
	"basecampfs/api/bc3"
	"basecampfs/api/bcx"
	"basecampfs/api/transport"
	"basecampfs/auth"
	"basecampfs/auth/network"
	"basecampfs/auth/redact"
	"basecampfs/auth/store"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// addConnectionFlags adds the settings of every command that signs in or
// reaches the service.
func addConnectionFlags(f *pflag.FlagSet) {
	f.String("profile", auth.DefaultProfile, "which of several sign-ins to use: its `name`")
	f.String("settings", "", "encrypted `file` that holds the sign-ins, in place of the keyring")
	f.String("settings-identity", "", "age identity `file` that opens the settings file")
	f.String("passphrase-file", "", "`file` whose first line is the passphrase of the settings file")
	f.String("auth-mode", string(auth.ModeRefresh), "off, refresh or interactive: how much may be done to stay signed in")
	f.String("launchpad-url", "", "`URL` of the sign-in server, for a simulator")
	f.String("client-id", "", "`id` of an app of your own, registered with the sign-in server")
	f.String("client-secret", "", "its secret")
	f.String("token", "", "access token that was got elsewhere")
	f.String("proxy", "system", "system, none, or the `URL` of a proxy: http, https, tunnel or socks5")
	f.String("proxy-user", "", "`name` for the proxy")
	f.String("proxy-password", "", "password for the proxy")
	f.String("ca-file", "", "PEM `file` of further certificate authorities")
	f.Duration("timeout", network.DefaultTimeout, "longest wait without progress; 0 waits for ever")
	f.String("log-file", "", "`file` for the log, - for standard error")
	f.Int("verbosity", network.LevelOperations, "of the log: 1 operations, 2 requests, 3 bodies, 4 connections, 5 everything")
	f.String("contact", "https://pkg.go.dev/basecampfs", "`URL` or address that Basecamp is given to reach who is responsible")
	setting(f, "profile", "settings", "settings-identity", "passphrase-file", "auth-mode", "launchpad-url", "client-id",
		"proxy", "proxy-user", "ca-file", "timeout", "log-file", "verbosity", "contact")
	secret(f, "token", "client-secret", "proxy-password")
}

// connection is what it takes to reach the service as one identity.
type connection struct {
	log     *network.Log
	net     network.Config
	http    *http.Client
	storage auth.Storage
	profile string
	session *auth.Session
	// limiter is nil for the one that fits Basecamp.
	limiter *transport.Limiter
}

// value returns the text of a setting; "" where cmd does not have it.
func value(cmd *cobra.Command, name string) string {
	if f := cmd.Flag(name); f != nil {
		return f.Value.String()
	}
	return ""
}

// newConnection makes a connection from the settings of cmd. Nothing is sent
// and no secret is read before something needs it. Close it when done.
func newConnection(cmd *cobra.Command) (*connection, error) {
	c := &connection{profile: value(cmd, "profile")}
	if err := auth.CheckProfile(c.profile); err != nil {
		return nil, err
	}
	verbosity, err := cmd.Flags().GetInt("verbosity")
	if err != nil {
		return nil, err
	}
	timeout, err := cmd.Flags().GetDuration("timeout")
	if err != nil {
		return nil, err
	}
	if timeout < 0 {
		return nil, usageErrorf("--timeout takes a time such as 90s; 0 waits for ever")
	}
	if c.storage, err = storage(cmd); err != nil {
		return nil, err
	}
	if c.log, err = network.OpenLog(network.LogConfig{File: value(cmd, "log-file"), Verbosity: verbosity}); err != nil {
		return nil, err
	}
	c.net = network.Config{
		Proxy: value(cmd, "proxy"), ProxyUser: value(cmd, "proxy-user"), ProxyPassword: value(cmd, "proxy-password"),
		CAFile: value(cmd, "ca-file"), Timeout: timeout, UserAgent: userAgent(value(cmd, "contact")), Log: c.log,
	}
	redact.Register(c.net.ProxyPassword)
	cfg := auth.Config{Storage: c.storage, Profile: c.profile, Launchpad: value(cmd, "launchpad-url"), LoginCommand: loginCommand(cmd)}
	if cfg.Mode, err = auth.ParseMode(value(cmd, "auth-mode")); err == nil && value(cmd, "token") != "" {
		cfg.Static, err = auth.FromEnvironment(value(cmd, "token"))
	}
	if err == nil {
		cfg.App = auth.App{ID: value(cmd, "client-id"), Secret: value(cmd, "client-secret")}
		redact.Register(cfg.App.Secret)
		if cfg.App.ID == "" && cfg.App.Secret == "" {
			cfg.App = auth.BuiltinApp()
		}
		if cfg.Mode == auth.ModeInteractive {
			cfg.SignIn = interactive(cmd, c)
		}
		err = c.begin(cfg)
	}
	if err != nil {
		c.log.Close()
		return nil, err
	}
	return c, nil
}

// begin completes a connection whose network is known.
func (c *connection) begin(cfg auth.Config) error {
	var err error
	if c.http, err = c.net.Client(); err != nil {
		return err
	}
	cfg.HTTP, cfg.Logf = c.http, c.log.Logf
	c.session = auth.NewSession(cfg)
	return nil
}

// storage is where the sign-ins are.
func storage(cmd *cobra.Command) (auth.Storage, error) {
	if file := value(cmd, "settings"); file != "" {
		return store.NewSettings(file, settingsKey(cmd))
	}
	return store.NewSystem(store.Folder(), nil), nil
}

// Close waits for a refresh that is under way, so that its token is kept.
func (c *connection) Close() {
	c.session.Close()
	c.log.Close()
}

// identity is who signed in and what can be reached.
type identity struct {
	auth.Identity
	accounts    []api.Account
	unmountable []unmountable
	transport   *transport.Transport
}

// unmountable is an account of the identity that cannot be shown, and why.
type unmountable struct {
	info   api.AccountInfo
	reason string
}

// The limits of the products, which hold for an IP address and not for an
// identity. Basecamp 2 documents its own in its guide.
const (
	basecamp2Requests = 500
	basecamp2Window   = 10 * time.Second
)

// open asks who is signed in and binds every account that can be mounted to
// one transport, so that all share the limit of requests.
func (c *connection) open(ctx context.Context) (*identity, error) {
	who, err := c.session.Authorization(ctx)
	if err != nil {
		return nil, err
	}
	by, err := c.session.Credential(ctx)
	if err != nil {
		return nil, err
	}
	rt, err := c.net.Transport()
	if err != nil {
		return nil, err
	}
	id := &identity{Identity: who.Identity}
	id.transport = transport.New(transport.Config{
		RoundTripper: rt,
		Authorize:    authorizer(c.session),
		OnUnauthorized: func(ctx context.Context, token string) bool {
			retry, err := c.session.Unauthorized(ctx, token)
			if err != nil {
				c.log.Logf(network.LevelOperations, "signing in again: "+err.Error())
			}
			return retry
		},
		UserAgent: c.net.UserAgent,
		Timeout:   c.net.Timeout,
		Limiter:   c.limiter,
		Limiters:  map[api.Product]*transport.Limiter{api.Basecamp2: transport.NewLimiter(basecamp2Requests, basecamp2Window)},
		Identity:  strconv.FormatInt(who.Identity.ID, 10),
		Logf:      c.log.Logf,
		Verbosity: c.log.Verbosity(),
	})
	for _, a := range who.Accounts {
		info := api.AccountInfo{Product: api.Product(a.Product), ID: a.ID, Name: a.Name, Href: a.Href}
		if by.Kind == auth.Basic {
			if err := bcx.CheckBasic(info); err != nil {
				return nil, err // there is no other account
			}
		}
		reason := a.Passed()
		if reason == "" {
			account, err := id.bind(info)
			if err == nil {
				id.accounts = append(id.accounts, account)
				continue
			}
			reason = err.Error()
		}
		id.unmountable = append(id.unmountable, unmountable{info, reason})
	}
	return id, nil
}

// bind is the one place that knows which product has which dialect.
func (id *identity) bind(info api.AccountInfo) (api.Account, error) {
	switch info.Product {
	case api.Basecamp3:
		return bc3.New(id.transport, info)
	case api.Basecamp2:
		return bcx.New(id.transport, info)
	}
	return nil, api.Errorf(api.Unsupported, "accounts of %s cannot be mounted", info.Product)
}
