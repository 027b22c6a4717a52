package mounted

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"basecampfs/api/simulator"
)

// An unmount waits for the save that is under way, whose program gets its
// verdict.
func TestUnmountWaits(t *testing.T) {
	w := start(t, simulator.Options{})
	w.unmount()
	defer w.clear()
	cmd := w.away()
	text := strings.Replace(w.read(uiTodo), "usual", "customary", 1)
	w.sim.SetLatency(500 * time.Millisecond)
	saved := make(chan error, 1)
	go func() { saved <- w.write(uiTodo, text) }()
	w.sends(t, "PUT", saved)
	w.end(cmd)
	if err := <-saved; err != nil {
		t.Errorf("the program is told %v", err)
	}
	if got := w.served("/todos/1069479576.json").text("description"); !strings.Contains(got, "customary") {
		t.Errorf("the service has %q", got)
	}
}

// sends waits for a request that the service has begun to answer.
func (w *world) sends(t *testing.T, method string, gone <-chan error) {
	t.Helper()
	for until := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		for r := range w.sim.Requests().ByRoute {
			if strings.HasPrefix(r, method+" ") {
				return
			}
		}
		select {
		case err := <-gone:
			t.Fatalf("the program has ended before it: %v", err)
		default:
		}
		if time.Now().After(until) {
			t.Fatalf("no %s in a minute", method)
		}
	}
}

// What an unmount can wait for no longer is sent by the next mount: an edit and
// a new one.
func TestUnmountKeeps(t *testing.T) {
	w := start(t, simulator.Options{})
	w.unmount()
	defer w.clear()
	cmd := w.awayFor(200 * time.Millisecond)
	text := strings.Replace(w.read(uiTodo), "usual", "customary", 1)
	if err := w.sim.SetFault("hang PUT", "hang POST"); err != nil {
		t.Fatal(err)
	}
	saved := make(chan error, 2)
	go func() { saved <- w.write(uiTodo, text) }()
	go func() { saved <- w.write(list+"/New.md", "new\n") }()
	w.sends(t, "PUT", saved)
	w.sends(t, "POST", saved)
	_ = cmd.Process.Signal(syscall.SIGTERM)
	_ = cmd.Wait()
	for range 2 {
		if err := <-saved; err == nil {
			t.Error("a program is told that it is saved")
		}
	}
	w.sim.SetFaults()
	cmd = w.away()
	w.resumed()
	if got := w.served("/todos/1069479576.json").text("description"); !strings.Contains(got, "customary") {
		t.Errorf("the service has %q", got)
	}
	if got := w.read(list + "/New.md"); body(got) != "new\n" {
		t.Errorf("the new one has %q", got)
	}
	w.quiet()
	w.end(cmd)
}

// A service that is away for long costs no text: what a crash has left is sent
// when it is back.
func TestServiceAwayAfterACrash(t *testing.T) {
	w := start(t, simulator.Options{})
	w.unmount()
	defer w.clear()
	cmd := w.away()
	text := strings.Replace(w.read(uiTodo), "usual", "customary", 1)
	if err := w.sim.SetFault("hang PUT"); err != nil {
		t.Fatal(err)
	}
	saved := make(chan error, 1)
	go func() { saved <- w.write(uiTodo, text) }()
	w.sends(t, "PUT", saved)
	w.kill(cmd)
	<-saved
	for _, spec := range []string{"status=503", "status=500", "status=401", "status=429", "drop", "malformed"} {
		if err := w.sim.SetFault(spec); err != nil {
			t.Fatal(err)
		}
		before := w.sim.Requests().Total
		cmd = w.away()
		// It has asked, and has given up for the moment.
		for n, still := before, 0; n == before || still < 20; time.Sleep(10 * time.Millisecond) {
			if now := w.sim.Requests().Total; now != n {
				n, still = now, 0
			} else {
				still++
			}
		}
		if n, r := w.waiting(), w.rejected(); n != 1 || len(r) > 0 {
			t.Errorf("%s: %d texts wait, rejected are %q", spec, n, r)
		}
		w.end(cmd)
	}
	w.sim.SetFaults()
	cmd = w.away()
	w.resumed()
	if got := w.served("/todos/1069479576.json").text("description"); !strings.Contains(got, "customary") {
		t.Errorf("the service has %q", got)
	}
	if r := w.rejected(); len(r) > 0 {
		t.Errorf("rejected are %q", r)
	}
	w.end(cmd)
}

// A disk without room for the journal refuses what is written, and nothing else
// happens.
func TestFullDisk(t *testing.T) {
	w := start(t, simulator.Options{})
	w.unmount()
	w.state = t.TempDir()
	if err := syscall.Mount("tmpfs", w.state, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("no small filesystem: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(w.state, syscall.MNT_DETACH) })
	w.remount()
	defer w.unmount()
	old := w.served("/todos/1069479576.json").text("description")
	long := strings.Repeat("A sentence of a long text.\n\n", 8000)
	filler := filepath.Join(w.state, "filler")
	for f, err := os.Create(filler); ; {
		if err == nil {
			_, err = f.Write(make([]byte, 4096))
		}
		if errors.Is(err, syscall.ENOSPC) {
			_ = f.Close()
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	before := w.names(list)
	w.sim.ResetCounters()
	for _, how := range []way{truncating, syncing, replacing} {
		for _, name := range []string{"Clear and simple UI.md", "New.md"} {
			if err := put(w.path(list+"/"+name), long, how); !errors.Is(err, syscall.ENOSPC) {
				t.Errorf("%s, written the way %d: %v", name, how, err)
			}
		}
	}
	if got := w.writes(); len(got) > 0 {
		t.Errorf("it has sent %q", got)
	}
	if got := w.served("/todos/1069479576.json").text("description"); got != old {
		t.Errorf("the service has %q", got)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	for _, e := range w.names(list) {
		if strings.HasPrefix(e, ".") {
			w.sh("rm '" + list + "/" + e + "'")
		}
	}
	if got := w.names(list); !slices.Equal(got, before) {
		t.Errorf("the folder gained %q and lost %q", missing(got, before), missing(before, got))
	}
	for _, name := range []string{"Clear and simple UI.md", "New.md"} {
		if err := put(w.path(list+"/"+name), long, syncing); err != nil {
			t.Errorf("with room again: %s: %v", name, err)
		}
		if got := body(w.read(list + "/" + name)); !strings.HasPrefix(got, "A sentence") || len(got) != len(long)-1 {
			t.Errorf("%s has %d bytes, want %d", name, len(got), len(long)-1)
		}
	}
	if n := w.waiting(); n > 0 {
		t.Errorf("%d texts wait", n)
	}
}

// A program that is interrupted while it waits for its close ends at once. Its
// text goes on its way, and somebody is told where it does not arrive.
func TestInterruptedClose(t *testing.T) {
	for _, c := range []struct {
		name, file string
		fails      bool
	}{
		{"an edit", uiTodo, false}, {"a new one", list + "/New.md", false},
		{"an edit that is refused", uiTodo, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := start(t, simulator.Options{})
			w.names(list)
			w.read(uiTodo)
			before := w.onDisk("interrupted\n")
			if c.fails {
				if err := w.sim.SetFault("status=422 PUT", "status=422 POST"); err != nil {
					t.Fatal(err)
				}
			}
			const slow = 3 * time.Second
			w.sim.SetLatency(slow)
			w.sim.ResetCounters()
			cmd := exec.Command("cp", before, w.path(c.file))
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			gone := make(chan error, 1)
			go func() { gone <- cmd.Wait() }()
			for until := time.Now().Add(time.Minute); w.waiting() == 0; time.Sleep(5 * time.Millisecond) {
				if time.Now().After(until) {
					t.Fatal("nothing was written in a minute")
				}
			}
			began := time.Now()
			_ = cmd.Process.Signal(os.Interrupt)
			<-gone
			if d := time.Since(began); d > slow/2 {
				t.Errorf("it went on for %v", d)
			}
			if n := w.waiting(); n != 1 {
				t.Errorf("%d texts wait", n)
			}
			w.sim.SetLatency(0)
			w.resumed()
			var writes []string
			for _, r := range w.sim.Requests().Log {
				if r.Method != "GET" && r.Status < 300 {
					writes = append(writes, r.Method)
				}
			}
			switch {
			case c.fails:
				w.kept("interrupted\n")
			case len(writes) != 1:
				t.Errorf("requests: %q", writes)
			default:
				w.quiet()
				if got := body(w.read(c.file)); got != "interrupted\n" {
					t.Errorf("the file has %q", got)
				}
			}
		})
	}
}

// kept waits until a text is among the rejected ones and it is told; both come
// a moment after it waits no more.
func (w *world) kept(text string) {
	w.t.Helper()
	for until := time.Now().Add(time.Minute); w.told() == "" || !slices.Contains(w.rejected(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			w.t.Fatalf("rejected are %q, told is %q", w.rejected(), w.told())
		}
	}
}

// A signal that nobody means to end a program with ends no close.
func TestPassingSignals(t *testing.T) {
	w := start(t, simulator.Options{})
	text := strings.Replace(w.read(uiTodo), "usual", "customary", 1)
	from := w.onDisk(text)
	w.sim.SetLatency(time.Second)
	if _, err := exec.LookPath("perl"); err != nil {
		t.Skip("perl is not installed")
	}
	cmd := exec.Command("perl", "-e", `$SIG{WINCH} = $SIG{CHLD} = $SIG{URG} = sub {};
		open(my $in, "<", $ARGV[0]) or die; my $text = join("", <$in>);
		open(my $out, ">", $ARGV[1]) or die "open: $!"; print $out $text or die "print: $!"; close($out) or die "close: $!"; print "closed"`, from, w.path(uiTodo))
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan error, 1)
	go func() { gone <- cmd.Wait() }()
	for ended := false; !ended; {
		select {
		case <-gone:
			ended = true
		case <-time.After(50 * time.Millisecond):
			for _, s := range []syscall.Signal{syscall.SIGWINCH, syscall.SIGURG, syscall.SIGCHLD} {
				_ = cmd.Process.Signal(s)
			}
		}
	}
	if errs.String() != "" || out.String() != "closed" {
		t.Errorf("it says %q and %q", out.String(), errs.String())
	}
	w.sim.SetLatency(0)
	if got := w.served("/todos/1069479576.json").text("description"); !strings.Contains(got, "customary") {
		t.Errorf("the service has %q", got)
	}
	w.quiet()
}
