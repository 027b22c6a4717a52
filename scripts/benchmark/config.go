package main

import (
	"flag"
	"time"

	"basecampfs/api/simulator"
	"basecampfs/api/simulator/product"
)

// config is what the flags say.
type config struct {
	size    product.Size
	latency time.Duration
	limit   simulator.RateLimit
	rounds  int
	files   int // copied in
	idle    time.Duration
	cpu     string
	disk    string
	plot    string
	profile string
	only    string
}

func parse(args []string) (config, error) {
	c := config{size: product.Size{Projects: 40, Lists: 10, Todos: 25}, limit: simulator.RateLimit{Requests: 50, Per: 10 * time.Second}}
	f := flag.NewFlagSet("scripts/bench", flag.ContinueOnError)
	f.Func("size", "projects x lists x to-dos of the account (default 40x10x25; 200x10x25 for a large one)", func(s string) (err error) {
		c.size, err = product.ParseSize(s)
		return err
	})
	f.DurationVar(&c.latency, "latency", 120*time.Millisecond, "`wait` of the service before every answer")
	f.Func("rate-limit", "requests per time that the service allows (default 50/10s)", func(s string) (err error) {
		c.limit, err = simulator.ParseRateLimit(s)
		return err
	})
	f.IntVar(&c.rounds, "rounds", 5, "repetitions of what is compared; their median counts")
	f.IntVar(&c.files, "files", 1000, "files that are copied in; each is a request")
	f.DurationVar(&c.idle, "idle", 150*time.Second, "how long the idle mount is watched")
	f.StringVar(&c.cpu, "cpu", "0", "processor that everything warm runs on; empty for all of them")
	f.StringVar(&c.disk, "disk", "", "`folder` on the disk to compare with (default: that for temporary files)")
	f.StringVar(&c.plot, "plot", "", "`file` for a plot of the warm times, as SVG")
	f.StringVar(&c.profile, "profile", "", "`folder` for profiles of the mount, warm: of each program, and of the heap")
	f.StringVar(&c.only, "only", "", "`steps` after the walks, with commas between: kernel, single, changes, idle; warm for none of them")
	return c, f.Parse(args)
}
