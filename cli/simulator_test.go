package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestSimulatorSaysWhereItIs(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out, in := io.Pipe()
	c := newSimulatorCommand()
	c.SetArgs([]string{"--listen", "127.0.0.1:0", "--size", "1x1x2"})
	c.SetOut(in)
	done := make(chan error, 1)
	go func() { done <- c.ExecuteContext(ctx) }()
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var ready struct {
		Launchpad, Token string
		Accounts         []struct {
			Product, Name, Href string
			ID                  int64
		}
	}
	if err := json.Unmarshal(line, &ready); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	if len(ready.Accounts) == 0 || ready.Accounts[0].Product != "bc3" || !strings.HasPrefix(ready.Accounts[0].Href, ready.Launchpad+"/") {
		t.Fatalf("%s", line)
	}
	r, err := http.NewRequest("GET", ready.Accounts[0].Href+"/projects.json", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+ready.Token)
	r.Header.Set("User-Agent", "Tests (tests@example.com)")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Header.Get("X-Total-Count") != "1" {
		t.Errorf("%s with %s projects", res.Status, res.Header.Get("X-Total-Count"))
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestSimulatorRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"--listen", "0.0.0.0:0"}, {"--size", "big"}, {"--rate-limit", "fast"}, {"--fault", "explode"}, {"--public-url", "x"}, {"stray"},
	} {
		c := newSimulatorCommand()
		c.SilenceUsage, c.SilenceErrors = true, true
		c.SetArgs(args)
		if err := c.ExecuteContext(t.Context()); err == nil {
			t.Errorf("%v is taken", args)
		}
	}
}
