package transport

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"basecampfs/api"

	"github.com/peterhellberg/link"
)

// Get reads one JSON document. A stored page of it is revalidated, and returned
// where the service answers 304.
func (c *Client) Get(ctx context.Context, path string, query url.Values) (Page, error) {
	u, err := c.URL(path, query)
	if err != nil {
		return Page{}, err
	}
	key := c.key(u)
	old, stored := c.t.cfg.Pages.Get(key)
	p, err := c.get(ctx, u, key, old, stored)
	if err == nil && p.NotModified && p.Total != old.Total && p.Next == old.Next {
		// The page is the same and the listing is not. Where the answer does
		// not say what follows now, only a whole one does.
		c.log(2, "%s: unchanged page of a changed list, reading it again", c.op("GET", u))
		p, err = c.get(ctx, u, key, Page{}, false)
	}
	return p, err
}

// key is under what a page is stored: what one identity sees at one address.
func (c *Client) key(u *url.URL) string { return c.t.cfg.Identity + " " + u.String() }

func (c *Client) get(ctx context.Context, u *url.URL, key string, old Page, stored bool) (Page, error) {
	h := http.Header{"Accept": {"application/json"}}
	if stored && old.ETag != "" {
		h.Set("If-None-Match", old.ETag)
	}
	if stored && old.LastModified != "" {
		h.Set("If-Modified-Since", old.LastModified)
	}
	r := request{method: http.MethodGet, url: u, header: h, repeat: true, follow: true}
	a, err := c.do(ctx, &r)
	if err != nil {
		return Page{}, err
	}
	if a.Status == http.StatusNotModified {
		if !stored {
			return Page{}, c.fail(&r, a, api.Malformed, "the service answered 304 to an unconditional request")
		}
		c.t.stats.notModified.Add(1)
		old.NotModified = true
		if next := nextLink(a.Header); next != "" {
			old.Next = next
		}
		if n := total(a.Header); n >= 0 {
			old.Total, old.Counted = n, true
		}
		old.Date = clock(a.Header)
		return old, nil
	}
	if !json.Valid(a.Body) {
		return Page{}, c.fail(&r, a, api.Malformed, "the answer is not JSON")
	}
	p := Page{
		ETag:         a.Header.Get("ETag"),
		LastModified: a.Header.Get("Last-Modified"),
		Next:         nextLink(a.Header),
		Total:        total(a.Header),
		Body:         a.Body,
	}
	if p.ETag != "" || p.LastModified != "" {
		c.t.cfg.Pages.Put(key, p)
	}
	p.Counted, p.Date = p.Total >= 0, clock(a.Header)
	return p, nil
}

func clock(h http.Header) time.Time {
	t, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}

func nextLink(h http.Header) string {
	if l := link.ParseHeader(h)["next"]; l != nil {
		return l.URI
	}
	return ""
}

func total(h http.Header) int {
	n, err := strconv.Atoi(h.Get("X-Total-Count"))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// Request is one that changes something.
type Request struct {
	Method string
	Path   string
	Query  url.Values
	// Body is marshalled as JSON; nil sends none.
	Body any
	// Repeatable is whether a POST may be sent again when its answer was
	// lost, since doing it twice is doing it once. PUT and DELETE are by
	// nature; a POST that creates is sent once, and a lost answer of one is an
	// error with Code Unknown.
	Repeatable bool
}

// Answer is what the service answered to a Request.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends a request that changes something.
func (c *Client) Do(ctx context.Context, q Request) (*Answer, error) {
	u, err := c.URL(q.Path, q.Query)
	if err != nil {
		return nil, err
	}
	r := request{
		method: q.Method, url: u,
		header: http.Header{"Accept": {"application/json"}, "Content-Type": {"application/json; charset=utf-8"}},
		repeat: q.Method != http.MethodPost || q.Repeatable,
		create: q.Method == http.MethodPost && !q.Repeatable,
	}
	if q.Body != nil {
		b, err := marshal(q.Body)
		if err != nil {
			return nil, &api.Error{Code: api.Invalid, Op: c.op(q.Method, u), Message: "the content cannot be sent as JSON", Err: err}
		}
		r.payload = b
		r.length = int64(len(b))
		r.body = func() (io.Reader, error) { return bytes.NewReader(b), nil }
	}
	return c.do(ctx, &r)
}

// marshal writes JSON without escaping HTML, which is most of what is sent.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
