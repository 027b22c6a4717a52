package cli

import (
	"strconv"
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

// What the commands ask a mount for, its tree answers.
var (
	_ fs.Flusher   = (*nodes.Root)(nil)
	_ fs.Refresher = (*nodes.Root)(nil)
	_ fs.Loader    = (*nodes.Root)(nil)
	_ fs.Confirmer = (*nodes.Root)(nil)
)

// newTree makes the tree that is mounted from the accounts of an identity.
func newTree(c treeConfig) (fs.Tree, error) {
	cfg := nodes.Config{
		Accounts: c.id.accounts, TTL: max(c.ttl, noTTL), Timeout: noTimeout, JSON: tree.JSONMode(c.json), ReadOnly: c.readOnly,
		Identity: strconv.FormatInt(c.id.ID, 10), UID: c.uid, GID: c.gid, StateDir: c.state, CacheDir: c.cache, ProjectTrash: c.allowProjectTrash,
		Stats: func() any { return c.id.transport.Stats() },
	}
	if c.timeout > 0 {
		cfg.Timeout = max(nodes.DefaultTimeout, c.timeout)
	}
	for _, u := range c.id.unmountable {
		cfg.Unmountable = append(cfg.Unmountable, tree.Unmountable{AccountInfo: u.info, Reason: u.reason})
	}
	return nodes.NewRoot(cfg)
}
