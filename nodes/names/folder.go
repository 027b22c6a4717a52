package names

import (
	"cmp"
	"slices"
)

// Claim is one item's wish for a name in a folder.
type Claim struct {
	ID    int64
	Title string
	// Suffixes are what the item appends to its name, one for each of the
	// entries that it has or could have, such as ".md" and ".comments".
	// A claim without any takes the bare name.
	Suffixes []string
}

// Assign gives every claim a name, in the order of the claims. In a folder the
// lowest id keeps the plain title, and every other with the same title, a name
// that is taken (reserved holds those of the folder itself), or a name that
// had to be cut, gets " (ID)". The result depends on the set alone, not on its
// order.
func Assign(claims []Claim, reserved ...string) []string {
	order := make([]int, len(claims))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(claims[a].ID, claims[b].ID) })
	taken := make(map[string]struct{}, len(claims)+len(reserved))
	for _, r := range reserved {
		taken[r] = struct{}{}
	}
	out := make([]string, len(claims))
	for _, i := range order {
		out[i] = assign(&claims[i], taken)
	}
	return out
}

func assign(c *Claim, taken map[string]struct{}) string {
	longest := 0
	for _, s := range c.Suffixes {
		longest = max(longest, len(s))
	}
	name := FromTitle(c.Title)
	if len(name) > Max-longest {
		name = WithID(name, c.ID, longest)
	}
	if !free(name, c.Suffixes, taken) {
		name = WithID(FromTitle(c.Title), c.ID, longest)
		// Somebody may have typed exactly this as a title with a lower id.
		for !free(name, c.Suffixes, taken) {
			name = WithID(name, c.ID, longest)
			if len(name)+longest >= Max-1 {
				break
			}
		}
	}
	if len(c.Suffixes) == 0 {
		taken[name] = struct{}{}
	}
	for _, s := range c.Suffixes {
		taken[name+s] = struct{}{}
	}
	return name
}

func free(name string, suffixes []string, taken map[string]struct{}) bool {
	if len(suffixes) == 0 {
		_, ok := taken[name]
		return !ok
	}
	for _, s := range suffixes {
		if _, ok := taken[name+s]; ok {
			return false
		}
	}
	return true
}
