package bc3

import (
	"strconv"
	"time"
	"unicode/utf8"
)

// writer appends JSON. Keys come out in the order in which they are written,
// which is the order of the vendor's examples.
type writer struct {
	b      []byte
	base   string // of API URLs, no slash at its end
	app    string // of browser URLs, no slash at its end
	viewer *person
	people map[*person][]byte // rendered once an answer
}

func (w *writer) comma() {
	if n := len(w.b); n > 0 {
		switch w.b[n-1] {
		case '{', '[', ':', ',':
		default:
			w.b = append(w.b, ',')
		}
	}
}

func (w *writer) open()      { w.comma(); w.b = append(w.b, '{') }
func (w *writer) close()     { w.b = append(w.b, '}') }
func (w *writer) openList()  { w.comma(); w.b = append(w.b, '[') }
func (w *writer) closeList() { w.b = append(w.b, ']') }

func (w *writer) key(k string) {
	w.comma()
	w.b = append(w.b, '"')
	w.b = append(w.b, k...)
	w.b = append(w.b, '"', ':')
}

func (w *writer) obj(k string)              { w.key(k); w.b = append(w.b, '{') }
func (w *writer) list(k string)             { w.key(k); w.b = append(w.b, '[') }
func (w *writer) int(k string, v int64)     { w.key(k); w.b = strconv.AppendInt(w.b, v, 10) }
func (w *writer) bool(k string, v bool)     { w.key(k); w.b = strconv.AppendBool(w.b, v) }
func (w *writer) null(k string)             { w.key(k); w.b = append(w.b, "null"...) }
func (w *writer) str(k, v string)           { w.key(k); w.b = appendString(w.b, v) }
func (w *writer) raw(k string, v []byte)    { w.key(k); w.b = append(w.b, v...) }
func (w *writer) url(k string, p ...any)    { w.key(k); w.link(w.base, p) }
func (w *writer) appURL(k string, p ...any) { w.key(k); w.link(w.app, p) }

// link appends the string origin + parts; parts are strings and int64s and
// hold nothing that JSON would have to escape.
func (w *writer) link(origin string, parts []any) {
	w.b = append(w.b, '"')
	w.b = append(w.b, origin...)
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			w.b = append(w.b, p...)
		case int64:
			w.b = strconv.AppendInt(w.b, p, 10)
		}
	}
	w.b = append(w.b, '"')
}

// orNull writes null for an empty string.
func (w *writer) orNull(k, v string) {
	if v == "" {
		w.null(k)
	} else {
		w.str(k, v)
	}
}

const timeForm = "2006-01-02T15:04:05.000Z"

func (w *writer) time(k string, ms int64) {
	w.key(k)
	w.b = append(w.b, '"')
	w.b = time.UnixMilli(ms).UTC().AppendFormat(w.b, timeForm)
	w.b = append(w.b, '"')
}

// timeOrNull writes null for the zero time.
func (w *writer) timeOrNull(k string, ms int64) {
	if ms == 0 {
		w.null(k)
	} else {
		w.time(k, ms)
	}
}

const hexDigits = "0123456789abcdef"

// appendString appends v as a JSON string. Invalid UTF-8 becomes U+FFFD.
func appendString(b []byte, v string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(v); {
		c := v[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(v[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(append(b, v[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += n
			continue
		}
		b = append(b, v[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	b = append(b, v[start:]...)
	return append(b, '"')
}
