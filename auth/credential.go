package auth

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"basecampfs/auth/redact"
)

// Kind is how a Credential proves who it belongs to.
type Kind string

// The kinds.
const (
	OAuth    Kind = "oauth"     // an access token, usually with a refresh token
	Basic    Kind = "basic"     // a user and a password; Basecamp 2 only
	APIToken Kind = "api-token" // of the Classic products: the token as user, "X" as password
)

// Credential is one sign-in, as it is kept. It is never changed once shared:
// a refresh makes a new one.
type Credential struct {
	Kind Kind `json:"kind"`

	// OAuth. Expiry is by this machine's clock and zero where unknown.
	AccessToken  string    `json:"access_token,omitempty"`
	RefreshToken string    `json:"refresh_token,omitempty"`
	Obtained     time.Time `json:"obtained,omitzero"`
	Expiry       time.Time `json:"expiry,omitzero"`

	// With what, and where, the access token is refreshed. A secret that was
	// built into the program is not kept again.
	ClientID     string `json:"client_id,omitempty"`
	ClientSecret string `json:"client_secret,omitempty"`
	TokenURL     string `json:"token_url,omitempty"`
	Resource     string `json:"resource,omitempty"` // RFC 8707; echoed on refresh

	// AuthorizationURL answers who signed in and to which accounts.
	AuthorizationURL string `json:"authorization_url,omitempty"`

	// Basic and APIToken. Href is the base URL of the one account.
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	Product  string `json:"product,omitempty"`
	Account  int64  `json:"account,omitempty"`
	Href     string `json:"href,omitempty"`

	// Flow is how it was signed in, for the hint on how to do it again.
	Flow Flow `json:"flow,omitempty"`
}

// Flow names a way of signing in.
type Flow string

// The flows.
const (
	FlowBrowser Flow = "browser"
	FlowDevice  Flow = "device"
	FlowToken   Flow = "token"
	FlowBasic   Flow = "basic"
	FlowAPI     Flow = "api-token"
	FlowEnv     Flow = "environment"
)

// Secret returns what proves the identity: the access token, or the encoded
// user and password.
func (c *Credential) Secret() string {
	switch c.Kind {
	case Basic:
		return base64.StdEncoding.EncodeToString([]byte(c.User + ":" + c.Password))
	case APIToken:
		return base64.StdEncoding.EncodeToString([]byte(c.Password + ":X"))
	default:
		return c.AccessToken
	}
}

// header returns the value of the Authorization header.
func (c *Credential) header() string {
	if c.Kind == OAuth {
		return "Bearer " + c.Secret()
	}
	return "Basic " + c.Secret()
}

// Register makes the secrets of c known to package redact. Stores call it for
// whatever they load or save.
func (c *Credential) Register() {
	redact.Register(c.AccessToken, c.RefreshToken, c.ClientSecret, c.Password)
	if c.Kind != OAuth {
		redact.Register(c.Secret())
	}
}

// Check returns an Error where c cannot be a sign-in.
func (c *Credential) Check() error {
	ok := false
	switch c.Kind {
	case OAuth:
		ok = c.AccessToken != "" || c.RefreshToken != ""
	case Basic, APIToken:
		ok = c.Password != ""
	}
	if !ok {
		return Errorf(Malformed, "sign in again: basecampfs auth login", "the stored sign-in (kind %q) is incomplete", Plain(string(c.Kind)))
	}
	if c.Kind == Basic && c.Product != Basecamp2 {
		return NotBasic(c.Product)
	}
	for _, s := range []string{c.AccessToken, c.RefreshToken} {
		if !headerSafe(s) {
			return Errorf(Malformed, "pass the token alone, with no quotes, spaces or line breaks", "the token holds a character that no token has")
		}
	}
	return nil
}

// NotBasic is the refusal of a user and a password for anything else than
// Basecamp 2.
func NotBasic(product string) *Error {
	return Errorf(Unsupported, "sign in with OAuth: basecampfs auth login",
		"%s takes no user and password; only Basecamp 2 does", ProductName(product))
}

// headerSafe says whether s is made of the characters of a token (RFC 6750,
// visible ASCII) so that it cannot end a header line.
func headerSafe(s string) bool {
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return true
}

// lead is how long before its expiry a token is refreshed: a tenth of its
// life, five minutes at most. Zero where no expiry is known.
func (c *Credential) lead() time.Duration {
	if c.Expiry.IsZero() {
		return 0
	}
	return min(max(c.Expiry.Sub(c.Obtained)/10, 0), 5*time.Minute)
}

// due says whether c should be refreshed by now.
func (c *Credential) due(now time.Time) bool {
	if c.Kind != OAuth {
		return false
	}
	return c.AccessToken == "" || (!c.Expiry.IsZero() && !now.Before(c.Expiry.Add(-c.lead())))
}

// String never tells a secret, so that a stray %v cannot.
func (c *Credential) String() string { return fmt.Sprintf("credential(%s)", c.Kind) }

// GoString is String, for %#v.
func (c *Credential) GoString() string { return c.String() }

// apply signs a request.
func (c *Credential) apply(r *http.Request) { r.Header.Set("Authorization", c.header()) }
