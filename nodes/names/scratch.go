package names

import (
	"regexp"
	"strings"
)

// Class is what a name is to the mount when a program creates it.
type Class int

// The classes.
const (
	Neither Class = iota // refused, with what would be accepted
	Item                 // one of the service's
	Scratch              // an editor's or a tool's own: kept here, never sent
)

// Extension is how the name of an item that is text ends.
const Extension = ".md"

var tool = regexp.MustCompile(`^(#.*#|(sed|XX).{6}|[0-9]+)$`)

// Classify says what a new file of that name is in a folder whose items are
// text. The patterns are those of the programs that save by way of another
// file: vim (.x.swp, 4913, x.md~), emacs (#x#, .#x), sed -i (sedAbC123),
// perl -i (XXabc123), patch (x.md.oAbC), rsync (.x.md.AbC123), JetBrains
// (x.md___jb_tmp___), the Finder (._x, .DS_Store).
func Classify(name string) Class {
	switch {
	case name == "" || strings.HasPrefix(name, "."):
		return Scratch
	case strings.HasSuffix(name, Extension) && len(name) > len(Extension):
		return Item
	case tool.MatchString(name), strings.Contains(name, Extension):
		return Scratch
	}
	return Neither
}
