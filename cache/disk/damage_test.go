package disk

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// damages are ways in which a file goes bad. They may also happen to one that
// is open: they only write, or cut.
var damages = map[string]func(r *rand.Rand, b []byte) []byte{
	"flipped bits": func(r *rand.Rand, b []byte) []byte {
		for range 1 + r.IntN(50) {
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		}
		return b
	},
	"zeroed pages": func(r *rand.Rand, b []byte) []byte {
		for range 1 + r.IntN(10) {
			clear(b[r.IntN(len(b)/4096)*4096:][:4096])
		}
		return b
	},
	"swapped pages": func(r *rand.Rand, b []byte) []byte {
		for range 1 + r.IntN(5) {
			x, y := r.IntN(len(b)/4096)*4096, r.IntN(len(b)/4096)*4096
			p := bytes.Clone(b[x : x+4096])
			copy(b[x:], b[y:y+4096])
			copy(b[y:], p)
		}
		return b
	},
	"garbled pages": func(r *rand.Rand, b []byte) []byte {
		copy(b[r.IntN(len(b)/4096)*4096:], noise(4096, r.Uint64()))
		return b
	},
	"garbled header": func(r *rand.Rand, b []byte) []byte { copy(b, noise(2*4096, r.Uint64())); return b },
	"all garbled":    func(r *rand.Rand, b []byte) []byte { return noise(len(b), r.Uint64()) },
	"cut short":      func(r *rand.Rand, b []byte) []byte { return b[:r.IntN(len(b))] },
	"emptied":        func(r *rand.Rand, b []byte) []byte { return b[:0] },
}

// recordOf is what every test here keeps under a key.
func recordOf(i int) (key string, content []byte) {
	return fmt.Sprintf("%04d", i), todo(i)
}

// sane uses a store and reports whatever is not as it was put.
func sane(t *testing.T, s *Store) (found int) {
	b := s.Space("annie", "1").Bucket("b")
	for i := range 300 {
		key, want := recordOf(i)
		if got, ok := b.Get(key); ok {
			if found++; !bytes.Equal(got, want) {
				t.Errorf("%s has another content", key)
			}
		}
	}
	b.ForEach("", func(key string, content []byte) bool {
		i, _ := strconv.Atoi(key)
		if _, want := recordOf(i); !bytes.Equal(content, want) && key != "new" {
			t.Errorf("%s is visited with another content", key)
		}
		return true
	})
	b.Put("new", []byte("new"))
	s.Flush()
	if got, _ := b.Get("new"); string(got) != "new" {
		// Where the damage is only noticed by this write, the next one counts.
		b.Put("new", []byte("new"))
		s.Flush()
		if got, _ := b.Get("new"); string(got) != "new" {
			t.Errorf("nothing can be kept: %q %+v", got, s.Stats())
		}
	}
	b.Delete("new")
	s.Flush()
	s.Stats()
	return found
}

func TestDamagedFileIsNeverACrash(t *testing.T) {
	template := filepath.Join(t.TempDir(), "cache.db")
	s := openAt(t, template, Options{})
	for i := range 300 {
		key, content := recordOf(i)
		s.Space("annie", "1").Bucket("b").Put(key, content)
		if i%30 == 29 {
			s.Flush()
		}
	}
	s.Close()
	sound, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	each := 12
	if testing.Short() {
		each = 3
	}
	for name, damage := range damages {
		for _, open := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, open %v", name, open), func(t *testing.T) {
				total := 0
				for seed := range each {
					path := filepath.Join(t.TempDir(), "cache.db")
					bad := damage(rand.New(rand.NewPCG(uint64(seed), 7)), bytes.Clone(sound))
					if open {
						os.WriteFile(path, sound, 0o600)
						s = Open(path, Options{Delay: later})
						overwrite(t, path, bad)
					} else {
						os.WriteFile(path, bad, 0o600)
						s = Open(path, Options{Delay: later})
					}
					total += sane(t, s)
					aside, _ := filepath.Glob(path + ".damaged-*")
					if len(aside) > 1 || len(aside) == 1 && !strings.Contains(s.Problem(), "anew") {
						t.Errorf("set aside %v, problem %q", aside, s.Problem())
					}
					s.Close()
					s = Open(path, Options{Delay: later})
					sane(t, s)
					s.Close()
					if t.Failed() {
						t.Fatalf("with seed %d", seed)
					}
				}
				t.Logf("%d of %d records survived", total, 300*each)
			})
		}
	}
}

// overwrite changes a file in place, under whoever has it open.
func overwrite(t *testing.T, path string, content []byte) {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(content, 0); err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(int64(len(content))); err != nil {
		t.Fatal(err)
	}
}

// In a child process of its own, this test binary is a writer that is killed.
func TestMain(m *testing.M) {
	switch path := os.Getenv("DISK_TEST_PATH"); os.Getenv("DISK_TEST_ROLE") {
	case "writer":
		writeForEver(path)
	case "full disk":
		fillDisk(path)
	default:
		os.Exit(m.Run())
	}
}

func child(role, path string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "DISK_TEST_ROLE="+role, "DISK_TEST_PATH="+path)
	cmd.Stderr = os.Stderr
	return cmd
}

// writeForEver puts numbered records, and after each a mark that it is there.
func writeForEver(path string) {
	s := Open(path, Options{Delay: time.Millisecond, Wait: 10 * time.Second})
	sp := s.Space("annie", "1")
	records, marks := sp.Bucket("records"), sp.Bucket("marks")
	fmt.Println("open", s.Problem())
	n := 0
	if b, ok := marks.Get("m"); ok {
		fmt.Sscan(string(b), &n)
	}
	for {
		n++
		key, content := recordOf(n)
		records.Put(key, content)
		marks.Put("m", fmt.Append(nil, n))
		if n%100 == 0 {
			s.Flush()
			fmt.Println("flushed")
		}
	}
}

func TestKilledAtAnyMoment(t *testing.T) {
	kills := 40
	if testing.Short() {
		kills = 8
	}
	path := filepath.Join(t.TempDir(), "cache.db")
	last := 0
	for kill := range kills {
		cmd := child("writer", path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Every other writer is killed from its start on, the rest when they
		// have written something, however slow the disk is.
		lines := bufio.NewReader(out)
		for _, want := range []string{"open \n", "flushed\n"}[:1+kill%2] {
			if line, err := lines.ReadString('\n'); err != nil || line != want {
				t.Fatalf("kill %d: %q %v", kill, line, err)
			}
		}
		time.Sleep(time.Duration(rand.Int64N(int64(60 * time.Millisecond))))
		cmd.Process.Kill()
		cmd.Wait()

		s := Open(path, Options{Delay: later, Wait: 10 * time.Second})
		if s.Problem() != "" {
			t.Fatalf("kill %d: %s", kill, s.Problem())
		}
		sp := s.Space("annie", "1")
		mark := 0
		if b, ok := sp.Bucket("marks").Get("m"); ok {
			fmt.Sscan(string(b), &mark)
		}
		if mark < last {
			t.Errorf("kill %d: the mark went back from %d to %d", kill, last, mark)
		}
		for i := last + 1; i <= mark; i++ {
			key, want := recordOf(i)
			if got, ok := sp.Bucket("records").Get(key); !ok || !bytes.Equal(got, want) {
				t.Fatalf("kill %d: the mark is at %d, and record %d is not there", kill, mark, i)
			}
		}
		last = mark
		if st := s.Stats(); st.Damaged > 0 {
			t.Errorf("kill %d: %+v", kill, st)
		}
		s.Close()
	}
	if last == 0 {
		t.Error("nothing was ever written")
	}
	t.Logf("%d records, %d kills", last, kills)
}
