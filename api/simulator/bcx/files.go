package bcx

import (
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"basecampfs/api/simulator/product"
)

// storeAttachment keeps raw bytes until something claims their token.
func (c *call) storeAttachment() (any, error) {
	data, err := io.ReadAll(c.r.Body)
	if err != nil {
		return nil, err
	}
	if c.s.full() || c.s.storageLimit > 0 && c.s.stored+int64(len(data)) > c.s.storageLimit {
		return nil, failure{http.StatusInsufficientStorage, "The storage limit for this account has been reached."}
	}
	c.s.stored += int64(len(data))
	token := digest(c.s.ids.Next())
	c.s.tokens[token] = upload{c.r.Header.Get("Content-Type"), data}
	return object{"token": token}, nil
}

// digest is a hex string like the service's keys, the same for the same id.
func digest(id int64) string {
	h := fnv.New128a()
	fmt.Fprintf(h, "attachment %d", id)
	return hex.EncodeToString(h.Sum(nil)) + fmt.Sprintf("%08x", id)
}

// claim makes attachments of the tokens in a write. A token works once, and
// the name that comes with it needs an extension.
func (c *call) claim(f fields, on *item, cm *comment) ([]*attachment, error) {
	var want []struct{ Token, Name string }
	if _, err := read(f, "attachments", &want); err != nil {
		return nil, err
	}
	if on.kind == kindUpload && cm == nil && len(want) != 1 {
		return nil, failure{http.StatusUnprocessableEntity, "An upload has exactly one attachment"}
	}
	for _, a := range want {
		if _, ok := c.s.tokens[a.Token]; !ok {
			return nil, failure{http.StatusUnprocessableEntity, "The attachment's token is not valid"}
		}
		if ext := path.Ext(a.Name); len(ext) < 2 || ext == a.Name {
			return nil, failure{http.StatusUnprocessableEntity, "The attachment's name needs an extension"}
		}
	}
	var out []*attachment
	for _, a := range want {
		up := c.s.tokens[a.Token]
		delete(c.s.tokens, a.Token)
		out = append(out, c.s.attach(c.me, on, cm, a.Name, up))
	}
	return out, nil
}

// attach stores a file; the caller hangs it where it belongs.
func (s *state) attach(by *person, on *item, cm *comment, name string, up upload) *attachment {
	a := &attachment{id: s.ids.Next(), name: name, typ: up.typ, size: int64(len(up.data)), creator: by, created: on.updated, on: on, comment: cm}
	if cm != nil {
		a.created = cm.created
	}
	if a.typ == "" || strings.HasPrefix(a.typ, "application/x-www-form-urlencoded") {
		a.typ = mime.TypeByExtension(path.Ext(name))
	}
	a.updated, a.key = a.created, digest(a.id)
	s.env.Files.Put(product.Blob{Key: a.key, Name: name, ContentType: a.typ, Data: up.data})
	return a
}

func (c *call) attachments(keep func(*attachment) bool) (any, error) {
	var in *bucket
	if c.r.PathValue("p") != "" {
		b, err := c.project()
		if err != nil {
			return nil, err
		}
		in = b
	}
	var out []*attachment
	for _, f := range c.s.files {
		if f.gone() || !keep(f) || in != nil && f.on.in != in || in == nil && !f.on.in.live() {
			continue
		}
		out = append(out, f)
	}
	slices.SortStableFunc(out, func(a, b *attachment) int { return b.created.Compare(a.created) })
	return paged(c, out, func(f *attachment) object {
		o := c.file(f)
		if in == nil {
			o["bucket"] = c.bucket(f.on.in)
		}
		return o
	}), nil
}

func (c *call) listAttachments() (any, error) {
	return c.attachments(func(*attachment) bool { return true })
}

func (c *call) taggedAttachments() (any, error) {
	return c.attachments(func(f *attachment) bool { return f.tagged(c.r.PathValue("tag")) >= 0 })
}

func (f *attachment) tagged(name string) int {
	return slices.IndexFunc(f.tags, func(t string) bool { return strings.EqualFold(t, strings.TrimSpace(name)) })
}

func (c *call) attachment() (*attachment, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	for _, f := range c.s.files {
		if f.id == c.id("id") && f.on.in == b && !f.trashed {
			return f, nil
		}
	}
	return nil, errNotFound
}

func (c *call) getAttachment() (any, error) {
	f, err := c.attachment()
	if err != nil {
		return nil, err
	}
	return c.file(f), nil
}

func (c *call) renameAttachment() (any, error) {
	f, err := c.attachment()
	if err != nil {
		return nil, err
	}
	in, err := c.fields()
	if err != nil {
		return nil, err
	}
	if f.link != "" {
		return nil, failure{http.StatusBadRequest, "Linked attachments can't be renamed"}
	}
	var name string
	if _, err := read(in, "name", &name); err != nil {
		return nil, err
	}
	if len(path.Ext(name)) < 2 {
		return nil, failure{http.StatusUnprocessableEntity, "The attachment's name needs an extension"}
	}
	f.name, f.updated = name, c.s.env.Now()
	if f.on.kind == kindUpload {
		f.on.title, f.on.updated = name, f.updated
		c.s.edited(c.me, "renamed a file<span>:</span>", f.on)
	}
	return c.file(f), nil
}

// deleteAttachment takes an upload without comments along.
func (c *call) deleteAttachment() (any, error) {
	f, err := c.attachment()
	if err != nil {
		return nil, err
	}
	f.trashed, f.updated = true, c.s.env.Now()
	if f.on.kind == kindUpload && len(f.on.visibleComments()) == 0 {
		f.on.trashed, f.on.updated = true, f.updated
	}
	return nil, nil
}

// download answers with a signed URL at the storage, which wants no token.
func (c *call) download() (any, error) {
	f, err := c.attachment()
	if err != nil {
		return nil, err
	}
	if f.key != c.r.PathValue("key") || f.link != "" {
		return nil, errNotFound
	}
	w, r, key := c.w, c.r, f.key
	return func() { c.s.env.Files.Redirect(w, r, key) }, nil
}

func (c *call) addTag() (any, error) {
	f, err := c.attachment()
	if err != nil {
		return nil, err
	}
	in, err := c.fields()
	if err != nil {
		return nil, err
	}
	var name string
	if _, err := read(in, "name", &name); err != nil {
		return nil, err
	}
	if name = strings.TrimSpace(name); name == "" {
		return nil, failure{http.StatusUnprocessableEntity, "Name can't be blank"}
	}
	if f.tagged(name) < 0 {
		f.tags = append(f.tags, name)
	}
	return nil, nil
}

func (c *call) removeTag() (any, error) {
	f, err := c.attachment()
	if err != nil {
		return nil, err
	}
	n := f.tagged(c.r.PathValue("tag"))
	if n < 0 {
		return nil, errNotFound
	}
	f.tags = slices.Delete(f.tags, n, n+1)
	return nil, nil
}
