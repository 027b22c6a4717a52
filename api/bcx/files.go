package bcx

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"basecampfs/api"
)

// Open reads the bytes of a file. An address at one of the service's other
// hosts is asked for at the account's own, which is the only one that gets the
// token. A file that lies at another service is a link to it.
func (a *Account) Open(ctx context.Context, f api.File) (io.ReadCloser, error) {
	if f.ContentType == shortcut {
		return io.NopCloser(strings.NewReader(shortcutText(f.URL))), nil
	}
	path, err := a.ownPath(f.URL)
	if err != nil {
		return nil, err
	}
	body, _, err := a.c.Download(ctx, path)
	return body, err
}

// ownPath turns the address of a file into a path of the account.
func (a *Account) ownPath(address string) (string, error) {
	u, err := url.Parse(address)
	base, _ := url.Parse(a.Info().Href) // New has parsed it
	if err != nil || u.Host == "" {
		return "", api.Errorf(api.NotFound, "the service does not say where the bytes of this file are")
	}
	if rest, ok := strings.CutPrefix(u.EscapedPath(), strings.TrimRight(base.EscapedPath(), "/")+"/"); ok {
		if u.RawQuery != "" {
			rest += "?" + u.RawQuery
		}
		return "/" + rest, nil
	}
	if _, err := a.c.URL(address, nil); err != nil {
		return "", err // neither the account's path nor its host
	}
	return address, nil
}

// Upload stores bytes until a record is created with the token. Basecamp 2
// takes a name only then, and refuses one without an extension: that is found
// out here, before the bytes are sent.
func (a *Account) Upload(ctx context.Context, name, contentType string, size int64, body io.Reader) (string, error) {
	if err := hasExtension(name); err != nil {
		return "", err
	}
	ans, err := a.c.Upload(ctx, "/attachments.json", nil, contentType, size, body)
	if err != nil {
		return "", err
	}
	var out struct {
		Token string `json:"token"`
	}
	if json.Unmarshal(ans.Body, &out) != nil || out.Token == "" {
		return "", &api.Error{Code: api.Malformed, Op: "POST /attachments.json", Message: "the service stored the file but named no token for it"}
	}
	return out.Token, nil
}
