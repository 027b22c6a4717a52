package journal

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

// fillDisk runs in a mount namespace of its own. It fills a small filesystem,
// through entries in the database and through large texts, and prints what
// went wrong.
func fillDisk(dir string) {
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		fmt.Println("cannot mount:", err)
		os.Exit(0)
	}
	check := func(ok bool, format string, a ...any) {
		if !ok {
			fmt.Printf("wrong: "+format+"\n", a...)
		}
	}
	for _, size := range []int{30_000, 200_000} {
		sub := fmt.Sprint(dir, "/", size)
		j, err := Open(sub, Options{})
		check(err == nil, "open: %v", err)
		text := func(id ID) []byte { return bytes.Repeat([]byte{byte(id)}, size) }
		var last ID
		for ; err == nil && last < 1000; last++ {
			_, err = j.Append(Entry{Text: text(last + 1)})
		}
		last--
		typed := (*Error)(nil)
		check(errors.Is(err, syscall.ENOSPC) && errors.As(err, &typed) && strings.Contains(typed.Hint, "room"), "full: %v", err)
		_, err = j.Rejected().Put("x", noise(2<<20, 1), "why")
		check(errors.Is(err, syscall.ENOSPC), "rejected: %v", err)
		err = j.Scratch().Put("f", "x", noise(2<<20, 1))
		check(errors.Is(err, syscall.ENOSPC), "scratch: %v", err)
		for range 2 { // as it is, and after reopening
			all, err := j.Pending()
			check(err == nil && len(all) == int(last) && last > 3, "%d entries of %d, %v", len(all), last, err)
			for _, e := range all {
				got, err := j.Text(e.ID)
				check(err == nil && bytes.Equal(got, text(e.ID)), "entry %d: %d bytes, %v", e.ID, len(got), err)
			}
			check(j.Close() == nil, "close")
			j, err = Open(sub, Options{})
			check(err == nil, "reopen on a full disk: %v", err)
		}
		for id := range last {
			check(j.Done(id+1) == nil, "done %d on a full disk", id+1)
		}
		_, err = j.Append(Entry{Text: text(1)})
		check(err == nil, "append when there is room again: %v", err)
		j.Close()
		os.RemoveAll(sub)
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
