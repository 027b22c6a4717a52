package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"basecampfs/api"
)

// maxPages is where a listing is taken for an endless one.
const maxPages = 100_000

// Follow reads a listing whose pages are chained by Link headers, and calls
// page with each. It returns nil only after the last one. A next page outside
// the account's own host, or one that was already read, is Malformed: the token
// must not go there, and the listing would not end. An error from page ends
// the listing and is returned as it is.
func (c *Client) Follow(ctx context.Context, path string, query url.Values, page func(Page) error) error {
	u, err := c.URL(path, query)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for {
		seen[u.String()] = true
		p, err := c.Get(ctx, u.String(), nil)
		if err != nil {
			return err
		}
		if err := page(p); err != nil {
			return err
		}
		if p.Next == "" {
			return nil
		}
		next, err := u.Parse(p.Next)
		if err != nil || !sameOrigin(next, c.base) {
			return &api.Error{Code: api.Malformed, Op: c.op("GET", u),
				Message: "refused a next page outside the account's own host: " + clean(withoutQuery(p.Next))}
		}
		next.User, next.Fragment = nil, ""
		if seen[next.String()] || len(seen) >= maxPages {
			return &api.Error{Code: api.Malformed, Op: c.op("GET", u), Message: "the pages of the listing go round in a circle"}
		}
		u = next
	}
}

// Numbered reads a listing whose pages are asked for by number, ?page=1 and on,
// until an empty one, as Basecamp 2 has them. A page that begins with the same
// element as the one before it ends the listing too: that is how a service
// answers that takes no page number.
func (c *Client) Numbered(ctx context.Context, path string, query url.Values, page func(Page) error) error {
	var first []byte
	for n := 1; n <= maxPages; n++ {
		q := url.Values{}
		for k, v := range query {
			q[k] = v
		}
		q.Set("page", strconv.Itoa(n))
		p, err := c.Get(ctx, path, q)
		if err != nil {
			return err
		}
		head, err := firstID(p.Body)
		if err != nil {
			u, _ := c.URL(path, nil)
			return &api.Error{Code: api.Malformed, Op: c.op("GET", u), Message: "the answer is not a list"}
		}
		if head == nil || (first != nil && bytes.Equal(head, first)) {
			return nil
		}
		if first == nil {
			first = head
		}
		if err := page(p); err != nil {
			return err
		}
	}
	return api.Errorf(api.Malformed, "the listing does not end")
}

// firstID returns what tells the first element of an array from others, its id
// where it has one; nil for an empty array.
func firstID(body []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	t, err := d.Token()
	if err != nil || t != json.Delim('[') {
		return nil, api.Errorf(api.Malformed, "not a list")
	}
	if !d.More() {
		return nil, nil
	}
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return nil, err
	}
	var e struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(raw, &e) == nil && len(e.ID) > 0 {
		return e.ID, nil
	}
	return raw, nil
}

// Elements cuts a JSON array into its elements, byte for byte, each in memory
// of its own so that the page can be freed. An answer that is no array is
// Malformed.
func Elements(body []byte) ([]json.RawMessage, error) {
	var e []json.RawMessage
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '[' {
		return nil, api.Errorf(api.Malformed, "the answer is not a list")
	}
	if err := json.Unmarshal(body, &e); err != nil {
		return nil, &api.Error{Code: api.Malformed, Message: "the answer is not a list", Err: err}
	}
	return e, nil
}
