// Package transport carries the requests of every dialect of Basecamp's API:
// authorization, retries, the rate limit, validators, pages and errors are
// here once, and the dialects only know paths and fields.
//
// A Transport belongs to one signed-in identity. Transport.Account binds it to
// the base URL of one account, which gives a Client; the token goes to that
// origin alone.
package transport

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"basecampfs/api"
)

// Config says how a Transport works. The zero value of every field but
// UserAgent and Authorize is a sensible choice.
type Config struct {
	// RoundTripper makes the connections: proxy, TLS and pooling are its
	// business. Nil means one like http.DefaultTransport.
	RoundTripper http.RoundTripper

	// Authorize adds the Authorization header to a request for an account's
	// own origin. An error of it ends the call: an *api.Error as it is, a
	// network error as Unreachable, anything else as SignIn.
	Authorize func(context.Context, *http.Request) error

	// OnUnauthorized is called when the service answers 401 to a request that
	// carried the given token, and says whether a newer one is there by now,
	// with which the request is then sent once more. Many requests may call
	// it at once with one token; it sees to it that they refresh once.
	OnUnauthorized func(ctx context.Context, token string) (retry bool)

	// UserAgent is a name and, in brackets, a URL or address: Basecamp
	// answers 400 without one.
	UserAgent string

	// Timeout bounds how long a call waits for the service without getting
	// ahead: for an answer, or for the next bytes of one. Turns at the Limiter
	// are not counted. 0 waits for ever.
	Timeout time.Duration

	// Limiter is shared by all accounts of an IP address. Nil means
	// NewLimiter(DefaultRequests, DefaultWindow).
	Limiter *Limiter
	// Limiters are those of products that have a limit of their own.
	Limiters map[api.Product]*Limiter

	// Pages keeps answers with their validators. Nil means
	// NewMemoryPages(DefaultPageBytes).
	Pages PageStore
	// Identity goes into the keys of Pages where several identities share
	// one store: what they see differs.
	Identity string

	// Logf gets a line of the log, without its newline, free of secrets and
	// control characters. Only lines up to Verbosity are made.
	Logf      func(level int, line string)
	Verbosity int

	// Now is the clock for dates in headers and Stats. Nil means time.Now.
	Now func() time.Time
	// Backoff is the pause before the second attempt, doubled for the third.
	// 0 means DefaultBackoff.
	Backoff time.Duration
}

// The defaults of a Config.
const (
	DefaultRequests  = 50 // per DefaultWindow: the first limit that Basecamp 3 applies
	DefaultWindow    = 10 * time.Second
	DefaultPageBytes = 16 << 20
	DefaultBackoff   = 500 * time.Millisecond
)

// MaxJSON is the size in bytes above which an answer is refused as Malformed.
const MaxJSON = 64 << 20

// attempts is how often a request that may be repeated is sent.
const attempts = 3

// Transport carries the requests of one identity. It is safe for use from many
// goroutines.
type Transport struct {
	cfg   Config
	stats counters
}

// New returns a Transport.
func New(cfg Config) *Transport {
	if cfg.RoundTripper == nil {
		rt := http.DefaultTransport.(*http.Transport).Clone()
		rt.MaxIdleConnsPerHost = 16
		cfg.RoundTripper = rt
	}
	if cfg.Limiter == nil {
		cfg.Limiter = NewLimiter(DefaultRequests, DefaultWindow)
	}
	if cfg.Pages == nil {
		cfg.Pages = NewMemoryPages(DefaultPageBytes)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Backoff <= 0 {
		cfg.Backoff = DefaultBackoff
	}
	return &Transport{cfg: cfg}
}

// Account binds the transport to the base URL of an account, info.Href. A URL
// that is not https is refused unless its host is a loopback one.
func (t *Transport) Account(info api.AccountInfo) (*Client, error) {
	u, err := url.Parse(info.Href)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, api.Errorf(api.Invalid, "%q is not the address of an account", clean(info.Href))
	}
	if !secure(u) {
		return nil, &api.Error{Code: api.Invalid,
			Message: "refused to send a token over an unencrypted connection to " + clean(u.Host),
			Hint:    "use an https address; plain http is for loopback addresses"}
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	l := t.cfg.Limiter
	if own := t.cfg.Limiters[info.Product]; own != nil {
		l = own
	}
	return &Client{t: t, info: info, base: u, limiter: l}, nil
}

// Client sends requests to one account.
type Client struct {
	t       *Transport
	info    api.AccountInfo
	base    *url.URL
	limiter *Limiter
}

// Info returns the account that the client was made for.
func (c *Client) Info() api.AccountInfo { return c.info }

// URL returns the address of a path within the account, such as
// "/todos/12.json", or of a whole URL, which must have the account's origin.
func (c *Client) URL(path string, query url.Values) (*url.URL, error) {
	var u *url.URL
	if strings.Contains(path, "://") {
		v, err := url.Parse(path)
		if err != nil || !sameOrigin(v, c.base) {
			return nil, api.Errorf(api.Malformed, "refused an address outside the account's own host: %s", clean(withoutQuery(path)))
		}
		v.User, v.Fragment = nil, ""
		u = v
	} else {
		v, err := url.Parse(c.base.String() + "/" + strings.TrimLeft(path, "/"))
		if err != nil || !sameOrigin(v, c.base) {
			return nil, api.Errorf(api.Malformed, "not a path: %s", clean(path))
		}
		u = v
	}
	if len(query) > 0 {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += query.Encode()
	}
	return u, nil
}

// op names a request for errors and logs: its path within the account.
func (c *Client) op(method string, u *url.URL) string {
	return method + " " + clean(strings.TrimPrefix(u.Path, c.base.Path))
}
