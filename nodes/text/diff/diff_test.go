package diff

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching("[abcd]|line [0-9]")
		a := rapid.SliceOfN(word, 0, 40).Draw(t, "a")
		b := rapid.SliceOfN(word, 0, 40).Draw(t, "b")
		last, common := -1, 0
		for i, j := range Match(a, b) {
			if j < 0 {
				continue
			}
			if j <= last || a[i] != b[j] {
				t.Fatalf("a[%d] goes with b[%d] after %d", i, j, last)
			}
			last = j
			common++
		}
		for i, j := range Match(a, a) {
			if i != j {
				t.Fatalf("a text is not the same as itself: %d, %d", i, j)
			}
		}
	})
}

func TestOneEdit(t *testing.T) {
	a := strings.Split("a  b  c  d", " ")
	b := strings.Split("a  b  x  d", " ")
	if got, want := fmt.Sprint(Match(a, b)), "[0 1 2 3 -1 5 6]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Two large texts with nothing but repeated lines must not take for ever. The
// limit is generous: the quadratic way would take minutes.
func TestBounded(t *testing.T) {
	a, b := make([]string, 200_000), make([]string, 200_000)
	for i := range a {
		a[i], b[i] = fmt.Sprint(i%7), fmt.Sprint(i%5)
	}
	start := time.Now()
	Match(a, b)
	if d := time.Since(start); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}
