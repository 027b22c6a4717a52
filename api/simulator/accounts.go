package simulator

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"slices"
	"sync"

	"basecampfs/api/simulator/bc3"
	"basecampfs/api/simulator/bcx"
	"basecampfs/api/simulator/product"
)

// The accounts that the first identity has.
const (
	CompanyID = 195539477 // bc3, "Honcho Design"
	BrandID   = 195539488 // bc3, "Leto Brand"
	LegacyID  = 88888888  // bcx, also "Honcho Design"
	ClassicID = 77777777  // basecamp, which cannot be mounted
	OtherID   = 44444444  // a product that nobody has heard of
)

// silent takes what net/http says of connections that were dropped on purpose.
var silent = log.New(io.Discard, "", 0)

func (s *Server) makeAccounts() ([]*product.Account, error) {
	env := product.Env{Now: s.clock.next, Files: s.files, Identities: s.opts.Identities, Size: s.opts.Size, Full: s.full.Load}
	var out []*product.Account
	add := func(code string, make func() (*product.Account, error)) error {
		if slices.Contains(s.opts.Without, code) {
			return nil
		}
		a, err := make()
		if err == nil {
			out = append(out, a)
		}
		return err
	}
	for _, m := range []struct {
		code string
		make func() (*product.Account, error)
	}{
		{bc3.Code, func() (*product.Account, error) { return bc3.New(env, CompanyID, "Honcho Design", bc3.Company), nil }},
		{bc3.Code, func() (*product.Account, error) { return bc3.New(env, BrandID, "Leto Brand", bc3.Brand), nil }},
		{legacy, func() (*product.Account, error) { return s.legacyAccount(env), nil }},
		{"basecamp", listed("basecamp", ClassicID, "Honcho Classic", "https://honcho.basecamphq.invalid")},
		{"sundial", listed("sundial", OtherID, "Acme Clocks", "https://sundial.invalid/44444444")},
	} {
		if err := add(m.code, m.make); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// legacy is Basecamp 2's product code.
const legacy = "bcx"

// legacyTodos is how many to-dos the Basecamp 2 account holds at most: a
// greater size leaves it with the small sample.
const legacyTodos = 20_000

// legacyAccount makes the Basecamp 2 account when it is first asked for
// something: whoever measures Basecamp 3 need not wait for it.
func (s *Server) legacyAccount(env product.Env) *product.Account {
	if z := env.Size; z.Projects*z.Lists*max(z.Todos, 1) > legacyTodos {
		env.Size = product.Size{}
	}
	o := bcx.Options{ID: LegacyID, Name: "Honcho Design"}
	make := sync.OnceValue(func() *bcx.Server { return bcx.New(env, o) })
	s.ignorePages = func(on bool) { make().IgnorePage(on) }
	return &product.Account{Code: legacy, ID: o.ID, Name: o.Name, Path: fmt.Sprintf("/%d/api/v1", o.ID), BasicAuth: true,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { make().ServeHTTP(w, r) })}
}

// IgnorePages makes every list of the Basecamp 2 account answer its first page,
// whatever page is asked for. It panics where that account is not served.
func (s *Server) IgnorePages(on bool) { s.ignorePages(on) }

// listed makes an account that authorization.json names and nothing serves.
func listed(code string, id int64, name, href string) func() (*product.Account, error) {
	return func() (*product.Account, error) {
		return &product.Account{Code: code, ID: id, Name: name, Href: href}, nil
	}
}
