package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what was measured.
type report struct {
	config  config
	todos   int
	files   int     // in the account's folder
	bytes   int64   // in them
	text    float64 // bytes of a to-do's text, on average
	cold    []walked
	remount []walked
	// warm and copied are by place, and warm by program before that.
	warm   map[string]map[string][]cost
	copied map[string]time.Duration
	single map[string]readings
	// operations are by place, program and kind.
	operations map[string]map[string]map[string]int
	requests   []request
	memory     []memoryRow
}

type memoryRow struct {
	when string
	memory
}

// The ratios of times that are good enough.
const mostOfStatic = 1.15

var mostOfMemory = map[string]float64{"find": 2.5, "ls -lR": 2, "rsync -an": 2, "grep -r": 7, "tar": 7}

const mostReadOnly = 2.3

// How much longer than the limit allows a first walk may take, and how many
// requests for lists and to-dos an account of 50,000 may cost.
const (
	mostOfLimit = 1.1
	mostListing = 560
)

// mostIdle is how many bytes a to-do may take beside its own text.
const mostIdle = 1.2 * 1024

// judge marks a figure that is over its limit.
func judge[N cmp.Ordered](format string, n, most N) string {
	s := fmt.Sprintf(format, n)
	if n > most {
		return "**" + s + "**"
	}
	return s
}

func (r *report) write(to io.Writer) {
	w := bufio.NewWriter(to)
	defer w.Flush()
	p := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	p("An account of %v: %d to-dos; %d files, %.1f MB. The service answers after %v and allows %d requests in %v.",
		r.config.size, r.todos, r.files, float64(r.bytes)/1e6, r.config.latency, r.config.limit.Requests, r.config.limit.Per)
	where := "on all processors"
	if r.config.cpu != "" {
		where = "on processor " + r.config.cpu
	}
	p("Warm: everything %s, medians of %d rounds in turns; %s. A figure over its limit is **bold**.\n", where, r.config.rounds, runtime.GOOS+"/"+runtime.GOARCH)

	r.writeWarm(p, "warm, seconds by the clock", r.wall)
	p("")
	r.writeWarm(p, "warm, seconds of the processor", r.processor)
	if r.single != nil {
		r.writeSingle(p)
	}
	p("\n| asking the service | cold, s | requests | of those for lists and to-dos | the limit allows, s | after a remount, s | requests |")
	p("|---|---|---|---|---|---|---|")
	for n, c := range r.cold {
		m := r.remount[n]
		p("| `%s` | %s | %d | %s | %.0f | %.2f | %s |", c.program, judge("%.1f", c.took.Seconds(), max(mostOfLimit*c.allowed.Seconds(), 1)), c.requests,
			judge("%d", c.todos, mostListing*r.todos/50_000), c.allowed.Seconds(), m.took.Seconds(), judge("%d", m.requests, 20))
	}
	if r.requests != nil {
		r.writeRequests(p)
	}
	if r.operations != nil {
		r.writeOperations(p)
	}
	r.writeMemory(p)
}

// writeSingle writes how long one file takes.
func (r *report) writeSingle(p func(string, ...any)) {
	p("\n| opened, read and closed, µs | %s | ÷ static | ÷ tmpfs | read-only ÷ tmpfs |", strings.Join(places, " | "))
	p("|---|%s---|---|---|", strings.Repeat("---|", len(places)))
	for _, q := range []struct {
		name string
		of   func(readings) time.Duration
	}{{"a file, p50", func(x readings) time.Duration { return x.P50 }}, {"a file, p99", func(x readings) time.Duration { return x.P99 }}} {
		line := "| " + q.name
		us := func(place string) float64 { return float64(q.of(r.single[place])) / 1e3 }
		for _, place := range places {
			line += fmt.Sprintf(" | %.1f", us(place))
		}
		p("%s | %.2f | %.1f | %.1f |", line, us(writable)/us(staticTree), us(writable)/us(inMemory), us(readOnly)/us(inMemory))
	}
}

// wall and processor are medians, in seconds.
func (r *report) wall(program, place string) float64 {
	var d []time.Duration
	for _, c := range r.warm[program][place] {
		d = append(d, c.wall)
	}
	return median(d).Seconds()
}

func (r *report) processor(program, place string) float64 {
	var d []time.Duration
	for _, c := range r.warm[program][place] {
		d = append(d, c.processor)
	}
	return median(d).Seconds()
}

// writeWarm writes a table of times and their ratios.
func (r *report) writeWarm(p func(string, ...any), title string, of func(program, place string) float64) {
	p("| %s | %s | ÷ static | ÷ tmpfs | read-only ÷ tmpfs |", title, strings.Join(places, " | "))
	p("|---|%s---|---|---|", strings.Repeat("---|", len(places)))
	for _, x := range r.cold {
		t := func(place string) float64 { return of(x.program, place) }
		line := "| `" + x.program + "`"
		for _, place := range places {
			line += fmt.Sprintf(" | %.3f", t(place))
		}
		most := mostOfMemory[x.program]
		p("%s | %s | %s | %s |", line, judge("%.2f", t(writable)/t(staticTree), mostOfStatic),
			judge("%.1f", t(writable)/t(inMemory), most), judge("%.1f", t(readOnly)/t(inMemory), min(most, mostReadOnly)))
	}
}

// writeRequests writes what was counted at the service, and what copying took.
func (r *report) writeRequests(p func(string, ...any)) {
	p("\n| counted at the service | requests | at most | | s |")
	p("|---|---|---|---|---|")
	for _, q := range r.requests {
		most, n := "", fmt.Sprint(q.n)
		if q.most > 0 {
			most, n = fmt.Sprint(q.most), judge("%d", q.n, q.most)
		}
		p("| %s | %s | %s | %s | %.2f |", q.what, n, most, q.detail, q.took.Seconds())
	}
	if r.copied == nil {
		return
	}
	p("\n| `cp -r` of %d files | %s | %s | %s |", r.config.files, inMemory, onDisk, writable)
	p("|---|---|---|---|")
	p("| seconds | %.2f | %.2f | %.1f |", r.copied[inMemory].Seconds(), r.copied[onDisk].Seconds(), r.copied[writable].Seconds())
}

func (r *report) writeMemory(p func(string, ...any)) {
	p("\n| memory | peak, MB | now, MB | of that its own, MB | a to-do, bytes | beside its text |")
	p("|---|---|---|---|---|---|")
	for n, x := range r.memory {
		each := float64(x.now) / float64(max(r.todos, 1))
		beside := judge("%.0f", each-r.text, mostIdle)
		if n == 0 || n < len(r.memory)-1 {
			beside = ""
		}
		p("| %s | %.1f | %.1f | %.1f | %.0f | %s |", x.when, float64(x.peak)/1e6, float64(x.now)/1e6, float64(x.own)/1e6, each, beside)
	}
}

// writeOperations writes what the kernel asks of a warm mount.
func (r *report) writeOperations(p func(string, ...any)) {
	kinds := map[string]bool{}
	for _, programs := range r.operations {
		for _, n := range programs {
			for kind := range n {
				kinds[kind] = true
			}
		}
	}
	columns := slices.Sorted(maps.Keys(kinds))
	p("\n| the kernel asks, warm | %s |", strings.Join(columns, " | "))
	p("|---|%s", strings.Repeat("---|", len(columns)))
	for _, place := range places {
		for _, x := range r.cold {
			n, ok := r.operations[place][x.program]
			if !ok {
				continue
			}
			line := "| " + place + " `" + x.program + "` |"
			for _, kind := range columns {
				line += fmt.Sprintf(" %d |", n[kind])
			}
			p("%s", line)
		}
	}
}
