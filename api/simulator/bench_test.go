package simulator_test

import (
	"fmt"
	"net/http"
	"testing"

	"basecampfs/api/simulator"
	"basecampfs/api/simulator/product"
)

// BenchmarkRecordingsPage reads one page of a hundred out of 50,000.
func BenchmarkRecordingsPage(b *testing.B) {
	for _, write := range []bool{false, true} {
		b.Run(map[bool]string{false: "read", true: "afterWrite"}[write], func(b *testing.B) {
			s, err := simulator.New(simulator.Options{PublicURL: "http://sim.test", Size: product.Size{Projects: 200, Lists: 10, Todos: 25}})
			if err != nil {
				b.Fatal(err)
			}
			c, err := s.As("Victor Cooper")
			if err != nil {
				b.Fatal(err)
			}
			base := fmt.Sprintf("http://sim.test/%d", simulator.CompanyID)
			get := func(path string) {
				res, err := c.Get(base + path)
				if err != nil || res.StatusCode != http.StatusOK {
					b.Fatal(res.StatusCode, err)
				}
			}
			for i := 0; b.Loop(); i++ {
				if write {
					r, _ := http.NewRequest("PUT", base+"/projects/2000000000/status/active.json", nil)
					if res, err := c.Do(r); err != nil || res.StatusCode != http.StatusNoContent {
						b.Fatal(res.StatusCode, err)
					}
				}
				get(fmt.Sprintf("/projects/recordings.json?type=Todo&sort=updated_at&direction=desc&page=%d", 4+i%490))
			}
		})
	}
}

// BenchmarkNew makes the small accounts, as every test that uses them does.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := simulator.New(simulator.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
