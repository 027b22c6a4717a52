package fs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"basecampfs/api"
)

// socketName is short whatever the folder's path: a socket's may have 107 bytes.
func socketName(dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return hex.EncodeToString(sum[:8]) + ".sock"
}

// runtimeDirs are the places for a user's sockets, best first. The last always
// works; sessions without a login manager have no other.
func runtimeDirs(uid int) []string {
	var dirs []string
	if d := os.Getenv("XDG_RUNTIME_DIR"); d != "" && uid == os.Geteuid() && filepath.IsAbs(d) {
		dirs = append(dirs, filepath.Join(d, Type))
	}
	id := strconv.Itoa(uid)
	return append(dirs, filepath.Join("/run/user", id, Type), filepath.Join("/tmp", Type+"-"+id))
}

// runtimeDir returns the first of this user's runtime folders that can be had.
func runtimeDir() (string, error) {
	uid := os.Geteuid()
	var last error
	for _, dir := range runtimeDirs(uid) {
		err := os.Mkdir(dir, 0o700)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			last = err
			continue
		}
		if private(dir, uid) {
			return dir, nil
		}
		last = errors.New(dir + " is not a folder of this user's alone")
	}
	return "", &api.Error{Code: api.Failed, Op: "runtime folder", Message: reason(last), Err: last,
		Hint: "Set XDG_RUNTIME_DIR to a folder of your own with mode 0700."}
}

// private reports whether dir is a folder that nobody but uid can enter: in
// /tmp anybody could have made one of that name.
func private(dir string, uid int) bool {
	in, err := os.Lstat(dir)
	if err != nil || !in.IsDir() || in.Mode().Perm()&0o077 != 0 {
		return false
	}
	st, ok := in.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == uid
}
