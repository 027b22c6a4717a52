package simulator

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Action is what a Fault does to a request.
type Action string

// The actions.
const (
	// Status answers with Fault.Status instead of acting.
	Status Action = "status"
	// Drop closes the connection before anything was done.
	Drop Action = "drop"
	// DropAfter does what was asked, and closes the connection unanswered.
	DropAfter Action = "drop-after"
	// Hang answers nothing for Fault.For, or until the client gives up, and
	// then closes the connection.
	Hang Action = "hang"
	// Slow sends the headers at once and the body bit by bit over Fault.For.
	Slow Action = "slow"
	// Cut sends half of the body and closes the connection.
	Cut Action = "cut"
	// Malformed sends half of the body as if it were all.
	Malformed Action = "malformed"
	// Empty sends the headers without the body.
	Empty Action = "empty"
)

// Fault breaks the requests that it matches.
type Fault struct {
	Action Action
	Status int           // for Status
	For    time.Duration // for Slow and Hang
	// RetryAfter is sent with Status where it is not zero.
	RetryAfter time.Duration

	Method string // "" is every method
	// Path is a glob over the path below the account, or the whole path
	// outside one: * is anything but a slash, ** anything. "" is every path.
	Path string

	// Rate breaks that share of the matching requests, chosen by Seed. Nth
	// breaks the n-th alone, counted from 1; First the first n. All zero
	// breaks every one.
	Rate  float64
	Seed  uint64
	Nth   int
	First int
}

// FaultGrammar describes what ParseFaults reads.
const FaultGrammar = `SPEC is RULE[;RULE…], and RULE is ACTION [METHOD] [PATH] [WHEN…]:
  ACTION  status=CODE | drop | drop-after | cut | hang[=DURATION] | slow=DURATION | malformed | empty
  METHOD  GET, POST, PUT or DELETE; without it, every method
  PATH    a glob such as /todos/*.json or /todolists/**; without it, every path
  WHEN    nth=N | first=N | rate=0..1 [seed=N] | retry-after=SECONDS (with status)
Examples: "status=503 GET /todos/*.json first=2", "drop-after POST /todolists/*/todos.json nth=1",
  "status=429 rate=0.1 seed=7 retry-after=2; slow=5s GET /projects.json"`

// ParseFaults reads a specification; see FaultGrammar.
func ParseFaults(spec string) ([]Fault, error) {
	var out []Fault
	for rule := range strings.SplitSeq(spec, ";") {
		words := strings.Fields(rule)
		if len(words) == 0 {
			continue
		}
		f, err := parseFault(words)
		if err != nil {
			return nil, fmt.Errorf("fault %q: %w", strings.TrimSpace(rule), err)
		}
		out = append(out, f)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("fault %q: empty", spec)
	}
	return out, nil
}

func parseFault(words []string) (f Fault, err error) {
	action, arg, has := strings.Cut(words[0], "=")
	f.Action = Action(action)
	switch f.Action {
	case Status:
		f.Status, err = strconv.Atoi(arg)
		if err != nil || f.Status < 200 || f.Status > 599 {
			return f, fmt.Errorf("status %q: want 200 to 599", arg)
		}
	case Slow, Hang:
		if has || f.Action == Slow {
			if f.For, err = time.ParseDuration(arg); err != nil || f.For <= 0 {
				return f, fmt.Errorf("%s: want a duration such as 5s", f.Action)
			}
		}
	case Drop, DropAfter, Cut, Malformed, Empty:
		if has {
			return f, fmt.Errorf("%s takes no value", f.Action)
		}
	default:
		return f, fmt.Errorf("unknown action %q", action)
	}
	for _, w := range words[1:] {
		key, v, ok := strings.Cut(w, "=")
		switch {
		case strings.HasPrefix(w, "/") || strings.HasPrefix(w, "*"):
			f.Path = w
		case !ok && strings.ToUpper(w) == w:
			f.Method = w
		case key == "nth":
			f.Nth, err = positive(v)
		case key == "first":
			f.First, err = positive(v)
		case key == "seed":
			f.Seed, err = strconv.ParseUint(v, 10, 64)
		case key == "rate":
			if f.Rate, err = strconv.ParseFloat(v, 64); err == nil && (f.Rate <= 0 || f.Rate > 1) {
				err = fmt.Errorf("rate %s: want more than 0, at most 1", v)
			}
		case key == "retry-after":
			var n int
			n, err = positive(v)
			f.RetryAfter = time.Duration(n) * time.Second
		default:
			err = fmt.Errorf("unknown word %q", w)
		}
		if err != nil {
			return f, err
		}
	}
	return f, nil
}

func positive(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err == nil && n < 1 {
		err = fmt.Errorf("%q: want at least 1", s)
	}
	return n, err
}

// faults are the faults in force.
type faults struct {
	mu  sync.Mutex
	all []*activeFault
}

type activeFault struct {
	Fault
	path *regexp.Regexp
	rand *rand.Rand
	seen int
}

func (fs *faults) set(l []Fault) {
	var all []*activeFault
	for _, f := range l {
		all = append(all, &activeFault{Fault: f, path: glob(f.Path), rand: rand.New(rand.NewPCG(f.Seed, secondSeed))})
	}
	fs.mu.Lock()
	fs.all = all
	fs.mu.Unlock()
}

// secondSeed is any constant: the second half of a generator's state.
const secondSeed = 0x9e3779b97f4a7c15

func glob(p string) *regexp.Regexp {
	if p == "" {
		return regexp.MustCompile("")
	}
	q := regexp.QuoteMeta(p)
	q = strings.ReplaceAll(q, `\*\*`, `.*`)
	q = strings.ReplaceAll(q, `\*`, `[^/]*`)
	return regexp.MustCompile("^" + q + "$")
}

// pick returns the fault that strikes a request, or nil. Every fault that
// matches counts the request.
func (fs *faults) pick(method, path string) *Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var hit *Fault
	plain := bucket.ReplaceAllString(path, "$1")
	for _, f := range fs.all {
		if f.Method != "" && f.Method != method || !f.path.MatchString(path) && !f.path.MatchString(plain) {
			continue
		}
		f.seen++
		strikes := true
		switch {
		case f.Nth > 0:
			strikes = f.seen == f.Nth
		case f.First > 0:
			strikes = f.seen <= f.First
		case f.Rate > 0:
			strikes = f.rand.Float64() < f.Rate
		}
		if strikes && hit == nil {
			hit = &f.Fault
		}
	}
	return hit
}

// before applies the faults that keep a request from being acted on.
func (s *Server) before(f *Fault, w http.ResponseWriter, r *http.Request) bool {
	if f == nil {
		return false
	}
	switch f.Action {
	case Status:
		if f.RetryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(f.RetryAfter.Seconds())))
		}
		w.WriteHeader(f.Status)
		return true
	case Hang:
		d := f.For
		if d == 0 {
			d = 24 * time.Hour
		}
		s.sleep(r, d)
		panic(http.ErrAbortHandler)
	case Drop:
		panic(http.ErrAbortHandler)
	}
	return false
}

// after lets act answer, and spoils the answer as f says.
func (s *Server) after(f *Fault, w http.ResponseWriter, r *http.Request, act func(http.ResponseWriter)) {
	if f == nil {
		act(w)
		return
	}
	m := &memory{header: http.Header{}}
	act(m)
	body := m.body.Bytes()
	for k, v := range m.header {
		w.Header()[k] = v
	}
	half := body[:len(body)/2]
	switch f.Action {
	case DropAfter:
		panic(http.ErrAbortHandler)
	case Malformed:
		body = half
	case Empty:
		body = nil
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	if m.status == 0 {
		m.status = http.StatusOK
	}
	if m.status == http.StatusNoContent || m.status == http.StatusNotModified {
		w.Header().Del("Content-Length")
	}
	w.WriteHeader(m.status)
	switch f.Action {
	case Cut:
		w.Write(half)
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case Slow:
		s.dribble(w, r, body, f.For)
	default:
		w.Write(body)
	}
}

// dribble sends a body in small pieces.
func (s *Server) dribble(w http.ResponseWriter, r *http.Request, body []byte, d time.Duration) {
	const pieces = 20
	rc := http.NewResponseController(w)
	rc.Flush()
	for i := range pieces {
		if !s.sleep(r, d/pieces) {
			panic(http.ErrAbortHandler)
		}
		w.Write(body[len(body)*i/pieces : len(body)*(i+1)/pieces])
		rc.Flush()
	}
}
