package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/zalando/go-keyring"
	"golang.org/x/sys/unix"

	"basecampfs/auth"
)

func credential(token string) *auth.Credential {
	return &auth.Credential{Kind: auth.OAuth, AccessToken: token, RefreshToken: "refresh-" + token, ClientID: "app"}
}

// memory is a keyring that works, fails or hangs.
type memory struct {
	mu   sync.Mutex
	kept map[string]string
	err  error
	hang chan struct{}
}

func (m *memory) do(f func()) error {
	if m.hang != nil {
		<-m.hang
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err == nil {
		f()
	}
	return m.err
}

func (m *memory) Get(_, u string) (string, error) {
	var s string
	var ok bool
	if err := m.do(func() { s, ok = m.kept[u] }); err != nil {
		return "", err
	}
	if !ok {
		return "", keyring.ErrNotFound
	}
	return s, nil
}

func (m *memory) Set(_, u, p string) error { return m.do(func() { m.kept[u] = p }) }
func (m *memory) Delete(_, u string) error { return m.do(func() { delete(m.kept, u) }) }

func TestEveryStore(t *testing.T) {
	identity := filepath.Join(t.TempDir(), "key")
	// A throw-away key, made for this test alone.
	if err := os.WriteFile(identity, []byte("AGE-SECRET-KEY-184JMZMVQH3E6U0PSL869004Y3U2NYV7R30EU99CSEDNPH02YUVFSZW44VU\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func(dir string) auth.Storage{
		"file":    func(dir string) auth.Storage { return NewFile(dir) },
		"keyring": func(dir string) auth.Storage { return NewKeyring(dir, &memory{kept: map[string]string{}}, time.Minute) },
		"system":  func(dir string) auth.Storage { return NewSystem(dir, &memory{kept: map[string]string{}}) },
		"settings, passphrase": func(dir string) auth.Storage {
			s, err := NewSettings(filepath.Join(dir, "s.age"), &Key{Passphrase: func(bool) (string, error) { return "a long passphrase", nil }})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
		"settings, key": func(dir string) auth.Storage {
			s, err := NewSettings(filepath.Join(dir, "s.age"), &Key{IdentityFile: identity})
			if err != nil {
				t.Fatal(err)
			}
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, dir := t.Context(), filepath.Join(t.TempDir(), "auth")
			if strings.HasPrefix(name, "settings") {
				dir = t.TempDir()
			}
			st := open(dir)
			if _, err := st.Load(ctx, "work"); auth.CodeOf(err) != auth.SignIn || !strings.Contains(auth.HintOf(err), "auth login") {
				t.Errorf("empty: %v (%s)", err, auth.HintOf(err))
			}
			if err := st.Delete(ctx, "work"); err != nil {
				t.Errorf("deleting what is not there: %v", err)
			}
			before := st.Generation("work")
			if err := st.Save(ctx, "work", credential("one")); err != nil {
				t.Fatal(err)
			}
			between := st.Generation("work")
			if err := st.Save(ctx, "work", credential("two")); err != nil {
				t.Fatal(err)
			}
			if err := st.Save(ctx, "home", credential("third-token")); err != nil {
				t.Fatal(err)
			}
			if g := st.Generation("work"); before == between || between == g {
				t.Errorf("generations %q %q %q do not tell saves apart", before, between, g)
			}
			c, err := st.Load(ctx, "work")
			if err != nil || c.AccessToken != "two" || c.RefreshToken != "refresh-two" || c.ClientID != "app" {
				t.Errorf("Load: %v", err)
			}
			all, err := st.Profiles(ctx)
			if err != nil || strings.Join(all, " ") != "home work" {
				t.Errorf("Profiles: %v, %v", all, err)
			}
			if err := st.Delete(ctx, "work"); err != nil {
				t.Fatal(err)
			}
			if _, err := st.Load(ctx, "work"); auth.CodeOf(err) != auth.SignIn {
				t.Errorf("after Delete: %v", err)
			}
			if _, err := st.Load(ctx, "home"); err != nil {
				t.Errorf("the other profile: %v", err)
			}
			for _, bad := range []string{"", "../x", "a/b", ".hidden", strings.Repeat("x", 65), "a\n"} {
				if err := st.Save(ctx, bad, credential("x")); auth.CodeOf(err) != auth.Usage {
					t.Errorf("profile %q: %v", bad, err)
				}
			}
			unlock, err := st.Lock(ctx, "work")
			if err != nil {
				t.Fatal(err)
			}
			short, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			defer cancel()
			if _, err := open(dir).Lock(short, "work"); auth.CodeOf(err) != auth.Timeout {
				t.Errorf("a second lock: %v", err)
			}
			unlock()
			again, err := st.Lock(ctx, "work")
			if err != nil {
				t.Fatal(err)
			}
			again()
			private(t, dir)
		})
	}
}

// private checks that nothing below dir is open to others.
func private(t *testing.T, dir string) {
	t.Helper()
	err := filepath.Walk(dir, func(path string, i os.FileInfo, err error) error {
		if err == nil && path != dir && i.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %04o", path, i.Mode().Perm())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// A refresh leaves a sign-in where it is; a new sign-in moves it, and leaves
// nothing behind.
func TestSystemMovesSignIns(t *testing.T) {
	ctx, dir, m := t.Context(), filepath.Join(t.TempDir(), "auth"), &memory{kept: map[string]string{}}
	s := NewSystem(dir, m)
	if why, err := s.Place(ctx, "default", credential("a"), Auto); why != nil || err != nil || m.kept["default"] == "" || s.file.has("default") {
		t.Fatalf("Auto: %v, %v", why, err)
	}
	if why, err := s.Place(ctx, "default", credential("b"), InFile); why != nil || err != nil || m.kept["default"] != "" || !s.file.has("default") {
		t.Fatalf("InFile: %v, %v", why, err)
	}
	if err := s.Save(ctx, "default", credential("c")); err != nil || m.kept["default"] != "" {
		t.Fatalf("a refresh moved it: %v", err)
	}
	if c, err := s.Load(ctx, "default"); err != nil || c.AccessToken != "c" {
		t.Fatal(err)
	}
	m.err = errors.New("locked")
	if why, err := s.Place(ctx, "default", credential("d"), Auto); why == nil || err != nil {
		t.Fatalf("with the keyring locked: %v, %v", why, err)
	}
	if _, err := s.Place(ctx, "default", credential("e"), InKeyring); auth.CodeOf(err) != auth.Store {
		t.Fatalf("asked for the keyring: %v", err)
	}
	if c, err := s.Load(ctx, "default"); err != nil || c.AccessToken != "d" {
		t.Fatal(err)
	}
}

// What a person sees where a store does not work: each an instruction.
func TestFailures(t *testing.T) {
	save := func(st auth.Storage) func(*testing.T) error {
		return func(t *testing.T) error { return st.Save(t.Context(), "default", credential("x")) }
	}
	load := func(st auth.Storage) func(*testing.T) error {
		return func(t *testing.T) error { _, err := st.Load(t.Context(), "default"); return err }
	}
	settings := func(path, pass string) *Settings {
		s, err := NewSettings(path, &Key{Passphrase: func(bool) (string, error) { return pass, nil }})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	files := t.TempDir()
	good := filepath.Join(files, "good.age")
	if err := save(settings(good, "right one"))(t); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, b []byte, mode os.FileMode) string {
		path := filepath.Join(files, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	flipped := []byte(strings.Replace(string(text), "\n", "\nA", 3))
	fileStore := func(name string, b []byte, mode os.FileMode) *File {
		dir := filepath.Join(files, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		write(name+"/default.json", b, mode)
		return NewFile(dir)
	}
	linked := fileStore("linked", []byte("{}"), 0o600)
	if err := os.Rename(linked.path("default"), linked.path("other")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(linked.path("other"), linked.path("default")); err != nil {
		t.Fatal(err)
	}
	hung := &memory{kept: map[string]string{}, hang: make(chan struct{})}
	t.Cleanup(func() { close(hung.hang) })
	locked := NewKeyring(filepath.Join(files, "ring"), hung, 50*time.Millisecond)
	refusing := NewKeyring(filepath.Join(files, "ring2"), &memory{err: errors.New("Object is locked at /org/freedesktop")}, time.Minute)

	for _, tt := range []struct {
		name       string
		do         func(*testing.T) error
		code       auth.Code
		says, hint string
	}{
		{"keyring hangs", save(locked), auth.Store, "did not answer within", "--store file"},
		{"keyring is locked", save(refusing), auth.Store, "locked", "--store file"},
		{"wrong passphrase", load(settings(good, "wrong one")), auth.Passphrase, "does not open", "BASECAMPFS_SETTINGS_PASSPHRASE"},
		{"empty passphrase", load(settings(good, "")), auth.Passphrase, "empty", "BASECAMPFS_SETTINGS_PASSPHRASE"},
		{"no passphrase", load(&Settings{path: good, key: &Key{}}), auth.Passphrase, "needs a passphrase", "--passphrase-file"},
		{"settings cut in half", load(settings(write("half.age", text[:len(text)/2], 0o600), "right one")), auth.Store, "damaged or cut short", "auth export"},
		{"settings cut at the last line", load(settings(write("last.age", text[:len(text)-40], 0o600), "right one")), auth.Store, "damaged or cut short", "auth export"},
		{"settings empty", load(settings(write("empty.age", nil, 0o600), "right one")), auth.Store, "damaged or cut short", "auth login --settings"},
		{"settings changed", load(settings(write("flipped.age", flipped, 0o600), "right one")), auth.Store, "damaged", "auth export"},
		{"not a settings file", load(settings(write("other.age", []byte("hello\n"), 0o600), "right one")), auth.Store, "no encrypted settings file", "auth export"},
		{"settings in a missing folder", save(settings(filepath.Join(files, "none", "x.age"), "right one")), auth.Store, "cannot", ""},
		{"key file open to others", load(&Settings{path: good, key: &Key{IdentityFile: write("loose.key", nil, 0o644)}}), auth.Store, "other users", "chmod 600"},
		{"key file without a key", load(&Settings{path: good, key: &Key{IdentityFile: write("no.key", []byte("x"), 0o600)}}), auth.Passphrase, "no age key", "age-keygen"},
		{"file cut short", load(fileStore("short", []byte(`{"version":1,"credential":{"kind":"oau`), 0o600)), auth.Store, "damaged or cut short", "auth login"},
		{"file empty", load(fileStore("none2", nil, 0o600)), auth.Store, "damaged or cut short", "auth login"},
		{"file without a token", load(fileStore("bare", []byte(`{"version":1,"credential":{"kind":"oauth"}}`), 0o600)), auth.Malformed, "incomplete", "auth login"},
		{"file of a newer version", load(fileStore("newer", []byte(`{"version":99,"credential":{"kind":"oauth"}}`), 0o600)), auth.Store, "newer version", "update"},
		{"file open to others", load(fileStore("loose", []byte(`{}`), 0o644)), auth.Store, "0644", "chmod 600"},
		{"file is a link", load(linked), auth.Store, "symbolic link", "itself"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.do(t)
			if auth.CodeOf(err) != tt.code || err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(auth.HintOf(err), tt.hint) || auth.HintOf(err) == "" {
				t.Errorf("got %s: %v\n(%s)", auth.CodeOf(err), err, auth.HintOf(err))
			}
		})
	}

	t.Run("read-only", func(t *testing.T) {
		dir := readOnly(t, func(dir string) {
			if err := os.WriteFile(filepath.Join(dir, "s.age"), text, 0o600); err != nil {
				t.Fatal(err)
			}
		})
		st := settings(filepath.Join(dir, "s.age"), "right one")
		if err := load(st)(t); err != nil {
			t.Fatalf("it can still be read: %v", err)
		}
		unlock, err := st.Lock(t.Context(), "default")
		if err != nil {
			t.Fatalf("it can still be locked: %v", err)
		}
		unlock()
		if err := save(st)(t); auth.CodeOf(err) != auth.Store || !strings.Contains(auth.HintOf(err), "--settings") {
			t.Errorf("%v (%s)", err, auth.HintOf(err))
		}
		if err := load(st)(t); err != nil {
			t.Errorf("and read after that: %v", err)
		}
	})
}

// readOnly returns a folder that cannot be written, by root neither.
func readOnly(t *testing.T, fill func(dir string)) string {
	dir := t.TempDir()
	fill(dir)
	if os.Geteuid() != 0 {
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
		return dir
	}
	if err := unix.Mount(dir, dir, "", unix.MS_BIND, ""); err != nil {
		t.Skipf("root can write everywhere, and may not mount a folder read-only here: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	if err := unix.Mount("", dir, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skipf("root can write everywhere, and may not mount a folder read-only here: %v", err)
	}
	return dir
}

// Without a session bus nothing may be asked: not even a probe.
func TestNoBusNoKeyring(t *testing.T) {
	if _, err := os.Stat("/run/user/" + strconv.Itoa(os.Getuid()) + "/bus"); err == nil {
		t.Skip("this machine has a session bus at its usual place")
	}
	for _, address := range []string{"", "autolaunch:"} {
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
		s := NewSystem(t.TempDir(), nil)
		k, err := s.Keyring()
		if k != nil || auth.CodeOf(err) != auth.Store || !strings.Contains(err.Error(), "no session bus") || auth.HintOf(err) == "" {
			t.Errorf("%q: %v (%s)", address, err, auth.HintOf(err))
		}
		why, err := s.Place(t.Context(), "default", credential("x"), Auto)
		if err != nil || why == nil || !strings.Contains(s.Where("default"), "not encrypted") {
			t.Errorf("%q: %v, %v, %s", address, why, err, s.Where("default"))
		}
	}
	// A sign-in that is in a keyring out of reach is not "signed out".
	dir := filepath.Join(t.TempDir(), "auth")
	if err := NewKeyring(dir, &memory{kept: map[string]string{}}, time.Minute).Save(t.Context(), "default", credential("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := NewSystem(dir, nil).Load(t.Context(), "default"); auth.CodeOf(err) != auth.Store || !strings.Contains(auth.HintOf(err), "--store file") {
		t.Errorf("%v (%s)", err, auth.HintOf(err))
	}
}

// A crash at any moment leaves the old file or the new one: what a writer
// leaves behind is never under the file's own name.
func TestWriteAtomicKeepsTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f")
	if err := writeAtomic(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Fatal(err)
	}
	small := limit
	small.Cur = 1000
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Skip("no limit on file sizes here")
	}
	err := writeAtomic(path, make([]byte, 100_000))
	if e := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); e != nil {
		t.Fatal(e)
	}
	if err == nil {
		t.Fatal("a write that is cut short passed")
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "old" {
		t.Errorf("%q, %v", b, err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("%d files are left behind", len(entries)-1)
	}
}

func FuzzUnseal(f *testing.F) {
	key := &Key{Passphrase: func(bool) (string, error) { return "p", nil }}
	f.Add([]byte("-----BEGIN AGE ENCRYPTED FILE-----\n"))
	f.Add([]byte("-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCg==\n-----END AGE ENCRYPTED FILE-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := Unseal(b, key, "f"); err == nil || auth.HintOf(err) == "" {
			t.Errorf("%q: %v", b, err)
		}
	})
}
