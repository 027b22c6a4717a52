package auth

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

// Config says how a Session works.
type Config struct {
	// Storage and Profile are where the sign-in is kept. Storage may be nil
	// where Static is given.
	Storage Storage
	Profile string // "" for DefaultProfile

	// Static is a sign-in that came from outside and is kept nowhere, such as
	// a token from the environment. It goes before Storage.
	Static *Credential

	// HTTP makes the requests to the sign-in server.
	HTTP *http.Client

	// Launchpad is the base of the sign-in server; "" for DefaultLaunchpad.
	Launchpad string

	// API is the base of the API of newer accounts, which signs in by itself;
	// "" for DefaultAPI where Launchpad is the default too, else for none.
	API string

	// App has the secret for a Credential that names its ID and keeps none.
	App App

	Mode Mode // "" for ModeRefresh

	// SignIn asks a person to sign in and returns what they did. It is called
	// in ModeInteractive alone, once at a time.
	SignIn func(ctx context.Context) (*Credential, error)

	// LoginCommand is what a person types to sign in again, with all that it
	// takes to reach the same profile; "" for one made from Profile.
	LoginCommand string

	// Logf gets what a Session does, by level; see package network. It may be
	// nil.
	Logf func(level int, line string)

	Now func() time.Time // nil for time.Now

	// RefreshLimit bounds refreshes, so that a service that refuses each new
	// token does not get one a request. Nil allows 10 at once and 1 a minute.
	RefreshLimit *rate.Limiter
}

// Session is one signed-in identity. It is safe for concurrent use.
type Session struct {
	c     Config
	group singleflight.Group

	mu      sync.Mutex
	cur     *Credential
	gen     string            // of the store when cur was read
	read    bool              // whether gen is set
	dead    map[string]*Error // by refresh token: why it is worth nothing
	retryAt time.Time         // no other refresh before that
	lastErr error             // of the refresh that failed before retryAt
	unsaved error             // why the newest token is in memory alone
	base    string            // the access token that the store has meanwhile
}

// NewSession returns a Session. It touches neither the network nor the store.
func NewSession(c Config) *Session {
	if c.Profile == "" {
		c.Profile = DefaultProfile
	}
	if c.HTTP == nil {
		c.HTTP = http.DefaultClient
	}
	if c.Launchpad == "" {
		c.Launchpad = DefaultLaunchpad
	}
	c.Launchpad, c.API = strings.TrimRight(c.Launchpad, "/"), strings.TrimRight(c.API, "/")
	if c.API == "" && c.Launchpad == DefaultLaunchpad {
		c.API = DefaultAPI
	}
	if c.Mode == "" {
		c.Mode = ModeRefresh
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logf == nil {
		c.Logf = func(int, string) {}
	}
	if c.RefreshLimit == nil {
		c.RefreshLimit = rate.NewLimiter(rate.Every(time.Minute), 10)
	}
	if c.Static != nil {
		c.Static.Register()
	}
	return &Session{c: c, dead: map[string]*Error{}}
}

// FromEnvironment returns the Credential of an access token that was given
// from outside, such as the value of BASECAMPFS_TOKEN.
func FromEnvironment(token string) (*Credential, error) {
	c := &Credential{Kind: OAuth, AccessToken: strings.TrimSpace(token), Flow: FlowEnv}
	c.Register()
	return c, c.Check()
}

// Close waits for a refresh that is under way, so that its token is kept.
func (s *Session) Close() {
	// Joins the refresh that is under way, or does nothing at all.
	_, _, _ = s.group.Do("refresh", func() (any, error) { return (*Credential)(nil), nil })
}

// Token returns the secret that proves the identity: the access token,
// refreshed where it is due. For a sign-in with a user and a password it is
// the two, encoded as the Basic scheme wants them.
func (s *Session) Token(ctx context.Context) (string, error) {
	c, err := s.Credential(ctx)
	if err != nil {
		return "", err
	}
	return c.Secret(), nil
}

// Authorize sets the Authorization header of a request. It refuses a request
// that would carry the secret in the clear, and one with a user and a password
// that is not for their account.
func (s *Session) Authorize(ctx context.Context, r *http.Request) error {
	if err := CheckURL(r.URL); err != nil {
		return err
	}
	c, err := s.Credential(ctx)
	if err != nil {
		return err
	}
	if c.Kind != OAuth && !strings.HasPrefix(r.URL.String(), strings.TrimRight(c.Href, "/")+"/") {
		return Errorf(Unsupported, "sign in with OAuth for other accounts: basecampfs auth login",
			"the user and password are for %s alone", Plain(c.Href))
	}
	c.apply(r)
	return nil
}

// Credential returns the sign-in that is current, refreshed where it is due.
func (s *Session) Credential(ctx context.Context) (*Credential, error) {
	c, err := s.current(ctx)
	if err != nil {
		if CodeOf(err) == SignIn && s.interactive() {
			return s.signIn(ctx)
		}
		return nil, err
	}
	now := s.c.Now()
	if !c.due(now) || c.RefreshToken == "" || s.c.Mode == ModeOff || s.c.Static != nil {
		// A token past its expiry goes out all the same: this machine's clock
		// may be wrong, and the service says so when it is not.
		if c.Kind == OAuth && c.AccessToken == "" {
			return nil, s.ended("there is no access token, and none may be asked for")
		}
		return c, nil
	}
	n, err := s.refresh(ctx, c.AccessToken)
	if err == nil {
		return n, nil
	}
	if CodeOf(err) == Canceled || c.AccessToken == "" {
		return nil, err
	}
	s.log(2, "the token could not be refreshed ahead of its expiry and is used as it is: "+err.Error())
	return c, nil
}

// Unauthorized is called when the service answered 401 to a request that
// carried token, given alone or as the value of the header. It returns true
// where another token is there by now, so that the request is worth sending
// once more. An error says why there is none.
func (s *Session) Unauthorized(ctx context.Context, token string) (retry bool, err error) {
	if _, bare, ok := strings.Cut(token, " "); ok {
		token = bare
	}
	c, err := s.current(ctx)
	if err == nil && c.Secret() != token && c.Secret() != "" {
		return true, nil
	}
	// Whatever the store's generation says: another process may have changed
	// it within the resolution of its clock.
	if c, err = s.reload(ctx); err == nil && c.Secret() != token && c.Secret() != "" {
		return true, nil
	}
	if err == nil {
		err = s.renew(ctx, c, token)
	}
	if err != nil && s.interactive() && (CodeOf(err) == SignIn) {
		_, err = s.signIn(ctx)
	}
	return err == nil, err
}

// renew gets another access token in place of c's, which was refused.
func (s *Session) renew(ctx context.Context, c *Credential, token string) error {
	switch {
	case c.Kind == Basic:
		return s.ended("Basecamp does not accept this user and password")
	case c.Kind == APIToken:
		return s.ended("the API token is not accepted")
	case s.c.Static != nil && c.Flow == FlowEnv:
		return Errorf(SignIn, "put a new token into BASECAMPFS_TOKEN, or unset it and sign in: basecampfs auth login",
			"Basecamp does not accept the token from BASECAMPFS_TOKEN")
	case c.RefreshToken == "" || s.c.Static != nil:
		return s.ended("the token has expired or was revoked, and no refresh token is there")
	case s.c.Mode == ModeOff:
		return Errorf(SignIn, "refresh it by hand: basecampfs auth refresh", "the token has expired, and refreshing is turned off")
	}
	_, err := s.refresh(ctx, token)
	return err
}

func (s *Session) interactive() bool {
	return s.c.Mode == ModeInteractive && s.c.SignIn != nil && s.c.Static == nil
}

// signIn asks a person, once for all who wait.
func (s *Session) signIn(ctx context.Context) (*Credential, error) {
	v, err := s.share(ctx, "sign in", func(ctx context.Context) (*Credential, error) {
		c, err := s.c.SignIn(ctx)
		if err != nil {
			return nil, err
		}
		s.keep(ctx, c)
		return c, nil
	})
	return v, err
}

// ended is the Error of a sign-in that only a new one replaces.
func (s *Session) ended(format string, a ...any) *Error {
	return Errorf(SignIn, "sign in again: "+s.LoginCommand(), format, a...)
}

// LoginCommand is what a person types to sign in again to the same profile.
func (s *Session) LoginCommand() string {
	cmd := s.c.LoginCommand
	if cmd == "" {
		cmd = "basecampfs auth login"
		if s.c.Profile != DefaultProfile {
			cmd += " --profile " + s.c.Profile
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cur == nil {
		return cmd
	}
	switch s.cur.Flow {
	case FlowToken:
		cmd += " --with-token"
	case FlowBasic:
		cmd += " --basic"
	case FlowAPI:
		cmd += " --api-token"
	}
	return cmd
}

func (s *Session) log(level int, line string) { s.c.Logf(level, "auth: "+line) }
