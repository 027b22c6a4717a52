// Package store keeps sign-ins: in the desktop's keyring, in a file for the
// user alone, or in an encrypted settings file that travels.
package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/adrg/xdg"
	"github.com/gofrs/flock"

	"basecampfs/auth"
)

// maxFile bounds in bytes what is read of a file of secrets.
const maxFile = 4 << 20

// Folder returns the folder where sign-ins are kept.
func Folder() string {
	xdg.Reload() // it reads the environment once, before anyone could set it
	return filepath.Join(xdg.StateHome, "basecampfs", "auth")
}

// privateFolder makes a folder that is for the user alone.
func privateFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fileError("make the folder", dir, err)
	}
	i, err := os.Lstat(dir)
	if err != nil {
		return fileError("look at the folder", dir, err)
	}
	if !i.IsDir() {
		return auth.Errorf(auth.Store, "move it away", "%s is no folder", dir)
	}
	if i.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(dir, 0o700); err != nil {
			return auth.Errorf(auth.Store, "run: chmod 700 "+dir, "other users can look into %s, where secrets are kept", dir).Because(err)
		}
	}
	return nil
}

// readPrivate reads a file of secrets in the clear. It refuses one that
// somebody else owns, can read or can change, and one that is a link.
func readPrivate(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ELOOP) {
		return nil, auth.Errorf(auth.Store, "put the file itself there", "%s is a symbolic link, which is not followed to secrets", path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	i, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !i.Mode().IsRegular() {
		return nil, auth.Errorf(auth.Store, "move it away and sign in again", "%s is no file", path)
	}
	if st, ok := i.Sys().(*syscall.Stat_t); ok && int(st.Uid) != os.Geteuid() {
		return nil, auth.Errorf(auth.Store, "run as that user, or: chown "+fmt.Sprint(os.Geteuid())+" "+path, "%s belongs to another user (%d)", path, st.Uid)
	}
	if i.Mode().Perm()&0o077 != 0 {
		return nil, auth.Errorf(auth.Store, "run: chmod 600 "+path+"; sign in again if somebody else uses this machine",
			"other users can reach the secrets in %s (mode %04o)", path, i.Mode().Perm())
	}
	return io.ReadAll(io.LimitReader(f, maxFile))
}

// writeAtomic replaces a file at once or not at all, on the disk too. The
// file is for the user alone from its first byte on.
func writeAtomic(path string, data []byte) (err error) {
	if p, e := filepath.EvalSymlinks(path); e == nil {
		path = p
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // 0600, O_EXCL
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return err
	}
	return syncFolder(dir)
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	// Some filesystems cannot sync a folder, and say so.
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}

// fileError says what a person can do about an error of the filesystem.
func fileError(what, path string, err error) error {
	if e, ok := errors.AsType[*auth.Error](err); ok {
		return e
	}
	hint := "check the file and its folder"
	switch {
	case errors.Is(err, syscall.EROFS):
		hint = "its filesystem is read-only: keep the sign-in elsewhere with --settings FILE"
	case errors.Is(err, fs.ErrPermission):
		hint = "make it and its folder writable for you, or keep the sign-in elsewhere with --settings FILE"
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = "free some space on that disk"
	}
	cause := err
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		cause = p.Err
	} else if l, ok := errors.AsType[*os.LinkError](err); ok {
		cause = l.Err
	}
	return auth.Errorf(auth.Store, hint, "cannot %s %s: %v", what, path, cause).Because(err)
}

// stamp changes whenever a file is replaced.
func stamp(path string) string {
	i, err := os.Stat(path)
	if err != nil {
		return "-"
	}
	var ino uint64
	if st, ok := i.Sys().(*syscall.Stat_t); ok {
		ino = st.Ino
	}
	return fmt.Sprintf("%d.%d.%d", i.ModTime().UnixNano(), i.Size(), ino)
}

// lock takes an exclusive lock on a file beside path, or, where that folder
// cannot be written, on one in the system's folder for temporary files.
func lock(ctx context.Context, path string) (func(), error) {
	l := flock.New(path + ".lock")
	ok, err := l.TryLockContext(ctx, 20*time.Millisecond)
	if err != nil && ctx.Err() == nil {
		// The name is one that another user cannot have taken on purpose.
		sum := sha256.Sum256([]byte(path))
		dir := filepath.Join(os.TempDir(), fmt.Sprintf("basecampfs-%d", os.Geteuid()))
		if e := privateFolder(dir); e != nil {
			return nil, fileError("lock", path, err)
		}
		l = flock.New(filepath.Join(dir, hex.EncodeToString(sum[:8])+".lock"))
		ok, err = l.TryLockContext(ctx, 20*time.Millisecond)
	}
	if err != nil || !ok {
		if ctx.Err() != nil {
			return nil, auth.Errorf(auth.Timeout, "see whether another basecampfs hangs: pgrep -a basecampfs",
				"another basecampfs is refreshing the token and does not end").Because(ctx.Err())
		}
		return nil, fileError("lock", path, err)
	}
	return func() { _ = l.Unlock() }, nil
}
