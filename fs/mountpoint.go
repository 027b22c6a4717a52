package fs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"basecampfs/api"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"
)

// State is what is mounted on a folder.
type State string

// The states.
const (
	Free    State = "free"    // nothing
	Mounted State = "mounted" // a mount of ours that answers
	Hung    State = "hung"    // a mount of ours that gives no answer in time
	Dead    State = "dead"    // a mount of ours whose process is gone
	Foreign State = "foreign" // some other file system
)

// answerIn is how long a mount may take to answer before it counts as Hung.
const answerIn = 5 * time.Second

// Mountpoint is a folder as the mount table and the kernel see it.
type Mountpoint struct {
	Path  string // absolute, without symbolic links
	State State
	Type  string // as the mount table has it, such as fuse.basecampfs
	UID   int    // of who mounted it; -1 where the table does not say
	Owner bool   // whether that is who runs this program
	id    int    // of the mount, unique while it lasts
}

// Inspect says what is mounted on dir. A folder that does not exist gives an
// error with Code NotFound.
func Inspect(dir string) (Mountpoint, error) {
	path, err := resolve(dir)
	if err != nil {
		return Mountpoint{}, err
	}
	return inspect(path)
}

// inspect is Inspect for a path that resolve has returned.
func inspect(path string) (Mountpoint, error) {
	m := Mountpoint{Path: path, State: Free, UID: -1}
	top, err := topmost(path)
	if err != nil || top == nil {
		return m, err
	}
	m.Type, m.id = top.FSType, top.ID
	m.UID = mounter(top)
	m.Owner = m.UID < 0 || m.UID == os.Geteuid()
	if !ours(top) {
		m.State = Foreign
		return m, nil
	}
	switch err := answers(path); {
	case errors.Is(err, syscall.ENOTCONN), errors.Is(err, syscall.ECONNABORTED):
		m.State = Dead
	case errors.Is(err, errNoAnswer):
		m.State = Hung
	default:
		m.State = Mounted
	}
	return m, nil
}

// topmost returns the entry of the mount table that is seen at path, or nil.
// Of several that are stacked there the last one is.
func topmost(path string) (*mountinfo.Info, error) {
	all, err := mountinfo.GetMounts(func(i *mountinfo.Info) (skip, stop bool) {
		return i.Mountpoint != path, false
	})
	if err != nil {
		return nil, &api.Error{Code: api.Failed, Op: "mount table", Message: err.Error(), Err: err}
	}
	if len(all) == 0 {
		return nil, nil
	}
	return all[len(all)-1], nil
}

// ours reports whether a mount was made by this program. Linux keeps the type;
// macOS knows only its own FUSE's name, and the source instead.
func ours(i *mountinfo.Info) bool {
	return i.FSType == "fuse."+Type || i.FSType != "fuse" && strings.Contains(i.FSType, "fuse") && i.Source == Type
}

// mounter returns the user id that a FUSE mount notes in its options.
func mounter(i *mountinfo.Info) int {
	for o := range strings.SplitSeq(i.VFSOptions, ",") {
		if v, ok := strings.CutPrefix(o, "user_id="); ok {
			if n, err := strconv.Atoi(v); err == nil {
				return n
			}
		}
	}
	return -1
}

var errNoAnswer = errors.New("no answer")

// answers asks the process behind a mount for something that the kernel never
// answers from its caches. stat(2) would do for a live mount, but succeeds on
// a dead one while the attributes are cached.
func answers(path string) error {
	got := make(chan error, 1)
	go func() {
		var st unix.Statfs_t
		for {
			err := unix.Statfs(path, &st)
			if !errors.Is(err, syscall.EINTR) {
				got <- err
				return
			}
		}
	}()
	select {
	case err := <-got:
		return err
	case <-time.After(answerIn):
		return errNoAnswer
	}
}

// resolve returns dir as the mount table would spell it. The last component
// may be a dead mount, which cannot be looked at.
func resolve(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", pathError("find", dir, err)
	}
	whole, err := filepath.EvalSymlinks(path)
	if err == nil {
		return whole, nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", pathError("find", dir, err)
	}
	parent, perr := filepath.EvalSymlinks(filepath.Dir(path))
	if perr != nil {
		return "", pathError("find", dir, err)
	}
	return filepath.Join(parent, filepath.Base(path)), nil
}

// Containing returns the mount of ours that path lies in, and path relative to
// its root. Path itself need not exist. Code NotFound where there is none.
func Containing(path string) (Mountpoint, string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return Mountpoint{}, "", pathError("find", path, err)
	}
	// Symbolic links are followed as far as the path exists, so that a link
	// to a mount counts. A link inside the mount is the tree's own matter.
	for _, p := range candidates(abs) {
		all, err := mountinfo.GetMounts(mountinfo.ParentsFilter(p))
		if err != nil {
			return Mountpoint{}, "", &api.Error{Code: api.Failed, Op: "mount table", Message: err.Error(), Err: err}
		}
		best := -1
		for i, m := range all {
			if ours(m) && (best < 0 || len(m.Mountpoint) >= len(all[best].Mountpoint)) {
				best = i
			}
		}
		if best < 0 {
			continue
		}
		root := all[best].Mountpoint
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return Mountpoint{}, "", pathError("find", path, err)
		}
		m, err := inspect(root)
		return m, rel, err
	}
	return Mountpoint{}, "", &api.Error{Code: api.NotFound, Message: path + " is not in a mounted tree",
		Hint: "Mount one with: basecampfs mount DIR"}
}

// candidates returns abs as written and with its symbolic links followed.
func candidates(abs string) []string {
	out := []string{abs}
	if p, err := filepath.EvalSymlinks(abs); err == nil {
		out = append(out, p)
	} else if p, err := filepath.EvalSymlinks(filepath.Dir(abs)); err == nil {
		out = append(out, filepath.Join(p, filepath.Base(abs)))
	}
	return slices.Compact(out)
}

// Mounts returns every mount of ours on this machine, whoever made it.
func Mounts() ([]Mountpoint, error) {
	all, err := mountinfo.GetMounts(func(i *mountinfo.Info) (skip, stop bool) { return !ours(i), false })
	if err != nil {
		return nil, &api.Error{Code: api.Failed, Op: "mount table", Message: err.Error(), Err: err}
	}
	var out []Mountpoint
	for _, i := range all {
		m, err := inspect(i.Mountpoint)
		if err != nil {
			return nil, err
		}
		if m.State != Foreign && m.State != Free {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Mountpoint) int { return strings.Compare(a.Path, b.Path) })
	return slices.CompactFunc(out, func(a, b Mountpoint) bool { return a.Path == b.Path }), nil
}
