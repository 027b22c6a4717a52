package mounted

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program is a way in which some program saves a file. A script runs in the
// file's folder, with FILE the name, FROM and TO a word and what is to replace
// it, TEXT a file outside the mount that has the whole new text, TMP a folder
// outside the mount. A run does the same by system calls.
type program struct {
	name   string
	needs  string // programs, separated by spaces
	script string
	run    func(dir, name string, text []byte) error
	leaves string // what it leaves beside the file, with % for its name
	fresh  bool   // it can make a new file too
	// replaces is set where it removes the file first: the item goes to the
	// trash and comes back.
	replaces bool
	// unchanged is set where the program sets other things than the content.
	unchanged bool
}

const vim = `TERM=dumb vim -u NONE -N --not-a-term -i NONE --cmd "set backupskip=" OPTIONS -c "%s/$FROM/$TO/" -c wq "$FILE" </dev/null >/dev/null 2>&1`

func vimWith(options string) string { return strings.Replace(vim, "OPTIONS", options, 1) }

const nano = `expect -c '
	set timeout 20
	spawn -noecho nano --ignorercfiles OPTIONS -- $env(FILE)
	expect -re "Exit"
	send "\x1c"; expect "Search"; send "$env(FROM)\r"
	expect "Replace with"; send "$env(TO)\r"
	expect "instance"; send "a"
	expect "Replaced"; send "\x0f"
	expect "Write"; send "\r"
	expect "Wrote"; send "\x18"
	expect eof' >/dev/null`

const emacs = `emacs -Q --batch --eval '(setq backup-enable-predicate (lambda (f) t))' "$FILE" --eval '(progn (goto-char (point-min)) (while (search-forward (getenv "FROM") nil t) (replace-match (getenv "TO") t t)) OPTIONS (save-buffer))' >/dev/null 2>&1`

var programs = []program{
	{name: "vim", needs: "vim", script: vimWith("")},
	{name: "vim backupcopy=yes", needs: "vim", script: vimWith("--cmd 'set backupcopy=yes'")},
	{name: "vim backupcopy=no", needs: "vim", script: vimWith("--cmd 'set backupcopy=no'")},
	{name: "vim nowritebackup", needs: "vim", script: vimWith("--cmd 'set nowritebackup'")},
	{name: "vim backup", needs: "vim", script: vimWith("--cmd 'set backup'"), leaves: "%~"},
	{name: "nano", needs: "expect nano", script: strings.Replace(nano, "OPTIONS", "", 1)},
	{name: "nano -B", needs: "expect nano", script: strings.Replace(nano, "OPTIONS", "-B", 1), leaves: "%~"},
	{name: "emacs", needs: "emacs", script: strings.Replace(emacs, "OPTIONS", "", 1), leaves: "%~"},
	{name: "emacs by copying", needs: "emacs", script: strings.Replace(emacs, "OPTIONS", "(setq backup-by-copying t)", 1), leaves: "%~"},
	{name: "sed -i", needs: "sed", script: `sed -i "s/$FROM/$TO/" "$FILE"`},
	{name: "sed -i.bak", needs: "sed", script: `sed -i.bak "s/$FROM/$TO/" "$FILE"`, leaves: "%.bak"},
	{name: "perl -i", needs: "perl", script: `perl -i -pe 's/$ENV{FROM}/$ENV{TO}/' "$FILE"`},
	{name: "perl -i.orig", needs: "perl", script: `perl -i.orig -pe 's/$ENV{FROM}/$ENV{TO}/' "$FILE"`, leaves: "%.orig"},
	{name: "ed", needs: "ed", script: `printf '%s\n' "g/$FROM/s//$TO/" w q | ed -s "$FILE" >/dev/null`},
	{name: "patch", needs: "patch diff", script: `diff -u "$FILE" "$TEXT" > "$TMP/p" || true; patch -s "$FILE" "$TMP/p"`},
	{name: "patch -b", needs: "patch diff", script: `diff -u "$FILE" "$TEXT" > "$TMP/p" || true; patch -s -b "$FILE" "$TMP/p"`, leaves: "%.orig"},
	{name: "tee", script: `tee "$FILE" < "$TEXT" >/dev/null`, fresh: true},
	{name: ">", script: `cat "$TEXT" > "$FILE"`, fresh: true},
	{name: "> of a builtin", script: `x=$(cat "$TEXT"; printf x); printf '%s' "${x%x}" > "$FILE"`, fresh: true},
	{name: "{ } >", script: `{ head -n 4 "$TEXT"; tail -n +5 "$TEXT"; } > "$FILE"`, fresh: true},
	{name: "cp", script: `cp "$TEXT" "$FILE"`, fresh: true},
	{name: "cp -p", script: `cp -p "$TEXT" "$FILE"`, fresh: true},
	{name: "cp --remove-destination", script: `cp --remove-destination "$TEXT" "$FILE"`, fresh: true, replaces: true},
	{name: "cp --backup", script: `cp --backup "$TEXT" "$FILE"`, leaves: "%~"},
	{name: "install", script: `install -m 640 "$TEXT" "$FILE"`, fresh: true, replaces: true},
	{name: "dd", script: `dd if="$TEXT" of="$FILE" bs=100 conv=fsync status=none`, fresh: true},
	{name: "mv from elsewhere", script: `cp "$TEXT" "$TMP/x"; mv "$TMP/x" "$FILE"`, fresh: true, replaces: true},
	{name: "rsync", needs: "rsync", script: `cp "$TEXT" "$TMP/$FILE"; rsync -aI "$TMP/$FILE" .; rm "$TMP/$FILE"`, fresh: true},
	{name: "rsync --inplace", needs: "rsync", script: `cp "$TEXT" "$TMP/$FILE"; rsync -aI --inplace "$TMP/$FILE" .; rm "$TMP/$FILE"`, fresh: true},
	{name: "rsync --backup", needs: "rsync", script: `cp "$TEXT" "$TMP/$FILE"; rsync -aI --backup "$TMP/$FILE" .; rm "$TMP/$FILE"`, leaves: "%~"},
	{name: "tar x", needs: "tar", script: `cp "$TEXT" "$TMP/$FILE"; tar cf "$TMP/t" -C "$TMP" "$FILE"; rm "$TMP/$FILE"; tar xf "$TMP/t"`, fresh: true, replaces: true},
	{name: "git checkout", needs: "git", script: `export GIT_DIR="$TMP/git$$" GIT_WORK_TREE=.
		git init -q; git config user.email me@example.com; git config user.name Me; git config core.autocrlf false
		B=$(git hash-object -w "$TEXT"); git update-index --add --cacheinfo "100644,$B,$FILE"; git checkout -qf -- "$FILE"`, fresh: true, replaces: true},
	{name: "gio save", needs: "gio", script: `gio save "$FILE" < "$TEXT"`, fresh: true},
	{name: "gio save --backup", needs: "gio", script: `gio save --backup "$FILE" < "$TEXT"`, leaves: "%~"},
	{name: "touch", script: `touch "$FILE"`, unchanged: true},
	{name: "chmod and touch -d", script: `chmod 600 "$FILE"; touch -d 2026-01-02 "$FILE"`, unchanged: true},
	{name: "rename and back", script: `mv "$FILE" "$FILE~"; mv "$FILE~" "$FILE"`, unchanged: true},
	{name: "a copy renamed over", script: `cp "$FILE" ".$FILE.new"; mv ".$FILE.new" "$FILE"`, unchanged: true},
	{name: "VS Code", run: inPlace, fresh: true},
	{name: "JetBrains", run: safeWrite},
	{name: "Kate", run: saveFile, fresh: true},
	{name: "Finder", run: finder, fresh: true},
	{name: "python, two handles", needs: "python3", script: `python3 -c '
import os, sys
new = open(os.environ["TEXT"], "rb").read()
r = open(os.environ["FILE"], "rb"); old = r.read()
f = os.open(os.environ["FILE"], os.O_RDWR)
os.ftruncate(f, len(new))
os.pwrite(f, new[10:], 10); os.pwrite(f, new[:10], 0)
d = os.dup(f); os.close(d)
assert os.pread(f, 1 << 20, 0) == new
os.fsync(f); os.fsync(f); os.close(f); r.close()'`},
}

// inPlace writes over a file, as VS Code does.
func inPlace(dir, name string, text []byte) error {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// safeWrite writes beside a file and swaps the two, as the JetBrains editors do.
func safeWrite(dir, name string, text []byte) error {
	path := filepath.Join(dir, name)
	tmp, old := path+"___jb_tmp___", path+"___jb_old___"
	if err := inPlace(dir, name+"___jb_tmp___", text); err != nil {
		return err
	}
	if err := os.Rename(path, old); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	return os.Remove(old)
}

// saveFile writes to a file beside, named name.XXXXXX, that replaces the first:
// what Qt's QSaveFile does.
func saveFile(dir, name string, text []byte) error {
	tmp := name + ".rkXbWZ"
	f, err := os.OpenFile(filepath.Join(dir, tmp), os.O_RDWR|os.O_CREATE|os.O_EXCL|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(filepath.Join(dir, tmp), filepath.Join(dir, name))
}

// finder copies a file with what macOS keeps beside it.
func finder(dir, name string, text []byte) error {
	for _, n := range []string{".DS_Store", "._" + name} {
		if err := os.WriteFile(filepath.Join(dir, n), []byte("\x00\x05\x16\x07"), 0o644); err != nil {
			return err
		}
	}
	if err := inPlace(dir, name, text); err != nil {
		return err
	}
	if err := os.Chtimes(filepath.Join(dir, name), time.Now(), time.Now()); err != nil {
		return err
	}
	for _, n := range []string{".DS_Store", "._" + name} {
		if err := os.Remove(filepath.Join(dir, n)); err != nil {
			return err
		}
	}
	return nil
}

// save runs the program over a file of the mount.
func (p program) save(w *world, file, from, to, text string) (stderr string, err error) {
	dir, name := filepath.Split(w.path(file))
	if p.run != nil {
		return "", p.run(dir, name, []byte(text))
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := inFolder(ctx, dir, "-ec", p.script)
	tmp := w.t.TempDir()
	cmd.Env = append(os.Environ(), "FILE="+name, "FROM="+from, "TO="+to, "TMP="+tmp, "TEXT="+w.onDisk(text), "HOME="+tmp)
	var errs strings.Builder
	cmd.Stderr = &errs
	err = cmd.Run()
	return errs.String(), err
}

// installed skips a test of a program that is not there.
func (p program) installed(t *testing.T) {
	for _, n := range strings.Fields(p.needs) {
		if _, err := exec.LookPath(n); err != nil {
			t.Skipf("%s is not installed", n)
		}
	}
}
