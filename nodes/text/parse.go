package text

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"basecampfs/api"
)

// maxFrontMatter bounds what is given to the YAML parser, in bytes: the
// longest title and some hundred people fit many times.
const maxFrontMatter = 256 << 10

// Parse reads a file. It accepts a byte order mark, CRLF, a missing final
// newline and a missing front matter, which makes the whole file the body.
// Errors are *api.Error with Code Invalid, naming the line and the key.
func Parse(data []byte) (*File, error) {
	s, err := Normalize(data)
	if err != nil {
		return nil, err
	}
	front, start, err := split(s)
	if err != nil {
		return nil, err
	}
	f := &File{line: map[string]int{}}
	if err := f.parseFront(front); err != nil {
		return nil, err
	}
	for start < len(s) && s[start] == '\n' {
		start++
	}
	body := strings.TrimRight(s[start:], "\n")
	// A front matter with an id is a whole file, in which an empty body was
	// emptied by somebody. One without was written by hand to change some
	// fields, and says nothing about a body that is not there.
	if strings.TrimSpace(body) != "" || f.ID != 0 {
		f.Body = &body
	}
	f.BodyLine = 1 + strings.Count(s[:start], "\n")
	return f, nil
}

// Normalize refuses what is no text, and returns the rest without a byte order
// mark and with "\n" line ends. Errors are as of Parse.
func Normalize(data []byte) (string, error) {
	if len(data) > MaxSize {
		return "", &api.Error{Code: api.Invalid,
			Message: fmt.Sprintf("the file has %d bytes, which is more than a text can have", len(data)),
			Hint:    fmt.Sprintf("the limit is %d bytes; put a large file into docs/ as an upload", MaxSize)}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(data)) == 0 {
		return "", &api.Error{Code: api.Invalid, Message: "the file is empty",
			Hint: "to clear the text keep the front matter; to trash the item remove the file"}
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		return "", &api.Error{Code: api.Invalid,
			Message: fmt.Sprintf("line %d: there is a NUL byte", 1+bytes.Count(data[:i], []byte("\n"))),
			Hint:    "save the file as text in UTF-8"}
	}
	if !utf8.Valid(data) {
		i := firstInvalid(data)
		return "", &api.Error{Code: api.Invalid,
			Message: fmt.Sprintf("line %d: there are bytes that are not UTF-8", 1+bytes.Count(data[:i], []byte("\n"))),
			Hint:    "save the file as text in UTF-8"}
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n"), nil
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(data)
}

// split returns what is between the fences, and where the text below them
// starts. Without a front matter that is the whole of s.
func split(s string) (front string, body int, err error) {
	first, rest, _ := strings.Cut(s, "\n")
	if strings.TrimRight(first, " \t") != "---" {
		return "", 0, nil
	}
	for at := 0; at < len(rest); {
		line, _, more := strings.Cut(rest[at:], "\n")
		if t := strings.TrimRight(line, " \t"); t == "---" || t == "..." {
			next := at + len(line)
			if more {
				next++
			}
			return rest[:at], len(s) - len(rest) + next, nil
		}
		at += len(line) + 1
	}
	return "", 0, &api.Error{Code: api.Invalid,
		Message: `line 1: the front matter that starts with "---" has no end`,
		Hint:    `put a line of "---" below its last key`}
}

// parseFront reads the keys. Line 1 of the file is the fence above them.
func (f *File) parseFront(front string) error {
	if len(front) > maxFrontMatter {
		return &api.Error{Code: api.Invalid,
			Message: fmt.Sprintf("the front matter has %d bytes", len(front)),
			Hint:    fmt.Sprintf("the limit is %d bytes; a long text belongs below the front matter", maxFrontMatter)}
	}
	if isBlank(front) {
		return nil
	}
	var doc yaml.Node
	if err := yaml.Load([]byte(front), &doc); err != nil {
		return yamlError(err)
	}
	return f.parseKeys(&doc)
}

// isBlank reports whether there are only comments and empty lines.
func isBlank(front string) bool {
	for line := range strings.Lines(front) {
		if t := strings.TrimSpace(line); t != "" && t[0] != '#' {
			return false
		}
	}
	return true
}

func yamlError(err error) *api.Error {
	line, msg := 0, strings.TrimPrefix(err.Error(), "yaml: ")
	if e, ok := errors.AsType[*yaml.LoadError](err); ok {
		line, msg = e.Mark.Line, e.Message
		if e.ContextMark.Line > 0 {
			line = e.ContextMark.Line
			msg = e.ContextMsg + ": " + msg
		}
	}
	out := &api.Error{Code: api.Invalid, Message: "the front matter is not YAML: " + printable(msg), Err: err,
		Hint: `a text with a colon, a "#" or quotes in it needs quotes around it: title: "Re: plans"`}
	if line > 0 { // the fence is line 1 of the file
		out.Message = fmt.Sprintf("line %d: %s", line+1, out.Message)
	}
	return out
}
