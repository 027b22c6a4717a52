package journal

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// In a child process of its own, this test binary is a writer that is killed.
func TestMain(m *testing.M) {
	switch dir := os.Getenv("JOURNAL_TEST_DIR"); os.Getenv("JOURNAL_TEST_ROLE") {
	case "writer":
		writeForEver(dir)
	case "full disk":
		fillDisk(dir)
	default:
		os.Exit(m.Run())
	}
}

func child(role, dir string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "JOURNAL_TEST_ROLE="+role, "JOURNAL_TEST_DIR="+dir)
	cmd.Stderr = os.Stderr
	return cmd
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// writeForEver appends, marks and finishes entries from several goroutines and
// says so on standard output: before it finishes one, after anything else.
func writeForEver(dir string) {
	j, err := Open(dir, Options{Wait: 10 * time.Second})
	if err != nil {
		fmt.Println("failed", err)
		os.Exit(1)
	}
	for _, notice := range j.Notices() {
		fmt.Println("failed", notice)
	}
	var mu sync.Mutex
	say := func(a ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Println(a...)
	}
	say("open")
	for range 4 {
		go func() {
			for {
				size := rand.IntN(6000)
				if rand.IntN(4) == 0 {
					size = inlineMax + rand.IntN(300_000)
				}
				text := noise(size, rand.Uint64())
				id, err := j.Append(Entry{Op: Save, Name: "n.md", Text: text})
				if err != nil {
					say("failed", err)
					return
				}
				say("appended", id, digest(text))
				switch rand.IntN(4) {
				case 0:
					if err := j.Mark(id, Sending, "", ""); err != nil {
						say("failed", err)
					}
					say("sending", id)
				case 1, 2:
					say("finishing", id)
					if err := j.Done(id); err != nil {
						say("failed", err)
					}
				}
			}
		}()
	}
	select {}
}

func TestKilledAtAnyMoment(t *testing.T) {
	kills := 100
	if testing.Short() {
		kills = 10
	}
	dir := t.TempDir()
	appended := map[ID]string{}
	finishing, sending := map[ID]bool{}, map[ID]bool{}
	total := 0
	for kill := range kills {
		cmd := child("writer", dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Every other writer is killed from its start on, the rest when they
		// have appended something, however slow the disk is.
		killSoon := sync.OnceFunc(func() {
			time.AfterFunc(time.Duration(rand.Int64N(int64(40*time.Millisecond))), func() { cmd.Process.Kill() })
		})
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			var id ID
			var sum string
			line := lines.Text()
			switch {
			case line == "open":
				if kill%2 == 0 {
					killSoon()
				}
			case strings.HasPrefix(line, "failed"):
				t.Errorf("kill %d: %s", kill, line)
			default:
				var what string
				fmt.Sscan(line, &what, &id, &sum)
				switch what {
				case "appended":
					killSoon()
					if len(sum) != 64 {
						continue // the kill cut the line
					}
					if appended[id] != "" {
						t.Errorf("number %d was given out twice", id)
					}
					appended[id] = sum
					total++
				case "finishing":
					finishing[id] = true
				case "sending":
					sending[id] = true
				}
			}
		}
		cmd.Wait()

		j, err := Open(dir, Options{Wait: 10 * time.Second})
		if err != nil {
			t.Fatalf("kill %d: %v", kill, err)
		}
		if len(j.Notices()) > 0 {
			t.Fatalf("kill %d: %v", kill, j.Notices())
		}
		here := map[ID]bool{}
		for _, e := range must(j.Pending())(t) {
			here[e.ID] = true
			text, err := j.Text(e.ID)
			if err != nil || int64(len(text)) != e.TextSize {
				t.Errorf("kill %d: entry %d: %d bytes of %d, %v", kill, e.ID, len(text), e.TextSize, err)
			}
			if want := appended[e.ID]; want != "" && want != digest(text) {
				t.Errorf("kill %d: entry %d has another text", kill, e.ID)
			}
			if sending[e.ID] && e.State != Sending {
				t.Errorf("kill %d: entry %d is %s", kill, e.ID, e.State)
			}
			if err := j.Done(e.ID); kill%3 == 0 && err != nil {
				t.Error(err)
			}
		}
		for id := range appended {
			if !here[id] && !finishing[id] {
				t.Errorf("kill %d: entry %d was appended and is gone", kill, id)
			}
		}
		clear(appended)
		clear(finishing)
		clear(sending)
		j.Close()
	}
	if total < kills/2 {
		t.Errorf("only %d entries were appended in %d runs", total, kills)
	}
	t.Logf("%d entries appended, %d kills", total, kills)
}
