package fs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"basecampfs/api"
)

// readyEnv tells a process started by Background on which descriptor its
// parent waits.
const readyEnv = "BASECAMPFS_READY_FD"

// readyFD is that descriptor: the first of exec.Cmd's ExtraFiles.
const readyFD = 3

// report is what the process in the background tells its parent, once.
type report struct {
	Err  *wireError `json:"error,omitempty"`
	Exit int        `json:"exit,omitempty"`
}

// BackgroundError is why a process in the background gave up.
type BackgroundError struct {
	Err  error // with Code, message and hint of the process's own error
	Exit int   // the exit status that it would have had in the foreground
}

func (e *BackgroundError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the process in the background.
func (e *BackgroundError) Unwrap() error { return e.Err }

// ExitCode returns the exit status for this process too.
func (e *BackgroundError) ExitCode() int { return e.Exit }

// Background runs this program again with args, detached from the terminal,
// and returns when it has called Ready: nil and its process id, or its error
// as a *BackgroundError. What it prints is appended to the file logPath. If
// ctx ends first, the process is ended too.
func Background(ctx context.Context, args []string, logPath string) (pid int, err error) {
	exe, err := os.Executable()
	if err != nil {
		return 0, pathError("find", "this program", err)
	}
	if err := os.MkdirAll(filepath.Dir(logPath), 0o700); err != nil {
		return 0, pathError("create", filepath.Dir(logPath), err)
	}
	log, err := os.OpenFile(logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, pathError("open", logPath, err)
	}
	defer log.Close()
	ready, told, err := os.Pipe()
	if err != nil {
		return 0, pathError("open", "a pipe", err)
	}
	defer ready.Close()
	cmd := exec.Command(exe, args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{told}
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", readyEnv, readyFD))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	err = cmd.Start()
	told.Close()
	if err != nil {
		return 0, pathError("start", exe, err)
	}
	stop := context.AfterFunc(ctx, func() { cmd.Process.Signal(syscall.SIGTERM) })
	defer stop()
	var r report
	if err := json.NewDecoder(ready).Decode(&r); err != nil {
		return 0, died(ctx, cmd, logPath, err)
	}
	if r.Err != nil {
		cmd.Wait()
		return 0, &BackgroundError{Err: r.Err.error(), Exit: r.Exit}
	}
	pid = cmd.Process.Pid
	return pid, cmd.Process.Release()
}

// died explains a process that ended without a word.
func died(ctx context.Context, cmd *exec.Cmd, logPath string, err error) error {
	werr := cmd.Wait()
	if ctx.Err() != nil {
		return &api.Error{Code: api.Canceled, Message: "stopped before the mount was ready", Err: ctx.Err()}
	}
	if !errors.Is(err, io.EOF) {
		werr = err
	}
	msg := "the mount's process ended before it was ready"
	if werr != nil {
		msg += " (" + werr.Error() + ")"
	}
	return &api.Error{Code: api.Failed, Message: msg, Hint: "What it printed is in " + logPath, Err: werr}
}

// Ready tells the parent that started this process through Background how
// starting went: err is nil, or the reason with the exit status that this
// process is about to end with. Only the first call says anything. In a
// process that Background did not start it does nothing and returns false.
func Ready(err error, exit int) bool {
	if os.Getenv(readyEnv) == "" {
		return false
	}
	os.Unsetenv(readyEnv)
	told := os.NewFile(readyFD, "ready")
	defer told.Close()
	r := report{Err: toWire(err), Exit: exit}
	if err == nil {
		// Where the command was typed may be unmounted while this goes on.
		os.Chdir("/")
	}
	return json.NewEncoder(told).Encode(r) == nil
}

// InBackground reports whether Background started this process and has not
// been told that it is ready.
func InBackground() bool {
	if os.Getenv(readyEnv) == "" {
		return false
	}
	// A program started from here must not keep the parent waiting.
	syscall.CloseOnExec(readyFD)
	return true
}
