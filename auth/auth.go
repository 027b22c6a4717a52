// Package auth proves to Basecamp who is asking.
//
// A Session gives requests their Authorization header and keeps the token
// behind it alive: it is refreshed ahead of its expiry and when the service
// refuses it, once for all requests that wait and once for all processes that
// share a Store. Below this package, store keeps the secrets, signin is every
// way of getting one, network makes connections through proxies, and redact
// keeps secrets out of what is written.
package auth

import (
	"context"
	"regexp"
)

// Storage keeps one Credential a profile. Implementations are safe for
// concurrent use, also from several processes.
type Storage interface {
	// Where says for a person where a profile's secrets are kept.
	Where(profile string) string

	// Load returns the Credential of a profile, or an Error with Code SignIn
	// where there is none.
	Load(ctx context.Context, profile string) (*Credential, error)

	// Save replaces a profile's Credential at once or not at all.
	Save(ctx context.Context, profile string, c *Credential) error

	// Delete forgets a profile. It is no error where there is none.
	Delete(ctx context.Context, profile string) error

	// Profiles lists the profiles, sorted.
	Profiles(ctx context.Context) ([]string, error)

	// Generation changes whenever a profile is saved or deleted, by whichever
	// process. It costs a stat or two and never fails.
	Generation(profile string) string

	// Lock keeps every other process from refreshing a profile until unlock
	// is called.
	Lock(ctx context.Context, profile string) (unlock func(), err error)
}

// DefaultProfile is the name of the profile that nobody named.
const DefaultProfile = "default"

var profileName = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$`)

// CheckProfile returns an Error where name cannot name a profile. Names become
// file names, so they hold letters, digits and ._- alone.
func CheckProfile(name string) error {
	if !profileName.MatchString(name) {
		return Errorf(Usage, "use letters, digits, dots, dashes and underscores, 64 at most", "%q cannot name a profile", Plain(name))
	}
	return nil
}

// Mode says how much a Session may do to keep a sign-in alive.
type Mode string

// The modes.
const (
	ModeOff         Mode = "off"         // use the token as it is
	ModeRefresh     Mode = "refresh"     // refresh it, but never ask a person
	ModeInteractive Mode = "interactive" // sign in again where a person can be asked
)

// ParseMode reads a Mode; "" is ModeRefresh.
func ParseMode(s string) (Mode, error) {
	switch m := Mode(s); m {
	case "":
		return ModeRefresh, nil
	case ModeOff, ModeRefresh, ModeInteractive:
		return m, nil
	}
	return "", Errorf(Usage, "use off, refresh or interactive", "%q is no mode of signing in", Plain(s))
}
