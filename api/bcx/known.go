package bcx

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"
	"unique"

	"basecampfs/api"
)

// shared returns a string that is one in memory wherever it occurs.
func shared(s string) string {
	if s == "" {
		return ""
	}
	return unique.Make(s).Value()
}

// people shares one *api.Human among the records that name a person.
type people struct {
	mu   sync.Mutex
	byID map[int64]*api.Human
}

// human returns the person, or nil for nobody. A person whose name or email
// has changed is another value, so that records which have the old one keep it.
func (p *people) human(w person) *api.Human {
	if w.ID == 0 {
		return nil
	}
	id := int64(w.ID)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byID == nil {
		p.byID = map[int64]*api.Human{}
	}
	was := p.byID[id]
	now := api.Human{ID: id, Name: w.Name.V, Email: w.Email.V}
	if was != nil {
		now.Name, now.Email = first(now.Name, was.Name), first(now.Email, was.Email)
		if *was == now {
			return was
		}
	}
	p.byID[id] = &now
	return &now
}

// known is what answers leave out and others had. Lists of projects have no
// creator, lists of to-do lists no comments, lists of to-dos no files; and a
// comment, or a topic, can only be found through what it is about.
type known struct {
	mu     sync.Mutex
	facts  map[api.Ref]facts
	parent map[int64]api.Ref // of a comment
	list   map[int64]int64   // of a to-do
	lists  map[int64]size    // of a to-do list
	topics map[api.Ref]topic // of a message
	whole  map[api.Ref]*api.Record

	projects map[int64]api.Status
	drafts   map[int64]bool                    // projects that are not published yet
	binned   map[int64]bool                    // lists of to-dos that are in trash
	bin      map[int64]map[api.Ref]*api.Record // to-dos in trash, by project
	attached map[int64]bool                    // projects whose attachments were listed
	listed   map[int64]bool                    // projects whose to-do lists were listed; 0 is all of them
}

type facts struct {
	created  time.Time
	creator  *api.Human
	comments int
	files    []api.File
}

// size is how much a list of to-dos held when it was last seen.
type size struct {
	project int64
	todos   int
}

type topic struct {
	id       int64
	archived bool
}

func newKnown() *known {
	return &known{facts: map[api.Ref]facts{}, parent: map[int64]api.Ref{}, list: map[int64]int64{},
		lists: map[int64]size{}, topics: map[api.Ref]topic{}, whole: map[api.Ref]*api.Record{},
		projects: map[int64]api.Status{}, drafts: map[int64]bool{}, binned: map[int64]bool{}, bin: map[int64]map[api.Ref]*api.Record{}, attached: map[int64]bool{}, listed: map[int64]bool{}}
}

// fill completes a record, and learns from it. What is in an archived project
// or on a trashed list is archived or trashed with it: Basecamp 2 leaves that
// to the reader.
func (k *known) fill(r *api.Record, w *wire) {
	k.mu.Lock()
	defer k.mu.Unlock()
	f := k.facts[r.Ref]
	if r.Status == api.Active && r.Kind != api.Project && k.projects[r.Project] == api.Archived {
		r.Status = api.Archived
	}
	switch r.Kind {
	case api.Project:
		k.projects[r.ID] = r.Status
		delete(k.drafts, r.ID)
		if w.Draft.V && r.Status == api.Active {
			k.drafts[r.ID] = true
		}
		if !r.CreatedAt.IsZero() {
			k.facts[r.Ref] = facts{created: r.CreatedAt, creator: r.Creator}
		} else {
			r.CreatedAt, r.Creator = f.created, f.creator
		}
	case api.TodoList:
		k.lists[r.ID] = size{r.Project, int(w.Remaining + w.CompletedCount)}
		delete(k.binned, r.ID)
		if r.Status == api.Trashed {
			k.binned[r.ID] = true
			delete(k.lists, r.ID)
		}
		if w.Comments != nil {
			f.comments = r.Comments
			k.keep(r.Ref, f, f.comments > 0)
		} else {
			r.Comments = f.comments
		}
	case api.Todo:
		if r.Parent.Kind == api.TodoList {
			k.list[r.ID] = r.Parent.ID
		}
		if k.binned[r.Parent.ID] {
			r.Status = api.Trashed
		}
		if r.Status == api.Trashed {
			k.throw(r.Ref, r)
		} else {
			delete(k.bin[r.Project], r.Ref)
		}
		if w.Attachments != nil {
			f.files = r.Files
			k.keep(r.Ref, f, len(f.files) > 0)
		} else {
			r.Files = f.files
		}
	case api.Message:
		if k.topics[r.Ref].archived && r.Status == api.Active {
			r.Status = api.Archived
		}
	case api.Comment:
		k.parent[r.ID] = r.Parent
	}
}

func (k *known) keep(r api.Ref, f facts, worth bool) {
	if worth {
		k.facts[r] = f
	} else {
		delete(k.facts, r)
	}
}

// sizes returns how many lists with to-dos are known of a project, or of the
// account where it is 0, and how many to-dos they have.
func (k *known) sizes(project int64) (lists map[int64]int64, todos int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	lists = map[int64]int64{}
	for id, s := range k.lists {
		if (project == 0 || s.project == project) && s.todos > 0 {
			lists[id] = s.project
			todos += s.todos
		}
	}
	return lists, todos
}

// listsOf returns the to-do lists of a project, or of the account where it is
// 0, and their projects; ok is whether all of them were listed once.
func (k *known) listsOf(project int64) (lists map[int64]int64, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	lists = map[int64]int64{}
	for id, s := range k.lists {
		if project == 0 || s.project == project {
			lists[id] = s.project
		}
	}
	return lists, k.listed[project] || k.listed[0]
}

func (k *known) setListed(project int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.listed[project] = true
}

func (k *known) size(list int64) int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.lists[list].todos
}

func (k *known) listOf(todo int64) int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.list[todo]
}

func (k *known) parentOf(comment int64) api.Ref {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.parent[comment]
}

func (k *known) topicOf(r api.Ref) (topic, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	t, ok := k.topics[r]
	return t, ok
}

func (k *known) setTopic(r api.Ref, t topic) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.topics[r] = t
}

// wholeAt returns a record that was read whole when it had this time.
func (k *known) wholeAt(r api.Ref, updated time.Time) *api.Record {
	k.mu.Lock()
	defer k.mu.Unlock()
	if w := k.whole[r]; w != nil && w.UpdatedAt.Equal(updated) {
		return w
	}
	return nil
}

func (k *known) setWhole(r *api.Record) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.whole[r.Ref] = r
}

// forget drops a record that was read whole: it was changed.
func (k *known) forget(r api.Ref) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.whole, r)
}

// archived reports whether a project is known to be archived.
func (k *known) archived(project int64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.projects[project] == api.Archived
}

// unpublished returns the drafts of projects that are known.
func (k *known) unpublished() []int64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Sorted(maps.Keys(k.drafts))
}

// inBin reports whether a list of to-dos is known to be in trash.
func (k *known) inBin(list int64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.binned[list]
}

// binOf returns the to-dos of a project that were seen in trash, and those
// that were put there and are still to be read.
func (k *known) binOf(project int64) (seen []*api.Record, unread []api.Ref) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for p, all := range k.bin {
		if project != 0 && p != project {
			continue
		}
		for ref, r := range all {
			if r == nil {
				unread = append(unread, ref)
			} else {
				seen = append(seen, r)
			}
		}
	}
	slices.SortFunc(seen, func(x, y *api.Record) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(unread, byRef)
	return seen, unread
}

// setStatus learns what became of a record by a write that answers nothing.
func (k *known) setStatus(r api.Ref, s api.Status) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case r.Kind == api.Project:
		k.projects[r.ID] = s
	case r.Kind == api.TodoList && s == api.Trashed:
		k.binned[r.ID] = true
		delete(k.lists, r.ID)
	case r.Kind == api.Todo && s == api.Trashed:
		k.throw(r, nil)
	}
}

// throw puts a to-do among those in trash. k.mu is held.
func (k *known) throw(r api.Ref, rec *api.Record) {
	if k.bin[r.Project] == nil {
		k.bin[r.Project] = map[api.Ref]*api.Record{}
	}
	k.bin[r.Project][r] = rec
}

// needsFiles reports whether the files of a project's to-dos were not listed
// yet; of the whole account where it is 0.
func (k *known) needsFiles(project int64) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return !k.attached[project] && !k.attached[0]
}

// setFiles remembers the files of a project's to-dos.
func (k *known) setFiles(project int64, files map[api.Ref][]api.File) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.attached[project] = true
	for r, all := range files {
		f := k.facts[r]
		f.files = all
		k.facts[r] = f
	}
}
