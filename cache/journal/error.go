package journal

import (
	"errors"
	"fmt"
	"syscall"
)

// Error is every error of a Journal.
type Error struct {
	Op   string // what was tried, such as "append"
	Path string // the folder or file
	Hint string // what a person can do about it; may be empty
	Err  error  // the cause
}

func (e *Error) Error() string {
	return fmt.Sprintf("journal: %s %s: %v", e.Op, e.Path, e.Err)
}

// Unwrap returns the cause: ErrLocked, ErrNotFound, ErrName, or what the
// operating system said, such as syscall.ENOSPC.
func (e *Error) Unwrap() error { return e.Err }

// The causes that are the journal's own.
var (
	ErrLocked   = errors.New("another process has it open")
	ErrNotFound = errors.New("no such entry")
	ErrName     = errors.New("not a name of one file")
	ErrClosed   = errors.New("the journal is closed")
)

// fail wraps err, with the hint that it deserves; nil stays nil.
func fail(op, path string, err error) error {
	if err == nil {
		return nil
	}
	if already, ok := errors.AsType[*Error](err); ok {
		return already
	}
	e := &Error{Op: op, Path: path, Err: err}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		e.Hint = "nothing can be saved until there is room on the disk that holds " + path
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EROFS):
		e.Hint = "make " + path + " a folder that you can write to, or set XDG_STATE_HOME to another place"
	}
	return e
}
