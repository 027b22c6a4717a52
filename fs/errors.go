package fs

import (
	"errors"
	"io/fs"
	"syscall"

	"basecampfs/api"
)

// pathError turns an error of the operating system into one with a Code.
func pathError(op, path string, err error) *api.Error {
	e := &api.Error{Code: api.Failed, Op: op + " " + path, Message: reason(err), Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Code = api.NotFound
	case errors.Is(err, fs.ErrPermission):
		e.Code = api.Forbidden
	case errors.Is(err, syscall.EBUSY):
		e.Code = api.Conflict
		e.Hint = "A program has a file open there, or a shell stands in it. Close it and try again, or use: basecampfs unmount --lazy " + path
	}
	return e
}

// reason is what went wrong without the path and the call, which an error
// tells already.
func reason(err error) string {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno.Error()
	}
	return err.Error()
}
