package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"basecampfs/api"
)

func (f *File) parseKeys(doc *yaml.Node) error {
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return &api.Error{Code: api.Invalid, Message: "line 2: the front matter has no keys",
			Hint: `write "key: value", a line each; a text that starts with a line of "---" needs an empty front matter above it`}
	}
	pairs := doc.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		k, v := pairs[i], pairs[i+1]
		line := k.Line + 1
		if k.Kind != yaml.ScalarNode || k.Anchor != "" {
			return at(line, "", "a key must be a plain word", accepted())
		}
		key := k.Value
		if !known(key) {
			return at(line, key, "there is no such key", suggest(key))
		}
		if first, twice := f.line[key]; twice {
			return at(line, key, fmt.Sprintf("it is there already, in line %d", first), "keep one of the two")
		}
		f.line[key] = line
		if err := f.set(key, v, line); err != nil {
			return err
		}
	}
	return nil
}

// at is the error of one key.
func at(line int, key, problem, hint string) *api.Error {
	where := ""
	if line > 0 {
		where = fmt.Sprintf("line %d: ", line)
	}
	if key != "" {
		if known(key) || key == keyBody {
			where += key + ": "
		} else {
			where += quote(key) + ": "
		}
	}
	return &api.Error{Code: api.Invalid, Message: where + problem, Hint: hint}
}

func accepted() string { return "keys that can be written: " + strings.Join(writableKeys, ", ") }

func suggest(key string) string {
	for _, list := range [][]string{writableKeys, readOnlyKeys} {
		for _, k := range list {
			if alike(strings.ToLower(key), k) {
				return "perhaps " + k + "; " + accepted()
			}
		}
	}
	return accepted()
}

func (f *File) set(key string, v *yaml.Node, line int) (err error) {
	if v.Kind == yaml.AliasNode {
		return at(line, key, "an alias is not understood here", "write the value itself")
	}
	switch key {
	case keyTitle:
		f.Title, err = asText(v, line, key)
	case keyCompleted:
		f.Completed, err = asBool(v, line, key)
	case keyAllDay:
		f.AllDay, err = asBool(v, line, key)
	case keyStartsOn:
		f.StartsOn, err = asDate(v, line, key)
	case keyDueOn:
		f.DueOn, err = asDate(v, line, key)
	case keyStartsAt:
		f.StartsAt, err = asWhen(v, line, key)
	case keyEndsAt:
		f.EndsAt, err = asWhen(v, line, key)
	case keyColor:
		f.Color, err = asText(v, line, key)
	case keyAssignees:
		f.Assignees, err = asList(v, line, key)
	case keyNotify:
		f.Notify, err = asList(v, line, key)
	case keyID:
		// Read-only, and so never an error; but it tells what this is a file of.
		if id, bad := strconv.ParseInt(v.Value, 10, 64); bad == nil && v.Kind == yaml.ScalarNode {
			f.ID = id
		}
	case keyUpdatedAt: // likewise: it tells of which version
		if t, bad := time.Parse(time.RFC3339, v.Value); bad == nil && v.Kind == yaml.ScalarNode {
			f.UpdatedAt = t
		}
	}
	return err
}

func isNull(v *yaml.Node) bool { return v.Kind == yaml.ScalarNode && v.ShortTag() == "!!null" }

func asText(v *yaml.Node, line int, key string) (*string, error) {
	if isNull(v) {
		return new(string), nil
	}
	if v.Kind != yaml.ScalarNode {
		return nil, at(line, key, "it must be one text, not a "+shape(v), "write it on one line")
	}
	s := v.Value
	return &s, nil
}

func asBool(v *yaml.Node, line int, key string) (*bool, error) {
	b := false
	switch {
	case isNull(v):
	case v.Kind == yaml.ScalarNode && v.ShortTag() == "!!bool":
		b = strings.EqualFold(v.Value, "true")
	default:
		return nil, at(line, key, shown(v)+" is neither true nor false", "write true or false")
	}
	return &b, nil
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func asDate(v *yaml.Node, line int, key string) (*string, error) {
	if isNull(v) || v.Kind == yaml.ScalarNode && v.Value == "" {
		return new(string), nil
	}
	if v.Kind != yaml.ScalarNode || !isDate(v.Value) {
		return nil, at(line, key, shown(v)+" is not a date", "write a date as 2026-03-01, or nothing to clear it")
	}
	s := v.Value
	return &s, nil
}

func asWhen(v *yaml.Node, line int, key string) (*When, error) {
	if isNull(v) {
		return &When{}, nil
	}
	if v.Kind == yaml.ScalarNode {
		if t, err := time.Parse(time.DateOnly, v.Value); err == nil {
			return &When{Time: t, Date: true}, nil
		}
		if t, err := time.Parse(time.RFC3339, v.Value); err == nil {
			return &When{Time: t}, nil
		}
	}
	return nil, at(line, key, shown(v)+" is not a time",
		"write a time with its zone as 2026-03-01T09:30:00Z or 2026-03-01T09:30:00+02:00, a date as 2026-03-01 for all day")
}

// asList takes a sequence of names, or one name.
func asList(v *yaml.Node, line int, key string) (*[]string, error) {
	out := []string{}
	switch {
	case isNull(v):
	case v.Kind == yaml.ScalarNode:
		out = append(out, v.Value)
	case v.Kind == yaml.SequenceNode:
		for _, e := range v.Content {
			if e.Kind != yaml.ScalarNode || isNull(e) || strings.TrimSpace(e.Value) == "" {
				return nil, at(e.Line+1, key, shown(e)+" is not the name of a person", listHint)
			}
			out = append(out, e.Value)
		}
	default:
		return nil, at(line, key, "it must be a list of people, not a "+shape(v), listHint)
	}
	return &out, nil
}

const listHint = "write names, emails, ids or me: [Annie Bryan, me]; [] clears"

func shape(v *yaml.Node) string {
	switch v.Kind {
	case yaml.MappingNode:
		return "mapping"
	case yaml.SequenceNode:
		return "list"
	case yaml.AliasNode:
		return "alias"
	}
	return "single value"
}

func shown(v *yaml.Node) string {
	if v.Kind == yaml.ScalarNode {
		return quote(v.Value)
	}
	return "a " + shape(v)
}
