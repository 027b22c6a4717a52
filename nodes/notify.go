package nodes

import (
	"context"
	"slices"
	"sync"

	"github.com/hanwen/go-fuse/v2/fs"

	"basecampfs/api"
	"basecampfs/nodes/records"
	"basecampfs/nodes/tree"
)

// notifier tells the kernel to drop what it has of what changed elsewhere. It
// has a goroutine of its own, and holds no lock while it tells: NotifyEntry
// waits for handlers that are busy in the folder.
type notifier struct {
	m *mount

	mu      sync.Mutex
	folders map[uint64]*fs.Inode // that the kernel may know, by inode
	dirty   map[uint64]bool
	items   map[*records.Item]bool
	wake    chan struct{}
}

func newNotifier(m *mount) *notifier {
	return &notifier{m: m, folders: map[uint64]*fs.Inode{}, dirty: map[uint64]bool{}, items: map[*records.Item]bool{}, wake: make(chan struct{}, 1)}
}

// know notes a folder that was handed to the kernel.
func (n *notifier) know(d *dirNode) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.folders[d.d.Inode()] = d.EmbeddedInode()
}

// forget notes that the kernel has let go of a folder.
func (n *notifier) forget(d *dirNode) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if ino := d.d.Inode(); n.folders[ino] == d.EmbeddedInode() {
		delete(n.folders, ino)
	}
}

// changed takes note of an item that is new, gone or another; r says where it
// is or was.
func (n *notifier) changed(a *tree.Account, i *records.Item, r *api.Record) {
	affected := a.Affected(r)
	n.mu.Lock()
	n.items[i] = true
	for _, ino := range affected {
		if n.folders[ino] != nil {
			n.dirty[ino] = true
		}
	}
	n.mu.Unlock()
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// run tells the kernel until ctx ends.
func (n *notifier) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-n.wake:
		}
		n.mu.Lock()
		var folders []*fs.Inode
		for ino := range n.dirty {
			if d := n.folders[ino]; d != nil {
				folders = append(folders, d)
			}
		}
		items := n.items
		n.dirty, n.items = map[uint64]bool{}, map[*records.Item]bool{}
		n.mu.Unlock()
		for _, d := range folders {
			n.drop(ctx, d, items)
		}
	}
}

// drop makes the kernel forget a folder's listing and attributes, the names in
// it that mean something else by now, and the content of what changed.
func (n *notifier) drop(ctx context.Context, in *fs.Inode, items map[*records.Item]bool) {
	d, ok := in.Operations().(interface{ dir() *dirNode })
	if !ok {
		return
	}
	_ = in.NotifyContent(0, 0)
	ctx = records.CachedOnly(ctx)
	means := func(name string, child *fs.Inode) bool {
		node, err := n.m.t.Lookup(ctx, d.dir().d, name)
		return err == nil && node.Inode() == child.StableAttr().Ino
	}
	for name, child := range in.Children() {
		f, isFile := child.Operations().(*fileNode)
		switch {
		case isFile && n.m.ttl(f.f) == 0: // the kernel asks each time
		case !means(name, child):
			// What was changed through this mount the kernel knows by itself,
			// as soon as it has its answer.
			d.dir().gate.wait(ctx)
			if in.GetChild(name) == child && !means(name, child) {
				_ = in.NotifyEntry(name)
			}
		case isFile && (items[tree.ItemOf(f.f)] || slices.Contains(tree.Derived, name)):
			_ = child.NotifyContent(0, 0)
		}
	}
}

// dropAll makes the kernel forget every folder and all that is in it.
func (n *notifier) dropAll(ctx context.Context) {
	n.mu.Lock()
	folders := make([]*fs.Inode, 0, len(n.folders))
	for _, in := range n.folders {
		folders = append(folders, in)
	}
	n.mu.Unlock()
	for _, in := range folders {
		_ = in.NotifyContent(0, 0)
		d, ok := in.Operations().(interface{ dir() *dirNode })
		for name := range in.Children() {
			if ok {
				d.dir().gate.wait(ctx)
			}
			_ = in.NotifyEntry(name)
		}
	}
}
