package store

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"basecampfs/auth"
)

// File keeps each profile in a file of its own, mode 0600 in a folder 0700.
type File struct{ dir string }

// NewFile returns the File of a folder, Folder() as a rule.
func NewFile(dir string) *File { return &File{dir} }

func (f *File) path(profile string) string { return filepath.Join(f.dir, profile+".json") }

// Where implements auth.Storage.
func (f *File) Where(profile string) string {
	return "the file " + f.path(profile) + " (for you alone, not encrypted)"
}

// kept is what a file, a keyring's entry and a settings file hold.
type kept struct {
	Version    int              `json:"version"`
	Credential *auth.Credential `json:"credential"`
}

const version = 1

func encode(c *auth.Credential) ([]byte, error) {
	c.Register()
	return json.Marshal(kept{version, c})
}

// decode reads what encode wrote; where names it for a person.
func decode(b []byte, where string) (*auth.Credential, error) {
	var k kept
	if err := json.Unmarshal(b, &k); err != nil || k.Credential == nil {
		// The cause may repeat a part of what it could not read.
		return nil, auth.Errorf(auth.Store, "sign in again, which replaces it: basecampfs auth login", "%s is damaged or cut short", where)
	}
	if k.Version > version {
		return nil, auth.Errorf(auth.Store, "update basecampfs, or sign in again: basecampfs auth login", "%s was written by a newer version of basecampfs", where)
	}
	k.Credential.Register()
	return k.Credential, k.Credential.Check()
}

func signedOut(profile string) error {
	cmd := "basecampfs auth login"
	if profile != auth.DefaultProfile {
		cmd += " --profile " + profile
	}
	return auth.Errorf(auth.SignIn, "sign in: "+cmd, "nobody is signed in (profile %s)", profile)
}

// Load implements auth.Storage.
func (f *File) Load(_ context.Context, profile string) (*auth.Credential, error) {
	if err := auth.CheckProfile(profile); err != nil {
		return nil, err
	}
	b, err := readPrivate(f.path(profile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, signedOut(profile)
	}
	if err != nil {
		return nil, fileError("read", f.path(profile), err)
	}
	return decode(b, f.path(profile))
}

// Save implements auth.Storage.
func (f *File) Save(_ context.Context, profile string, c *auth.Credential) error {
	if err := auth.CheckProfile(profile); err != nil {
		return err
	}
	if err := privateFolder(f.dir); err != nil {
		return err
	}
	b, err := encode(c)
	if err == nil {
		err = writeAtomic(f.path(profile), append(b, '\n'))
	}
	if err != nil {
		return fileError("write", f.path(profile), err)
	}
	return nil
}

// Delete implements auth.Storage.
func (f *File) Delete(_ context.Context, profile string) error {
	if err := auth.CheckProfile(profile); err != nil {
		return err
	}
	if err := os.Remove(f.path(profile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileError("delete", f.path(profile), err)
	}
	return nil
}

// has says whether a profile is kept here, readable or not.
func (f *File) has(profile string) bool {
	_, err := os.Lstat(f.path(profile))
	return err == nil
}

// Profiles implements auth.Storage.
func (f *File) Profiles(context.Context) ([]string, error) { return f.list(".json") }

func (f *File) list(suffix string) ([]string, error) {
	entries, err := os.ReadDir(f.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fileError("list", f.dir, err)
	}
	var out []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), suffix); ok && auth.CheckProfile(name) == nil {
			out = append(out, name)
		}
	}
	sort.Strings(out)
	return out, nil
}

// Generation implements auth.Storage.
func (f *File) Generation(profile string) string { return stamp(f.path(profile)) }

// Lock implements auth.Storage.
func (f *File) Lock(ctx context.Context, profile string) (func(), error) {
	if err := auth.CheckProfile(profile); err != nil {
		return nil, err
	}
	_ = privateFolder(f.dir) // lock has another place where this fails
	return lock(ctx, filepath.Join(f.dir, profile))
}
