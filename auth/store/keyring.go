package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/zalando/go-keyring"

	"basecampfs/auth"
)

// Secrets is a service that keeps secrets, such as the Secret Service of a
// desktop. Its calls may block for ever.
type Secrets interface {
	Get(service, user string) (string, error)
	Set(service, user, secret string) error
	Delete(service, user string) error
}

type systemSecrets struct{}

func (systemSecrets) Get(s, u string) (string, error) { return keyring.Get(s, u) }
func (systemSecrets) Set(s, u, p string) error        { return keyring.Set(s, u, p) }
func (systemSecrets) Delete(s, u string) error        { return keyring.Delete(s, u) }

// service is the name under which secrets are kept.
const service = "basecampfs"

// Keyring keeps profiles in the desktop's keyring. Beside it a folder has a
// note for each profile, with no secret in it: a keyring can neither list
// what it holds nor tell when that changed.
type Keyring struct {
	secrets Secrets
	notes   *File
	timeout time.Duration
}

// KeyringTimeout is a sensible bound for each call: a locked keyring asks for
// its password meanwhile.
const KeyringTimeout = 10 * time.Second

// NewKeyring returns a Keyring; secrets is nil for the desktop's own.
func NewKeyring(dir string, secrets Secrets, timeout time.Duration) *Keyring {
	if secrets == nil {
		secrets = systemSecrets{}
	}
	return &Keyring{secrets: secrets, notes: NewFile(dir), timeout: timeout}
}

// HasBus returns nil where a session bus is there, on which a keyring may
// answer. Without one it must not be asked: asking can start daemons that
// nobody ends.
func HasBus() error {
	a := os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	if a != "" && !strings.HasPrefix(a, "autolaunch:") {
		return nil
	}
	if a == "" {
		i, err := os.Stat(filepath.Join("/run/user", strconv.Itoa(os.Getuid()), "bus"))
		if err == nil && i.Mode()&os.ModeSocket != 0 {
			return nil
		}
	}
	return auth.Errorf(auth.Store, "nothing to do: a file for you alone is used; --settings FILE would encrypt it",
		"there is no session bus, so no keyring is asked")
}

// Where implements auth.Storage.
func (k *Keyring) Where(profile string) string {
	return "the desktop's keyring (" + service + ", " + profile + ")"
}

func (k *Keyring) note(profile string) string { return filepath.Join(k.notes.dir, profile+".keyring") }

func (k *Keyring) has(profile string) bool {
	_, err := os.Lstat(k.note(profile))
	return err == nil
}

// bounded runs one call for no longer than the timeout. A call that hangs is
// left behind: there is no way to end it.
func (k *Keyring) bounded(ctx context.Context, call func() error) error {
	done := make(chan error, 1)
	go func() { done <- call() }()
	t := time.NewTimer(k.timeout)
	defer t.Stop()
	select {
	case err := <-done:
		if err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return auth.Errorf(auth.Store, "unlock the keyring and try again, or keep the sign-in in a file: basecampfs auth login --store file",
				"the keyring does not answer: %s", auth.Plain(err.Error())).Because(err)
		}
		return err
	case <-t.C:
		return auth.Errorf(auth.Store, "unlock the keyring and try again, or keep the sign-in in a file: basecampfs auth login --store file",
			"the keyring did not answer within %s; it may be locked", k.timeout)
	case <-ctx.Done():
		return auth.Errorf(auth.Canceled, "", "waiting for the keyring was given up").Because(ctx.Err())
	}
}

// Load implements auth.Storage.
func (k *Keyring) Load(ctx context.Context, profile string) (*auth.Credential, error) {
	if err := auth.CheckProfile(profile); err != nil {
		return nil, err
	}
	if !k.has(profile) {
		return nil, signedOut(profile)
	}
	var secret string
	err := k.bounded(ctx, func() (err error) {
		secret, err = k.secrets.Get(service, profile)
		return err
	})
	if errors.Is(err, keyring.ErrNotFound) {
		return nil, signedOut(profile)
	}
	if err != nil {
		return nil, err
	}
	return decode([]byte(secret), "the keyring's entry")
}

// Save implements auth.Storage.
func (k *Keyring) Save(ctx context.Context, profile string, c *auth.Credential) error {
	if err := auth.CheckProfile(profile); err != nil {
		return err
	}
	b, err := encode(c)
	if err != nil {
		return fileError("encode", profile, err)
	}
	if err := privateFolder(k.notes.dir); err != nil {
		return err
	}
	if err := k.bounded(ctx, func() error { return k.secrets.Set(service, profile, string(b)) }); err != nil {
		return err
	}
	note := "The sign-in of this profile is in the desktop's keyring.\n" + time.Now().UTC().Format(time.RFC3339Nano) + "\n"
	if err := writeAtomic(k.note(profile), []byte(note)); err != nil {
		return fileError("write", k.note(profile), err)
	}
	return nil
}

// Delete implements auth.Storage.
func (k *Keyring) Delete(ctx context.Context, profile string) error {
	if err := auth.CheckProfile(profile); err != nil {
		return err
	}
	if !k.has(profile) {
		return nil
	}
	err := k.bounded(ctx, func() error { return k.secrets.Delete(service, profile) })
	if err != nil && !errors.Is(err, keyring.ErrNotFound) {
		return err
	}
	if err := os.Remove(k.note(profile)); err != nil {
		return fileError("delete", k.note(profile), err)
	}
	return nil
}

// Profiles implements auth.Storage.
func (k *Keyring) Profiles(context.Context) ([]string, error) { return k.notes.list(".keyring") }

// Generation implements auth.Storage.
func (k *Keyring) Generation(profile string) string { return stamp(k.note(profile)) }

// Lock implements auth.Storage.
func (k *Keyring) Lock(ctx context.Context, profile string) (func(), error) {
	return k.notes.Lock(ctx, profile)
}

// Probe returns nil where the keyring answers.
func (k *Keyring) Probe(ctx context.Context) error {
	err := k.bounded(ctx, func() error {
		_, err := k.secrets.Get(service, "probe")
		return err
	})
	if errors.Is(err, keyring.ErrNotFound) {
		return nil
	}
	return err
}
