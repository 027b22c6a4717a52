package bc3

import (
	"context"
	"encoding/json"
	"io"
	"net/url"

	"basecampfs/api"
)

// Open reads the bytes of a file. Its address may name a storage host that only
// a browser may use; the API's own host answers the same path with a redirect
// to a signed address.
func (a *Account) Open(ctx context.Context, f api.File) (io.ReadCloser, error) {
	u, err := url.Parse(f.URL)
	if f.URL == "" || err != nil || u.Path == "" {
		return nil, &api.Error{Code: api.NotFound, Message: "Basecamp gives no address for the bytes of this file"}
	}
	base, err := url.Parse(a.c.Info().Href)
	if err != nil {
		return nil, err
	}
	u.Scheme, u.Host, u.User, u.Fragment = base.Scheme, base.Host, nil, ""
	body, _, err := a.c.Download(ctx, u.String())
	return body, err
}

// Upload stores bytes and returns the sgid with which one upload, or one
// attachment in a text, can be made.
func (a *Account) Upload(ctx context.Context, name, contentType string, size int64, body io.Reader) (string, error) {
	ans, err := a.c.Upload(ctx, "/attachments.json", url.Values{"name": {name}}, contentType, size, body)
	if err != nil {
		return "", err
	}
	var got struct {
		SGID string `json:"attachable_sgid"`
	}
	if err := json.Unmarshal(ans.Body, &got); err != nil || got.SGID == "" {
		return "", &api.Error{Code: api.Malformed, Op: "POST /attachments.json", Message: "the answer names no attachment", Err: err}
	}
	return got.SGID, nil
}
