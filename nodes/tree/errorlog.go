package tree

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"basecampfs/api"
)

// maxLog is how large errors.log grows, in bytes, before its older half goes.
const maxLog = 1 << 20

// repeat is how long the same line is not written again: a tree walk against a
// service that is down would otherwise fill the log with one sentence.
const repeat = time.Minute

// ErrorLog is what went wrong, a line each, for a person to read.
type ErrorLog struct {
	path string
	now  func() time.Time

	mu   sync.Mutex
	last map[string]time.Time
}

// NewErrorLog returns the log that is kept in a file. The file is made if it
// is not there, for this user alone.
func NewErrorLog(path string) (*ErrorLog, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &ErrorLog{path: path, now: time.Now, last: map[string]time.Time{}}, f.Close()
}

// Add writes what was tried, what went wrong and what to do about it.
func (l *ErrorLog) Add(what string, err error) {
	line := what + ": " + err.Error()
	if hint := hintOf(err); hint != "" {
		line += " - " + hint
	}
	line = strings.Map(printable, line)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	if now.Sub(l.last[line]) < repeat {
		return
	}
	for k, t := range l.last {
		if now.Sub(t) >= repeat {
			delete(l.last, k)
		}
	}
	l.last[line] = now
	l.trim()
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return // there is nowhere left to say so
	}
	defer f.Close()
	_, _ = fmt.Fprintf(f, "%s %s\n", now.UTC().Format(time.RFC3339), line)
}

// trim drops the older half of a log that has grown too large.
func (l *ErrorLog) trim() {
	if st, err := os.Stat(l.path); err != nil || st.Size() < maxLog {
		return
	}
	b, err := os.ReadFile(l.path)
	if err != nil {
		return
	}
	b = b[len(b)/2:]
	if n := strings.IndexByte(string(b), '\n'); n >= 0 {
		b = b[n+1:]
	}
	tmp := l.path + ".new"
	if os.WriteFile(tmp, b, 0o600) == nil {
		_ = os.Rename(tmp, l.path)
	}
}

func hintOf(err error) string {
	if e, ok := errors.AsType[*api.Error](err); ok {
		return e.Hint
	}
	return ""
}

// printable keeps a terminal from being told what to do by a server's text.
func printable(r rune) rune {
	if r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0) {
		return '·'
	}
	return r
}
