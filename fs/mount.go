package fs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"basecampfs/api"

	fusefs "github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Tree is the root of what is mounted. Beyond being a node it may implement
// Flusher, Refresher and Loader.
type Tree interface {
	fusefs.InodeEmbedder
}

// Flusher is a Tree that can have something left to send when it is unmounted.
type Flusher interface {
	// Close sends what is pending and gives up what the tree holds. What
	// could not be sent before ctx ends is kept for the next mount.
	Close(ctx context.Context) error
}

// Server is a mounted tree.
type Server struct {
	dir     string
	id      int // in the mount table
	root    Tree
	server  *fuse.Server
	done    chan struct{} // closed when the kernel has let go
	control *control

	unmounting sync.Mutex
	closing    sync.Once
	closed     error
}

// Mount serves root on the folder dir until it is unmounted, here or by
// anybody else. It returns once the mount answers. An error says with its Code
// whether the folder is missing (NotFound), taken (Conflict), not this user's
// (Forbidden), or whether this machine cannot mount (Unsupported).
func Mount(dir string, root Tree, opts Options) (*Server, error) {
	path, err := prepare(dir, opts)
	if err != nil {
		return nil, err
	}
	k := opts.kernel()
	raw := fusefs.NewNodeFS(root, k)
	if opts.ReadOnly {
		// No OPEN says whether the kernel's bytes are still good: those of a
		// file whose size or time of modification moves are not.
		k.ExplicitDataCacheControl = false
		raw = withoutOpen(raw)
	}
	server, err := fuse.NewServer(raw, path, &k.MountOptions)
	if err != nil {
		return nil, mountError(path, opts, err)
	}
	go server.Serve()
	if err := ready(server, opts.SelfUse); err != nil {
		return nil, mountError(path, opts, err)
	}
	m := &Server{dir: path, root: root, server: server, done: make(chan struct{})}
	go func() {
		server.Wait()
		close(m.done)
	}()
	if top, err := topmost(path); err == nil && top != nil {
		m.id = top.ID
	}
	if opts.Server != nil {
		opts.Server(server)
	}
	m.control, err = listen(m)
	if err != nil {
		return nil, errors.Join(err, m.Detach(context.Background()))
	}
	return m, nil
}

// Prepare fails where Mount would, as far as that can be known before there is
// a tree, and clears a dead mount.
func Prepare(dir string, opts Options) error {
	_, err := prepare(dir, opts)
	return err
}

func prepare(dir string, opts Options) (path string, err error) {
	if path, err = vacate(dir); err != nil {
		return "", err
	}
	return path, usable(path, opts)
}

// Dir returns the folder, absolute and without symbolic links.
func (m *Server) Dir() string { return m.dir }

// Done is closed once the tree is no longer mounted, whoever unmounted it.
// Unmount or Detach must still be called, to flush.
func (m *Server) Done() <-chan struct{} { return m.done }

// Wait returns once the tree is no longer mounted.
func (m *Server) Wait() { <-m.done }

// Unmount takes the tree away and flushes it. A mount that is in use stays,
// with an error of Code Conflict. Flushing goes on until ctx ends. Calling it
// again, or after somebody else unmounted, is harmless.
func (m *Server) Unmount(ctx context.Context) error {
	if err := m.release(ctx, false); err != nil {
		return err
	}
	return m.close(ctx)
}

// Detach is Unmount for a program that is about to end: a mount that is in use
// is taken out of sight all the same, and programs that hold its files get
// errors once this process is gone.
func (m *Server) Detach(ctx context.Context) error {
	err := m.release(ctx, true)
	return errors.Join(err, m.close(ctx))
}

// busyFor is how long a mount may be in use before Unmount gives up: long
// enough for a file manager or an indexer that is passing through.
const busyFor = 2 * time.Second

func (m *Server) release(ctx context.Context, lazy bool) error {
	m.unmounting.Lock()
	defer m.unmounting.Unlock()
	select {
	case <-m.done:
		return nil
	default:
	}
	if top, err := topmost(m.dir); err == nil && (top == nil || top.ID != m.id) {
		// Unmounted lazily by somebody, or covered by another mount, which is
		// not ours to take away.
		return nil
	}
	if err := unmountPatiently(ctx, m.dir, lazy); err != nil {
		return err
	}
	select {
	case <-m.done:
	case <-time.After(busyFor): // detached, with files still open
	case <-ctx.Done():
	}
	return nil
}

// Run serves until the tree is unmounted or ctx ends, which detaches it. It
// flushes for at most patience, answers whoever asked for the unmount, and
// returns what flushing had to say.
func (m *Server) Run(ctx context.Context, patience time.Duration) error {
	select {
	case <-ctx.Done():
	case <-m.done:
	}
	flush, stop := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer stop()
	err := m.Detach(flush)
	m.control.settle()
	return err
}

func (m *Server) close(ctx context.Context) error {
	m.closing.Do(func() {
		if f, ok := m.root.(Flusher); ok {
			m.closed = f.Close(ctx)
		}
		if m.control != nil {
			m.control.close()
		}
	})
	return m.closed
}

// vacate returns the folder to mount on, after clearing dead mounts of ours
// from it. Anything else that is mounted there is an error.
func vacate(dir string) (string, error) {
	path, err := resolve(dir)
	if err != nil {
		return "", withHint(err, api.NotFound, "Create it first: mkdir -p "+dir)
	}
	for {
		m, err := inspect(path)
		if err != nil {
			return "", err
		}
		switch m.State {
		case Free:
			return path, nil
		case Dead:
			if err := unmountLazy(path); err != nil {
				return "", err
			}
		case Foreign:
			return "", &api.Error{Code: api.Conflict, Op: "mount " + path,
				Message: fmt.Sprintf("a file system of type %s is mounted there", m.Type),
				Hint:    "Choose an empty folder that nothing is mounted on."}
		default:
			return "", &api.Error{Code: api.Conflict, Op: "mount " + path, Message: "it is already mounted",
				Hint: "Use it as it is, or first: basecampfs unmount " + path}
		}
	}
}

// usable checks what would make mounting fail with a message that helps
// nobody, and that nothing would be hidden.
func usable(path string, opts Options) error {
	in, err := os.Stat(path)
	if err != nil {
		return pathError("mount", path, err)
	}
	if !in.IsDir() {
		return &api.Error{Code: api.Invalid, Op: "mount " + path, Message: "not a folder"}
	}
	d, err := os.Open(path)
	if err != nil {
		return pathError("mount", path, err)
	}
	defer d.Close()
	if names, err := d.Readdirnames(1); err == nil && len(names) > 0 {
		return &api.Error{Code: api.Conflict, Op: "mount " + path, Message: "the folder is not empty",
			Hint: "Choose an empty folder: what is in this one would be hidden."}
	}
	return system(opts)
}

// mountError explains a failed mount.
func mountError(path string, opts Options, err error) error {
	e := pathError("mount", path, err)
	if strings.HasPrefix(e.Message, "fusermount exited") {
		e.Code, e.Message = api.Forbidden, "fusermount3 refused; what it said is above"
	}
	if opts.AllowOther && os.Geteuid() != 0 {
		e.Hint = "--allow-other needs the line user_allow_other in /etc/fuse.conf."
	} else if e.Hint == "" {
		e.Hint = "Check with: basecampfs doctor"
	}
	return e
}

// withHint adds a hint to an error that has the code and no hint yet.
func withHint(err error, code api.Code, hint string) error {
	if e, ok := errors.AsType[*api.Error](err); ok && e.Code == code && e.Hint == "" {
		e.Hint = hint
	}
	return err
}
