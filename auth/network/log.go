package network

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	"unicode"

	"gopkg.in/natefinch/lumberjack.v2"

	"basecampfs/auth"
	"basecampfs/auth/redact"
)

// The levels of the log. Each holds those below it.
const (
	LevelOperations = 1 // operations and errors
	LevelRequests   = 2 // the cache, and requests with their durations
	LevelBodies     = 3 // headers and bodies
	LevelTransport  = 4 // connections and TLS
	LevelAll        = 5 // everything, at full length
)

// Log writes lines up to a level. A nil Log writes none. It is safe for
// concurrent use.
type Log struct {
	level int
	mu    sync.Mutex
	out   io.WriteCloser
	now   func() time.Time
}

// LogConfig says where a Log goes.
type LogConfig struct {
	File      string // "" for none, "-" for standard error
	Verbosity int    // 1 to 5
	MaxSize   int    // megabytes after which the file is rotated; 0 for 10
	MaxFiles  int    // rotated files kept, compressed; 0 for 3
}

// OpenLog returns a Log, nil where there is no file to write to. The file and
// what it is rotated to are for the user alone.
func OpenLog(c LogConfig) (*Log, error) {
	if c.File == "" {
		return nil, nil
	}
	if c.Verbosity < 1 || c.Verbosity > 5 {
		return nil, auth.Errorf(auth.Usage, "--verbosity takes 1 (operations and errors) to 5 (everything)", "%d is no verbosity", c.Verbosity)
	}
	if c.File == "-" {
		return NewLog(os.Stderr, c.Verbosity), nil
	}
	file, err := filepath.Abs(c.File)
	if err == nil {
		// lumberjack keeps the mode of a file that is there, and opens it
		// only at the first line: a name that cannot be written is told now.
		var f *os.File
		if f, err = os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err == nil {
			err = f.Chmod(0o600)
			f.Close()
		}
	}
	if err != nil {
		return nil, auth.Errorf(auth.Usage, "name a file in a folder of yours with --log-file", "the log cannot be written: %s", auth.Plain(err.Error())).Because(err)
	}
	return NewLog(&lumberjack.Logger{
		Filename: file, MaxSize: orElse(c.MaxSize, 10), MaxBackups: orElse(c.MaxFiles, 3), Compress: true,
	}, c.Verbosity), nil
}

func orElse(n, other int) int {
	if n > 0 {
		return n
	}
	return other
}

// NewLog returns a Log that writes to w.
func NewLog(w io.WriteCloser, level int) *Log {
	return &Log{level: level, out: w, now: time.Now}
}

// Verbosity is the highest level that is written; 0 for a nil Log.
func (l *Log) Verbosity() int {
	if l == nil {
		return 0
	}
	return l.level
}

// Logf writes one line where level is written. Whatever it holds that is, or
// looks like, a secret is covered, and what could move a terminal's cursor or
// begin another line is spelled out.
func (l *Log) Logf(level int, line string) {
	if l == nil || level > l.level {
		return
	}
	line = printable(redact.Text(line))
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.out, "%s %d %s\n", l.now().UTC().Format("2006-01-02T15:04:05.000Z"), level, line)
}

func (l *Log) printf(level int, format string, a ...any) {
	if l.Verbosity() >= level {
		l.Logf(level, fmt.Sprintf(format, a...))
	}
}

// Close closes the file.
func (l *Log) Close() error {
	if l == nil || l.out == os.Stderr {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Close()
}

func printable(s string) string {
	if strings.IndexFunc(s, odd) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case odd(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func odd(r rune) bool { return unicode.IsControl(r) || unicode.In(r, unicode.Cf) }
