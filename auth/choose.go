package auth

import (
	"fmt"
	"strconv"
	"strings"
)

// Pick returns the one of items that want names, by its id or by its name
// without regard to case. An empty want picks a sole item. The error lists
// what there is to choose from; kind is what one of them is called.
func Pick[T any](items []T, want, kind, flag string, key func(T) (id int64, name string)) (T, error) {
	var zero T
	list := func() string {
		var b strings.Builder
		for i, it := range items {
			if i == 20 {
				fmt.Fprintf(&b, "\n  and %d more", len(items)-i)
				break
			}
			id, name := key(it)
			fmt.Fprintf(&b, "\n  %d  %s", id, Plain(name))
		}
		return b.String()
	}
	if want == "" {
		switch len(items) {
		case 1:
			return items[0], nil
		case 0:
			return zero, Errorf(NotFound, "", "there is no %s", kind)
		}
		return zero, Errorf(Usage, "say which with "+flag+" and an id or a name:"+list(), "there are %d %ss", len(items), kind)
	}
	var found []T
	for _, it := range items {
		id, name := key(it)
		if strconv.FormatInt(id, 10) == want {
			return it, nil
		}
		if strings.EqualFold(strings.TrimSpace(name), strings.TrimSpace(want)) {
			found = append(found, it)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return zero, Errorf(NotFound, flag+" takes one of these:"+list(), "there is no %s %q", kind, Plain(want))
	}
	items = found
	return zero, Errorf(Usage, flag+" takes an id where names are the same:"+list(), "%d %ss are named %q", len(found), kind, Plain(want))
}

// ParseProduct reads what a person writes for a product: V2, V3, or its code.
// "" stays "", for either.
func ParseProduct(s string) (string, error) {
	switch strings.ToLower(s) {
	case "":
		return "", nil
	case "v3", "3", "bc3", "v4", "v5":
		return Basecamp3, nil
	case "v2", "2", "bcx":
		return Basecamp2, nil
	}
	return "", Errorf(Usage, "use V2 for Basecamp 2, or V3 for Basecamp 3 and later", "%q is no version of Basecamp that can be mounted", Plain(s))
}

// Mountable returns the accounts that can be mounted, of one product where
// product is not empty.
func (a *Authorization) Mountable(product string) []Account {
	var out []Account
	for _, acc := range a.Accounts {
		if acc.Passed() == "" && (product == "" || acc.Product == product) {
			out = append(out, acc)
		}
	}
	return out
}

// Account returns the one account that want names, by id or name, among those
// of a product. A sole account need not be named. One that cannot be mounted
// is refused with its reason.
func (a *Authorization) Account(want, product string) (Account, error) {
	all := a.Mountable(product)
	if want != "" {
		all = nil
		for _, acc := range a.Accounts {
			if product == "" || acc.Product == product {
				all = append(all, acc)
			}
		}
	}
	if want == "" && len(all) == 0 {
		return Account{}, Errorf(NotFound, "`basecampfs auth status` lists the accounts and why they are passed over", "none of the %d accounts can be mounted", len(a.Accounts))
	}
	acc, err := Pick(all, want, "account", "--account", func(acc Account) (int64, string) { return acc.ID, acc.Name })
	if err != nil {
		return acc, err
	}
	if why := acc.Passed(); why != "" {
		return acc, Errorf(Unsupported, "choose another one with --account", "%s", why)
	}
	return acc, nil
}
