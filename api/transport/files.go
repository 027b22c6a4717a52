package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"basecampfs/api"
)

// maxHops is how many redirects a download may take.
const maxHops = 5

// Download reads the bytes of a file from a path of the account or a URL of
// its origin. The service redirects to a signed URL, most often of another
// host, which gets no Authorization header. The reader's errors are *api.Error; size
// is in bytes, or -1 where the service does not say. The caller closes it.
func (c *Client) Download(ctx context.Context, path string) (body io.ReadCloser, size int64, err error) {
	u, err := c.URL(path, nil)
	if err != nil {
		return nil, -1, err
	}
	for hop := range maxHops {
		// What the service redirects to is signed. Storage refuses a request
		// that has an Authorization header as well.
		r := request{method: http.MethodGet, url: u, repeat: true, stream: true, bare: hop > 0,
			// The length of what arrives must be that of the file.
			header: http.Header{"Accept": {"*/*"}, "Accept-Encoding": {"identity"}}}
		a, err := c.attempt(ctx, &r)
		if err != nil {
			return nil, -1, err
		}
		if !isRedirect(a.Status) {
			return &fileBody{c: c, ctx: ctx, r: &r, body: a.stream}, length(a.Header), nil
		}
		a.stream.Close()
		to, err := u.Parse(a.Header.Get("Location"))
		if err != nil || a.Header.Get("Location") == "" || !secure(to) || (loopback(to) && !loopback(c.base)) {
			return nil, -1, c.fail(&r, &a.Answer, api.Malformed, "refused a redirect to an address that is not safe")
		}
		to.User, to.Fragment = nil, ""
		u = to
	}
	return nil, -1, &api.Error{Code: api.Malformed, Op: c.op("GET", u), Message: "too many redirects"}
}

func length(h http.Header) int64 {
	n, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// fileBody explains what goes wrong while a file is read.
type fileBody struct {
	c    *Client
	ctx  context.Context
	r    *request
	body io.ReadCloser
}

func (f *fileBody) Read(p []byte) (int, error) {
	n, err := f.body.Read(p)
	if err != nil && err != io.EOF {
		e := f.c.explain(f.ctx, f.r, err)
		f.c.t.stats.failed(e, f.c.t.cfg.Now())
		err = e
	}
	return n, err
}

func (f *fileBody) Close() error { return f.body.Close() }

// Upload sends bytes, size of them, as the body of a POST. A body that is an
// io.Seeker can be sent again after a fault, since bytes that are stored and
// used by nothing do no harm; another one is sent once.
func (c *Client) Upload(ctx context.Context, path string, query url.Values, contentType string, size int64, body io.Reader) (*Answer, error) {
	u, err := c.URL(path, query)
	if err != nil {
		return nil, err
	}
	if size < 0 {
		return nil, &api.Error{Code: api.Invalid, Op: c.op("POST", u), Message: "the size of a file must be known before it is sent"}
	}
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	r := request{method: http.MethodPost, url: u, length: size,
		header: http.Header{"Accept": {"application/json"}, "Content-Type": {contentType}},
		body:   func() (io.Reader, error) { return body, nil }}
	if s, ok := body.(io.Seeker); ok {
		start, err := s.Seek(0, io.SeekCurrent)
		if err == nil {
			r.repeat = true
			r.body = func() (io.Reader, error) {
				if _, err := s.Seek(start, io.SeekStart); err != nil {
					return nil, errors.Join(errors.New("cannot read the file again"), err)
				}
				return body, nil
			}
		}
	}
	return c.do(ctx, &r)
}
