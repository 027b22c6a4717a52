package product

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
)

// JSON encodes v as the API does: UTF-8, with <, > and & as they are.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Write answers with a JSON body and validators. The ETag is weak and comes
// from the body; Last-Modified is sent where modified is not zero. A GET whose
// validators still hold is answered 304 without a body.
func Write(w http.ResponseWriter, r *http.Request, status int, body []byte, modified time.Time) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "max-age=0, private, must-revalidate")
	if status == http.StatusOK && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		etag := `W/"` + strconv.FormatUint(xxhash.Sum64(body), 16) + `"`
		h.Set("ETag", etag)
		if !modified.IsZero() {
			h.Set("Last-Modified", modified.UTC().Format(http.TimeFormat))
		}
		if fresh(r, etag, modified) {
			h.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body)
}

// fresh applies RFC 9110, section 13.2.2: If-None-Match decides where it is
// present, If-Modified-Since otherwise.
func fresh(r *http.Request, etag string, modified time.Time) bool {
	if inm := r.Header.Values("If-None-Match"); len(inm) > 0 {
		for t := range strings.SplitSeq(strings.Join(inm, ","), ",") {
			t = strings.TrimSpace(t)
			if t == "*" || strings.TrimPrefix(t, "W/") == strings.TrimPrefix(etag, "W/") {
				return true
			}
		}
		return false
	}
	if since, err := http.ParseTime(r.Header.Get("If-Modified-Since")); err == nil && !modified.IsZero() {
		return !modified.Truncate(time.Second).After(since)
	}
	return false
}

// Encode is Write of v as JSON.
func Encode(w http.ResponseWriter, r *http.Request, status int, v any, modified time.Time) {
	b, err := JSON(v)
	if err != nil {
		Error(w, http.StatusInternalServerError, err.Error())
		return
	}
	Write(w, r, status, b, modified)
}

// MustJSON is JSON for what always can be encoded.
func MustJSON(v any) []byte {
	b, err := JSON(v)
	if err != nil {
		panic(err)
	}
	return b
}

// Error answers with a status and {"status":…,"error":…}, the form of the
// API's own errors. An empty message sends no body at all.
func Error(w http.ResponseWriter, status int, message string) {
	if message == "" {
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(status)
		return
	}
	b := MustJSON(struct {
		Status int    `json:"status"`
		Error  string `json:"error"`
	}{status, message})
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b)
}
