package journal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"basecampfs/cache/internal/boltfile"
)

// ReasonSuffix is what the name of the file that says why ends with, after the
// name of the text.
const ReasonSuffix = ".reason.txt"

// Rejected keeps texts that could not be saved, until a person removes them: a
// folder with two files each, the text under its time and name, and the reason
// beside it.
type Rejected struct {
	dir string
	now func() time.Time
	mu  sync.Mutex // held while names are chosen
}

// RejectedText is one refused text.
type RejectedText struct {
	Name   string    // of its file: the time, a space and the original name
	Reason string    // for a person
	Time   time.Time // when it was written by its author
	Size   int64     // in bytes
}

const timeLayout = "2006-01-02T15-04-05Z"

func openRejected(dir string, now func() time.Time) (*Rejected, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name(), tempPrefix) {
			os.Remove(filepath.Join(dir, f.Name()))
		}
	}
	return &Rejected{dir: dir, now: now}, nil
}

// Put keeps a text with the reason why it was refused, and returns the name of
// its file when both are on disk. The same text of the same second and name is
// kept once.
func (r *Rejected) Put(name string, text []byte, reason string) (string, error) {
	return r.put(name, bytes.NewReader(text), reason, r.now())
}

// PutFrom is Put with a text of any size that is read from text to its end.
func (r *Rejected) PutFrom(name string, text io.Reader, reason string) (string, error) {
	return r.put(name, text, reason, r.now())
}

func (r *Rejected) put(name string, text io.Reader, reason string, at time.Time) (string, error) {
	temp := filepath.Join(r.dir, tempPrefix+"text")
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, _, err := writeDurable(temp, text); err != nil {
		return "", fail("reject", r.dir, err)
	}
	return r.add(name, temp, reason, at)
}

// link is put for a text that is in a file of the same filesystem, which stays
// where it is and must not be written to.
func (r *Rejected) link(name, path, reason string, at time.Time) (string, error) {
	temp := filepath.Join(r.dir, tempPrefix+"text")
	r.mu.Lock()
	defer r.mu.Unlock()
	os.Remove(temp)
	if err := os.Link(path, temp); err != nil {
		f, err := os.Open(path)
		if err != nil {
			return "", fail("reject", path, err)
		}
		defer f.Close()
		if _, _, err := writeDurable(temp, f); err != nil {
			return "", fail("reject", r.dir, err)
		}
	}
	return r.add(name, temp, reason, at)
}

// add gives the text in the file temp its name. r.mu is held.
func (r *Rejected) add(name, temp, reason string, at time.Time) (string, error) {
	stem := at.UTC().Format(timeLayout) + " " + cleanName(name)
	file := stem
	for n := 2; ; n++ {
		_, err := os.Lstat(filepath.Join(r.dir, file))
		if errors.Is(err, os.ErrNotExist) {
			break
		}
		if err == nil && sameContent(filepath.Join(r.dir, file), temp) {
			return file, fail("reject", r.dir, os.Remove(temp))
		}
		ext := filepath.Ext(stem)
		file = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(stem, ext), n, ext)
	}
	// The text first: without its reason it is still a text.
	if err := os.Rename(temp, filepath.Join(r.dir, file)); err != nil {
		return "", fail("reject", r.dir, err)
	}
	if err := boltfile.SyncDir(r.dir); err != nil {
		return "", fail("reject", r.dir, err)
	}
	reason = strings.TrimRight(reason, "\n") + "\n"
	_, _, err := writeDurable(filepath.Join(r.dir, file+ReasonSuffix), strings.NewReader(reason))
	return file, fail("reject", r.dir, err)
}

// List returns every refused text, oldest first.
func (r *Rejected) List() ([]RejectedText, error) {
	files, err := os.ReadDir(r.dir)
	if err != nil {
		return nil, fail("list", r.dir, err)
	}
	var all []RejectedText
	for _, f := range files {
		name := f.Name()
		if strings.HasPrefix(name, tempPrefix) || strings.HasSuffix(name, ReasonSuffix) {
			continue
		}
		info, err := f.Info()
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fail("list", r.dir, err)
		}
		t := RejectedText{Name: name, Time: info.ModTime(), Size: info.Size()}
		if stamp, _, ok := strings.Cut(name, " "); ok {
			if at, err := time.Parse(timeLayout, stamp); err == nil {
				t.Time = at
			}
		}
		reason, err := os.ReadFile(filepath.Join(r.dir, name+ReasonSuffix))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fail("list", r.dir, err)
		}
		t.Reason = strings.TrimRight(string(reason), "\n")
		all = append(all, t)
	}
	sort.SliceStable(all, func(i, k int) bool { return all[i].Time.Before(all[k].Time) })
	return all, nil
}

// Open opens a text, or the file with its reason, for reading.
func (r *Rejected) Open(name string) (*os.File, error) {
	if err := checkName(name); err != nil {
		return nil, fail("open", r.dir, err)
	}
	f, err := os.Open(filepath.Join(r.dir, name))
	return f, fail("open", r.dir, err)
}

// Remove removes a text together with its reason.
func (r *Rejected) Remove(name string) error {
	if err := checkName(name); err != nil {
		return fail("remove", r.dir, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := os.Remove(filepath.Join(r.dir, name)); err != nil {
		return fail("remove", r.dir, err)
	}
	err := os.Remove(filepath.Join(r.dir, name+ReasonSuffix))
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	return fail("remove", r.dir, err)
}

// nameMax leaves room in the 255 bytes of a file name for the time, a number
// and ReasonSuffix.
const nameMax = 200

// cleanName makes any text the name of one visible file: one line, no
// separator, no control or formatting character.
func cleanName(name string) string {
	clean := strings.Map(func(c rune) rune {
		if c == '/' || c == utf8.RuneError || !unicode.IsPrint(c) {
			return '_'
		}
		return c
	}, name)
	if strings.HasSuffix(clean, ReasonSuffix) { // would be taken for a reason
		clean = strings.TrimSuffix(clean, ReasonSuffix) + "_reason.txt"
	}
	if clean == "" {
		return "text"
	}
	ext := filepath.Ext(clean)
	if len(ext) > 20 {
		ext = ""
	}
	return cut(strings.TrimSuffix(clean, ext), nameMax-len(ext)) + ext
}

// cut shortens s to at most n bytes, at the beginning of a character.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// checkName refuses what is not the name of one file in a folder.
func checkName(name string) error {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		return fmt.Errorf("%w: %q", ErrName, name)
	}
	return nil
}

func sameContent(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	if errX != nil || errY != nil || x.Size() != y.Size() {
		return false
	}
	f, errX := os.Open(a)
	if errX != nil {
		return false
	}
	defer f.Close()
	g, errY := os.Open(b)
	if errY != nil {
		return false
	}
	defer g.Close()
	p, q := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err := io.ReadFull(f, p)
		m, _ := io.ReadFull(g, q)
		if n != m || !bytes.Equal(p[:n], q[:m]) {
			return false
		}
		if err != nil {
			return err == io.EOF || err == io.ErrUnexpectedEOF
		}
	}
}
