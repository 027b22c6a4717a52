package auth_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/time/rate"

	"basecampfs/auth"
	"basecampfs/auth/internal/fake"
	"basecampfs/auth/store"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("BASECAMPFS_TEST_MOUNT"); dir != "" {
		if err := mount(dir, os.Getenv("BASECAMPFS_TEST_SERVER")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// mount is what a process does that has a sign-in in use: for each line on
// standard input, four requests at once that find their token refused, and a
// line of the token that they go on with.
func mount(dir, server string) error {
	s := auth.NewSession(auth.Config{
		Storage: store.NewFile(dir), HTTP: http.DefaultClient, Launchpad: server, RefreshLimit: rate.NewLimiter(rate.Inf, 1),
	})
	defer s.Close()
	lines := bufio.NewScanner(os.Stdin)
	bad, err := s.Token(context.Background())
	if err != nil {
		return err
	}
	fmt.Println(bad)
	for lines.Scan() {
		errs := make(chan error, 4)
		for range 4 {
			go func() {
				retry, err := s.Unauthorized(context.Background(), bad)
				if err == nil && !retry {
					err = fmt.Errorf("no retry")
				}
				errs <- err
			}()
		}
		for range 4 {
			if err := <-errs; err != nil {
				return err
			}
		}
		if bad, err = s.Token(context.Background()); err != nil {
			return err
		}
		fmt.Println(bad)
	}
	return lines.Err()
}

// Three processes that share a sign-in find the token expired at once, over
// and over. Each refresh token is good once, so whoever refreshes beside the
// others loses the sign-in.
func TestProcessesRefreshOnce(t *testing.T) {
	const expiries, processes = 100, 3
	srv := fake.New(t)
	st := signedIn(t, srv, nil)
	dir := strings.TrimSuffix(st.Where("x"), "/x.json (for you alone, not encrypted)")
	dir = strings.TrimPrefix(dir, "the file ")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	type process struct {
		in  io.WriteCloser
		out *bufio.Scanner
	}
	var all []process
	for range processes {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), "BASECAMPFS_TEST_MOUNT="+dir, "BASECAMPFS_TEST_SERVER="+srv.URL)
		cmd.Stderr = os.Stderr
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			in.Close()
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
		p := process{in, bufio.NewScanner(out)}
		if !p.out.Scan() {
			t.Fatal("a process ended at once")
		}
		all = append(all, p)
	}
	for round := 1; round <= expiries; round++ {
		srv.Expire()
		for _, p := range all {
			if _, err := fmt.Fprintln(p.in, "expired"); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range all {
			if !p.out.Scan() {
				t.Fatalf("a process ended after %d expiries", round)
			}
			if !srv.Good(p.out.Text()) {
				t.Fatalf("a process goes on with a worthless token after %d expiries", round)
			}
		}
		if got := srv.Refreshes(); got != round {
			t.Fatalf("%d refreshes after %d expiries", got, round)
		}
	}
}
