package cli

import (
	"context"
	"time"

	"basecampfs/fs"
	"basecampfs/nodes"
	"basecampfs/nodes/tree"
)

// A zero in nodes.Config asks for its default; these say none.
const (
	noTTL     = 2 * time.Nanosecond
	noTimeout = 24 * time.Hour
)

// newTree makes the tree that is mounted from the accounts of an identity.
func newTree(c treeConfig) (fs.Tree, error) {
	cfg := nodes.Config{
		Accounts: c.id.accounts, TTL: max(c.ttl, noTTL), Timeout: noTimeout, JSON: tree.JSONMode(c.json), ReadOnly: c.readOnly,
		UID: c.uid, GID: c.gid, StateDir: c.state, CacheDir: c.cache, ProjectTrash: c.allowProjectTrash,
		Stats: func() any { return c.id.transport.Stats() },
	}
	if c.timeout > 0 {
		cfg.Timeout = max(nodes.DefaultTimeout, c.timeout)
	}
	for _, u := range c.id.unmountable {
		cfg.Unmountable = append(cfg.Unmountable, tree.Unmountable{AccountInfo: u.info, Reason: u.reason})
	}
	root, err := nodes.NewRoot(cfg)
	if err != nil {
		return nil, err
	}
	return loadable{root}, nil
}

// loadable is a root whose loading reports in the mount's terms.
type loadable struct{ *nodes.Root }

// Load fetches everything ahead.
func (l loadable) Load(ctx context.Context, progress func(fs.Progress)) error {
	return l.Root.Load(ctx, func(what string, done int) { progress(fs.Progress{Done: done, What: what}) })
}
