// Package redact covers secrets in whatever is written for people to read.
//
// It works in two ways at once. What is known to be a secret, because
// somebody registered it, is covered wherever it stands, in each of the
// spellings that it takes in a request. What merely looks like one, by the
// name of its header, parameter or field, is covered whether it is known or
// not.
package redact

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
)

// Mark is what stands in place of a secret.
const Mark = "[redacted]"

// shortest is the length in bytes below which a registered secret is not
// searched for by itself: covering every "abc" would leave no log to read.
// Its place in a header, URL or body still covers it.
const shortest = 5

var (
	mu       sync.Mutex
	known    = map[string]bool{}
	replacer atomic.Pointer[strings.Replacer]
)

// Register adds secrets to those that are covered from now on. It is safe for
// concurrent use; empty ones and repeats cost nothing.
func Register(secrets ...string) {
	mu.Lock()
	defer mu.Unlock()
	added := false
	for _, s := range secrets {
		for _, form := range forms(s) {
			if len(form) >= shortest && !known[form] {
				known[form] = true
				added = true
			}
		}
	}
	if !added {
		return
	}
	// The longest first, so that no secret is cut by another inside it.
	all := make([]string, 0, len(known))
	for s := range known {
		all = append(all, s)
	}
	sort.Slice(all, func(i, j int) bool {
		if len(all[i]) != len(all[j]) {
			return len(all[i]) > len(all[j])
		}
		return all[i] < all[j]
	})
	pairs := make([]string, 0, 2*len(all))
	for _, s := range all {
		pairs = append(pairs, s, Mark)
	}
	replacer.Store(strings.NewReplacer(pairs...))
}

// forms returns the spellings in which a secret travels.
func forms(s string) []string {
	if s == "" {
		return nil
	}
	out := []string{s, url.QueryEscape(s), url.PathEscape(s), base64.StdEncoding.EncodeToString([]byte(s))}
	if q, err := json.Marshal(s); err == nil {
		out = append(out, strings.Trim(string(q), `"`))
	}
	return out
}

// Text covers secrets in free text.
func Text(s string) string {
	// What is known goes first: a pattern could cut it in two.
	return patterns(Known(s))
}

// Known covers registered secrets alone.
func Known(s string) string {
	if r := replacer.Load(); r != nil {
		return r.Replace(s)
	}
	return s
}
