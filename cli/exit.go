package cli

import (
	"context"
	"errors"
	"fmt"

	"basecampfs/api"
	"basecampfs/auth"
)

// The exit statuses. They are part of the command's interface: scripts tell
// failures apart by them.
const (
	ExitOK          = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitNotFound    = 3
	ExitSignIn      = 4
	ExitPermission  = 5
	ExitNetwork     = 6
	ExitConflict    = 7
	ExitInterrupted = 130
)

const exitCodeHelp = `Exit status:
  0  done                        5  not permitted
  1  any other failure           6  network: unreachable, timeout, rate limit
  2  wrong usage or settings     7  conflict: in use, changed elsewhere
  3  not found                 130  interrupted
  4  sign in first, or again
`

// usageError is a mistake in how a command was called.
type usageError struct{ msg, hint string }

func (e *usageError) Error() string { return e.msg }

func usageErrorf(format string, a ...any) error {
	return &usageError{fmt.Sprintf(format, a...), ""}
}

var apiExit = map[api.Code]int{
	api.Canceled:    ExitInterrupted,
	api.Timeout:     ExitNetwork,
	api.Unreachable: ExitNetwork,
	api.RateLimited: ExitNetwork,
	api.SignIn:      ExitSignIn,
	api.Forbidden:   ExitPermission,
	api.NotFound:    ExitNotFound,
	api.Invalid:     ExitUsage,
	api.Conflict:    ExitConflict,
}

var authExit = map[auth.Code]int{
	auth.Canceled:    ExitInterrupted,
	auth.Timeout:     ExitNetwork,
	auth.Unreachable: ExitNetwork,
	auth.Proxy:       ExitNetwork,
	auth.Certificate: ExitNetwork,
	auth.SignIn:      ExitSignIn,
	auth.Denied:      ExitSignIn,
	auth.Client:      ExitSignIn,
	auth.Store:       ExitSignIn,
	auth.Passphrase:  ExitSignIn,
	auth.Usage:       ExitUsage,
	auth.NotFound:    ExitNotFound,
}

// exitCode is the exit status for an error; what is in neither table is
// ExitFailed.
func exitCode(err error) int {
	if err == nil {
		return ExitOK
	}
	var chosen interface{ ExitCode() int } // of a process in the background, or a command's own
	if errors.As(err, &chosen) {
		return chosen.ExitCode()
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		return ExitUsage
	}
	if e, ok := errors.AsType[*api.Error](err); ok {
		if code, ok := apiExit[e.Code]; ok {
			return code
		}
		return ExitFailed
	}
	if e, ok := errors.AsType[*auth.Error](err); ok {
		if code, ok := authExit[e.Code]; ok {
			return code
		}
		return ExitFailed
	}
	if errors.Is(err, context.Canceled) {
		return ExitInterrupted
	}
	return ExitFailed
}

// hintOf returns what err says to do about it.
func hintOf(err error) string {
	if e, ok := errors.AsType[*usageError](err); ok {
		return e.hint
	}
	if e, ok := errors.AsType[*api.Error](err); ok && e.Hint != "" {
		return e.Hint
	}
	return auth.HintOf(err)
}
