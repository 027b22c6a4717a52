package main

import (
	"bytes"
	"fmt"
	"math"
)

// The plot's measures, in pixels.
const (
	plotWidth  = 760
	barHeight  = 13
	barGap     = 2
	groupGap   = 16
	labelWidth = 90
	topMargin  = 64
	valueWidth = 70
)

var colors = map[string]string{inMemory: "#8da0b6", onDisk: "#b9a68d", staticTree: "#c9c2dd", writable: "#2f6db5", readOnly: "#35a07c"}

var legend = map[string]string{inMemory: "tmpfs", onDisk: "disk", staticTree: "static FUSE tree", writable: "basecampfs", readOnly: "basecampfs --read-only"}

// plot draws the warm times as bars, on a logarithmic axis.
func (r *report) plot() []byte {
	least, most := math.Inf(1), 0.0
	for _, x := range r.cold {
		for _, place := range places {
			t := r.wall(x.program, place)
			least, most = min(least, t), max(most, t)
		}
	}
	from, to := math.Floor(math.Log10(least)), math.Log10(most)
	width := func(t float64) float64 {
		return (math.Log10(t) - from) / max(to-from, 0.1) * (plotWidth - labelWidth - valueWidth)
	}
	group := len(places)*(barHeight+barGap) + groupGap
	height := topMargin + len(r.cold)*group + 12

	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="sans-serif" font-size="11" fill="#222">`, plotWidth, height, plotWidth, height)
	p(`<rect width="100%%" height="100%%" fill="#fff"/>`)
	p(`<text x="12" y="20" font-size="14">Reading %d files of %d to-dos, warm: seconds, logarithmic</text>`, r.files, r.todos)
	x := 12
	for _, place := range places {
		p(`<rect x="%d" y="32" width="11" height="11" fill="%s"/><text x="%d" y="42">%s</text>`, x, colors[place], x+16, legend[place])
		x += 34 + 7*len(legend[place])
	}
	for e := from; e <= to; e++ {
		at := labelWidth + width(math.Pow(10, e))
		p(`<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#ddd"/><text x="%.1f" y="%d" fill="#888" text-anchor="middle">%g s</text>`, at, topMargin-4, at, height-8, at, topMargin-7, math.Pow(10, e))
	}
	y := topMargin
	for _, x := range r.cold {
		p(`<text x="%d" y="%d" text-anchor="end">%s</text>`, labelWidth-8, y+group/2-groupGap/2+4, x.program)
		for _, place := range places {
			t := r.wall(x.program, place)
			p(`<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/><text x="%.1f" y="%d">%.3f</text>`, labelWidth, y, max(width(t), 1), barHeight, colors[place], labelWidth+width(t)+5, y+barHeight-3, t)
			y += barHeight + barGap
		}
		y += groupGap
	}
	p(`</svg>`)
	return b.Bytes()
}
