package fs

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"basecampfs/api"
)

// Refresher is a Tree that can forget what it holds of one path.
type Refresher interface {
	// Refresh drops what is cached for path, relative to the root, and what
	// is below it, in the kernel too. "." is everything.
	Refresh(path string) error
}

// Loader is a Tree that can fetch everything ahead of being asked.
type Loader interface {
	// Load fetches whatever a walk of the whole tree would need and calls
	// progress as it goes on: with what is being fetched, for a person, and
	// how many records of that have come.
	Load(ctx context.Context, progress func(what string, done int)) error
}

// Confirmer is a Tree that stops what looks like an accident.
type Confirmer interface {
	// Confirm lets go on what was stopped.
	Confirm()
}

// Progress is how far a Load has come.
type Progress struct {
	What string `json:"what"` // what is being fetched, for a person
	Done int    `json:"done"` // records of that
}

// Op is what a mount's process can be asked for.
type Op string

// The requests.
const (
	OpPing    Op = "ping"
	OpRefresh Op = "refresh" // of Request.Path
	OpLoad    Op = "load"
	OpConfirm Op = "confirm"
	OpUnmount Op = "unmount" // with Request.Lazy, in use or not
)

// Request asks the process behind a mount for something.
type Request struct {
	Op   Op     `json:"op"`
	Path string `json:"path,omitempty"`
	Lazy bool   `json:"lazy,omitempty"`
}

// reply is a line of the answer. The last one has End set.
type reply struct {
	End      bool       `json:"end,omitempty"`
	Progress *Progress  `json:"progress,omitempty"`
	Err      *wireError `json:"error,omitempty"`
}

// wireError is an *api.Error on the way between two processes.
type wireError struct {
	Code    api.Code `json:"code"`
	Op      string   `json:"op,omitempty"`
	Message string   `json:"message"`
	Hint    string   `json:"hint,omitempty"`
}

func toWire(err error) *wireError {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*api.Error](err); ok {
		return &wireError{Code: e.Code, Op: e.Op, Message: e.Message, Hint: e.Hint}
	}
	return &wireError{Code: api.Failed, Message: err.Error()}
}

func (w *wireError) error() error {
	if w == nil {
		return nil
	}
	return &api.Error{Code: w.Code, Op: w.Op, Message: w.Message, Hint: w.Hint}
}

// ErrNoControl is the error of Call where no process listens for the mount.
var ErrNoControl = errors.New("no process answers for this mount")

// flushFor bounds how long an unmount that was asked for goes on sending what
// is pending. What is left after that stays in the journal.
const flushFor = 2 * time.Minute

// control answers requests for one mount.
type control struct {
	m      *Server
	l      *net.UnixListener
	ctx    context.Context // ends when the control is closed
	cancel context.CancelFunc
	busy   sync.WaitGroup
}

// listen opens the mount's socket. Whatever lies at its path is from a process
// that died: the folder can have one live mount at a time.
func listen(m *Server) (*control, error) {
	dir, err := runtimeDir()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, socketName(m.dir))
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, pathError("remove", path, err)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return nil, pathError("listen at", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(pathError("protect", path, err), l.Close())
	}
	c := &control{m: m, l: l}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	go c.serve()
	return c, nil
}

func (c *control) serve() {
	for {
		conn, err := c.l.AcceptUnix()
		if err != nil {
			return
		}
		c.busy.Add(1)
		go func() {
			defer c.busy.Done()
			defer conn.Close()
			c.answer(conn)
		}()
	}
}

// close stops listening and removes the socket. It waits for nobody: one of
// the requests may be what called it.
func (c *control) close() {
	c.cancel()
	c.l.Close()
}

// settle waits until those who asked have been answered.
func (c *control) settle() { c.busy.Wait() }

func (c *control) answer(conn net.Conn) {
	ctx, stop := context.WithCancel(context.WithoutCancel(c.ctx))
	defer stop()
	var req Request
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if err := json.NewDecoder(conn).Decode(&req); err != nil {
		return
	}
	conn.SetReadDeadline(time.Time{})
	out := json.NewEncoder(conn)
	var said sync.Mutex // progress may be told from several goroutines
	var last reply
	switch req.Op {
	case OpLoad:
		// Somebody who stops asking stops the fetching.
		go func() {
			conn.Read(make([]byte, 1))
			stop()
		}()
		last.Err = toWire(c.m.load(ctx, func(what string, done int) {
			said.Lock()
			defer said.Unlock()
			out.Encode(reply{Progress: &Progress{what, done}})
		}))
	case OpUnmount:
		ctx, stop := context.WithTimeout(ctx, flushFor)
		defer stop()
		if req.Lazy {
			last.Err = toWire(c.m.Detach(ctx))
		} else {
			last.Err = toWire(c.m.Unmount(ctx))
		}
	case OpRefresh:
		last.Err = toWire(c.m.refresh(req.Path))
	case OpConfirm:
		if c, ok := c.m.root.(Confirmer); ok {
			c.Confirm()
		}
	case OpPing:
	default:
		last.Err = &wireError{Code: api.Unsupported, Message: "the mount is of another version and knows no " + strconv.Quote(string(req.Op))}
	}
	last.End = true
	said.Lock()
	defer said.Unlock()
	out.Encode(last)
}

func (m *Server) refresh(path string) error {
	r, ok := m.root.(Refresher)
	if !ok {
		return api.Errorf(api.Unsupported, "this tree caches nothing")
	}
	return r.Refresh(path)
}

func (m *Server) load(ctx context.Context, progress func(what string, done int)) error {
	l, ok := m.root.(Loader)
	if !ok {
		return api.Errorf(api.Unsupported, "this tree cannot be loaded ahead")
	}
	return l.Load(ctx, progress)
}

// Call asks the process behind a mount and waits for its verdict, which is
// returned. Progress is told what OpLoad reports; it may be nil.
func Call(ctx context.Context, m Mountpoint, req Request, progress func(Progress)) error {
	conn, err := dial(ctx, m)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	if err := json.NewEncoder(conn).Encode(req); err != nil {
		return ErrNoControl
	}
	for in := json.NewDecoder(conn); ; {
		var r reply
		if err := in.Decode(&r); err != nil {
			if ctx.Err() != nil {
				return &api.Error{Code: api.Canceled, Message: "stopped waiting for the mount", Err: ctx.Err()}
			}
			return &api.Error{Code: api.Failed, Message: "the mount's process ended while it was asked to " + string(req.Op), Err: err}
		}
		if r.Progress != nil && progress != nil {
			progress(*r.Progress)
		}
		if r.End {
			return r.Err.error()
		}
	}
}

// dial connects to a mount's socket, wherever its owner's runtime folder is.
func dial(ctx context.Context, m Mountpoint) (net.Conn, error) {
	uid := m.UID
	if uid < 0 {
		uid = os.Geteuid()
	}
	for _, dir := range runtimeDirs(uid) {
		if !private(dir, uid) {
			continue
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(dir, socketName(m.Path)))
		if err == nil {
			return conn, nil
		}
		if errors.Is(err, fs.ErrPermission) {
			return nil, &api.Error{Code: api.Forbidden, Message: "the mount belongs to another user"}
		}
	}
	if uid != os.Geteuid() && os.Geteuid() != 0 {
		return nil, &api.Error{Code: api.Forbidden, Message: "the mount belongs to another user"}
	}
	return nil, ErrNoControl
}
