package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Scratch keeps the files that editors leave beside the ones they edit: real
// files under their own names, in a folder for each folder of the mount, with
// the modes, times and links that programs give them. They outlive a crash of
// this process as soon as they are written; Sync makes them outlive one of the
// machine. A folder is named by any string that stays the same, such as
// account and id. Errors wrap what the operating system said.
type Scratch struct {
	root *os.Root
	dir  string
	now  func() time.Time

	mu      sync.Mutex
	folders map[string]bool // those that exist, by their hash
}

func openScratch(dir string, now func() time.Time) (*Scratch, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &Scratch{root: root, dir: dir, now: now, folders: map[string]bool{}}
	all, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		root.Close()
		return nil, err
	}
	for _, f := range all {
		if f.IsDir() {
			s.folders[f.Name()] = true
		}
	}
	return s, nil
}

// hash is the name on disk of a folder: any string, of any length, is one.
func hash(folder string) string {
	sum := sha256.Sum256([]byte(folder))
	return hex.EncodeToString(sum[:16])
}

// path returns where a scratch file is below the root.
func (s *Scratch) path(folder, name string) (string, error) {
	if err := checkName(name); err != nil {
		return "", err
	}
	return filepath.Join(hash(folder), name), nil
}

// forNew is path for a file that may be about to be made.
func (s *Scratch) forNew(folder, name string) (string, error) {
	path, err := s.path(folder, name)
	if err != nil {
		return "", err
	}
	h := hash(folder)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.folders[h] {
		return path, nil
	}
	if err := s.root.Mkdir(h, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	s.folders[h] = true
	return path, nil
}

// List returns what a folder holds, sorted by name. It costs nothing where
// there is nothing.
func (s *Scratch) List(folder string) ([]fs.FileInfo, error) {
	h := hash(folder)
	s.mu.Lock()
	there := s.folders[h]
	s.mu.Unlock()
	if !there {
		return nil, nil
	}
	entries, err := fs.ReadDir(s.root.FS(), h)
	if err != nil {
		return nil, s.fail("list", err)
	}
	infos := make([]fs.FileInfo, 0, len(entries))
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, s.fail("list", err)
		}
		infos = append(infos, info)
	}
	return infos, nil
}

// Open opens a file like os.OpenFile, or makes it where flag has os.O_CREATE.
// It never follows a symbolic link: ELOOP. A mode that shuts its owner out is
// no obstacle, since the kernel has judged the person who opens already.
func (s *Scratch) Open(folder, name string, flag int, perm fs.FileMode) (*os.File, error) {
	path, err := s.path(folder, name)
	if flag&os.O_CREATE != 0 {
		path, err = s.forNew(folder, name)
	}
	if err != nil {
		return nil, s.fail("open", err)
	}
	info, err := s.root.Lstat(path)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 && flag&os.O_EXCL == 0 {
		return nil, s.fail("open", &fs.PathError{Op: "open", Path: name, Err: syscall.ELOOP})
	}
	f, err := s.root.OpenFile(path, flag, perm.Perm())
	if errors.Is(err, fs.ErrPermission) && info != nil {
		if s.root.Chmod(path, 0o600) == nil {
			f, err = s.root.OpenFile(path, flag, 0o600)
			s.root.Chmod(path, info.Mode())
		}
	}
	return f, s.fail("open", err)
}

// Put makes a file with this content, or replaces one, at once and durably.
func (s *Scratch) Put(folder, name string, content []byte) error {
	path, err := s.forNew(folder, name)
	if err != nil {
		return s.fail("write", err)
	}
	_, _, err = writeDurable(filepath.Join(s.dir, path), strings.NewReader(string(content)))
	return s.fail("write", err)
}

// Get returns the content of a file.
func (s *Scratch) Get(folder, name string) ([]byte, error) {
	f, err := s.Open(folder, name, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	return b, s.fail("read", err)
}

// Stat returns what a file is, not following a symbolic link.
func (s *Scratch) Stat(folder, name string) (fs.FileInfo, error) {
	path, err := s.path(folder, name)
	if err != nil {
		return nil, s.fail("stat", err)
	}
	info, err := s.root.Lstat(path)
	return info, s.fail("stat", err)
}

// Rename renames a file, into another folder too, over one that is there.
func (s *Scratch) Rename(folder, name, toFolder, toName string) error {
	from, err := s.path(folder, name)
	if err != nil {
		return s.fail("rename", err)
	}
	to, err := s.forNew(toFolder, toName)
	if err != nil {
		return s.fail("rename", err)
	}
	return s.fail("rename", s.root.Rename(from, to))
}

// Remove removes a file.
func (s *Scratch) Remove(folder, name string) error {
	return s.change("remove", folder, name, s.root.Remove)
}

// Symlink makes a symbolic link. Its target is kept as it is, never followed.
func (s *Scratch) Symlink(folder, name, target string) error {
	path, err := s.forNew(folder, name)
	if err != nil {
		return s.fail("symlink", err)
	}
	return s.fail("symlink", s.root.Symlink(target, path))
}

// Readlink returns the target of a symbolic link.
func (s *Scratch) Readlink(folder, name string) (string, error) {
	path, err := s.path(folder, name)
	if err != nil {
		return "", s.fail("readlink", err)
	}
	target, err := s.root.Readlink(path)
	return target, s.fail("readlink", err)
}

// Link gives a file a second name.
func (s *Scratch) Link(folder, name, toFolder, toName string) error {
	from, err := s.path(folder, name)
	if err != nil {
		return s.fail("link", err)
	}
	to, err := s.forNew(toFolder, toName)
	if err != nil {
		return s.fail("link", err)
	}
	return s.fail("link", s.root.Link(from, to))
}

// Chmod sets the permission bits of a file; a symbolic link has none.
func (s *Scratch) Chmod(folder, name string, mode fs.FileMode) error {
	return s.change("chmod", folder, name, func(path string) error { return s.root.Chmod(path, mode) })
}

// Chtimes sets the times of a file; a zero one stays.
func (s *Scratch) Chtimes(folder, name string, atime, mtime time.Time) error {
	return s.change("chtimes", folder, name, func(path string) error { return s.root.Chtimes(path, atime, mtime) })
}

// Sync makes the names in a folder durable; content is the business of
// os.File.Sync.
func (s *Scratch) Sync(folder string) error {
	f, err := s.root.Open(hash(folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return s.fail("sync", err)
	}
	defer f.Close()
	return s.fail("sync", f.Sync())
}

// Expire removes what was not written, renamed or given new attributes for
// this long. The time that counts is the one that programs cannot set.
func (s *Scratch) Expire(after time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	limit := s.now().Add(-after)
	var errs []error
	for h := range s.folders {
		entries, err := fs.ReadDir(s.root.FS(), h)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil && changed(info).Before(limit) {
				errs = append(errs, s.root.Remove(filepath.Join(h, e.Name())))
			}
		}
		// Not one that was just made for a file to come; only empty ones go.
		if info, err := s.root.Lstat(h); err == nil && info.ModTime().Before(limit) && s.root.Remove(h) == nil {
			delete(s.folders, h)
		}
	}
	return s.fail("expire", errors.Join(errs...))
}

func (s *Scratch) change(op, folder, name string, f func(path string) error) error {
	path, err := s.path(folder, name)
	if err != nil {
		return s.fail(op, err)
	}
	return s.fail(op, f(path))
}

func (s *Scratch) fail(op string, err error) error { return fail(op, s.dir, err) }
