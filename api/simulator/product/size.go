package product

import (
	"fmt"
	"strconv"
	"strings"
)

// Size is how much sample data an account holds. The zero Size is the small,
// hand-made set; otherwise there are Projects projects of Lists lists of Todos
// to-dos each, beside nothing else.
type Size struct {
	Projects, Lists, Todos int
}

// Small reports whether s is the hand-made set.
func (s Size) Small() bool { return s == Size{} }

// String returns s as ParseSize takes it.
func (s Size) String() string {
	if s.Small() {
		return "small"
	}
	return fmt.Sprintf("%dx%dx%d", s.Projects, s.Lists, s.Todos)
}

const maxTodos = 20_000_000

// ParseSize reads "small", "" or PROJECTSxLISTSxTODOS such as "200x10x25".
func ParseSize(s string) (Size, error) {
	if s == "" || s == "small" {
		return Size{}, nil
	}
	bad := fmt.Errorf("size %q: want small, or projects x lists x to-dos such as 200x10x25", s)
	part := strings.Split(strings.ToLower(s), "x")
	if len(part) != 3 {
		return Size{}, bad
	}
	var n [3]int
	for i, p := range part {
		v, err := strconv.Atoi(p)
		if err != nil || v < 0 || v > maxTodos || i == 0 && v == 0 {
			return Size{}, bad
		}
		n[i] = v
	}
	if all := int64(n[0]) * int64(max(n[1], 1)); all > maxTodos || all*int64(max(n[2], 1)) > maxTodos {
		return Size{}, fmt.Errorf("size %q: more than %d to-dos", s, maxTodos)
	}
	return Size{n[0], n[1], n[2]}, nil
}
