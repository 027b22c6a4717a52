package bc3

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// params is the JSON object of a request body.
type params map[string]json.RawMessage

// parse reads the body into c.in. As in Rails, the fields may be wrapped in
// an object that is named after the resource. It returns a 400 for a body
// that is no JSON object; no body at all is an empty one.
func (c *call) parse(wrap string) (answer, bool) {
	c.in = params{}
	if len(bytes.TrimSpace(c.body)) == 0 {
		return answer{}, true
	}
	if err := json.Unmarshal(c.body, &c.in); err != nil || c.in == nil {
		return fail(http.StatusBadRequest, "There was a problem in the JSON you submitted"), false
	}
	if raw, ok := c.in[wrap]; ok {
		var in params
		if json.Unmarshal(raw, &in) == nil && in != nil {
			delete(c.in, wrap)
			for k, v := range in {
				c.in[k] = v
			}
		}
	}
	return answer{}, true
}

func (p params) has(k string) bool { _, ok := p[k]; return ok }

// str returns a string, or "" for null, a missing key or another type; a
// number is taken as its digits.
func (p params) str(k string) string {
	var s string
	if json.Unmarshal(p[k], &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(p[k], &n) == nil {
		return n.String()
	}
	return ""
}

func (p params) bool(k string) bool {
	var b bool
	if json.Unmarshal(p[k], &b) == nil {
		return b
	}
	return p.str(k) == "true" || p.str(k) == "1"
}

// int returns a whole number and whether there is one.
func (p params) int(k string) (int64, bool) {
	n, err := strconv.ParseInt(p.str(k), 10, 64)
	return n, err == nil
}

// ids returns an array of ids, of numbers or strings, or a comma separated
// list of them.
func (p params) ids(k string) []int64 {
	var l []json.RawMessage
	var out []int64
	if json.Unmarshal(p[k], &l) != nil {
		for f := range strings.SplitSeq(p.str(k), ",") {
			if n, err := strconv.ParseInt(strings.TrimSpace(f), 10, 64); err == nil {
				out = append(out, n)
			}
		}
		return out
	}
	for _, raw := range l {
		if n, err := strconv.ParseInt(strings.Trim(string(raw), `"`), 10, 64); err == nil {
			out = append(out, n)
		}
	}
	return out
}

// people returns the people with the given ids; ids of nobody are passed over.
func (c *call) people(k string) []*person {
	var out []*person
	for _, id := range c.in.ids(k) {
		if p := c.s.personByID[id]; p != nil && !contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func contains(ps []*person, p *person) bool {
	for _, q := range ps {
		if p == q {
			return true
		}
	}
	return false
}

// date returns a date as 2006-01-02, or "" for none. A time is cut to its
// date; anything else is none, as Rails casts it.
func (p params) date(k string) string {
	s := p.str(k)
	if len(s) > 10 {
		s = s[:10]
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return ""
	}
	return s
}

// plain is a title as the API keeps it: text, without spaces around it.
func (p params) plain(k string) string { return strings.TrimSpace(p.str(k)) }
