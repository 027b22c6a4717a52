package store

import (
	"context"
	"slices"

	"basecampfs/auth"
)

// Place says where a new sign-in is kept.
type Place string

// The places.
const (
	Auto      Place = ""        // the keyring where one answers, else a file
	InKeyring Place = "keyring" // or not at all
	InFile    Place = "file"
)

// System keeps profiles in the desktop's keyring where one answers, and in
// files where none does. A profile is in one of the two at a time; a refresh
// leaves it where it is, so that every process goes on finding it.
type System struct {
	file    *File
	keyring *Keyring // nil where there is no bus
	noBus   error    // why
}

// NewSystem returns the System of a folder, Folder() as a rule; secrets is nil
// for the desktop's own keyring, which is left alone where there is no bus.
func NewSystem(dir string, secrets Secrets) *System {
	s := &System{file: NewFile(dir)}
	if s.noBus = HasBus(); secrets != nil || s.noBus == nil {
		s.keyring, s.noBus = NewKeyring(dir, secrets, KeyringTimeout), nil
	}
	return s
}

// Keyring returns the keyring, or why there is none.
func (s *System) Keyring() (*Keyring, error) {
	if s.keyring == nil {
		return nil, s.noBus
	}
	return s.keyring, nil
}

// of returns where a profile is kept now.
func (s *System) of(profile string) auth.Storage {
	// A file goes first: it is there only where it is newer than the
	// keyring's entry, which Place would else have removed it for.
	if s.keyring == nil || s.file.has(profile) || !s.keyring.has(profile) {
		return s.file
	}
	return s.keyring
}

// Where implements auth.Storage.
func (s *System) Where(profile string) string { return s.of(profile).Where(profile) }

// Load implements auth.Storage.
func (s *System) Load(ctx context.Context, profile string) (*auth.Credential, error) {
	c, err := s.of(profile).Load(ctx, profile)
	if auth.CodeOf(err) == auth.SignIn && s.keyring == nil && NewKeyring(s.file.dir, nil, 0).has(profile) {
		return nil, auth.Errorf(auth.Store, "run this within the desktop session, or sign in here too: basecampfs auth login --store file",
			"the sign-in is in the desktop's keyring, and there is no session bus to reach it")
	}
	return c, err
}

// Save implements auth.Storage.
func (s *System) Save(ctx context.Context, profile string, c *auth.Credential) error {
	st := s.of(profile)
	if st == auth.Storage(s.file) && !s.file.has(profile) && s.keyring != nil {
		_, err := s.Place(ctx, profile, c, Auto)
		return err
	}
	return st.Save(ctx, profile, c)
}

// Place saves a new sign-in at a place and removes it from every other. It
// returns why the keyring was not used where it would have been.
func (s *System) Place(ctx context.Context, profile string, c *auth.Credential, p Place) (why error, err error) {
	switch p {
	case InFile:
	case Auto, InKeyring:
		if s.keyring == nil {
			why = s.noBus
			break
		}
		if why = s.keyring.Save(ctx, profile, c); why == nil {
			return nil, s.file.Delete(ctx, profile)
		}
	default:
		return nil, auth.Errorf(auth.Usage, "use keyring or file", "%q is no place for a sign-in", auth.Plain(string(p)))
	}
	if p == InKeyring {
		return why, why
	}
	if err := s.file.Save(ctx, profile, c); err != nil {
		return why, err
	}
	if p == InFile && s.keyring != nil && s.keyring.has(profile) {
		// What is left behind would only be an old secret; the file goes first.
		why = s.keyring.Delete(ctx, profile)
	}
	return why, nil
}

// Delete implements auth.Storage.
func (s *System) Delete(ctx context.Context, profile string) error {
	err := s.file.Delete(ctx, profile)
	if s.keyring != nil {
		if e := s.keyring.Delete(ctx, profile); err == nil {
			err = e
		}
	}
	return err
}

// Profiles implements auth.Storage.
func (s *System) Profiles(ctx context.Context) ([]string, error) {
	all, err := s.file.Profiles(ctx)
	if err != nil {
		return nil, err
	}
	// The notes are listed without a bus too.
	more, err := s.file.list(".keyring")
	if err != nil {
		return nil, err
	}
	all = append(all, more...)
	slices.Sort(all)
	return slices.Compact(all), nil
}

// Generation implements auth.Storage.
func (s *System) Generation(profile string) string {
	if s.keyring == nil {
		return s.file.Generation(profile)
	}
	return s.file.Generation(profile) + " " + s.keyring.Generation(profile)
}

// Lock implements auth.Storage.
func (s *System) Lock(ctx context.Context, profile string) (func(), error) {
	return s.file.Lock(ctx, profile)
}
