package bcx

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// get answers one item whole, whether or not it is in trash.
func get(k kind) func(*call) (any, error) {
	return func(c *call) (any, error) {
		i, err := c.itemOf(k)
		if err != nil {
			return nil, err
		}
		return c.whole(i), nil
	}
}

// trash answers DELETE. Nothing brings an item back through the API.
func trash(k kind) func(*call) (any, error) {
	return func(c *call) (any, error) {
		i, err := c.itemOf(k)
		if err != nil {
			return nil, err
		}
		if i.trashed {
			return nil, errNotFound
		}
		i.place = 0
		if i.list != nil {
			i.place = i.placeInList()
		}
		i.trashed, i.updated = true, c.s.env.Now()
		c.s.note(c.me, "moved "+noun[k]+" to the trash<span>:</span>", i, nil).edit = false
		return nil, nil
	}
}

// noun is a kind in the log's words.
var noun = map[kind]string{
	kindList: "a to-do list", kindTodo: "a to-do", kindMessage: "a message", kindDocument: "a document",
	kindUpload: "a file", kindForward: "an email", kindCalendar: "an event",
}

// writable refuses a write to what is not there to be written any more.
func (c *call) writable(k kind) (*item, fields, error) {
	i, err := c.itemOf(k)
	if err != nil {
		return nil, nil, err
	}
	if i.trashed {
		return nil, nil, errNotFound
	}
	if i.in.archived {
		return nil, nil, errForbidden
	}
	f, err := c.fields()
	return i, f, err
}

// create answers POST of an item with a title and a body. An upload's title
// is the name of its file.
func create(k kind, title, body string) func(*call) (any, error) {
	return func(c *call) (any, error) {
		b, err := c.project()
		if err != nil {
			return nil, err
		}
		if b.archived || b.trashed {
			return nil, errForbidden
		}
		f, err := c.fields()
		if err != nil {
			return nil, err
		}
		i := &item{id: c.s.ids.Next(), kind: k, in: b, creator: c.me, updater: c.me, created: c.s.env.Now()}
		i.updated = i.created
		if err := c.set(i, f, title, body); err != nil {
			return nil, err
		}
		files, err := c.claim(f, i, nil)
		if err != nil {
			return nil, err
		}
		if k == kindUpload {
			i.title = files[0].name
		}
		i.files = files
		c.s.files = append(c.s.files, files...)
		c.s.add(i)
		c.s.note(c.me, "posted "+noun[k]+"<span>:</span>", i, nil)
		return created{c.common(i)["url"].(string), c.whole(i)}, nil
	}
}

func update(k kind, title, body string) func(*call) (any, error) {
	return func(c *call) (any, error) {
		i, f, err := c.writable(k)
		if err != nil {
			return nil, err
		}
		if err := c.set(i, f, title, body); err != nil {
			return nil, err
		}
		i.updated, i.updater = c.s.env.Now(), c.me
		c.s.edited(c.me, "updated "+noun[k]+"<span>:</span>", i)
		return c.whole(i), nil
	}
}

// set reads the fields that most items share. Nothing changes on an error.
func (c *call) set(i *item, f fields, title, body string) error {
	t, b, private := i.title, i.body, i.private
	if _, err := read(f, title, &t); err != nil {
		return err
	}
	if _, err := read(f, body, &b); err != nil {
		return err
	}
	if _, err := read(f, "private", &private); err != nil {
		return err
	}
	if title != "" && strings.TrimSpace(t) == "" {
		return failure{http.StatusUnprocessableEntity, strings.ToUpper(title[:1]) + title[1:] + " can't be blank"}
	}
	if private && !i.in.client {
		return failure{http.StatusUnprocessableEntity, "Only the content of client projects can be private"}
	}
	var ids []int64
	if _, err := read(f, "subscribers", &ids); err != nil {
		return err
	}
	i.title, i.body, i.private = t, b, private
	c.subscribe(i, ids)
	return nil
}

func (c *call) subscribe(i *item, ids []int64) {
	for _, p := range c.s.people {
		if slices.Contains(ids, p.id) && !slices.Contains(i.subscribers, p) {
			i.subscribers = append(i.subscribers, p)
		}
	}
}

func (c *call) listDocuments() (any, error) { return c.index(kindDocument) }
func (c *call) listForwards() (any, error)  { return c.index(kindForward) }

func (c *call) index(k kind) (any, error) {
	items, err := c.scope(k, present)
	if err != nil {
		return nil, err
	}
	return paged(c, c.sorted(items), c.withBucket(c.item)), nil
}

// commentOn answers POST of a comment. There is no way to change one.
func commentOn(k kind) func(*call) (any, error) {
	return func(c *call) (any, error) {
		i, f, err := c.writable(k)
		if err != nil {
			return nil, err
		}
		cm := &comment{id: c.s.ids.Next(), creator: c.me, created: c.s.env.Now()}
		cm.updated = cm.created
		var ids []int64
		if _, err := read(f, "content", &cm.content); err != nil {
			return nil, err
		}
		if _, err := read(f, "subscribers", &ids); err != nil {
			return nil, err
		}
		if cm.files, err = c.claim(f, i, cm); err != nil {
			return nil, err
		}
		if strings.TrimSpace(cm.content) == "" && len(cm.files) == 0 {
			return nil, failure{http.StatusUnprocessableEntity, "Content can't be blank"}
		}
		c.s.files = append(c.s.files, cm.files...)
		c.subscribe(i, ids)
		i.comments = append(i.comments, cm)
		i.updated = cm.created
		if i.topic == 0 {
			i.topic = c.s.ids.Next()
		}
		c.s.note(c.me, "commented on", i, cm)
		o := c.comment(cm)
		o["topic_url"] = c.common(i)["url"]
		return created{c.common(i)["url"].(string), o}, nil
	}
}

func (c *call) deleteComment() (any, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	for _, i := range c.s.items {
		for _, cm := range i.comments {
			if cm.id == c.id("id") && i.in == b && !cm.trashed {
				cm.trashed = true
				i.updated = c.s.env.Now()
				c.s.note(c.me, "deleted a comment on", i, nil).edit = false
				return nil, nil
			}
		}
	}
	return nil, errNotFound
}

func (c *call) topics(archived bool) (any, error) {
	items, err := c.scope("", func(i *item) bool {
		return !i.gone() && i.archived == archived && (i.kind == kindMessage || len(i.visibleComments()) > 0)
	})
	if err != nil {
		return nil, err
	}
	oldest := c.r.URL.Query().Get("sort") == "oldest"
	slices.SortStableFunc(items, func(a, b *item) int {
		n := cmp.Or(topicTime(b).Compare(topicTime(a)), cmp.Compare(b.id, a.id))
		if oldest {
			return -n
		}
		return n
	})
	return paged(c, items, c.withBucket(c.topic)), nil
}

func (c *call) activeTopics() (any, error)   { return c.topics(false) }
func (c *call) archivedTopics() (any, error) { return c.topics(true) }

func archiveTopic(on bool) func(*call) (any, error) {
	return func(c *call) (any, error) {
		b, err := c.project()
		if err != nil {
			return nil, err
		}
		if !b.live() {
			return nil, errForbidden
		}
		for _, i := range c.s.items {
			if i.topic == c.id("id") && i.in == b && !i.gone() {
				i.archived, i.updated = on, c.s.env.Now()
				c.s.note(c.me, fmt.Sprintf("%s %s<span>:</span>", map[bool]string{true: "archived", false: "reactivated"}[on], noun[i.kind]), i, nil).edit = false
				return nil, nil
			}
		}
		return nil, errNotFound
	}
}
