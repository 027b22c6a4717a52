// Package journal keeps on disk what a person has written until Basecamp has
// it: the saves that are under way, the texts that were refused, and the
// scratch files of editors.
//
// A save is appended before its request leaves, and is durable when Append
// returns, so that neither a crash nor a kill loses text. After a restart,
// Pending tells what was not finished.
//
// A journal is a folder of its own, open in one process at a time:
//
//	journal.db    the entries, in bbolt
//	lock          the id of the process that has it open
//	text/         texts that are too large for the database
//	rejected/     texts that were refused, as files that a person can read
//	scratch/      editors' scratch files
package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"basecampfs/cache/internal/boltfile"
)

// inlineMax is the size in bytes up to which a text lives in the database. A
// larger one has a file, which is written once and never copied again.
const inlineMax = 64 << 10

// ScratchAge is how long scratch files are kept.
const ScratchAge = 7 * 24 * time.Hour

// Options shape a Journal; the zero value is usable.
type Options struct {
	// Wait is how long Open waits for another process to let go; 0 means a
	// second.
	Wait time.Duration
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Journal is an open journal. Its methods may be called from many goroutines.
type Journal struct {
	dir      string
	now      func() time.Time
	wait     time.Duration
	lock     *flock.Flock
	db       *boltfile.DB
	rejected *Rejected
	scratch  *Scratch
	notices  []string
	last     atomic.Uint64 // the ID given out last

	queueing sync.Mutex
	queue    []*change

	leading sync.Mutex // held by who commits
}

// Open opens or makes the journal in the folder dir, and deletes scratch files
// that were not touched for ScratchAge. If another process has it open, the
// error is ErrLocked. A damaged database is set aside: what can be read of it
// is taken over, and Notices tells.
func Open(dir string, o Options) (*Journal, error) {
	if o.Wait <= 0 {
		o.Wait = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	j := &Journal{dir: dir, now: o.Now, wait: o.Wait}
	if err := j.open(); err != nil {
		j.Close()
		return nil, fail("open", dir, err)
	}
	return j, nil
}

func (j *Journal) open() error {
	if err := os.MkdirAll(j.path("text"), 0o700); err != nil {
		return err
	}
	if err := j.claim(); err != nil {
		return err
	}
	var err error
	if j.rejected, err = openRejected(j.path("rejected"), j.now); err != nil {
		return err
	}
	if err = j.load(); err != nil {
		return err
	}
	if err = j.sweepTexts(); err != nil {
		return err
	}
	if j.scratch, err = openScratch(j.path("scratch"), j.now); err != nil {
		return err
	}
	if err = j.scratch.Expire(ScratchAge); err != nil {
		return err
	}
	return boltfile.SyncDir(j.dir)
}

// claim locks the folder for this process.
func (j *Journal) claim() error {
	j.lock = flock.New(j.path("lock"), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(context.Background(), j.wait)
	defer cancel()
	ok, err := j.lock.TryLockContext(ctx, 20*time.Millisecond)
	if ok {
		return os.WriteFile(j.path("lock"), []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600)
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	who := "another basecampfs"
	if b, err := os.ReadFile(j.path("lock")); err == nil {
		if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err == nil {
			who += fmt.Sprintf(" (process %d)", pid)
		}
	}
	return &Error{Op: "open", Path: j.dir, Err: ErrLocked,
		Hint: who + " saves with this profile; unmount it, or mount this one with --read-only or another profile"}
}

// Close waits for what is being written and closes the journal. Nothing that
// was appended is lost.
func (j *Journal) Close() error {
	j.leading.Lock()
	defer j.leading.Unlock()
	var errs []error
	if j.db != nil {
		errs = append(errs, j.db.Close())
	}
	if j.scratch != nil {
		errs = append(errs, j.scratch.root.Close())
	}
	if j.lock != nil {
		errs = append(errs, j.lock.Unlock())
	}
	return fail("close", j.dir, errors.Join(errs...))
}

func (j *Journal) path(name string) string { return filepath.Join(j.dir, name) }

// Notices tells in sentences for a person what was found damaged when the
// journal was opened and what became of it.
func (j *Journal) Notices() []string { return j.notices }

// Rejected is the store of refused texts.
func (j *Journal) Rejected() *Rejected { return j.rejected }

// Scratch is the store of editors' scratch files.
func (j *Journal) Scratch() *Scratch { return j.scratch }

// Append adds a save and returns its number when it is on disk. On an error,
// of which the cause may be syscall.ENOSPC, nothing was added.
func (j *Journal) Append(e Entry) (ID, error) {
	return j.append(e, bytes.NewReader(e.Text), int64(len(e.Text)))
}

// AppendFrom is Append with a text of any size that is read from r to its end,
// instead of e.Text.
func (j *Journal) AppendFrom(e Entry, r io.Reader) (ID, error) {
	head, err := io.ReadAll(io.LimitReader(r, inlineMax+1))
	if err != nil {
		return 0, fail("append", j.dir, err)
	}
	return j.append(e, io.MultiReader(bytes.NewReader(head), r), int64(len(head)))
}

// append adds e with the text in r, of which atLeast bytes are known to come,
// and all of them where that is no more than inlineMax.
func (j *Journal) append(e Entry, r io.Reader, atLeast int64) (ID, error) {
	e.ID = ID(j.last.Add(1))
	if e.State == "" {
		e.State = Pending
	}
	if e.Created.IsZero() {
		e.Created = j.now()
	}
	if e.Changed = j.now(); e.State == Sending {
		e.Attempts++
	}
	err := j.payload(&e, r, atLeast)
	if err == nil {
		err = j.put(&e)
	}
	if err != nil {
		j.removeTexts(&e)
		return 0, fail("append", j.dir, err)
	}
	return e.ID, nil
}

func (j *Journal) put(e *Entry) error {
	frame, err := encodeFrame(e)
	if err != nil {
		return err
	}
	return j.update(func(tx *bolt.Tx) error { return store(tx, e.ID, frame) })
}

// Mark sets the state of an entry, and why; it counts an attempt where the
// state is Sending. It is durable on return.
func (j *Journal) Mark(id ID, s State, reason, hint string) error {
	return j.Amend(id, func(e *Entry) { e.State, e.Reason, e.Hint = s, reason, hint })
}

// Amend lets change alter an entry in place and keeps the result: Item, once
// it is known, State, Extra and so on. ID, Base and Text stay as they are.
// change may run while other calls wait and must not call the journal.
func (j *Journal) Amend(id ID, change func(*Entry)) error {
	err := j.update(func(tx *bolt.Tx) error {
		old, err := read(tx.Bucket(bucketEntries).Get(boltfile.Key64(uint64(id))))
		if err != nil {
			return err
		}
		e := *old
		change(&e)
		e.ID, e.Base, e.Text = old.ID, old.Base, old.Text
		e.BaseSize, e.TextSize, e.BaseFile, e.TextFile = old.BaseSize, old.TextSize, old.BaseFile, old.TextFile
		if e.Changed = j.now(); e.State == Sending {
			e.Attempts++
		}
		frame, err := encodeFrame(&e)
		if err != nil {
			return err
		}
		return store(tx, id, frame)
	})
	return fail("amend", j.dir, err)
}

// Done forgets an entry because the service has it. ErrNotFound where there is
// none.
func (j *Journal) Done(id ID) error {
	var e *Entry
	err := j.update(func(tx *bolt.Tx) (err error) {
		if e, err = read(tx.Bucket(bucketEntries).Get(boltfile.Key64(uint64(id)))); err != nil {
			return err
		}
		return store(tx, id, nil)
	})
	if err == nil {
		j.removeTexts(e) // whatever stays is swept at the next Open
	}
	return fail("finish", j.dir, err)
}

// Reject moves the text of an entry to the rejected ones, under its Name, and
// forgets the entry. It returns the file's name there.
func (j *Journal) Reject(id ID, reason string) (string, error) {
	e, err := j.Get(id)
	if err != nil {
		return "", err
	}
	var name string
	if e.TextFile != nil {
		name, err = j.rejected.link(e.Name, j.textPath(id), reason, e.Created)
	} else {
		name, err = j.rejected.put(e.Name, bytes.NewReader(e.Text), reason, e.Created)
	}
	if err != nil {
		return "", err
	}
	return name, j.Done(id)
}

// Get returns one entry; ErrNotFound where there is none.
func (j *Journal) Get(id ID) (*Entry, error) {
	var e *Entry
	err := j.view(func(b *bolt.Bucket) (err error) {
		e, err = read(b.Get(boltfile.Key64(uint64(id))))
		return err
	})
	return e, fail("read", j.dir, err)
}

// Pending returns every entry that is not done, refused ones included, oldest
// first.
func (j *Journal) Pending() ([]*Entry, error) {
	var all []*Entry
	err := j.view(func(b *bolt.Bucket) error {
		return b.ForEach(func(_, frame []byte) error {
			e, err := read(frame)
			all = append(all, e)
			return err
		})
	})
	return all, fail("read", j.dir, err)
}

func (j *Journal) view(f func(*bolt.Bucket) error) error {
	err := j.db.Guard(func() error {
		return j.db.View(func(tx *bolt.Tx) error { return f(tx.Bucket(bucketEntries)) })
	})
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return ErrClosed
	}
	return err
}

func read(frame []byte) (*Entry, error) {
	if frame == nil {
		return nil, ErrNotFound
	}
	e, _, err := decodeFrame(frame)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", boltfile.ErrDamaged, err)
	}
	return e, nil
}
