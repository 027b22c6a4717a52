package bcx

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

func (c *call) projects(keep func(*bucket) bool) (any, error) {
	var out []*bucket
	for _, b := range c.s.projects {
		if keep(b) && (!b.draft || b.creator == c.me) {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b *bucket) int {
		return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
	return paged(c, out, c.view.project), nil
}

func (c *call) listProjects() (any, error) { return c.projects((*bucket).live) }

func (c *call) listDrafts() (any, error) {
	return c.projects(func(b *bucket) bool { return b.draft && !b.trashed && !b.template })
}

func (c *call) listArchived() (any, error) {
	return c.projects(func(b *bucket) bool { return b.archived && !b.trashed && !b.template })
}

func (c *call) listTemplates() (any, error) {
	return c.projects(func(b *bucket) bool { return b.template && !b.trashed })
}

func (c *call) getProject() (any, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	return c.projectInFull(b), nil
}

func (c *call) createProject() (any, error) {
	return c.newProject(&bucket{template: strings.Contains(c.r.URL.Path, "project_templates")})
}

func (c *call) createFromTemplate() (any, error) {
	t, err := c.project()
	if err != nil || !t.template {
		return nil, errNotFound
	}
	return c.newProject(&bucket{name: t.name, description: t.description, draft: true})
}

func (c *call) newProject(b *bucket) (any, error) {
	live := 0
	for _, p := range c.s.projects {
		if p.live() {
			live++
		}
	}
	if c.s.full() || c.s.projectLimit > 0 && live >= c.s.projectLimit {
		return nil, failure{http.StatusInsufficientStorage, "The project limit for this account has been reached."}
	}
	f, err := c.fields()
	if err != nil {
		return nil, err
	}
	b.id, b.creator, b.color, b.access = c.s.ids.Next(), c.me, "3185c5", []*person{c.me}
	if err := setProject(b, f); err != nil {
		return nil, err
	}
	b.created = c.s.env.Now()
	b.updated = b.created
	c.s.projects = append(c.s.projects, b)
	c.s.noteBucket(c.me, "created the project<span>:</span>", b)
	return created{c.bucketURL(b) + ".json", c.projectInFull(b)}, nil
}

func setProject(b *bucket, f fields) error {
	name := b.name
	if _, err := read(f, "name", &name); err != nil {
		return err
	}
	if strings.TrimSpace(name) == "" {
		return failure{http.StatusUnprocessableEntity, "Name can't be blank"}
	}
	b.name = name
	if _, err := read(f, "description", &b.description); err != nil {
		return err
	}
	if _, err := read(f, "archived", &b.archived); err != nil {
		return err
	}
	_, err := read(f, "is_client_project", &b.client)
	return err
}

func (c *call) updateProject() (any, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	f, err := c.fields()
	if err != nil {
		return nil, err
	}
	was := b.archived
	if err := setProject(b, f); err != nil {
		return nil, err
	}
	b.updated = c.s.env.Now()
	action := "updated the project<span>:</span>"
	if b.archived != was && b.archived {
		action = "archived the project<span>:</span>"
	} else if b.archived != was {
		action = "reactivated the project<span>:</span>"
	}
	c.s.noteBucket(c.me, action, b)
	return c.projectInFull(b), nil
}

func (c *call) deleteProject() (any, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	b.trashed, b.updated = true, c.s.env.Now()
	c.s.noteBucket(c.me, "moved the project to the trash<span>:</span>", b)
	return nil, nil
}

func (c *call) publishProject() (any, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	b.draft, b.updated = false, c.s.env.Now()
	return c.projectInFull(b), nil
}

func (c *call) listAccesses() (any, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	return paged(c, b.access, c.view.person), nil
}

func (c *call) grantAccess() (any, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	f, err := c.fields()
	if err != nil {
		return nil, err
	}
	var ids []int64
	var mails []string
	if _, err := read(f, "ids", &ids); err != nil {
		return nil, err
	}
	if _, err := read(f, "email_addresses", &mails); err != nil {
		return nil, err
	}
	for _, p := range c.s.people {
		if (slices.Contains(ids, p.id) || slices.Contains(mails, p.email)) && !slices.Contains(b.access, p) {
			b.access = append(b.access, p)
		}
	}
	b.updated = c.s.env.Now()
	return nil, nil
}

func (c *call) revokeAccess() (any, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	b.access = slices.DeleteFunc(b.access, func(p *person) bool { return p.id == c.id("id") })
	b.updated = c.s.env.Now()
	return nil, nil
}

func (c *call) listStars() (any, error) {
	var out []*bucket
	for _, b := range c.s.projects {
		if b.live() && !b.starred.IsZero() {
			out = append(out, b)
		}
	}
	return paged(c, out, func(b *bucket) object {
		return object{"project_id": b.id, "created_at": stamp(b.starred), "url": c.bucketURL(b) + "/star.json"}
	}), nil
}

func (c *call) star() (any, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	b.starred = c.s.env.Now()
	return created{c.bucketURL(b) + "/star.json", nil}, nil
}

func (c *call) unstar() (any, error) {
	b, err := c.project()
	if err != nil {
		return nil, err
	}
	b.starred = time.Time{}
	return nil, nil
}
