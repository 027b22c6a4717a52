package text

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"basecampfs/api"
	"basecampfs/nodes/text/markup"
)

const fence = "---\n"

// readOnlyMark stands beside the first key that cannot be written.
const readOnlyMark = "# from here on read-only"

// markColumn is where readOnlyMark starts, so that short ids line up.
const markColumn = 38

// Render returns the file of a record. The result is deterministic in r and o.
func Render(r *api.Record, o Options) []byte {
	b := AppendFrontMatter(make([]byte, 0, 512+len(r.Body)), r, o)
	if body := Body(r, o.Can.Body); body != "" {
		b = append(b, body...)
		b = append(b, '\n')
	}
	return b
}

// Size returns len(Render(r, o)).
func Size(r *api.Record, o Options) int64 { return int64(len(Render(r, o))) }

// Body returns a record's body as files show it, without a final newline.
func Body(r *api.Record, format api.BodyFormat) string {
	switch {
	case r.Body == "":
		return ""
	case format == api.HTML:
		return markup.Markdown(r.Body)
	default:
		return markup.Plain(r.Body)
	}
}

// AppendFrontMatter appends the front matter of a record with both its fences.
func AppendFrontMatter(b []byte, r *api.Record, o Options) []byte {
	b = append(b, fence...)
	writable, shown := layout(r, o.Can)
	for _, key := range writable {
		b = appendField(b, key, r, o)
	}
	b = appendIdentity(b, r, o)
	for _, key := range shown {
		b = appendField(b, key, r, o)
	}
	b = appendDetails(b, r.Rest)
	return append(b, fence...)
}

func appendField(b []byte, key string, r *api.Record, o Options) []byte {
	switch key {
	case keyTitle:
		return appendString(b, key, r.Title)
	case keyCompleted:
		return appendRaw(b, key, strconv.FormatBool(r.Completed))
	case keyStartsOn:
		return appendDate(b, key, r.StartsOn)
	case keyDueOn:
		return appendDate(b, key, r.DueOn)
	case keyStartsAt:
		return appendWhen(b, key, r.StartsAt, r.AllDay)
	case keyEndsAt:
		return appendWhen(b, key, r.EndsAt, r.AllDay)
	case keyAllDay:
		return appendRaw(b, key, strconv.FormatBool(r.AllDay))
	case keyColor:
		return appendOptional(b, key, r.Color)
	case keyAssignees:
		return appendList(b, key, labels(r.Assignees, o.People))
	case keyNotify:
		return appendList(b, key, labels(r.Notify, o.People))
	}
	return b
}

// appendIdentity writes what says which record this is, and its history.
func appendIdentity(b []byte, r *api.Record, o Options) []byte {
	start := len(b)
	b = appendRaw(b, keyID, strconv.FormatInt(r.ID, 10))
	b = b[:len(b)-1]
	for len(b)-start < markColumn-1 {
		b = append(b, ' ')
	}
	b = append(b, ' ')
	b = append(b, readOnlyMark...)
	b = append(b, '\n')
	if r.Kind == api.Person {
		b = appendString(b, keyName, r.Title)
		if r.Email != "" {
			b = appendString(b, keyEmail, r.Email)
		}
	}
	if r.URL != "" {
		b = appendString(b, keyURL, r.URL)
	}
	if r.Creator != nil {
		b = appendString(b, keyCreator, o.People.Label(r.Creator))
	}
	b = appendTime(b, keyCreatedAt, r.CreatedAt)
	b = appendTime(b, keyUpdatedAt, r.UpdatedAt)
	b = appendTime(b, keyCompletedAt, r.CompletedAt)
	if r.Status != "" && r.Status != api.Active {
		b = appendString(b, keyStatus, string(r.Status))
	}
	if r.Kind == api.Upload && len(r.Files) > 0 {
		f := r.Files[0]
		b = appendString(b, keyFilename, f.Name)
		if f.ContentType != "" {
			b = appendString(b, keyContentType, f.ContentType)
		}
		if f.Size >= 0 {
			b = appendRaw(b, keyByteSize, strconv.FormatInt(f.Size, 10))
		}
	}
	return b
}

// labels names people; two of one name in one list get their ids even where
// the account's people are not known.
func labels(hs []*api.Human, p *People) []string {
	out := make([]string, 0, len(hs))
	for i, h := range hs {
		if h == nil {
			continue
		}
		s := p.Label(h)
		for j, other := range hs {
			if i != j && other != nil && other.ID != h.ID && s == h.Name && other.Name == h.Name {
				s = numbered(h)
				break
			}
		}
		out = append(out, s)
	}
	return out
}

func appendDetails(b []byte, rest []api.Extra) []byte {
	if len(rest) == 0 {
		return b
	}
	b = append(b, keyDetails...)
	b = append(b, ":\n"...)
	seen := make(map[string]bool, len(rest))
	for _, e := range rest {
		// YAML refuses a key twice, and one of more than 1024 characters.
		key := e.Key
		if len(key) > 200 {
			key = strings.ToValidUTF8(key[:200], "")
		}
		for n := 2; seen[key]; n++ {
			key = fmt.Sprintf("%s (%d)", e.Key[:min(200, len(e.Key))], n)
		}
		seen[key] = true
		b = append(b, "  "...)
		b = appendScalar(b, key, true)
		b = append(b, ": "...)
		b = appendValue(b, e.Value)
		b = append(b, '\n')
	}
	return b
}

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendScalar(b, v, false)
	case bool:
		return strconv.AppendBool(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case float64:
		return strconv.AppendFloat(b, v, 'f', -1, 64)
	case json.Number:
		return appendScalar(b, v.String(), false)
	case []string:
		return appendFlow(b, v)
	case time.Time:
		return v.UTC().AppendFormat(b, time.RFC3339)
	default:
		return appendScalar(b, fmt.Sprint(v), false)
	}
}

func appendFlow(b []byte, vs []string) []byte {
	b = append(b, '[')
	for i, v := range vs {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendScalar(b, v, true)
	}
	return append(b, ']')
}

func appendList(b []byte, key string, vs []string) []byte {
	b = append(b, key...)
	b = append(b, ": "...)
	return append(appendFlow(b, vs), '\n')
}

func appendString(b []byte, key, v string) []byte {
	b = append(b, key...)
	b = append(b, ": "...)
	if key == keyURL && isURL(v) {
		b = append(b, v...)
	} else {
		b = appendScalar(b, v, false)
	}
	return append(b, '\n')
}

// isURL reports whether s is what a URL should be: printable ASCII without
// spaces, and plain in YAML in spite of its colon.
func isURL(s string) bool {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") || s[len(s)-1] == ':' {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

func appendRaw(b []byte, key, v string) []byte {
	b = append(b, key...)
	b = append(b, ": "...)
	b = append(b, v...)
	return append(b, '\n')
}

// appendOptional writes a key without a value, which reads as null, where
// there is none: it shows what could be filled in.
func appendOptional(b []byte, key, v string) []byte {
	if v == "" {
		b = append(b, key...)
		return append(b, ":\n"...)
	}
	return appendString(b, key, v)
}

func appendDate(b []byte, key, v string) []byte {
	if isDate(v) {
		return appendRaw(b, key, v)
	}
	return appendOptional(b, key, v)
}

func appendWhen(b []byte, key string, t time.Time, date bool) []byte {
	switch {
	case t.IsZero():
		return appendOptional(b, key, "")
	case date:
		return appendRaw(b, key, t.Format(time.DateOnly))
	default:
		return appendRaw(b, key, t.UTC().Format(time.RFC3339))
	}
}

func appendTime(b []byte, key string, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	b = append(b, key...)
	b = append(b, ": "...)
	b = t.UTC().AppendFormat(b, time.RFC3339)
	return append(b, '\n')
}
