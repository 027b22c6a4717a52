package simulator

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"basecampfs/api/simulator/product"
)

// The application that is registered with the simulated Launchpad.
const (
	ClientID     = "5f1c9a0e7b3d4c2f8e6a1b0d9c8e7f6a5b4c3d2e"
	ClientSecret = "not-a-secret-this-is-a-simulator"
	// RedirectURI is registered; any loopback http URI is taken as well.
	RedirectURI = "http://127.0.0.1:8765/callback"
)

// Options says how a Server behaves. The zero value serves the small sample
// accounts, as fast as it can, without limit or fault.
type Options struct {
	// PublicURL is the origin in every URL that is handed out, such as
	// "http://sim.test:8080". Empty means where the server listens.
	PublicURL string

	// Size is how much the first Basecamp 3 and the Basecamp 2 account hold.
	Size product.Size

	Latency   time.Duration // before every answer of an API
	RateLimit RateLimit
	Faults    []Fault

	// Now is the time for writes and tokens; nil means time.Now.
	Now func() time.Time

	// Identities can sign in; nil means DefaultIdentities. The first is whom
	// Token belongs to.
	Identities []product.Identity

	// TokenLife is how long an access token works; 0 means two weeks.
	TokenLife time.Duration
	// RotateRefresh makes every refresh end the refresh token that it used.
	RotateRefresh bool
	// OAuth21 turns on discovery and the device flow.
	OAuth21 bool
	// DeviceInterval is how often a device may ask; 0 means five seconds.
	DeviceInterval time.Duration

	// Without leaves accounts out: product codes that are not served.
	Without []string
}

// DefaultIdentities are the people who can sign in: an owner, two members of
// the staff, others with names of other scripts, and a client, who sees one
// project and may only comment.
func DefaultIdentities() []product.Identity {
	id := func(n int64, first, last, email string) product.Identity {
		return product.Identity{ID: 9_900_000 + n, FirstName: first, LastName: last, Email: email, Password: "correct horse"}
	}
	return []product.Identity{
		id(1, "Victor", "Cooper", "victor@honchodesign.com"),
		id(2, "Annie", "Bryan", "annie@honchodesign.com"),
		id(3, "Sharon", "Bradford", "sharon@honchodesign.com"),
		id(4, "Jared", "Davis", "jared@honchodesign.com"),
		id(5, "Henry", "Bowman", "henry@letobrand.com"),
	}
}

// RateLimit allows Requests in each window of Per; zero Requests is no limit.
type RateLimit struct {
	Requests int
	Per      time.Duration
}

// ParseRateLimit reads "off", "" or REQUESTS/DURATION such as "50/10s".
func ParseRateLimit(s string) (RateLimit, error) {
	if s == "" || s == "off" {
		return RateLimit{}, nil
	}
	n, per, ok := strings.Cut(s, "/")
	requests, err1 := strconv.Atoi(n)
	d, err2 := time.ParseDuration(per)
	if !ok || err1 != nil || err2 != nil || requests < 1 || d <= 0 {
		return RateLimit{}, fmt.Errorf("rate limit %q: want off, or requests per duration such as 50/10s", s)
	}
	return RateLimit{requests, d}, nil
}

// checkOrigin returns an origin without a slash at its end.
func checkOrigin(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return "", fmt.Errorf("public URL %q: want an origin such as http://127.0.0.1:8080", s)
	}
	return u.Scheme + "://" + u.Host, nil
}
