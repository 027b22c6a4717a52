package store

import (
	"errors"
	"io"
	"os"
	"strings"

	"filippo.io/age"

	"basecampfs/auth"
	"basecampfs/auth/redact"
)

// Key opens and seals a settings file: with a passphrase, or with an age key
// (an identity to open, whose recipient it is sealed for).
type Key struct {
	// Passphrase asks for it; confirm is true where a file is made, so that a
	// typing error is found. It is called once.
	Passphrase func(confirm bool) (string, error)
	// IdentityFile names a file such as age-keygen makes, mode 0600. It goes
	// before Passphrase.
	IdentityFile string

	passphrase string // once asked
}

// workFactor makes guessing a passphrase cost 64 MiB and a quarter of a second
// each (scrypt, N = 2^16). A mount pays that for each refresh.
const workFactor = 16

// maxWorkFactor bounds what a file may ask for before it is opened: 1 GiB.
const maxWorkFactor = 20

const keyHint = "pass the right one in BASECAMPFS_SETTINGS_PASSPHRASE, with --passphrase-file FILE, or type it when asked"

func (k *Key) ask(confirm bool) (string, error) {
	if k.passphrase != "" {
		return k.passphrase, nil
	}
	if k.Passphrase == nil {
		return "", auth.Errorf(auth.Passphrase, keyHint, "the settings file needs a passphrase")
	}
	p, err := k.Passphrase(confirm)
	if err != nil {
		return "", err
	}
	if p == "" {
		return "", auth.Errorf(auth.Passphrase, keyHint, "the passphrase is empty")
	}
	redact.Register(p)
	k.passphrase = p
	return p, nil
}

// Forget drops a passphrase that was asked for, so that it is asked for again.
func (k *Key) Forget() { k.passphrase = "" }

func (k *Key) identities() ([]age.Identity, error) {
	if k.IdentityFile != "" {
		b, err := readPrivate(k.IdentityFile)
		if err != nil {
			return nil, fileError("read the key", k.IdentityFile, err)
		}
		ids, err := age.ParseIdentities(strings.NewReader(string(b)))
		if err != nil {
			return nil, auth.Errorf(auth.Passphrase, "make one with: age-keygen -o FILE", "%s holds no age key", k.IdentityFile)
		}
		return ids, nil
	}
	p, err := k.ask(false)
	if err != nil {
		return nil, err
	}
	id, err := age.NewScryptIdentity(p)
	if err != nil {
		return nil, auth.Errorf(auth.Passphrase, keyHint, "the passphrase cannot be used").Because(err)
	}
	id.SetMaxWorkFactor(maxWorkFactor)
	return []age.Identity{id}, nil
}

func (k *Key) recipients() ([]age.Recipient, error) {
	if k.IdentityFile != "" {
		ids, err := k.identities()
		if err != nil {
			return nil, err
		}
		var out []age.Recipient
		for _, id := range ids {
			switch id := id.(type) {
			case *age.X25519Identity:
				out = append(out, id.Recipient())
			case *age.HybridIdentity:
				out = append(out, id.Recipient())
			}
		}
		if len(out) == 0 {
			return nil, auth.Errorf(auth.Passphrase, "make one with: age-keygen -o FILE", "%s holds no key that a file can be sealed for", k.IdentityFile)
		}
		return out, nil
	}
	p, err := k.ask(true)
	if err != nil {
		return nil, err
	}
	r, err := age.NewScryptRecipient(p)
	if err != nil {
		return nil, auth.Errorf(auth.Passphrase, keyHint, "the passphrase cannot be used").Because(err)
	}
	r.SetWorkFactor(workFactor)
	return []age.Recipient{r}, nil
}

// openError says why a file could not be opened with the key.
func (k *Key) openError(path string, err error) error {
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		if k.IdentityFile != "" {
			return auth.Errorf(auth.Passphrase, "name the right one with --key FILE", "the key %s does not open %s", k.IdentityFile, path)
		}
		k.Forget()
		return auth.Errorf(auth.Passphrase, keyHint, "the passphrase does not open %s", path)
	}
	return damaged(path)
}

func damaged(path string) error {
	return auth.Errorf(auth.Store, "bring a whole copy with `basecampfs auth export` from where it was made, or delete it and sign in again: basecampfs auth login --settings "+path,
		"the settings file %s is damaged or cut short", path)
}

// PassphraseFrom returns a Key.Passphrase that reads the first line of a file.
func PassphraseFrom(file string) func(bool) (string, error) {
	return func(bool) (string, error) {
		f, err := os.Open(file)
		if err != nil {
			return "", fileError("read the passphrase from", file, err)
		}
		defer f.Close()
		b, err := io.ReadAll(io.LimitReader(f, 64<<10))
		if err != nil {
			return "", fileError("read the passphrase from", file, err)
		}
		line, _, _ := strings.Cut(string(b), "\n")
		return strings.TrimRight(line, "\r"), nil
	}
}
