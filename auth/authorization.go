package auth

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Authorization is who signed in, and to which accounts.
type Authorization struct {
	// Identity is Launchpad's. It is never a person in an account.
	Identity  Identity  `json:"identity"`
	ExpiresAt time.Time `json:"expires_at,omitzero"` // by the server's clock
	Accounts  []Account `json:"accounts"`
}

// Identity is someone who can sign in. Newer servers tell the ID alone.
type Identity struct {
	ID        int64  `json:"id"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Email     string `json:"email_address,omitempty"`
}

// Name returns what to call the identity.
func (i Identity) Name() string {
	if n := strings.TrimSpace(i.FirstName + " " + i.LastName); n != "" {
		return Plain(n)
	}
	if i.Email != "" {
		return Plain(i.Email)
	}
	return fmt.Sprintf("identity %d", i.ID)
}

// Account is one account of an identity.
type Account struct {
	Product  string `json:"product"`
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	Href     string `json:"href"`     // the base URL of its API
	AppHref  string `json:"app_href"` // where a browser finds it
	Resource string `json:"resource,omitempty"`
}

// The products that are known by name.
const (
	Basecamp3 = "bc3" // and later
	Basecamp2 = "bcx"
	Classic   = "basecamp"
)

var productNames = map[string]string{
	Basecamp3: "Basecamp", Basecamp2: "Basecamp 2", Classic: "Basecamp Classic",
	"highrise": "Highrise", "backpack": "Backpack", "campfire": "Campfire",
}

// ProductName returns what a person calls a product.
func ProductName(code string) string {
	if n := productNames[code]; n != "" {
		return n
	}
	if code == "" {
		return "a product with no name"
	}
	return fmt.Sprintf("the product %q", Plain(code))
}

// Passed returns why an account cannot be mounted; "" where it can.
func (a Account) Passed() string {
	switch a.Product {
	case Basecamp3, Basecamp2:
	case Classic, "highrise", "backpack", "campfire":
		return ProductName(a.Product) + " accounts cannot be mounted: only Basecamp 2 and Basecamp 3 or later can"
	default:
		return ProductName(a.Product) + " is not known to this version of basecampfs"
	}
	if err := checkURL(a.Href); err != nil {
		return "its address cannot be used: " + err.Error()
	}
	return ""
}

// Authorization asks the sign-in server who signed in and to which accounts.
func (s *Session) Authorization(ctx context.Context) (*Authorization, error) {
	c, err := s.Credential(ctx)
	if err != nil {
		return nil, err
	}
	if c.Kind != OAuth {
		return &Authorization{Identity: Identity{ID: c.identity(), Email: c.User}, Accounts: []Account{c.account()}}, nil
	}
	a, status, err := s.authorization(ctx, c, s.authorizationURL(c))
	if err == nil && status == http.StatusUnauthorized && c.AuthorizationURL == "" && s.c.API != "" {
		// A token that came from outside may be one of Basecamp itself, which
		// Launchpad does not know.
		if b, st, e := s.authorization(ctx, c, s.c.API+"/authorization.json"); e == nil && st == http.StatusOK {
			return b, nil
		}
	}
	if err == nil && status == http.StatusUnauthorized {
		if _, err = s.Unauthorized(ctx, c.Secret()); err != nil {
			return nil, err
		}
		if c, err = s.Credential(ctx); err != nil {
			return nil, err
		}
		a, status, err = s.authorization(ctx, c, s.authorizationURL(c))
	}
	switch {
	case err != nil:
		return nil, err
	case status == http.StatusUnauthorized:
		return nil, s.ended("Basecamp does not accept the token")
	case status == http.StatusForbidden:
		return nil, s.ended("Basecamp does not let this token see its accounts")
	case status == http.StatusTooManyRequests || status >= 500:
		return nil, Errorf(Unreachable, "try again later", "the sign-in server answered %d", status)
	case status != http.StatusOK:
		return nil, Errorf(Malformed, "check BASECAMPFS_LAUNCHPAD_URL", "the sign-in server answered %d to the list of accounts", status)
	}
	return a, nil
}

// identity stands for whom Launchpad was not asked about: it differs for each
// user and account, and is negative, as no ID of Launchpad's is.
func (c *Credential) identity() int64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%s", c.Href, c.User)
	return -int64(h.Sum64()>>1) - 1
}

// account is the only account that a user and a password reach.
func (c *Credential) account() Account {
	a := Account{Product: c.Product, ID: c.Account, Href: c.Href, Name: fmt.Sprintf("%s %d", ProductName(c.Product), c.Account)}
	if c.Account == 0 {
		// The Classic products name an account by its host alone.
		a.Name = strings.TrimPrefix(c.Href, "https://")
	}
	return a
}

func (s *Session) authorizationURL(c *Credential) string {
	if c.AuthorizationURL != "" {
		return c.AuthorizationURL
	}
	return launchpad(s.c.Launchpad).AuthorizationURL
}

func (s *Session) authorization(ctx context.Context, c *Credential, u string) (*Authorization, int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return nil, 0, requestError("asking for the accounts", err)
	}
	if err := CheckURL(req.URL); err != nil {
		return nil, 0, err
	}
	req.Header.Set("Accept", "application/json")
	c.apply(req)
	resp, err := still(s.c.HTTP).Do(req)
	if err != nil {
		return nil, 0, requestError("asking for the accounts", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, resp.StatusCode, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, 0, requestError("asking for the accounts", err)
	}
	a, err := parseAuthorization(body)
	return a, resp.StatusCode, err
}

// parseAuthorization reads either of the two documents that list accounts:
// Launchpad's, and the one of Basecamp itself, whose accounts have a resource
// in place of a product and which older servers give an expires_at in seconds.
func parseAuthorization(body []byte) (*Authorization, error) {
	var raw struct {
		Identity  Identity        `json:"identity"`
		ExpiresAt json.RawMessage `json:"expires_at"`
		Accounts  []Account       `json:"accounts"`
	}
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, Errorf(Malformed, "try again later", "the list of accounts cannot be read").Because(err)
	}
	a := &Authorization{Identity: raw.Identity, Accounts: raw.Accounts}
	text := strings.Trim(string(raw.ExpiresAt), `"`)
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		a.ExpiresAt = t
	} else if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		a.ExpiresAt = time.Unix(n, 0)
	}
	for i := range a.Accounts {
		acc := &a.Accounts[i]
		acc.Href = strings.TrimRight(acc.Href, "/")
		if acc.Product == "" && strings.HasPrefix(acc.Resource, "urn:bc:account:") {
			acc.Product = Basecamp3
		}
	}
	return a, nil
}
