package bc3

import "strings"

// crew are the people of the sample company.
type crew struct {
	victor, annie, sharon, andrew, tashia, jared, cheryl *person
	jennifer1, jennifer2                                 *person // two people with one name
	zoe, kenji, layla                                    *person
	henry                                                *person // a client
	outsider                                             *person
}

func (b *builder) crew() crew {
	id := int64(1049715912)
	at := instant("2025-12-28T17:22:22Z")
	add := func(name, email, title, bio string) *person {
		id++
		at += 331_000
		return b.s.addPerson(&person{id: id, name: name, email: email, title: title, bio: bio, created: at, updated: at,
			company: "Honcho Design", companyID: companyID, employee: true})
	}
	c := crew{
		victor:    add("Victor Cooper", "victor@honchodesign.com", "Chief Strategist", "Measure twice, ship once"),
		annie:     add("Annie Bryan", "annie@honchodesign.com", "Central Markets Manager", "Ask me about the roadmap"),
		sharon:    add("Sharon Bradford", "sharon@honchodesign.com", "Principal Branding Administrator", ""),
		andrew:    add("Andrew Wong", "andrew@honchodesign.com", "Senior Branding Strategist", ""),
		tashia:    add("Tashia Hughes", "tashia@honchodesign.com", "District Integration Architect", ""),
		jared:     add("Jared Davis", "jared@honchodesign.com", "International Tactics Facilitator", "Tea, then code"),
		cheryl:    add("Cheryl Walters", "cheryl@honchodesign.com", "Corporate Integration Director", ""),
		jennifer1: add("Jennifer Young", "jennifer@honchodesign.com", "Designer", ""),
		jennifer2: add("Jennifer Young", "jenny.young@honchodesign.com", "Accountant", ""),
		zoe:       add("Zoë O’Brien-Núñez", "zoe@honchodesign.com", "Copywriter", "“Words, words, words.”"),
		kenji:     add("山田 健二", "kenji@honchodesign.com", "Engineer", "東京から"),
		layla:     add("ليلى حداد", "layla@honchodesign.com", "Researcher", ""),
	}
	c.victor.admin, c.victor.owner, c.victor.location = true, true, "Chicago, IL"
	c.henry = add("Henry Bowman", "henry@letobrand.com", "Brand Manager", "")
	c.henry.client, c.henry.employee, c.henry.company, c.henry.companyID = true, false, "Leto Brand", companyID+1
	c.outsider = add("beth@example.org", "beth@example.org", "", "")
	c.outsider.personable, c.outsider.employee, c.outsider.company = "Outsider", false, ""
	c.sharon.outFrom, c.sharon.outTo = "2026-12-21", "2027-01-02"
	return c
}

// staff are all but the client and the outsider.
func (c crew) staff() map[*person]bool {
	m := map[*person]bool{}
	for _, p := range []*person{c.victor, c.annie, c.sharon, c.andrew, c.tashia, c.jared, c.cheryl, c.jennifer1,
		c.jennifer2, c.zoe, c.kenji, c.layla} {
		m[p] = true
	}
	return m
}

// with returns a set of people.
func with(ps ...*person) map[*person]bool {
	m := map[*person]bool{}
	for _, p := range ps {
		m[p] = true
	}
	return m
}

func times(s string, n int) string { return strings.Repeat(s, n) }
