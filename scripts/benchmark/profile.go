package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"syscall"
	"time"
)

// profileVariable names the folder that a measured process writes profiles
// to. SIGUSR1 begins a profile of the processor's time, SIGUSR2 ends it and
// writes one of the heap; both are named by how many there were.
const profileVariable = "BENCHMARK_PROFILE"

// profile obeys the signals until stop is called.
func profile(dir string) (stop func()) {
	if dir == "" {
		return func() {}
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGUSR2)
	done := make(chan struct{})
	go func() {
		defer close(done)
		n := 0
		var cpu *os.File
		for s := range signals {
			var err error
			if s == syscall.SIGUSR1 && cpu == nil {
				n++
				if cpu, err = os.Create(filepath.Join(dir, fmt.Sprintf("cpu-%d.pprof", n))); err == nil {
					err = pprof.StartCPUProfile(cpu)
				}
			} else if s == syscall.SIGUSR2 && cpu != nil {
				pprof.StopCPUProfile()
				_ = cpu.Close()
				cpu, err = nil, heap(filepath.Join(dir, fmt.Sprintf("heap-%d.pprof", n)))
			}
			if err != nil {
				fmt.Fprintln(os.Stderr, "profile:", err)
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
		<-done
	}
}

func heap(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	runtime.GC()
	return pprof.WriteHeapProfile(f)
}

// profiled runs do while the mount m writes profiles called name.
func (b *bencher) profiled(m *mount, name string, do func() error) error {
	b.profiles++
	from := func(kind string) string {
		return filepath.Join(b.config.profile, fmt.Sprintf("%s-%d.pprof", kind, b.profiles))
	}
	if err := m.cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		return err
	}
	time.Sleep(100 * time.Millisecond)
	err := do()
	if err != nil {
		return err
	}
	if err := m.cmd.Process.Signal(syscall.SIGUSR2); err != nil {
		return err
	}
	for range 600 {
		if info, err := os.Stat(from("heap")); err == nil && info.Size() > 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	for _, kind := range []string{"cpu", "heap"} {
		if err := os.Rename(from(kind), filepath.Join(b.config.profile, kind+"-"+name+".pprof")); err != nil {
			return err
		}
	}
	return nil
}
