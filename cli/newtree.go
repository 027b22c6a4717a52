package cli

import (
	"basecampfs/fs"
	"basecampfs/nodes"
	"basecampfs/nodes/tree"
)

// newTree makes the tree that is mounted from the accounts of an identity.
func newTree(c treeConfig) (fs.Tree, error) {
	cfg := nodes.Config{
		Accounts: c.id.accounts, TTL: c.ttl, JSON: tree.JSONMode(c.json), ReadOnly: c.readOnly,
		UID: c.uid, GID: c.gid, StateDir: c.state, CacheDir: c.cache, ProjectTrash: c.allowProjectTrash,
		Stats: func() any { return c.id.transport.Stats() },
	}
	for _, u := range c.id.unmountable {
		cfg.Unmountable = append(cfg.Unmountable, tree.Unmountable{AccountInfo: u.info, Reason: u.reason})
	}
	return nodes.NewRoot(cfg)
}
