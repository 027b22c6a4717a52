package records

import (
	"context"
	"slices"

	"basecampfs/api"
)

// Load fetches everything of the given kinds, in the fewest requests that the
// account's API allows, and calls progress with what is being fetched and how
// many records have come.
func (a *Account) Load(ctx context.Context, kinds []api.Kind, progress func(what string, done int)) error {
	a.warm()
	a.Seen()
	for _, q := range []api.Query{{Kind: api.Project}, {Kind: api.Person}} {
		progress(string(q.Kind), 0)
		if _, err := a.List(ctx, q); err != nil {
			return err
		}
	}
	for _, k := range kinds {
		if !a.Can(k).Bulk {
			continue
		}
		f := familyOf(api.Query{Kind: k})
		a.mu.Lock()
		projects := slices.DeleteFunc(a.projects(f), func(p int64) bool {
			_, info, ok := a.bulks.Peek(bulkKey(f, p))
			return ok && !info.Stale
		})
		a.mu.Unlock()
		if len(projects) == 0 {
			continue
		}
		tell := func(done int) { progress(string(k), done) }
		tell(0)
		_, _, err := a.chunks.Get(ctx, "all/"+bulkKey(f, 0), func(ctx context.Context) (struct{}, error) {
			return struct{}{}, a.fetchChunk(ctx, f, projects, true, tell)
		})
		if err != nil {
			return canceled(err)
		}
	}
	return nil
}

// ForgetProject drops the freshness of everything that is kept of a project,
// or, where it is 0, of the account.
func (a *Account) ForgetProject(project int64) {
	a.mu.Lock()
	var keys []string
	for _, qs := range a.kept {
		for k, q := range qs {
			if project == 0 || home(q) == project {
				keys = append(keys, k)
				a.stale[k] = true
			}
		}
	}
	var bulks []string
	for k := range a.bulkKeys {
		if b, _, ok := a.bulks.Peek(k); ok && (project == 0 || b.project == project) {
			bulks = append(bulks, k)
			delete(a.bulkKeys, k)
		}
	}
	a.mu.Unlock()
	for _, k := range keys {
		a.lists.Invalidate(k)
		a.disk.forget(k)
	}
	for _, k := range bulks {
		a.bulks.Invalidate(k)
		a.disk.forget("*" + k)
	}
	if project == 0 {
		a.ones.InvalidatePrefix("")
		a.mine.InvalidatePrefix("")
	}
}
