// Package save turns a text that a program wrote into the calls that bring
// Basecamp to it, and never loses it on the way.
//
// A text is checked, written to the journal, and only then sent. Its verdict
// is the service's. What is refused is kept among the rejected texts with the
// reason; what a crash interrupts is taken up again by Resume. Package save
// knows nothing of files: it is given bytes and told what they were meant for.
package save

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"

	"basecampfs/api"
	"basecampfs/cache/journal"
	"basecampfs/nodes/records"
	"basecampfs/nodes/text"
)

// Account is what a save needs of an account.
type Account interface {
	Records() *records.Account
	// TextOptions says how texts of a kind are read and written.
	TextOptions(ctx context.Context, k api.Kind) (text.Options, error)
}

// Options are how a Saver works.
type Options struct {
	Journal *journal.Journal
	// Tell is told of every text that is refused after its program has gone,
	// and of where it is kept; it may be nil.
	Tell func(what string, err error)
	// Timeout bounds one save, whatever waits for it.
	Timeout time.Duration
}

// Saver saves. It is safe for concurrent use.
type Saver struct {
	opts  Options
	locks keyed
	later waiting
	// claims and found keep a save from being made twice.
	claims claims
	found  found
	past   past
	// working counts the saves that are under way or wait.
	working sync.WaitGroup
}

// New returns a Saver.
func New(o Options) *Saver {
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Minute
	}
	if o.Tell == nil {
		o.Tell = func(string, error) {}
	}
	return &Saver{opts: o, claims: newClaims(), found: found{m: map[lockKey]made{}}}
}

// Close waits for the saves that are under way, until ctx ends. What it does
// not wait for stays in the journal.
func (s *Saver) Close(ctx context.Context) error {
	if err := s.Settle(ctx); err != nil {
		return err
	}
	done := make(chan struct{})
	go func() { s.working.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// detached runs a save to its end although the program that waits for it may be
// interrupted: what was written must not depend on a signal. An interrupted
// program gets Canceled; the person is then told if the save fails.
func detached[T any](ctx context.Context, s *Saver, what string, run func(context.Context) (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	s.working.Add(1)
	go func() {
		defer s.working.Done()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.opts.Timeout)
		defer cancel()
		var o outcome
		o.err = contained(func() (err error) {
			o.value, err = run(ctx)
			return err
		})
		done <- o
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		go func() {
			if o := <-done; o.err != nil {
				s.opts.Tell(what, o.err)
			}
		}()
		var none T
		return none, &api.Error{Code: api.Canceled, Message: "interrupted; the save goes on", Err: ctx.Err()}
	}
}

// detach is detached for what returns nothing.
func (s *Saver) detach(ctx context.Context, what string, run func(context.Context) error) error {
	_, err := detached(ctx, s, what, func(ctx context.Context) (struct{}, error) { return struct{}{}, run(ctx) })
	return err
}

// contained runs what must not take the mount down, nor lose a text, by a fault
// in it.
func contained(run func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &api.Error{Code: api.Failed, Message: fmt.Sprintf("a fault of this program: %v", p),
				Hint: "please report it, with a text that shows it"}
		}
	}()
	return run()
}

// reject keeps a text that never reached the journal and returns err with the
// place where it is.
func (s *Saver) reject(name string, data []byte, err error) error {
	if len(data) == 0 {
		return err
	}
	file, kept := s.opts.Journal.Rejected().Put(name, data, reason(err))
	if kept != nil {
		return disk(errors.Join(err, kept))
	}
	return located(err, file)
}

// refuse is reject for a text that is in the journal.
func (s *Saver) refuse(id journal.ID, err error) error {
	if e, _ := s.opts.Journal.Get(id); e != nil && e.TextSize == 0 {
		s.done(id)
		return err
	}
	file, kept := s.opts.Journal.Reject(id, reason(err))
	if kept != nil {
		return disk(errors.Join(err, kept))
	}
	return located(err, file)
}

func reason(err error) string {
	if e, ok := errors.AsType[*api.Error](err); ok && e.Hint != "" {
		return e.Error() + "\n" + e.Hint
	}
	return err.Error()
}

// located adds to an error where the text is that it is about.
func located(err error, file string) error {
	out := &api.Error{Code: api.CodeOf(err), Message: err.Error(), Err: err}
	if e, ok := errors.AsType[*api.Error](err); ok {
		out.Hint, out.Op, out.Status, out.Message = e.Hint, e.Op, e.Status, e.Message
		if out.Message == "" {
			out.Message = string(e.Code)
		}
	}
	if out.Hint != "" {
		out.Hint += "; "
	}
	out.Hint += "the text is in .basecampfs/rejected/" + file
	return out
}

// disk types the error of a disk that could not take a text.
func disk(err error) error {
	code := api.Failed
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		code = api.Limit
	}
	out := &api.Error{Code: code, Message: err.Error(), Err: err}
	if e, ok := errors.AsType[*journal.Error](err); ok {
		out.Hint = e.Hint
	}
	return out
}

// extra is what an entry of the journal needs beside its text.
type extra struct {
	// Completed is set where a new to-do is to be finished.
	Completed bool `json:"completed,omitempty"`
	// Before are the ids of what had the same title before a create.
	Before []int64 `json:"before,omitempty"`
	// Title is the name that the new item was given.
	Title string `json:"title,omitempty"`
	// Checklist is set where the text is a whole list.
	Checklist bool `json:"checklist,omitempty"`
	// Made is what an earlier file of the same name became, of which this text
	// is an edit; with Same it has the same text.
	Made json.RawMessage `json:"made,omitempty"`
	Same bool            `json:"same,omitempty"`
}

func (x extra) encode() json.RawMessage {
	b, err := json.Marshal(x)
	if err != nil { // plain fields
		panic(err)
	}
	return b
}

// AccountKey names an account in the journal.
func AccountKey(i api.AccountInfo) string { return fmt.Sprintf("%s/%d", i.Product, i.ID) }

func encodeRecord(r *api.Record) []byte {
	b, err := json.Marshal(r)
	if err != nil { // plain fields
		panic(err)
	}
	return b
}

func decodeRecord(b []byte) (*api.Record, error) {
	var r api.Record
	if err := json.Unmarshal(b, &r); err != nil {
		return nil, err
	}
	return &r, nil
}

// keyed is a lock for each of many things.
type keyed struct {
	mu sync.Mutex
	m  map[any]*slot
}

type slot struct {
	free chan struct{} // holds one token while nobody has the lock
	n    int
}

// lock waits for the lock of a key, or for ctx to end.
func (k *keyed) lock(ctx context.Context, key any) (unlock func(), err error) {
	k.mu.Lock()
	if k.m == nil {
		k.m = map[any]*slot{}
	}
	s := k.m[key]
	if s == nil {
		s = &slot{free: make(chan struct{}, 1)}
		s.free <- struct{}{}
		k.m[key] = s
	}
	s.n++
	k.mu.Unlock()
	leave := func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		if s.n--; s.n == 0 {
			delete(k.m, key)
		}
	}
	select {
	case <-s.free:
		return func() { s.free <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
