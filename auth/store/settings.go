package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync"

	"basecampfs/auth"
)

// Settings keeps profiles in one encrypted file at a chosen place, which can
// be carried to another machine. The file is age's, in ASCII armor.
type Settings struct {
	path string
	key  *Key

	mu   sync.Mutex
	sum  [sha256.Size]byte // of the file that last was opened
	last *sealed
}

// sealed is what a settings file holds.
type sealed struct {
	Version  int                         `json:"version"`
	Profiles map[string]*auth.Credential `json:"profiles"`
}

// NewSettings returns the Settings of a file, which need not exist yet.
func NewSettings(path string, key *Key) (*Settings, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fileError("find", path, err)
	}
	return &Settings{path: abs, key: key}, nil
}

// Where implements auth.Storage.
func (s *Settings) Where(string) string { return "the encrypted settings file " + s.path }

// lockPath names a lock beside the file, hidden since people look there.
func (s *Settings) lockPath(what string) string {
	return filepath.Join(filepath.Dir(s.path), "."+filepath.Base(s.path)+"."+what)
}

// open reads the file; fs.ErrNotExist where there is none. The caller holds mu.
func (s *Settings) open() (*sealed, error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return nil, err
	}
	// Opening is made to be slow, and most reads find what the last one did.
	sum := sha256.Sum256(b)
	if s.last != nil && sum == s.sum {
		return s.last, nil
	}
	all, err := Unseal(b, s.key, s.path)
	if err != nil {
		return nil, err
	}
	s.sum, s.last = sum, &sealed{version, all}
	return s.last, nil
}

// change rewrites the file with what f makes of its profiles, under a lock
// that is not the one of a refresh: several profiles share the file.
func (s *Settings) change(ctx context.Context, f func(map[string]*auth.Credential)) error {
	unlock, err := lock(ctx, s.lockPath("write"))
	if err != nil {
		return err
	}
	defer unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.open()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fileError("read", s.path, err)
	}
	v := sealed{Version: version, Profiles: map[string]*auth.Credential{}}
	if old != nil {
		for k, c := range old.Profiles {
			v.Profiles[k] = c
		}
	}
	f(v.Profiles)
	b, err := Seal(v.Profiles, s.key)
	if err != nil {
		return err
	}
	if err := writeAtomic(s.path, b); err != nil {
		return fileError("write", s.path, err)
	}
	s.sum, s.last = sha256.Sum256(b), &v
	return nil
}

// Load implements auth.Storage.
func (s *Settings) Load(_ context.Context, profile string) (*auth.Credential, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, auth.Errorf(auth.SignIn, "check the name, or sign in to make it: basecampfs auth login --settings "+s.path, "there is no settings file %s", s.path)
	}
	if err != nil {
		return nil, fileError("read", s.path, err)
	}
	c := v.Profiles[profile]
	if c == nil {
		return nil, auth.Errorf(auth.SignIn, "sign in: basecampfs auth login --settings "+s.path+" --profile "+profile,
			"the settings file %s has no profile %s", s.path, auth.Plain(profile))
	}
	return c, c.Check()
}

// Save implements auth.Storage.
func (s *Settings) Save(ctx context.Context, profile string, c *auth.Credential) error {
	if err := auth.CheckProfile(profile); err != nil {
		return err
	}
	c.Register()
	return s.change(ctx, func(all map[string]*auth.Credential) { all[profile] = c })
}

// Delete implements auth.Storage.
func (s *Settings) Delete(ctx context.Context, profile string) error {
	if _, err := s.Load(ctx, profile); auth.CodeOf(err) == auth.SignIn {
		return nil
	}
	return s.change(ctx, func(all map[string]*auth.Credential) { delete(all, profile) })
}

// Profiles implements auth.Storage.
func (s *Settings) Profiles(context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, err := s.open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fileError("read", s.path, err)
	}
	out := make([]string, 0, len(v.Profiles))
	for p := range v.Profiles {
		out = append(out, p)
	}
	sort.Strings(out)
	return out, nil
}

// Generation implements auth.Storage.
func (s *Settings) Generation(string) string { return stamp(s.path) }

// Lock implements auth.Storage.
func (s *Settings) Lock(ctx context.Context, profile string) (func(), error) {
	if err := auth.CheckProfile(profile); err != nil {
		return nil, err
	}
	return lock(ctx, s.lockPath(profile))
}
