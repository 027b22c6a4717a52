package disk

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// fillDisk runs in a mount namespace of its own. It writes more than a small
// filesystem takes and prints what went wrong.
func fillDisk(dir string) {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=3m"); err != nil {
		fmt.Println("cannot mount:", err)
		os.Exit(0)
	}
	s := Open(dir+"/cache.db", Options{Delay: later})
	b := s.Space("annie", "1").Bucket("b")
	for i := range 100 {
		b.Put(fmt.Sprint(i), noise(100_000, uint64(i)))
		s.Flush()
	}
	kept := 0
	for i := range 100 {
		if got, ok := b.Get(fmt.Sprint(i)); ok {
			if kept++; !bytes.Equal(got, noise(100_000, uint64(i))) {
				fmt.Println("wrong: another content")
			}
		}
	}
	if kept < 5 || kept > 30 || s.Stats().Persists || !strings.Contains(s.Problem(), "no space") {
		fmt.Printf("wrong: %d kept, %+v\n", kept, s.Stats())
	}
	if err := s.Clear(); err != nil {
		fmt.Println("wrong:", err)
	}
	b.Put("k", []byte("v"))
	s.Close()
	s = Open(dir+"/cache.db", Options{Delay: later})
	if got, _ := s.Space("annie", "1").Bucket("b").Get("k"); string(got) != "v" || s.Problem() != "" {
		fmt.Printf("wrong: %q %+v\n", got, s.Stats())
	}
	fmt.Println("ran")
	os.Exit(0)
}

func TestFullDisk(t *testing.T) {
	cmd := child("full disk", t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) || strings.Contains(string(out), "cannot mount") {
		t.Skipf("no namespace to mount a small filesystem in: %v %s", err, out)
	}
	if err != nil || string(out) != "ran\n" {
		t.Errorf("%v\n%s", err, out)
	}
}
