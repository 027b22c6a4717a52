package fs

import (
	"log"
	"os"
	"time"

	fusefs "github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// Type is the file system's name: mount tables show the type fuse.basecampfs.
const Type = "basecampfs"

// Options say how a tree is mounted. The zero value is a writable mount for
// the mounting user alone on which the kernel caches nothing.
type Options struct {
	// ReadOnly makes the kernel refuse every change with EROFS.
	ReadOnly bool
	// AllowOther lets other users in, as far as mode bits allow. Anybody but
	// root needs user_allow_other in /etc/fuse.conf for it.
	AllowOther bool
	// XAttr passes extended attributes on to the tree. Without it the kernel
	// is told once that there are none, which makes ls -l several times
	// faster: it asks for some of every file.
	XAttr bool

	// How long the kernel may go on using a name, a file's attributes, and
	// the fact that a name does not exist, without asking.
	EntryTimeout    time.Duration
	AttrTimeout     time.Duration
	NegativeTimeout time.Duration

	// Name is the source in mount tables and df; Type if empty.
	Name string
	// Logger takes the library's diagnostics; nil for standard error.
	Logger *log.Logger
	// Debug logs every request of the kernel.
	Debug bool
	// SelfUse is for tests, which open files on the mount that they serve. A
	// program must not: if it is killed while it waits for itself, it can
	// never end, and its mount never dies.
	SelfUse bool
	// Server is called with the server once it is mounted and before Mount
	// returns, for trees that notify the kernel; it may be nil.
	Server func(*fuse.Server)
}

const (
	// maxWrite is the largest read or write in one request: the most that
	// kernels pass by default.
	maxWrite = 1 << 20
	// maxBackground bounds readahead and other requests that no program
	// waits for. The library's 12 throttles a parallel grep.
	maxBackground = 64
)

// kernel translates o to go-fuse's options.
//
// SyncRead is there because a hung asynchronous read cannot be interrupted,
// not even by SIGKILL. ExplicitDataCacheControl keeps the kernel from dropping
// a file's pages by itself when the time of modification moves: the tree says
// when content changed. Locks are left to the kernel.
func (o Options) kernel() *fusefs.Options {
	name := o.Name
	if name == "" {
		name = Type
	}
	logger := o.Logger
	if logger == nil {
		logger = log.New(os.Stderr, "basecampfs: ", 0)
	}
	k := &fusefs.Options{
		MountOptions: fuse.MountOptions{
			AllowOther:               o.AllowOther,
			FsName:                   name,
			Name:                     Type,
			Options:                  []string{"default_permissions", "noexec"},
			MaxBackground:            maxBackground,
			MaxWrite:                 maxWrite,
			MaxReadAhead:             maxWrite,
			DisableXAttrs:            !o.XAttr,
			IgnoreSecurityLabels:     true,
			SyncRead:                 true,
			ExplicitDataCacheControl: true,
			// O_TRUNC comes with the open that it belongs to, not as a
			// truncation of the file by nobody.
			ExtraCapabilities: fuse.CAP_ATOMIC_O_TRUNC,
			Logger:            logger,
			Debug:             o.Debug,
		},
		EntryTimeout:    &o.EntryTimeout,
		AttrTimeout:     &o.AttrTimeout,
		NegativeTimeout: &o.NegativeTimeout,
		Logger:          logger,
		UID:             uint32(os.Getuid()),
		GID:             uint32(os.Getgid()),
	}
	systemOptions(k, o.ReadOnly)
	return k
}
