package tree

import (
	"syscall"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// view is how a part of an account's tree shows its items: the live ones, the
// archived or the trashed. The latter two are read-only.
type view struct {
	a     *Account
	state api.State // of the items: Any, ArchivedState or TrashedState
}

func (v *view) live() bool { return v.state == api.Any && !v.a.tree.cfg.ReadOnly }

// open and completed are the states to ask for in this view. A view that does
// not tell them apart gives the same for both.
func (v *view) open() api.State {
	if v.state == api.Any {
		return api.Open
	}
	return v.state
}

// alive reports whether an item is still in this view.
func (v *view) alive(i *records.Item) bool {
	switch i.Record().Status {
	case api.Active, api.Drafted:
		return v.state == api.Any
	case api.Archived:
		return v.state == api.ArchivedState
	case api.Trashed:
		return v.state == api.TrashedState
	}
	return false
}

// Suffixes of what an item has in a folder.
const (
	textSuffix     = ".md"
	jsonSuffix     = ".json"
	commentsSuffix = ".comments"
	filesSuffix    = ".files"
)

var (
	itemSuffixes   = []string{textSuffix, jsonSuffix, commentsSuffix, filesSuffix}
	personSuffixes = []string{textSuffix, jsonSuffix}
	folderSuffixes = []string{""}
)

// isFolder reports whether items of a kind are folders.
func isFolder(k api.Kind) bool {
	switch k {
	case api.Project, api.TodoList, api.TodoGroup, api.Vault:
		return true
	}
	return false
}

// suffixes are what an item's name is claimed with.
func (v *view) suffixes(i *records.Item) []string {
	switch k := i.Ref().Kind; {
	case isFolder(k):
		return folderSuffixes
	case k == api.Person:
		return personSuffixes
	case k == api.Upload:
		e := v.extension(i)
		return []string{e, e + jsonSuffix, e + commentsSuffix}
	}
	return itemSuffixes
}

// extension is the part of an upload's name that must stay at its end.
func (v *view) extension(i *records.Item) string {
	if i.Ref().Kind != api.Upload {
		return ""
	}
	return extensionOf(v.titleOf(i.Record()))
}

// titleOf is what an item is called after: of an upload its file, of a comment
// its time and author.
func (v *view) titleOf(r *api.Record) string {
	switch r.Kind {
	case api.Upload:
		if len(r.Files) > 0 && r.Files[0].Name != "" {
			return r.Files[0].Name
		}
	case api.Comment, api.ChatLine, api.Answer:
		who := ""
		if r.Creator != nil {
			who = " " + r.Creator.Name
		}
		return r.CreatedAt.UTC().Format("2006-01-02 15.04.05") + who
	}
	return r.Title
}

// node returns what an item shows under a suffix, and whether it is listed;
// nil where there is nothing.
func (v *view) node(i *records.Item, suffix string) (Node, bool) {
	k := i.Ref().Kind
	switch {
	case k == api.Project:
		return &projectDir{v, i}, true
	case k == api.TodoList, k == api.TodoGroup:
		return &listDir{v, i}, true
	case k == api.Vault:
		return &vaultDir{v, i}, true
	case k == api.Upload && suffix == v.extension(i):
		return &upload{v, i}, true
	}
	switch {
	case suffix == textSuffix:
		return &itemFile{v, i}, true
	case len(suffix) >= len(jsonSuffix) && suffix[len(suffix)-len(jsonSuffix):] == jsonSuffix:
		return &jsonFile{v, i}, v.a.tree.cfg.JSON == JSONAll
	case suffix == filesSuffix:
		if len(i.Record().Files) == 0 {
			return nil, false
		}
		return &filesDir{v, i}, true
	default:
		n := i.Record().Comments
		if n < 0 {
			return nil, false
		}
		return &commentsDir{v, i}, n > 0
	}
}

func typeOf(n Node) uint32 {
	switch n.(type) {
	case Dir:
		return syscall.S_IFDIR
	case Link:
		return syscall.S_IFLNK
	}
	return syscall.S_IFREG
}
