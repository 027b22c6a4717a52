package tree

import (
	"bytes"
	"context"
	"io"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/cespare/xxhash/v2"

	"basecampfs/api"
	"basecampfs/nodes/text"
)

// Draft is what a program has written and not yet saved. It belongs to the
// handle that writes: nobody else sees it before it is saved.
type Draft struct {
	// load gives what an edit starts from, when it is first needed.
	load func(context.Context) ([]byte, error)
	// save sends a text. It is called once for each text.
	save func(ctx context.Context, data []byte) error
	// empty says what becomes of a draft that is empty when it is closed.
	empty emptiness
	name  string

	// stamp gives what was saved a time that a program set for it; nil where
	// that means nothing.
	stamp func(time.Time)

	// tell is told what came of a save whose program did not wait for it.
	tell func(what string, err error)

	mu      sync.Mutex
	handles int
	mtime   time.Time // to be given to what is saved next
	loaded  bool
	data    []byte
	dirty   bool
	lacking error // why a part of the text is not there
	tried   bool
	sum     uint64 // of the text tried last
	verdict error  // of that text
	commit  *commit
}

// commit is a save that is under way.
type commit struct {
	done chan struct{} // closed when there is a verdict
	err  error
}

type emptiness int

const (
	emptyRefused emptiness = iota // over an item: a failed redirection
	emptyLater                    // of a new file: decided when it is closed for good
)

// begin loads what the draft starts from. d.mu is held.
func (d *Draft) begin(ctx context.Context) error {
	if d.loaded {
		return nil
	}
	b, err := d.load(ctx)
	if err != nil {
		return err
	}
	d.data, d.loaded = slices.Clone(b), true
	return nil
}

// ReadAt reads what was written so far.
func (d *Draft) ReadAt(ctx context.Context, p []byte, off int64) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.begin(ctx); err != nil {
		return 0, err
	}
	if off >= int64(len(d.data)) {
		return 0, io.EOF
	}
	return copy(p, d.data[off:]), nil
}

// WriteAt writes at an offset, or at the end where off is negative.
func (d *Draft) WriteAt(ctx context.Context, p []byte, off int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.begin(ctx); err != nil {
		return err
	}
	if off < 0 {
		off = int64(len(d.data))
	}
	if err := d.resize(max(int64(len(d.data)), off+int64(len(p)))); err != nil {
		d.lacking = err // what is there must not pass for the whole
		return err
	}
	copy(d.data[off:], p)
	d.dirty = true
	return nil
}

// Truncate sets the length.
func (d *Draft) Truncate(ctx context.Context, size int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if size == 0 { // what it starts from does not matter
		d.loaded = true
		d.data = nil
		d.dirty = true
		d.lacking = nil
		return nil
	}
	if err := d.begin(ctx); err != nil {
		return err
	}
	if size == int64(len(d.data)) {
		return nil
	}
	d.dirty = true
	return d.resize(size)
}

func (d *Draft) resize(size int64) error {
	if size > text.MaxSize || size < 0 {
		return &api.Error{Code: api.Invalid, Err: syscall.EFBIG, Message: d.name + " would be larger than any text in Basecamp"}
	}
	if n := int(size); n <= len(d.data) {
		d.data = d.data[:n]
	} else {
		d.data = append(d.data, make([]byte, n-len(d.data))...)
	}
	return nil
}

// Size is the length of what was written so far.
func (d *Draft) Size(ctx context.Context) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.begin(ctx)
	return int64(len(d.data)), err
}

// Commit saves what was written, if it was not saved before, and returns the
// verdict. last is set when nothing more can be written. The save goes on where
// its program is interrupted: the next Commit, such as that of the close which
// follows, waits for it and does not send the text again.
func (d *Draft) Commit(ctx context.Context, last bool) error {
	for {
		c, begun, err := d.start(ctx, last)
		if c == nil {
			return err
		}
		select {
		case <-c.done:
			if begun {
				return c.err
			}
		case <-ctx.Done():
			if begun {
				go d.follow(c)
			}
			return &api.Error{Code: api.Canceled, Message: "interrupted; the save goes on", Err: ctx.Err()}
		}
	}
}

// follow tells the person the verdict that nobody waits for.
func (d *Draft) follow(c *commit) {
	if <-c.done; c.err != nil {
		d.tell("saving "+d.name, c.err)
	}
}

// start returns the save that is under way, which it begins where there is
// none; or nil and the verdict, where there is nothing to save.
func (d *Draft) start(ctx context.Context, last bool) (c *commit, mine bool, verdict error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.commit != nil {
		return d.commit, false, nil
	}
	if d.lacking != nil {
		return nil, false, d.lacking
	}
	if len(d.data) == 0 && d.loaded && d.dirty && d.empty == emptyRefused {
		return nil, false, &api.Error{Code: api.Invalid, Message: d.name + " would be empty",
			Hint: "to clear a text keep the lines between the two ---; to get rid of the item remove the file"}
	}
	later := len(d.data) == 0 && d.empty == emptyLater
	if later && !last || !later && !d.dirty {
		return nil, false, nil
	}
	data := bytes.Clone(d.data)
	sum := xxhash.Sum64(data)
	if d.tried && d.sum == sum {
		if d.verdict == nil {
			d.clean()
		}
		return nil, false, d.verdict
	}
	c = &commit{done: make(chan struct{})}
	d.commit = c
	ctx = context.WithoutCancel(ctx)
	go func() {
		defer close(c.done)
		c.err = d.save(ctx, data)
		d.settle(data, sum, c.err)
	}()
	return c, true, nil
}

// settle takes the verdict on a text.
func (d *Draft) settle(data []byte, sum uint64, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.commit = nil
	d.tried, d.sum, d.verdict = true, sum, err
	if err == nil && bytes.Equal(data, d.data) {
		d.clean()
	}
}

// clean notes that everything is saved. d.mu is held.
func (d *Draft) clean() {
	d.dirty = false
	if d.stamp != nil && !d.mtime.IsZero() {
		d.stamp(d.mtime)
	}
	d.mtime = time.Time{}
}

// Hold counts a handle that writes.
func (d *Draft) Hold() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.handles++
}

// Drop ends a handle and reports whether none is left.
func (d *Draft) Drop() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.handles--
	return d.handles == 0
}

// SetTime takes a time for what is going to be saved. It reports whether there
// is any: otherwise the time is one for what was saved before.
func (d *Draft) SetTime(t time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dirty {
		d.mtime = t
	}
	return d.dirty
}

// discard forgets what was written: its file was removed.
func (d *Draft) discard() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dirty, d.data, d.empty = false, nil, emptyRefused
}

// Dirty reports whether something was written that is not saved.
func (d *Draft) Dirty() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dirty
}

// IsEmpty reports whether nothing is left of what was there or was written.
func (d *Draft) IsEmpty() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.loaded && d.dirty && len(d.data) == 0 || d.empty == emptyLater && !d.tried && len(d.data) == 0
}

// Name is what messages call the file.
func (d *Draft) Name() string { return d.name }

// Editable is a file that can be written.
type Editable interface {
	File
	// Edit begins a draft. It starts from what the file has now, or from
	// nothing where truncate is set. It fails where the API can change none
	// of what the file shows.
	Edit(ctx context.Context, truncate bool) (*Draft, error)
	// SetTime keeps a time that a program sets, for this version.
	SetTime(time.Time)
}
