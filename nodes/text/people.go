package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"basecampfs/api"
)

// People is the persons of an account, for names in files. It is immutable;
// a nil *People knows nobody.
type People struct {
	me     *person
	all    []*person // by name, then id
	byName map[string][]*person
	byMail map[string][]*person
	byID   map[int64]*person
}

type person struct {
	human *api.Human
	sgid  string
	label string
}

// NewPeople takes records of kind Person, and the one signed in or nil.
func NewPeople(persons []*api.Record, me *api.Record) *People {
	p := &People{
		byName: make(map[string][]*person, len(persons)),
		byMail: make(map[string][]*person, len(persons)),
		byID:   make(map[int64]*person, len(persons)),
	}
	add := func(r *api.Record) {
		if r == nil || p.byID[r.ID] != nil {
			return
		}
		h := &api.Human{ID: r.ID, Name: r.Title, Email: r.Email}
		v := &person{human: h, sgid: r.SGID}
		p.all = append(p.all, v)
		p.byID[h.ID] = v
		if k := fold(h.Name); k != "" {
			p.byName[k] = append(p.byName[k], v)
		}
		if k := fold(h.Email); k != "" {
			p.byMail[k] = append(p.byMail[k], v)
		}
	}
	for _, r := range persons {
		add(r)
	}
	add(me)
	if me != nil {
		p.me = p.byID[me.ID]
	}
	slices.SortFunc(p.all, func(a, b *person) int {
		if c := strings.Compare(a.human.Name, b.human.Name); c != 0 {
			return c
		}
		return int(min(1, max(-1, a.human.ID-b.human.ID)))
	})
	for _, v := range p.all {
		v.label = p.tell(v.human)
	}
	return p
}

// fold is the form in which names and emails are compared: without regard to
// case, to how accents are composed or to repeated spaces.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFC.String(s))), " ")
}

// tell returns the shortest text by which Find gives exactly h back.
func (p *People) tell(h *api.Human) string {
	for _, s := range []string{h.Name, numbered(h)} {
		if got, err := p.Find(s); err == nil && got.ID == h.ID {
			return s
		}
	}
	return strconv.FormatInt(h.ID, 10)
}

func numbered(h *api.Human) string { return fmt.Sprintf("%s (%d)", h.Name, h.ID) }

// Label names a person so that Find gives that person back: the name, or
// "Name (ID)" where somebody else has it too.
func (p *People) Label(h *api.Human) string {
	if p == nil {
		return plainLabel(h)
	}
	if v := p.byID[h.ID]; v != nil {
		return v.label
	}
	// Somebody who has left the account, under a name that others still have.
	if len(p.byName[fold(h.Name)]) > 0 || fold(h.Name) == "me" {
		return numbered(h)
	}
	return plainLabel(h)
}

func plainLabel(h *api.Human) string {
	if strings.TrimSpace(h.Name) == "" {
		return strconv.FormatInt(h.ID, 10)
	}
	return h.Name
}

// Find resolves a name, an email, an id, "Name <email>", "Name (ID)" or "me".
// Errors have Code Invalid; an ambiguous name lists the candidates, an unknown
// one what is near.
func (p *People) Find(s string) (*api.Human, error) {
	s = strings.TrimSpace(s)
	if p == nil {
		return nil, unknownPerson(s, nil)
	}
	key := fold(s)
	if key == "me" {
		if p.me == nil {
			return nil, &api.Error{Code: api.Invalid, Message: `"me" is nobody: it is not known who is signed in`,
				Hint: "write the name instead"}
		}
		return p.me.human, nil
	}
	for _, found := range [][]*person{p.byName[key], p.byMail[key]} {
		switch len(found) {
		case 0:
		case 1:
			return found[0].human, nil
		default:
			return nil, ambiguous(s, found)
		}
	}
	if id, err := strconv.ParseInt(s, 10, 64); err == nil {
		if v := p.byID[id]; v != nil {
			return v.human, nil
		}
		return nil, unknownPerson(s, nil)
	}
	if name, id, ok := cutID(s); ok {
		if v := p.byID[id]; v != nil && fold(v.human.Name) == fold(name) {
			return v.human, nil
		}
		return nil, unknownPerson(s, p.near(name))
	}
	if name, mail, ok := cutMail(s); ok {
		return p.findMail(s, name, mail)
	}
	return nil, unknownPerson(s, p.near(s))
}

// findMail resolves "Name <email>". The email decides; the name is for people.
func (p *People) findMail(s, name, mail string) (*api.Human, error) {
	switch found := p.byMail[fold(mail)]; len(found) {
	case 1:
		return found[0].human, nil
	case 0:
		return nil, unknownPerson(s, p.near(name))
	default:
		return nil, ambiguous(s, found)
	}
}

// cutID splits "Name (ID)".
func cutID(s string) (name string, id int64, ok bool) {
	body, closed := strings.CutSuffix(s, ")")
	i := strings.LastIndexByte(body, '(')
	if !closed || i < 0 {
		return "", 0, false
	}
	id, err := strconv.ParseInt(body[i+1:], 10, 64)
	return strings.TrimSpace(body[:i]), id, err == nil
}

// cutMail splits "Name <email>".
func cutMail(s string) (name, mail string, ok bool) {
	body, closed := strings.CutSuffix(s, ">")
	i := strings.LastIndexByte(body, '<')
	if !closed || i < 0 {
		return "", "", false
	}
	return strings.TrimSpace(body[:i]), body[i+1:], true
}

// Mention returns what a mention of the person with that very name needs, if
// exactly one has it.
func (p *People) Mention(name string) (sgid string, ok bool) {
	if p == nil {
		return "", false
	}
	found := p.byName[fold(name)]
	if len(found) != 1 || found[0].sgid == "" {
		return "", false
	}
	return found[0].sgid, true
}

func ambiguous(s string, found []*person) *api.Error {
	var names []string
	for _, v := range found {
		name := numbered(v.human)
		if v.human.Email != "" {
			name += " <" + v.human.Email + ">"
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return &api.Error{Code: api.Invalid,
		Message: fmt.Sprintf("%s is the name of %d people: %s", quote(s), len(found), printable(strings.Join(names, ", "))),
		Hint:    fmt.Sprintf("write %s, an email or an id", quote(numbered(found[0].human)))}
}

func unknownPerson(s string, near []string) *api.Error {
	e := &api.Error{Code: api.Invalid, Message: quote(s) + " is nobody in this account",
		Hint: "write a name as in people/, an email, an id or me"}
	if len(near) > 0 {
		e.Hint = "perhaps " + printable(strings.Join(near, ", ")) + "; " + e.Hint
	}
	return e
}

// near returns the labels of up to five people whose name resembles s.
func (p *People) near(s string) []string {
	key := fold(s)
	if key == "" || len(key) > 200 {
		return nil
	}
	var out []string
	for _, v := range p.all {
		name := fold(v.human.Name)
		if strings.Contains(name, key) || alike(name, key) || sharesWord(name, key) {
			if out = append(out, v.label); len(out) == 5 {
				break
			}
		}
	}
	return out
}

func sharesWord(a, b string) bool {
	words := strings.Fields(b)
	return slices.ContainsFunc(strings.Fields(a), func(w string) bool { return slices.Contains(words, w) })
}

// alike reports whether two words are at most two typing errors apart, and
// fewer than half their length.
func alike(a, b string) bool {
	x, y := []rune(a), []rune(b)
	limit := min(2, len(x)/2, len(y)/2)
	if d := len(x) - len(y); d > limit || -d > limit {
		return false
	}
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			next := min(diagonal+cost, row[j]+1, row[j+1]+1)
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(y)] <= limit
}
