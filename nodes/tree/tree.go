package tree

import (
	"context"
	"sync"
	"time"

	"basecampfs/api"
	"basecampfs/cache/blobs"
	"basecampfs/cache/journal"
	"basecampfs/nodes/names"
	"basecampfs/nodes/records"
	"basecampfs/nodes/save"
	"basecampfs/nodes/text"
)

// JSONMode says which raw objects are listed. All of them can always be read.
type JSONMode string

// The modes.
const (
	JSONAll        JSONMode = "all"
	JSONContainers JSONMode = "containers"
	JSONNone       JSONMode = "none"
)

// Config is what a tree is made from.
type Config struct {
	// Accounts are those to show. Their names are those of the accounts.
	Accounts []*records.Account
	// Unmountable are accounts of the identity that cannot be shown.
	Unmountable []Unmountable
	JSON        JSONMode
	ReadOnly    bool
	// Born is the time of what has none of its own, such as the root. It
	// must stay the same from mount to mount.
	Born time.Time
	// Stats gives the content of .basecampfs/stats.json, which is not listed.
	Stats func() any
	// Log is what .basecampfs/errors.log shows.
	Log *ErrorLog
	// RejectedDir is where texts that could not be saved are kept.
	RejectedDir string
	// TimesPath is the file of the times that programs set; "" keeps them for
	// as long as the mount lives.
	TimesPath string
	// Saver and Scratch are needed by a tree that can be written.
	Saver   *save.Saver
	Scratch *journal.Scratch
	// ProjectTrash allows a project to be trashed.
	ProjectTrash bool
	// Blobs keeps the bytes of files once they were fetched.
	Blobs *blobs.Store
}

// Unmountable is an account that is listed with the reason why it is not shown.
type Unmountable struct {
	api.AccountInfo
	Reason string `json:"reason"`
}

// Tree is the whole of what a mount shows.
type Tree struct {
	cfg      Config
	accounts []*Account

	guard guard
	times *times

	mu     sync.Mutex
	places map[uint64]*place
}

// Account is one account in the tree.
type Account struct {
	tree  *Tree
	recs  *records.Account
	info  api.AccountInfo
	name  string // of its folder
	views struct{ live, archived, trashed view }
	who   persons
}

// New returns the tree of a configuration. Nothing is fetched.
func New(cfg Config) *Tree {
	t := &Tree{cfg: cfg, times: openTimes(cfg.TimesPath), places: map[uint64]*place{}}
	claims := make([]names.Claim, len(cfg.Accounts))
	for n, a := range cfg.Accounts {
		claims[n] = names.Claim{ID: a.Info().ID, Title: a.Info().Name}
	}
	for n, name := range names.Assign(claims, "README.md", "accounts.json", stateName) {
		a := &Account{tree: t, recs: cfg.Accounts[n], info: cfg.Accounts[n].Info(), name: name}
		a.views.live = view{a, api.Any}
		a.views.archived = view{a, api.ArchivedState}
		a.views.trashed = view{a, api.TrashedState}
		t.accounts = append(t.accounts, a)
	}
	return t
}

// Root is the folder that is mounted.
func (t *Tree) Root() Dir { return &rootDir{t} }

// Accounts are the accounts that are shown.
func (t *Tree) Accounts() []*Account { return t.accounts }

// place returns what is kept of a folder.
func (t *Tree) place(inode uint64) *place {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.places[inode]
	if p == nil {
		p = &place{}
		t.places[inode] = p
	}
	return p
}

// Records are the account's records.
func (a *Account) Records() *records.Account { return a.recs }

// TextOptions says how texts of a kind are read and written here.
func (a *Account) TextOptions(ctx context.Context, k api.Kind) (text.Options, error) {
	who, err := a.meToo(ctx)
	if err != nil {
		return text.Options{}, err
	}
	return a.views.live.options(k, who), nil
}

// fixed is the number of a node that belongs to an account but to no record.
func (a *Account) fixed(name string) uint64 {
	return inode(a.info, api.Ref{}, facet(name))
}

// list is records.List for a folder's query.
func (v *view) list(ctx context.Context, q api.Query) (*records.Listing, error) {
	return v.a.recs.List(ctx, q)
}
