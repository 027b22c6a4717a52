package product

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

// StoragePath is where stored bytes are served, whatever the account.
const StoragePath = "/blobs/"

// signedFor is how long a signed URL works.
const signedFor = 5 * time.Minute

// Files holds the bytes of attachments and serves them at signed URLs, apart
// from every API: no token is wanted there, and one that is sent is refused,
// as the vendor's storage does. It is safe for concurrent use.
type Files struct {
	// Origin is where signed URLs point, no slash at its end. Empty means the
	// origin of the request.
	Origin string
	// Now tells when signatures end.
	Now func() time.Time

	mu    sync.RWMutex
	blobs map[string]Blob
}

// Blob is a stored file.
type Blob struct {
	Key         string
	Name        string
	ContentType string
	Data        []byte
}

// Put stores b under b.Key. Data must not change afterwards.
func (f *Files) Put(b Blob) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.blobs == nil {
		f.blobs = map[string]Blob{}
	}
	f.blobs[b.Key] = b
}

// Get returns the blob stored under key.
func (f *Files) Get(key string) (Blob, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	b, ok := f.blobs[key]
	return b, ok
}

// Redirect answers 302 to a signed URL of the blob, or 404.
func (f *Files) Redirect(w http.ResponseWriter, r *http.Request, key string) {
	b, ok := f.Get(key)
	if !ok {
		Error(w, http.StatusNotFound, "")
		return
	}
	origin := f.Origin
	if origin == "" {
		origin = CallOf(r).Origin
	}
	end := strconv.FormatInt(f.Now().Add(signedFor).Unix(), 10)
	q := url.Values{"expires": {end}, "signature": {sign(key, end)}, "filename": {b.Name}}
	http.Redirect(w, r, origin+StoragePath+url.PathEscape(key)+"?"+q.Encode(), http.StatusFound)
}

// ServeHTTP serves a signed URL.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		Error(w, http.StatusMethodNotAllowed, "")
		return
	}
	if r.Header.Get("Authorization") != "" {
		http.Error(w, "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>", http.StatusBadRequest)
		return
	}
	key, q := strings.TrimPrefix(r.URL.Path, StoragePath), r.URL.Query()
	end, err := strconv.ParseInt(q.Get("expires"), 10, 64)
	if err != nil || !hmac.Equal([]byte(q.Get("signature")), []byte(sign(key, q.Get("expires")))) || f.Now().Unix() > end {
		http.Error(w, "<Error><Code>AccessDenied</Code></Error>", http.StatusForbidden)
		return
	}
	b, ok := f.Get(key)
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", b.ContentType)
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename*=UTF-8''%s", url.PathEscape(path.Base(b.Name))))
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Data))
}

// sign need not resist anyone: it makes a URL that was not handed out, or was
// changed on its way, fail.
func sign(key, end string) string {
	m := hmac.New(sha256.New, []byte("simulated storage"))
	m.Write([]byte(key + "\n" + end))
	return hex.EncodeToString(m.Sum(nil))
}
