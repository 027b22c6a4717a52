// Package e2e runs the program as a person does, against a simulated
// Basecamp, and looks for secrets in whatever it leaves behind.
package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"basecampfs/api/simulator"
	"basecampfs/cli"
)

func TestMain(m *testing.M) {
	if os.Getenv("BASECAMPFS_E2E") != "" {
		os.Exit(cli.Main(os.Args[1:]))
	}
	os.Exit(m.Run())
}

const (
	passphrase = "Kx88 settings passphrase"
	userName   = "victor@honchodesign.com"
	accountID  = "88888888" // of Basecamp 2
)

// machine is a computer with a home folder, on which the program is run.
type machine struct {
	t    *testing.T
	sim  *simulator.Server
	home string
	env  []string

	mu    sync.Mutex
	print []string // everything that was printed
}

func newSimulator(t *testing.T, o simulator.Options) *simulator.Server {
	t.Helper()
	s, err := simulator.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// newMachine returns a machine with a desktop that opens browsers by writing
// down what they are to open.
func newMachine(t *testing.T, s *simulator.Server) *machine {
	t.Helper()
	m := &machine{t: t, sim: s, home: t.TempDir()}
	bin := filepath.Join(m.home, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\nprintf '%s' \"$1\" > '" + m.home + "/opened.tmp' && mv '" + m.home + "/opened.tmp' '" + m.home + "/opened'\n"
	if err := os.WriteFile(filepath.Join(bin, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	m.env = []string{
		"BASECAMPFS_E2E=1", "HOME=" + m.home, "PATH=" + bin + ":" + os.Getenv("PATH"), "TMPDIR=" + t.TempDir(), "DISPLAY=:0",
		"XDG_STATE_HOME=" + m.home + "/state", "XDG_CONFIG_HOME=" + m.home + "/config", "XDG_CACHE_HOME=" + m.home + "/cache",
		"BASECAMPFS_LAUNCHPAD_URL=" + s.URL(), "BASECAMPFS_CLIENT_ID=" + simulator.ClientID, "BASECAMPFS_CLIENT_SECRET=" + simulator.ClientSecret,
		"BASECAMPFS_LOG_FILE=" + m.home + "/log", "BASECAMPFS_VERBOSITY=5", "BASECAMPFS_SETTINGS_PASSPHRASE=" + passphrase,
	}
	if d := os.Getenv("GOCOVERDIR"); d != "" {
		m.env = append(m.env, "GOCOVERDIR="+d)
	}
	stop := make(chan struct{})
	done := make(chan []string, 1)
	go watchCommandLines(stop, done)
	t.Cleanup(func() {
		close(stop)
		m.search("a command line", strings.Join(<-done, "\n"))
		m.searchEverything()
	})
	return m
}

// command is one run of the program.
type command struct {
	m        *machine
	cmd      *exec.Cmd
	out, err *output
}

type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// start starts the program; more is further environment.
func (m *machine) start(stdin string, more []string, args ...string) *command {
	m.t.Helper()
	self, err := os.Executable()
	if err != nil {
		m.t.Fatal(err)
	}
	c := &command{m: m, cmd: exec.Command(self, args...), out: &output{}, err: &output{}}
	c.cmd.Env = append(append([]string(nil), m.env...), more...)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr = strings.NewReader(stdin), c.out, c.err
	if stdin == "-" {
		c.cmd.Stdin = nil
	}
	return c
}

func (c *command) run() *command {
	c.m.t.Helper()
	if err := c.cmd.Start(); err != nil {
		c.m.t.Fatal(err)
	}
	return c
}

// wait waits for the end and checks the exit status.
func (c *command) wait(status int) string {
	c.m.t.Helper()
	timer := time.AfterFunc(2*time.Minute, func() { _ = c.cmd.Process.Kill() })
	defer timer.Stop()
	_ = c.cmd.Wait()
	text := c.out.String() + c.err.String()
	c.m.mu.Lock()
	c.m.print = append(c.m.print, text)
	c.m.mu.Unlock()
	if got := c.cmd.ProcessState.ExitCode(); got != status {
		c.m.t.Fatalf("%v ended with status %d, want %d:\n%s", c.cmd.Args[1:], got, status, text)
	}
	return text
}

// do runs the program to its end.
func (m *machine) do(status int, stdin string, args ...string) string {
	m.t.Helper()
	return m.start(stdin, nil, args...).run().wait(status)
}

// until waits for something to be printed and returns what the first group of
// the pattern matched.
func (c *command) until(pattern string) string {
	c.m.t.Helper()
	re := regexp.MustCompile(pattern)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if found := re.FindStringSubmatch(c.err.String() + c.out.String()); found != nil {
			return found[1]
		}
	}
	c.m.t.Fatalf("%v does not print %q:\n%s%s", c.cmd.Args[1:], pattern, c.out, c.err)
	return ""
}

// opened waits for the desktop to be told what to open.
func (m *machine) opened() string {
	m.t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if b, err := os.ReadFile(m.home + "/opened"); err == nil {
			return string(b)
		}
	}
	m.t.Fatal("no browser was opened")
	return ""
}

// newBrowser returns a headless Chromium.
func newBrowser(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("chromium is not installed (apt-get install -y chromium)")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.WSURLReadTimeout(2*time.Minute))
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// secrets is what must be nowhere. Every token and code of the simulator
// begins in the same way.
func secrets() []string {
	return []string{
		"BAhbB0kiAbB7", simulator.ClientSecret, passphrase, "correct horse", "correct+horse", "correct%20horse",
		base64.StdEncoding.EncodeToString([]byte(userName + ":correct horse")),
	}
}

func (m *machine) search(where, text string) {
	m.t.Helper()
	for _, s := range secrets() {
		if i := strings.Index(text, s); i >= 0 {
			m.t.Errorf("%s holds a secret: …%.80q…", where, text[max(0, i-40):])
		}
	}
}

// searchEverything looks at what was printed, at the log, and at every file
// but those that are there to keep the sign-in.
func (m *machine) searchEverything() {
	m.t.Helper()
	for _, text := range m.print {
		m.search("what was printed", text)
	}
	log := 0
	err := filepath.WalkDir(m.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if filepath.Base(path) == "log" {
			log = len(b)
		}
		if filepath.Dir(path) == m.home+"/state/basecampfs/auth" && strings.HasSuffix(path, ".json") {
			if i, err := d.Info(); err != nil || i.Mode().Perm() != 0o600 {
				m.t.Errorf("%s has mode %v, %v", path, i.Mode(), err)
			}
			return nil
		}
		m.search(path, string(b))
		return nil
	})
	if err != nil {
		m.t.Error(err)
	}
	if log < 1000 {
		m.t.Errorf("the log has %d bytes, too few to have been searched", log)
	}
}

// watchCommandLines collects the command line of every process that it sees.
func watchCommandLines(stop <-chan struct{}, done chan<- []string) {
	seen := map[string]bool{}
	var all []string
	for {
		files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
		for _, f := range files {
			b, _ := os.ReadFile(f)
			if s := string(bytes.ReplaceAll(b, []byte{0}, []byte{' '})); s != "" && !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
		select {
		case <-stop:
			done <- all
			return
		case <-time.After(30 * time.Millisecond):
		}
	}
}
