package bc3

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cespare/xxhash/v2"
)

// person is someone of the account. Times are milliseconds since 1970.
type person struct {
	id               int64
	name             string
	email            string
	personable       string // "User" where empty
	title            string
	bio              string
	location         string
	company          string // "" for none
	companyID        int64
	timeZone         string
	admin, owner     bool
	client, employee bool
	created, updated int64
	weekStart        string // first_week_day
	clockForm        string // time_format
	outFrom, outTo   string // out of office, dates
}

// firstName is what a mention shows.
func (p *person) firstName() string {
	first, _, _ := strings.Cut(p.name, " ")
	return first
}

// sgid signs a global id: what names a person or an attachment in a body.
func sgid(model string, id int64, purpose string) string {
	gid := "gid://bc3/" + model + "/" + strconv.FormatInt(id, 10) + "?expires_in&purpose=" + purpose
	a := xxhash.Sum64String(gid)
	b := xxhash.Sum64String(gid + "\x00signature")
	sig := hex.EncodeToString(fmt.Appendf(nil, "%08x%08x", uint32(a), uint32(b)))
	return "BAh7" + base64.RawURLEncoding.EncodeToString([]byte(gid)) + "--" + sig
}

func (p *person) sgid() string { return sgid("Person", p.id, "attachable") }

// emailFor returns the address as viewer may see it: whole to administrators
// and to the person, with its letters hidden to everybody else.
func (p *person) emailFor(viewer *person) string {
	if viewer == nil || viewer.admin || viewer.owner || viewer == p {
		return p.email
	}
	return redact(p.email)
}

func redact(email string) string {
	user, host, ok := strings.Cut(email, "@")
	if !ok {
		return email
	}
	dot := strings.LastIndexByte(host, '.')
	if dot < 0 {
		dot = len(host)
	}
	_, n := utf8.DecodeRuneInString(user)
	return user[:n] + strings.Repeat("•", 4) + "@" + strings.Repeat("•", 9) + "." + strings.Repeat("•", max(len(host)-dot-1, 0))
}

// person writes a whole person as the value of k.
func (w *writer) person(k string, p *person) {
	w.key(k)
	w.personValue(p)
}

func (w *writer) personValue(p *person) {
	w.comma()
	if p == nil {
		w.b = append(w.b, "null"...)
		return
	}
	if b, ok := w.people[p]; ok {
		w.b = append(w.b, b...)
		return
	}
	start := len(w.b)
	w.b = append(w.b, '{')
	w.personFields(p)
	w.close()
	if w.people == nil {
		w.people = map[*person][]byte{}
	}
	w.people[p] = append([]byte(nil), w.b[start:]...)
}

func (w *writer) personFields(p *person) {
	w.int("id", p.id)
	w.str("attachable_sgid", p.sgid())
	w.str("name", p.name)
	typ := p.personable
	if typ == "" {
		typ = "User"
	}
	w.str("personable_type", typ)
	w.orNull("title", p.title)
	w.orNull("tagline", p.bio)
	w.orNull("location", p.location)
	w.time("created_at", p.created)
	w.time("updated_at", p.updated)
	w.orNull("email_address", p.emailFor(w.viewer))
	w.orNull("bio", p.bio)
	w.bool("admin", p.admin)
	w.bool("owner", p.owner)
	w.bool("client", p.client)
	w.bool("employee", p.employee)
	w.str("time_zone", p.timeZone)
	w.avatar(p)
	if p.company != "" {
		w.obj("company")
		w.int("id", p.companyID)
		w.str("name", p.company)
		w.close()
	}
	user := typ == "User"
	w.bool("can_ping", true)
	w.bool("can_manage_projects", user && !p.client)
	w.bool("can_manage_people", user && !p.client)
	w.bool("can_access_timesheet", user && !p.client)
	w.bool("can_access_hill_charts", user && !p.client)
}

func (w *writer) avatar(p *person) {
	w.url("avatar_url", "/people/", sgid("Person", p.id, "avatar"), "/avatar")
}

// shortPerson is the minimal person of some listings.
func (w *writer) shortPerson(p *person) {
	w.open()
	w.int("id", p.id)
	w.str("name", p.name)
	w.avatar(p)
	w.close()
}

func (w *writer) persons(k string, ps []*person) {
	w.list(k)
	for _, p := range ps {
		w.personValue(p)
	}
	w.closeList()
}
