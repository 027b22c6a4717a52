package nodes

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"

	"basecampfs/api"
	"basecampfs/cache/blobs"
	"basecampfs/cache/disk"
	"basecampfs/cache/journal"
	"basecampfs/nodes/records"
	"basecampfs/nodes/save"
	"basecampfs/nodes/tree"
)

// Config is what a mounted tree is made from.
type Config struct {
	Accounts    []api.Account
	Unmountable []tree.Unmountable
	// TTL is how old what is shown may be; 0 means DefaultTTL.
	TTL time.Duration
	// Timeout bounds one fetch; 0 means DefaultTimeout.
	Timeout  time.Duration
	JSON     tree.JSONMode
	ReadOnly bool
	UID, GID uint32
	// StateDir is where what must not be lost is kept: the journal, rejected
	// texts, errors.log. CacheDir is where files are kept once fetched.
	StateDir, CacheDir string
	// Identity keeps apart what different sign-ins see of an account.
	Identity string
	// ProjectTrash allows a project to be trashed.
	ProjectTrash bool
	// Stats gives what .basecampfs/stats.json has beside the caches' numbers.
	Stats func() any
}

// The defaults of a Config.
const (
	DefaultTTL     = time.Minute
	DefaultTimeout = 2 * time.Minute
)

// lasting is how long the kernel may keep what it is told of changes of.
const lasting = 24 * time.Hour

// Root is the root of a mounted tree.
type Root struct {
	dirNode
	tree     *tree.Tree
	accounts map[string]*tree.Account
	saver    *save.Saver
	journal  *journal.Journal
	disk     *disk.Store
	// whole is the file that is there while the cache on disk lacks nothing:
	// from the end of a mount to the beginning of the next one.
	whole   string
	stop    context.CancelFunc
	resumed chan struct{}
}

// NewRoot returns the root of a tree. Nothing is fetched, except that what an
// earlier mount could not send is sent in the background.
func NewRoot(c Config) (*Root, error) {
	if c.TTL == 0 {
		c.TTL = DefaultTTL
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	if c.JSON == "" {
		c.JSON = tree.JSONContainers
	}
	if c.Stats == nil {
		c.Stats = func() any { return nil }
	}
	log, err := tree.NewErrorLog(filepath.Join(c.StateDir, "errors.log"))
	if err != nil {
		return nil, err
	}
	born, err := born(c.StateDir)
	if err != nil {
		return nil, err
	}
	kept, err := blobs.Open(filepath.Join(c.CacheDir, "files"), 0)
	if err != nil {
		return nil, err
	}
	r := &Root{accounts: map[string]*tree.Account{}, resumed: make(chan struct{})}
	tc := tree.Config{
		Unmountable: c.Unmountable, JSON: c.JSON, ReadOnly: c.ReadOnly, Born: born, Log: log, Blobs: kept,
		RejectedDir: filepath.Join(c.StateDir, "journal", "rejected"), ProjectTrash: c.ProjectTrash, Stats: c.Stats,
		TimesPath: filepath.Join(c.StateDir, "times"),
	}
	if !c.ReadOnly {
		if r.journal, err = journal.Open(filepath.Join(c.StateDir, "journal"), journal.Options{}); err != nil {
			return nil, err
		}
		for _, n := range r.journal.Notices() {
			log.Add("the journal", errors.New(n))
		}
		r.saver = save.New(save.Options{Journal: r.journal, Tell: log.Add})
		tc.Saver, tc.Scratch = r.saver, r.journal.Scratch()
	}
	r.disk = disk.Open(filepath.Join(c.CacheDir, "records.db"), disk.Options{})
	r.whole = filepath.Join(c.CacheDir, "whole")
	torn := r.disk.Stats().Persists && os.Remove(r.whole) != nil
	for _, a := range c.Accounts {
		space := r.disk.Space(c.Identity, save.AccountKey(a.Info()))
		tc.Accounts = append(tc.Accounts, records.New(a, records.Options{TTL: c.TTL, Timeout: c.Timeout, Disk: &records.Disk{Space: space, Store: r.disk, Torn: torn}}))
	}
	r.tree = tree.New(tc)
	m := &mount{t: r.tree, opts: options{uid: c.UID, gid: c.GID, lasting: lasting, fleeting: c.TTL / 2, readOnly: c.ReadOnly, log: log}}
	m.notify = newNotifier(m)
	r.dirNode.d, r.dirNode.m = r.tree.Root(), m
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	go m.notify.run(ctx)
	for _, a := range r.tree.Accounts() {
		r.accounts[save.AccountKey(a.Records().Info())] = a
		a.Records().OnChange(func(i *records.Item, at *api.Record) { m.notify.changed(a, i, at) })
	}
	if r.saver != nil {
		r.saver.Doubt(r.account)
	}
	go r.resume(ctx)
	go r.follow(ctx, c.TTL)
	return r, nil
}

var _ fs.InodeEmbedder = (*Root)(nil)

// resumeEvery is how often what waits in the journal is taken up.
const resumeEvery = 30 * time.Second

// resume takes up what waits in the journal: at once, and again for as long as
// something does.
func (r *Root) resume(ctx context.Context) {
	defer close(r.resumed)
	if r.saver == nil {
		return
	}
	for {
		if r.saver.Waiting() > 0 {
			_ = r.saver.Resume(ctx, r.account)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(resumeEvery):
		}
	}
}

// account returns an account by its key, or nil.
func (r *Root) account(key string) save.Account {
	if a := r.accounts[key]; a != nil {
		return a
	}
	return nil
}

// follow asks for changes every TTL, and tells the kernel of them, for as long
// as somebody reads. Then it has the kernel forget everything, so that the next
// reader is seen, and leaves the service alone.
func (r *Root) follow(ctx context.Context, ttl time.Duration) {
	tick := time.NewTicker(min(ttl, time.Minute))
	defer tick.Stop()
	for told := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		var seen time.Time
		for _, a := range r.accounts {
			if t := a.Records().LastSeen(); t.After(seen) {
				seen = t
			}
		}
		if time.Since(seen) > max(ttl, time.Minute) {
			if seen.After(told) {
				told = time.Now()
				r.dirNode.m.notify.dropAll(ctx)
			}
			continue
		}
		for _, a := range r.accounts {
			_ = a.Records().Refresh(ctx) // a failure shows in the account's status
		}
	}
}

// settleTime is how long an unmount may take for the next mount's sake.
const settleTime = 3 * time.Second

// Close waits for the saves that are under way, until ctx ends. What is not
// sent by then stays in the journal for the next mount.
func (r *Root) Close(ctx context.Context) error {
	r.stop()
	<-r.resumed
	if r.disk.Stats().Persists {
		ctx, cancel := context.WithTimeout(ctx, settleTime)
		for _, a := range r.accounts {
			a.Records().Settle(ctx)
		}
		cancel()
	}
	var err error
	if r.saver != nil {
		err = errors.Join(r.saver.Close(ctx), r.journal.Close())
	}
	persists := r.disk.Stats().Persists
	e := r.disk.Close()
	if persists && e == nil {
		_ = os.WriteFile(r.whole, nil, 0o600) // without it the next mount asks once more
	}
	return errors.Join(err, e)
}

// Confirm lets a burst of trashing go on that was stopped.
func (r *Root) Confirm() { r.tree.ConfirmTrashing() }

// Tree is what is mounted, without the mount.
func (r *Root) Tree() *tree.Tree { return r.tree }

// born is the time of what has none of its own: when this state began.
func born(dir string) (time.Time, error) {
	path := filepath.Join(dir, "born")
	if info, err := os.Stat(path); err == nil {
		return info.ModTime().Truncate(time.Second), nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return time.Time{}, err
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		return time.Time{}, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime().Truncate(time.Second), nil
}
