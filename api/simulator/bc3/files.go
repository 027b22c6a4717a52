package bc3

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif" // sizes of images
	_ "image/jpeg"
	_ "image/png"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"basecampfs/api/simulator/product"

	"github.com/cespare/xxhash/v2"
)

// storageHost serves files to browsers that are signed in, and to nobody
// else: a name that never resolves, so that whoever follows such a link as it
// is, or sends a token there, fails at once.
const storageHost = "https://storage.basecamp.invalid"

const previewHost = "https://preview.basecamp.invalid"

// attachment is a stored file.
type attachment struct {
	id            int64
	key           string
	name          string
	contentType   string
	size          int
	width, height int
	usedBy        int64 // the recording that it became part of; 0 for none
}

func (f *attachment) sgid() string { return sgid("Attachment", f.id, "attachable") }

func (f *attachment) previewable() bool {
	return strings.HasPrefix(f.contentType, "image/")
}

var fileRoutes = map[string]func(*call) answer{
	"POST /attachments":              createAttachment,
	"GET /blobs/{s}/download/{s}":    downloadBlob,
	"GET /blobs/{s}/previews/{s}":    downloadBlob,
	"GET /uploads/{id}/download/{s}": downloadUpload,
}

func createAttachment(c *call) answer {
	name := c.r.URL.Query().Get("name")
	if name == "" {
		return fail(http.StatusBadRequest, "param is missing or the value is empty: name")
	}
	if c.s.env.Full() {
		return fail(http.StatusInsufficientStorage, "The storage limit for this account has been reached.")
	}
	f := c.s.store(c.s.ids.Next(), name, c.r.Header.Get("Content-Type"), c.body)
	a := c.object(func(w *writer) {
		w.int("id", f.id)
		w.str("attachable_sgid", f.sgid())
		w.str("sgid", f.sgid())
		w.url("status_url", "/attachments/", f.sgid(), ".json")
		w.null("caption")
		w.int("byte_size", int64(f.size))
		w.str("content_type", f.contentType)
		f.dimensions(w)
		w.str("key", f.key)
		w.str("filename", f.name)
		f.urls(w)
	})
	a.status = http.StatusCreated
	return a
}

// store keeps the bytes of a file and what is known of it.
func (s *state) store(id int64, name, contentType string, data []byte) *attachment {
	if t, _, err := mime.ParseMediaType(contentType); err == nil {
		contentType = t
	} else {
		contentType = "application/octet-stream"
	}
	h := xxhash.Sum64(data)
	f := &attachment{id: id, name: name, contentType: contentType, size: len(data),
		key: hex.EncodeToString(fmt.Appendf(nil, "%04x", uint16(id))) + fmt.Sprintf("%016x%016x", h, xxhash.Sum64String(fmt.Sprint(id, name)))}
	if cfg, _, err := image.DecodeConfig(bytes.NewReader(data)); err == nil {
		f.width, f.height = cfg.Width, cfg.Height
	}
	s.env.Files.Put(product.Blob{Key: f.key, Name: name, ContentType: contentType, Data: data})
	s.attachments[f.sgid()] = f
	s.blobs[f.key] = f
	return f
}

func (f *attachment) dimensions(w *writer) {
	if f.width == 0 {
		w.null("width")
		w.null("height")
		return
	}
	w.int("width", int64(f.width))
	w.int("height", int64(f.height))
}

func (f *attachment) storageURL(w *writer) string {
	return storageHost + w.accountPath() + "/blobs/" + f.key + "/download/" + url.PathEscape(f.name)
}

// accountPath is the path of w.base.
func (w *writer) accountPath() string {
	if i := strings.Index(w.base, "://"); i >= 0 {
		if j := strings.IndexByte(w.base[i+3:], '/'); j >= 0 {
			return w.base[i+3+j:]
		}
	}
	return ""
}

func (f *attachment) urls(w *writer) {
	w.str("download_url", f.storageURL(w))
	w.bool("previewable", f.previewable())
	w.str("preview_url", previewHost+w.accountPath()+"/blobs/"+f.key+"/previews/full")
	w.str("thumbnail_url", previewHost+w.accountPath()+"/blobs/"+f.key+"/previews/card")
}

// metadata writes an entry of a *_attachments array.
func (f *attachment) metadata(w *writer) {
	w.int("id", f.id)
	w.str("sgid", f.sgid())
	w.str("filename", f.name)
	w.str("content_type", f.contentType)
	w.int("byte_size", int64(f.size))
	f.dimensions(w)
	f.urls(w)
}

// downloadBlob redirects to a signed URL of a file that is part of something
// the caller can see, or of nothing yet.
func downloadBlob(c *call) answer {
	f := c.s.blobs[c.texts[0]]
	if f == nil {
		return notFound
	}
	if f.usedBy != 0 {
		if r := c.s.recs[f.usedBy]; r == nil || !c.sees(r) {
			return notFound
		}
	}
	return answer{file: f.key}
}

func downloadUpload(c *call) answer {
	r := c.find(c.ids[0], kindUpload)
	if r == nil {
		return notFound
	}
	return answer{file: r.x.(*upload).file.key}
}
