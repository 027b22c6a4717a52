package nodes

import (
	"context"
	"strings"

	"basecampfs/api"
	"basecampfs/nodes/records"
	"basecampfs/nodes/tree"
)

// Refresh drops what is cached for a path below the root and what is below it,
// in the kernel too. "." is everything.
func (r *Root) Refresh(path string) error {
	// What is not in the cache need not be dropped from it.
	ctx := records.CachedOnly(context.Background())
	var n tree.Node = r.tree.Root()
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name == "." || name == "" {
			continue
		}
		d, ok := n.(tree.Dir)
		if !ok {
			return api.Errorf(api.NotFound, "%s is not in the mount", path)
		}
		next, err := r.tree.Lookup(ctx, d, name)
		if err != nil {
			break // the folder that is known is forgotten instead
		}
		n = next
	}
	r.tree.Forget(n)
	r.m.notify.dropAll(context.Background())
	return nil
}

// Load fetches everything that a walk of the tree would need, and calls
// progress with what is being fetched and how many records have come.
func (r *Root) Load(ctx context.Context, progress func(what string, done int)) error {
	for _, a := range r.tree.Accounts() {
		name := a.Records().Info().Name
		err := a.Records().Load(ctx, tree.Loaded, func(what string, done int) { progress(name+": "+what, done) })
		if err != nil {
			return err
		}
	}
	return nil
}
