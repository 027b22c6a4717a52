package bc3

import (
	"net/http"
	"net/url"
	"path"
	"strings"
)

var vaultRoutes = map[string]func(*call) answer{
	"GET /vaults/{id}":            get(kindVault),
	"PUT /vaults/{id}":            updateVault,
	"GET /vaults/{id}/vaults":     list(kindVault, kindVault),
	"POST /vaults/{id}/vaults":    createVault,
	"GET /vaults/{id}/documents":  sorted(kindVault, kindDocument),
	"POST /vaults/{id}/documents": createDocument,
	"GET /documents/{id}":         get(kindDocument),
	"PUT /documents/{id}":         replaceDocument,
	"GET /vaults/{id}/uploads":    sorted(kindVault, kindUpload),
	"POST /vaults/{id}/uploads":   createUpload,
	"GET /uploads/{id}":           get(kindUpload),
	"PUT /uploads/{id}":           updateUpload,
	"GET /uploads/{id}/versions":  listVersions,
	"POST /uploads/{id}/versions": createVersion,
}

// upload is a file in a folder, in its newest version.
type upload struct {
	file *attachment
	name string // with its extension; a rename leaves the file's own alone
}

func (w *writer) vault(r *recording) {
	for _, k := range []struct {
		name string
		kind kind
	}{{"documents", kindDocument}, {"uploads", kindUpload}, {"vaults", kindVault}} {
		w.int(k.name+"_count", r.count(k.kind, active))
		w.url(k.name+"_url", "/vaults/", r.id, "/", k.name, ".json")
	}
}

func (w *writer) upload(s *state, r *recording) {
	u := r.x.(*upload)
	w.rich(s, "description", r.body)
	w.str("content_type", u.file.contentType)
	w.int("byte_size", int64(u.file.size))
	w.str("filename", u.name)
	tail := "/download/" + url.PathEscape(u.name)
	w.recURL("download_url", r, tail)
	w.key("app_download_url")
	w.link(storageHost+w.accountPath(), []any{"/buckets/", r.project.id, "/uploads/", r.id, tail})
	u.file.dimensions(w)
}

func createVault(c *call) answer {
	p, a, ok := c.parent(kindVault)
	if !ok {
		return a
	}
	if a, ok := c.parse("vault"); !ok {
		return a
	}
	title := c.in.plain("title")
	if title == "" {
		return invalidFields("title", "can't be blank")
	}
	return c.one(http.StatusCreated, c.s.create(p, &recording{kind: kindVault, title: title}, c.me))
}

func updateVault(c *call) answer {
	r, a, ok := c.parent(kindVault)
	if !ok {
		return a
	}
	if a, ok := c.parse("vault"); !ok {
		return a
	}
	if c.in.has("title") {
		if c.in.plain("title") == "" {
			return invalidFields("title", "can't be blank")
		}
		r.title = c.in.plain("title")
	}
	c.changed(r, "updated")
	return c.one(http.StatusOK, r)
}

func createDocument(c *call) answer {
	p, a, ok := c.parent(kindVault)
	if !ok {
		return a
	}
	if a, ok := c.parse("document"); !ok {
		return a
	}
	title := c.in.plain("title")
	if title == "" {
		return invalidFields("title", "can't be blank")
	}
	r := c.s.create(p, &recording{kind: kindDocument, title: title, status: c.draftStatus()}, c.me)
	r.body = c.rich(r, "content")
	return c.one(http.StatusCreated, r)
}

// replaceDocument replaces title and content; status alone publishes a draft
// and leaves them as they are.
func replaceDocument(c *call) answer {
	r, a, ok := c.parent(kindDocument)
	if !ok {
		return a
	}
	if a, ok := c.parse("document"); !ok {
		return a
	}
	if r.status != drafted || c.in.has("title") || c.in.has("content") {
		title := c.in.plain("title")
		if title == "" {
			return invalidFields("title", "can't be blank")
		}
		r.title, r.body = title, c.rich(r, "content")
	}
	c.publish(r)
	c.changed(r, "updated")
	return c.one(http.StatusOK, r)
}

// takeFile returns the file that attachable_sgid names, now part of r.
func (c *call) takeFile(k string) *attachment {
	f := c.s.attachments[c.in.str(k)]
	if f == nil || f.usedBy != 0 {
		return nil
	}
	return f
}

func createUpload(c *call) answer {
	p, a, ok := c.parent(kindVault)
	if !ok {
		return a
	}
	if a, ok := c.parse("upload"); !ok {
		return a
	}
	f := c.takeFile("attachable_sgid")
	if f == nil {
		return invalid("attachable_sgid", "is not a new attachment")
	}
	r := &recording{kind: kindUpload, x: &upload{file: f, name: f.name}}
	r.title = f.name
	rename(r, c.in.plain("base_name"))
	c.s.create(p, r, c.me)
	f.usedBy = r.id
	r.body = c.rich(r, "description")
	return c.one(http.StatusCreated, r)
}

// rename gives an upload another name before its extension.
func rename(r *recording, base string) {
	if base == "" {
		return
	}
	u := r.x.(*upload)
	u.name = strings.ReplaceAll(base, "/", "-") + path.Ext(u.name)
	r.title = u.name
}

func updateUpload(c *call) answer {
	r, a, ok := c.parent(kindUpload)
	if !ok {
		return a
	}
	if a, ok := c.parse("upload"); !ok {
		return a
	}
	rename(r, c.in.plain("base_name"))
	if c.in.has("description") {
		r.body = c.rich(r, "description")
	}
	c.changed(r, "updated")
	return c.one(http.StatusOK, r)
}

// createVersion replaces the bytes and keeps the id.
func createVersion(c *call) answer {
	r, a, ok := c.parent(kindUpload)
	if !ok {
		return a
	}
	if a, ok := c.parse("upload"); !ok {
		return a
	}
	f := c.takeFile("attachable_sgid")
	if f == nil {
		return invalid("attachable_sgid", "is not a new attachment")
	}
	f.usedBy = r.id
	r.x = &upload{file: f, name: f.name}
	r.title = f.name
	c.changed(r, "blob_changed")
	return c.one(http.StatusCreated, r)
}

// listVersions is newest first, the first version last.
func listVersions(c *call) answer {
	r := c.find(c.ids[0], kindUpload)
	if r == nil {
		return notFound
	}
	l := []event{{id: r.id, action: "created", at: r.created, by: r.creator}}
	for _, e := range c.s.events[r.id] {
		if e.action == "blob_changed" {
			l = append(l, e)
		}
	}
	return c.all(len(l), func(w *writer, i int) {
		e := l[len(l)-1-i]
		w.open()
		w.int("id", e.id)
		w.int("recording_id", r.id)
		w.str("action", e.action)
		w.obj("details")
		w.close()
		w.time("created_at", e.at)
		w.person("creator", e.by)
		w.close()
	})
}
