package save

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/cache/journal"
	"basecampfs/nodes/records"
	"basecampfs/nodes/text"
)

// service is an account in memory whose answers can be spoiled.
type service struct {
	mu    sync.Mutex
	recs  map[int64]*api.Record
	next  int64
	clock time.Time
	asked []string // what changes something, in order
	// spoil is asked before and after each request is acted on, with what it
	// does and how often that was asked for: an error is the answer.
	spoil  func(op string, n int, acted bool) error
	counts map[string]int
}

var (
	annie = &api.Human{ID: 1, Name: "Annie Bryan"} // who is signed in
	jared = &api.Human{ID: 2, Name: "Jared Davis"}
	day   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	home  = api.Ref{Kind: api.TodoList, Project: 7, ID: 70}
)

func newService() *service {
	return &service{recs: map[int64]*api.Record{}, next: 100, clock: day, counts: map[string]int{}}
}

// has adds a record as somebody else would.
func (s *service) has(k api.Kind, parent api.Ref, title, body string, by *api.Human) *api.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(k, parent, &api.Record{Title: title, Body: body}, by).Clone()
}

func (s *service) add(k api.Kind, parent api.Ref, want *api.Record, by *api.Human) *api.Record {
	s.next++
	s.clock = s.clock.Add(time.Minute)
	r := want.Clone()
	r.Ref = api.Ref{Kind: k, Project: parent.Project, ID: s.next}
	r.Parent, r.Status, r.Creator, r.CreatedAt, r.UpdatedAt = parent, api.Active, by, s.clock, s.clock
	if k == api.Comment {
		r.Title = "Re: something"
	}
	r.Raw = fmt.Appendf(nil, `{"id":%d}`, r.ID)
	s.recs[r.ID] = r
	return r
}

// change alters a record as somebody else would.
func (s *service) change(id int64, alter func(*api.Record)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.recs[id].Clone()
	alter(r)
	s.clock = s.clock.Add(time.Minute)
	r.UpdatedAt = s.clock
	s.recs[id] = r
}

// all is what is there, as "title: body", with marks for what else is of
// interest.
func (s *service) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []string{}
	for _, r := range s.recs {
		line := r.Title + ": " + strings.TrimRight(strings.NewReplacer("<div>", "", "</div>", "|", "<br>", "|").Replace(r.Body), "|")
		if r.DueOn != "" {
			line += " due " + r.DueOn
		}
		if r.Completed {
			line += " done"
		}
		out = append(out, strings.ReplaceAll(strings.TrimRight(line, " "), ":  ", ": "))
	}
	slices.Sort(out)
	return out
}

// writes is what was asked that changes something, since the last call.
func (s *service) writes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.asked
	s.asked = nil
	return out
}

// spoiled acts unless the answer is spoiled before, and spoils it after. The
// lock is not held while it asks, so that an answer can be kept waiting.
func (s *service) spoiled(op string, act func() error) error {
	s.mu.Lock()
	n := s.counts[op]
	s.counts[op]++
	spoil := s.spoil
	s.mu.Unlock()
	if spoil != nil {
		if err := spoil(op, n, false); err != nil {
			return err
		}
	}
	s.mu.Lock()
	err := act()
	s.mu.Unlock()
	if err == nil && spoil != nil {
		err = spoil(op, n, true)
	}
	return err
}

func (s *service) Info() api.AccountInfo {
	return api.AccountInfo{Product: "test", ID: 5, Name: "Test"}
}

func (s *service) Can(k api.Kind) api.Abilities {
	f := api.FieldTitle | api.FieldBody | api.FieldCompleted | api.FieldDueOn | api.FieldStartsOn | api.FieldAssignees
	if k == api.Comment {
		f = api.FieldBody
	}
	return api.Abilities{List: true, Create: true, Update: f, With: f, Body: api.HTML, Trash: true, Restore: true, Move: true}
}

func (s *service) List(_ context.Context, q api.Query, page func([]*api.Record) error) error {
	var out []*api.Record
	err := s.spoiled("list "+string(q.Kind), func() error {
		for _, r := range s.recs {
			if r.Kind == q.Kind && (q.In.IsZero() || q.In.Is(r.Parent)) && r.Status == api.Active && (q.State != api.Open || !r.Completed) {
				out = append(out, r.Clone())
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	slices.SortFunc(out, func(a, b *api.Record) int { return int(a.ID - b.ID) })
	return page(out)
}

func (s *service) Get(_ context.Context, r api.Ref) (out *api.Record, err error) {
	err = s.spoiled("get", func() error {
		if s.recs[r.ID] == nil {
			return api.Errorf(api.NotFound, "there is no %d", r.ID)
		}
		out = s.recs[r.ID].Clone()
		return nil
	})
	return out, err
}

func (s *service) Create(_ context.Context, parent api.Ref, want *api.Record) (out *api.Record, err error) {
	err = s.spoiled("create", func() error {
		s.asked = append(s.asked, "create "+want.Title)
		out = s.add(want.Kind, parent, want, annie).Clone()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *service) Update(_ context.Context, base, want *api.Record) (out *api.Record, err error) {
	err = s.spoiled("update", func() error {
		s.asked = append(s.asked, "update "+base.Title)
		r := want.Clone()
		s.clock = s.clock.Add(time.Minute)
		r.UpdatedAt = s.clock
		s.recs[r.ID] = r
		out = r.Clone()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (s *service) Move(_ context.Context, r, parent api.Ref, _ int) (out *api.Record, err error) {
	err = s.spoiled("move", func() error {
		s.asked = append(s.asked, "move")
		s.recs[r.ID].Parent = parent
		out = s.recs[r.ID].Clone()
		return nil
	})
	return out, err
}

func (s *service) SetStatus(_ context.Context, r api.Ref, status api.Status) error {
	return s.spoiled("status", func() error {
		s.asked = append(s.asked, string(status))
		s.recs[r.ID].Status = status
		return nil
	})
}

func (s *service) Open(context.Context, api.File) (io.ReadCloser, error) {
	return nil, api.Errorf(api.Unsupported, "no")
}

func (s *service) Upload(context.Context, string, string, int64, io.Reader) (string, error) {
	return "", api.Errorf(api.Unsupported, "no")
}

func (s *service) Changes(context.Context, api.Mark) (api.Changes, error) {
	return api.Changes{Next: "1"}, nil
}

func (s *service) Me(context.Context) (*api.Record, error) {
	return &api.Record{Ref: api.Ref{Kind: api.Person, ID: annie.ID}, Title: annie.Name, Status: api.Active}, nil
}

func (s *service) Assigned(context.Context) ([]*api.Record, error) { return nil, nil }

// world is a Saver with a service behind it.
type world struct {
	*service
	t     *testing.T
	recs  *records.Account
	j     *journal.Journal
	saver *Saver
	mu    sync.Mutex
	told  []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{service: newService(), t: t}
	j, err := journal.Open(t.TempDir(), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	w.j = j
	w.restart()
	return w
}

// restart forgets everything that is not on disk.
func (w *world) restart() {
	w.recs = records.New(w.service, records.Options{TTL: time.Hour, Timeout: time.Minute})
	w.saver = New(Options{Journal: w.j, Timeout: time.Minute, Tell: func(what string, err error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.told = append(w.told, what+": "+err.Error())
	}})
}

// Records and TextOptions make the world an Account.
func (w *world) Records() *records.Account { return w.recs }

func (w *world) TextOptions(_ context.Context, k api.Kind) (text.Options, error) {
	return text.Options{Can: w.recs.Can(k)}, nil
}

func (w *world) find(key string) Account {
	if key == AccountKey(w.recs.Info()) {
		return w
	}
	return nil
}

func (w *world) resume() {
	w.t.Helper()
	if err := w.saver.Resume(w.t.Context(), w.find); err != nil {
		w.t.Fatal(err)
	}
}

// know lists a container, as a program does that looks before it writes.
func (w *world) know(k api.Kind, in api.Ref) {
	w.t.Helper()
	if _, err := w.recs.List(w.t.Context(), api.Query{Kind: k, In: in}); err != nil {
		w.t.Fatal(err)
	}
}

// rejected are the texts that were refused.
func (w *world) rejected() (out []string) {
	w.t.Helper()
	all, err := w.j.Rejected().List()
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range all {
		f, err := w.j.Rejected().Open(r.Name)
		if err != nil {
			w.t.Fatal(err)
		}
		b, err := io.ReadAll(f)
		_ = f.Close()
		if err != nil {
			w.t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}

func (w *world) tellings() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.told)
}

// when spoils the n-th request of a kind, before or after it is acted on.
func when(op string, n int, acted bool, code api.Code, status int) func(string, int, bool) error {
	return func(o string, i int, a bool) error {
		if strings.HasPrefix(o, op) && i == n && a == acted {
			return &api.Error{Code: code, Status: status, Message: "spoiled"}
		}
		return nil
	}
}

// each joins what spoils answers.
func each(all ...func(string, int, bool) error) func(string, int, bool) error {
	return func(op string, n int, acted bool) error {
		for _, f := range all {
			if err := f(op, n, acted); err != nil {
				return err
			}
		}
		return nil
	}
}

// always spoils every request of a kind before it is acted on.
func always(op string, code api.Code, status int) func(string, int, bool) error {
	return func(o string, _ int, acted bool) error {
		if strings.HasPrefix(o, op) && !acted {
			return &api.Error{Code: code, Status: status, Message: "spoiled"}
		}
		return nil
	}
}
