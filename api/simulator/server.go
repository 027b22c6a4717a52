package simulator

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"basecampfs/api/simulator/product"
)

// Server is a simulated Basecamp. It is an http.Handler, and can listen by
// itself. All its methods may be called at any time, from any goroutine.
type Server struct {
	opts     Options
	origin   atomic.Pointer[string] // public; nil until known
	files    *product.Files
	accounts []*product.Account
	clock    clock
	full     atomic.Bool

	tokens   tokens
	device   deviceGrants
	counters counters
	limiter  limiter
	faults   faults
	latency  atomic.Int64
	down     atomic.Bool
	inactive sync.Map // account id → true
	// ignorePages is nil where no Basecamp 2 account is served.
	ignorePages func(bool)

	mu      sync.Mutex
	servers []*http.Server
	closed  chan struct{}
	close   sync.Once
}

// New makes a Server. It errs where an option makes no sense.
func New(o Options) (*Server, error) {
	origin, err := checkOrigin(o.PublicURL)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Identities == nil {
		o.Identities = DefaultIdentities()
	}
	if len(o.Identities) == 0 {
		return nil, errors.New("simulator: nobody can sign in")
	}
	if o.TokenLife == 0 {
		o.TokenLife = 14 * 24 * time.Hour
	}
	if o.DeviceInterval == 0 {
		o.DeviceInterval = 5 * time.Second
	}
	s := &Server{opts: o, closed: make(chan struct{})}
	s.clock.now = o.Now
	if origin != "" {
		s.origin.Store(&origin)
	}
	s.files = &product.Files{Now: o.Now}
	s.tokens.init(o)
	s.SetLatency(o.Latency)
	s.SetRateLimit(o.RateLimit)
	s.SetFaults(o.Faults...)
	if s.accounts, err = s.makeAccounts(); err != nil {
		return nil, err
	}
	return s, nil
}

// clock gives times that only rise, in whole milliseconds.
type clock struct {
	now  func() time.Time
	last atomic.Int64
}

func (c *clock) next() time.Time {
	for {
		last := c.last.Load()
		ms := max(c.now().UnixMilli(), last+1)
		if c.last.CompareAndSwap(last, ms) {
			return time.UnixMilli(ms).UTC()
		}
	}
}

// Start listens on a loopback address such as "127.0.0.1:0" and serves until
// Close. Without a PublicURL a second port serves files, so that signed URLs
// have an origin of their own.
func (s *Server) Start(addr string) error {
	l, err := listenLoopback(addr)
	if err != nil {
		return err
	}
	if s.origin.Load() == nil {
		origin := "http://" + l.Addr().String()
		s.origin.Store(&origin)
		host, _, _ := net.SplitHostPort(l.Addr().String())
		f, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			l.Close()
			return err
		}
		s.files.Origin = "http://" + f.Addr().String()
		s.serve(f, onlyFiles(s))
	}
	s.serve(l, s)
	return nil
}

func listenLoopback(addr string) (net.Listener, error) {
	a, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("simulator: %w", err)
	}
	if a.IP == nil || !a.IP.IsLoopback() {
		return nil, fmt.Errorf("simulator: %s is no loopback address: use 127.0.0.1", addr)
	}
	return net.ListenTCP("tcp", a)
}

// onlyFiles keeps everything but signed URLs off the origin of files.
func onlyFiles(s http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, product.StoragePath) {
			http.NotFound(w, r)
			return
		}
		s.ServeHTTP(w, r)
	})
}

func (s *Server) serve(l net.Listener, handler http.Handler) {
	h := &http.Server{Handler: handler, ReadHeaderTimeout: 30 * time.Second, ErrorLog: silent}
	s.mu.Lock()
	s.servers = append(s.servers, h)
	s.mu.Unlock()
	go h.Serve(l)
}

// Close stops listening and drops every connection.
func (s *Server) Close() error {
	s.close.Do(func() { close(s.closed) })
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	for _, h := range s.servers {
		err = errors.Join(err, h.Close())
	}
	s.servers = nil
	return err
}

// Wait blocks until ctx ends, then closes the server.
func (s *Server) Wait(ctx context.Context) error {
	<-ctx.Done()
	return s.Close()
}

// URL returns the public origin, which is also Launchpad's: "" before Start
// where no PublicURL was given.
func (s *Server) URL() string {
	if p := s.origin.Load(); p != nil {
		return *p
	}
	return ""
}

func (s *Server) originOf(r *http.Request) string {
	if o := s.URL(); o != "" {
		return o
	}
	return "http://" + r.Host
}

// Token returns the access token of the first identity. It is the same at
// every start.
func (s *Server) Token() string { return s.tokens.first }

// Account is an account as authorization.json lists it.
type Account struct {
	Product string `json:"product"`
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Href    string `json:"href"`
	AppHref string `json:"app_href"`
}

// Accounts returns the accounts of the first identity.
func (s *Server) Accounts() []Account { return s.accountsFor(s.opts.Identities[0], s.URL()) }

func (s *Server) accountsFor(who product.Identity, origin string) []Account {
	out := []Account{}
	for _, a := range s.accounts {
		if a.Has != nil && !a.Has(who) {
			continue
		}
		l := Account{Product: a.Code, ID: a.ID, Name: a.Name, Href: a.Href, AppHref: a.Href}
		if l.Href == "" {
			l.Href, l.AppHref = origin+a.Path, origin+appPath+a.Path
		}
		out = append(out, l)
	}
	return out
}

// SetLatency delays every answer of an API.
func (s *Server) SetLatency(d time.Duration) { s.latency.Store(int64(d)) }

// SetRateLimit replaces the limit and starts its window anew.
func (s *Server) SetRateLimit(l RateLimit) { s.limiter.set(l) }

// SetFaults replaces all faults; none ends them.
func (s *Server) SetFaults(f ...Fault) { s.faults.set(f) }

// SetFault parses specs and replaces all faults with them.
func (s *Server) SetFault(specs ...string) error {
	var all []Fault
	for _, spec := range specs {
		f, err := ParseFaults(spec)
		if err != nil {
			return err
		}
		all = append(all, f...)
	}
	s.SetFaults(all...)
	return nil
}

// Down makes the server drop every connection without an answer.
func (s *Server) Down(on bool) { s.down.Store(on) }

// SetFull makes the plan's limit of projects and storage reached.
func (s *Server) SetFull(on bool) { s.full.Store(on) }

// SetInactive suspends an account: 404 with "Reason: Account Inactive".
func (s *Server) SetInactive(account int64, on bool) {
	if on {
		s.inactive.Store(account, true)
	} else {
		s.inactive.Delete(account)
	}
}
