package tree

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"basecampfs/api"
	"basecampfs/cache/journal"
)

// Scratch is a file that a program made for itself. It is a real file on disk
// and behaves like one; the service never hears of it.
type Scratch struct {
	t     *Tree
	inode uint64
	link  bool

	mu     sync.Mutex
	folder uint64 // the inode of the folder that it is in
	name   string
	// was is what had the content before a program moved it out of its way.
	was Node
	// gone is the file once its name is: whoever has it open goes on.
	gone *os.File
}

// scratchInodes are above those of what has a record.
var scratchInodes atomic.Uint64

func nextInode() uint64 { return 1<<63 + scratchInodes.Add(1) }

func (t *Tree) newScratch(folder uint64, name string, link bool) *Scratch {
	return &Scratch{t: t, inode: nextInode(), folder: folder, name: name, link: link}
}

func scratchFolder(inode uint64) string { return strconv.FormatUint(inode, 16) }

func (s *Scratch) at() (folder, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return scratchFolder(s.folder), s.name
}

// vanish is called before a file's name goes, so that it stays for those who
// have it open. It is closed when the last of them forgets the Scratch.
func (s *Scratch) vanish() {
	if s.link {
		return
	}
	if f, err := s.OpenFile(os.O_RDWR); err == nil {
		s.mu.Lock()
		s.gone = f
		s.mu.Unlock()
	}
}

func (s *Scratch) nameless() *os.File {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone
}

// node is the scratch file as a file or a link.
func (s *Scratch) node() Node {
	if s.link {
		return &scratchLink{s}
	}
	return s
}

// Inode is another in each mount.
func (s *Scratch) Inode() uint64 { return s.inode }

// Volatile keeps others from remembering a file that several programs write.
func (s *Scratch) Volatile() bool { return true }

// Attr is what stat says of the file on disk.
func (s *Scratch) Attr(context.Context) (Attr, error) {
	info, err := s.stat()
	if err != nil {
		return Attr{}, diskError(err)
	}
	mode := uint32(info.Mode().Perm()) | syscall.S_IFREG
	if s.link {
		mode = linkMode
	}
	return Attr{Mode: mode, Size: info.Size(), ModTime: info.ModTime()}, nil
}

func (s *Scratch) stat() (fs.FileInfo, error) {
	if f := s.nameless(); f != nil {
		return f.Stat()
	}
	folder, name := s.at()
	return s.t.cfg.Scratch.Stat(folder, name)
}

// Open opens the file for reading.
func (s *Scratch) Open(context.Context) (Content, error) {
	f, err := s.OpenFile(os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	return scratchContent{f}, nil
}

// OpenFile opens the file on disk.
func (s *Scratch) OpenFile(flag int) (*os.File, error) {
	folder, name := s.at()
	f, err := s.t.cfg.Scratch.Open(folder, name, flag, 0o600)
	return f, diskError(err)
}

// Truncate sets the length.
func (s *Scratch) Truncate(size int64) error {
	if f := s.nameless(); f != nil {
		return diskError(f.Truncate(size))
	}
	f, err := s.OpenFile(os.O_WRONLY)
	if err != nil {
		return err
	}
	defer f.Close()
	return diskError(f.Truncate(size))
}

// SetMode sets the permission bits.
func (s *Scratch) SetMode(mode uint32) error {
	if f := s.nameless(); f != nil {
		return diskError(f.Chmod(fs.FileMode(mode).Perm()))
	}
	folder, name := s.at()
	return diskError(s.t.cfg.Scratch.Chmod(folder, name, fs.FileMode(mode).Perm()))
}

// SetTime sets the time of modification. Of a file without a name nobody can
// see it any more.
func (s *Scratch) SetTime(mtime time.Time) error {
	if s.nameless() != nil {
		return nil
	}
	folder, name := s.at()
	return diskError(s.t.cfg.Scratch.Chtimes(folder, name, time.Time{}, mtime))
}

// read returns the whole content.
func (s *Scratch) read() ([]byte, error) {
	folder, name := s.at()
	b, err := s.t.cfg.Scratch.Get(folder, name)
	return b, diskError(err)
}

// scratchLink is a symbolic link that a program made for itself, as emacs does
// to lock a file.
type scratchLink struct{ s *Scratch }

func (l *scratchLink) Inode() uint64                          { return l.s.inode }
func (l *scratchLink) Volatile() bool                         { return true }
func (l *scratchLink) Attr(ctx context.Context) (Attr, error) { return l.s.Attr(ctx) }

func (l *scratchLink) Target(context.Context) (string, error) {
	folder, name := l.s.at()
	target, err := l.s.t.cfg.Scratch.Readlink(folder, name)
	return target, diskError(err)
}

type scratchContent struct{ *os.File }

func (c scratchContent) Version() uint64 { return 0 }

func (c scratchContent) Size() int64 {
	info, err := c.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

// diskError types what the disk under the mount said: its own errno is what a
// program should see.
func diskError(err error) error {
	if err == nil {
		return nil
	}
	out := &api.Error{Code: api.Failed, Message: err.Error(), Err: err}
	if e, ok := errors.AsType[*journal.Error](err); ok {
		out.Hint = e.Hint
	}
	return out
}
