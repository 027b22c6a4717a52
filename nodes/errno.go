package nodes

import (
	"context"
	"errors"
	"slices"
	"syscall"

	"basecampfs/api"
	"basecampfs/nodes/records"
)

// errnos says what a program is told for each class of error. It is the only
// place where that is decided.
var errnos = map[api.Code]syscall.Errno{
	api.Canceled:    syscall.EINTR,
	api.Timeout:     syscall.ETIMEDOUT,
	api.Unreachable: syscall.EIO,
	api.RateLimited: syscall.EAGAIN,
	api.SignIn:      syscall.EACCES,
	api.Forbidden:   syscall.EPERM,
	api.NotFound:    syscall.ENOENT,
	api.Invalid:     syscall.EINVAL,
	api.Conflict:    syscall.EAGAIN,
	api.Limit:       syscall.ENOSPC,
	api.Unsupported: syscall.ENOTSUP,
	api.Malformed:   syscall.EIO,
	api.Unknown:     syscall.EIO,
	api.Failed:      syscall.EIO,
}

// plain are the errnos that are passed on where an error wraps one: those that
// the tree or the disk under it names itself. What a connection ended with is
// not among them.
var plain = []syscall.Errno{
	syscall.EPERM, syscall.EROFS, syscall.EEXIST, syscall.EISDIR, syscall.ENOTDIR, syscall.ENOTEMPTY, syscall.EINVAL,
	syscall.EFBIG, syscall.ENOSPC, syscall.EDQUOT, syscall.ELOOP, syscall.ENAMETOOLONG, syscall.ENOENT,
}

// toErrno is what a program is told of err: 0 for nil.
func toErrno(err error) syscall.Errno {
	if err == nil {
		return 0
	}
	if no, ok := errors.AsType[syscall.Errno](err); ok && slices.Contains(plain, no) {
		return no
	}
	if errors.Is(err, records.ErrNotCached) {
		return syscall.EAGAIN
	}
	if _, ok := errors.AsType[*api.Error](err); !ok && errors.Is(err, context.Canceled) {
		return syscall.EINTR
	}
	return errnos[api.CodeOf(err)]
}

// worthTelling reports whether an error belongs in errors.log: not what
// programs ask for all day, such as a name that is not there.
func worthTelling(no syscall.Errno) bool {
	switch no {
	case 0, syscall.ENOENT, syscall.EINTR, syscall.EEXIST, syscall.ENOTEMPTY:
		return false
	}
	return true
}
