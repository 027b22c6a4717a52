package bcx

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// object is a JSON object.
type object = map[string]any

// view renders for one request: every URL in an answer begins with its base.
type view struct {
	s    *state
	base string // of the API
	app  string // of the pages for a browser
}

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(zone).Format("2006-01-02T15:04:05.000-07:00")
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// slug is the readable tail of an id in a URL.
func slug(id int64, name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if t := strings.Trim(b.String(), "-"); t != "" {
		return strconv.FormatInt(id, 10) + "-" + t
	}
	return strconv.FormatInt(id, 10)
}

func avatar(p *person) string {
	return fmt.Sprintf("https://asset0.37img.example/people/%d/avatar.96.gif?r=3", p.id)
}

func (v view) short(p *person) any {
	if p == nil {
		return nil
	}
	return object{"id": p.id, "name": p.name, "avatar_url": avatar(p),
		"fullsize_avatar_url": strings.Replace(avatar(p), "avatar.96", "original", 1)}
}

func (v view) person(p *person) object {
	o := v.short(p).(object)
	o["identity_id"], o["email_address"], o["admin"], o["trashed"] = p.identity, p.email, p.admin, p.trashed
	o["created_at"], o["updated_at"] = stamp(p.created), stamp(p.updated)
	o["url"] = v.base + "/people/" + slug(p.id, p.name) + ".json"
	o["app_url"] = v.app + "/people/" + slug(p.id, p.name)
	return o
}

func (v view) personInFull(p *person) object {
	o := v.person(p)
	n := 0
	for _, i := range v.s.items {
		if i.kind == kindTodo && i.assignee == p && i.completed.IsZero() && !i.gone() {
			n++
		}
	}
	events := 0
	for _, e := range v.s.events {
		if e.creator == p {
			events++
		}
	}
	at := v.base + "/people/" + slug(p.id, p.name)
	o["events"] = object{"count": events, "updated_at": stamp(p.updated), "url": at + "/events.json"}
	o["assigned_todos"] = object{"count": n, "updated_at": stamp(p.updated), "url": at + "/assigned_todos.json"}
	delete(o, "url")
	return o
}

func (v view) bucketURL(b *bucket) string {
	if b.calendar {
		return v.base + "/calendars/" + strconv.FormatInt(b.id, 10)
	}
	return v.base + "/projects/" + strconv.FormatInt(b.id, 10)
}

// bucket is how an account-wide list says where something is.
func (v view) bucket(b *bucket) object {
	t := "Project"
	if b.calendar {
		t = "Calendar"
	}
	return object{"id": b.id, "name": b.name, "type": t, "color": b.color, "url": v.bucketURL(b) + ".json",
		"app_url": strings.Replace(v.bucketURL(b), v.base, v.app, 1)}
}

func (v view) project(b *bucket) object {
	var d any
	if b.description != nil {
		d = *b.description
	}
	return object{"id": b.id, "name": b.name, "description": d, "updated_at": stamp(b.updated),
		"url": v.bucketURL(b) + ".json", "app_url": strings.Replace(v.bucketURL(b), v.base, v.app, 1),
		"template": b.template, "archived": b.archived, "starred": !b.starred.IsZero(), "trashed": b.trashed,
		"draft": b.draft, "is_client_project": b.client, "color": b.color}
}

// projectInFull has a count and the newest time of every section.
func (v view) projectInFull(b *bucket) object {
	o := v.project(b)
	o["created_at"], o["creator"] = stamp(b.created), v.short(b.creator)
	count, newest := map[string]int{}, map[string]time.Time{}
	see := func(sec string, t time.Time) {
		count[sec]++
		if t.After(newest[sec]) {
			newest[sec] = t
		}
	}
	lists := [2]int{}
	for _, i := range v.s.items {
		if i.in != b || i.gone() {
			continue
		}
		see(section[i.kind], i.updated)
		if i.kind == kindList && i.done() {
			lists[1]++
		} else if i.kind == kindList {
			lists[0]++
		}
		if i.topic != 0 && !i.archived {
			see("topics", topicTime(i))
		}
	}
	for _, f := range v.s.files {
		if f.on.in == b && !f.gone() {
			see("attachments", f.updated)
		}
	}
	for _, sec := range []string{"attachments", "calendar_events", "documents", "topics", "forwards"} {
		o[sec] = object{"count": count[sec], "updated_at": stamp(newest[sec]), "url": v.bucketURL(b) + "/" + sec + ".json"}
	}
	o["accesses"] = object{"count": len(b.access), "updated_at": stamp(b.updated), "url": v.bucketURL(b) + "/accesses.json"}
	o["todolists"] = object{"remaining_count": lists[0], "completed_count": lists[1],
		"updated_at": stamp(newest["todolists"]), "url": v.bucketURL(b) + "/todolists.json"}
	return o
}

// common is what every item has.
func (v view) common(i *item) object {
	at := fmt.Sprintf("%s/%s/%d", v.bucketURL(i.in), section[i.kind], i.id)
	return object{"id": i.id, "created_at": stamp(i.created), "updated_at": stamp(i.updated),
		"private": i.private, "trashed": i.trashed, "url": at + ".json", "app_url": strings.Replace(at, v.base, v.app, 1)}
}

// withComments adds what only the answer for one item has.
func (v view) withComments(o object, i *item) object {
	cs := []object{}
	for _, c := range i.visibleComments() {
		cs = append(cs, v.comment(c))
	}
	o["comments"] = cs
	sub := []object{}
	for _, p := range i.subscribers {
		sub = append(sub, object{"id": p.id, "name": p.name})
	}
	o["subscribers"] = sub
	return o
}

func (v view) comment(c *comment) object {
	return object{"id": c.id, "content": c.content, "created_at": stamp(c.created), "updated_at": stamp(c.updated),
		"private": false, "trashed": c.trashed, "creator": v.short(c.creator), "attachments": v.nested(c.files)}
}

// nested is attachments inside of something else: they have no id there.
func (v view) nested(files []*attachment) []object {
	out := []object{}
	for _, f := range files {
		if !f.trashed {
			o := v.file(f)
			delete(o, "id")
			delete(o, "attachable")
			out = append(out, o)
		}
	}
	return out
}

func (v view) file(f *attachment) object {
	o := object{"id": f.id, "name": f.name, "byte_size": f.size, "content_type": f.typ,
		"created_at": stamp(f.created), "updated_at": stamp(f.updated), "private": false, "trashed": f.trashed,
		"tags": append([]string{}, f.tags...), "creator": v.short(f.creator)}
	if f.link != "" {
		o["linked_source"], o["linked_type"], o["link_url"] = f.linkedBy, f.linkedType, f.link
	} else {
		at := fmt.Sprintf("/projects/%d/attachments/%d/%s/original/%s", f.on.in.id, f.id, f.key, url.PathEscape(f.name))
		o["key"], o["url"], o["app_url"] = f.key, v.base+at, v.app+at
	}
	typ, on := string(f.on.kind), fmt.Sprintf("%s/%s/%d", v.bucketURL(f.on.in), section[f.on.kind], f.on.id)
	id := f.on.id
	if f.comment != nil {
		typ, id = "Comment", f.comment.id
	}
	o["attachable"] = object{"id": id, "type": typ, "url": on + ".json", "app_url": strings.Replace(on, v.base, v.app, 1)}
	return o
}
