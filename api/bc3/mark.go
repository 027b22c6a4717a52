package bc3

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"basecampfs/api"
)

// mark is what an api.Mark of this package holds: how far the account's history
// was read.
type mark struct {
	// Since is where reading began, by the service's clock.
	Since time.Time `json:"since"`
	// Types says how far each type of recording was read.
	Types map[string]*progress `json:"types,omitempty"`
	// Projects are the active ones, by id, with their updated_at in Unix
	// milliseconds.
	Projects map[int64]int64 `json:"projects"`
	// Listed is when the projects were listed, by the service's clock.
	Listed time.Time `json:"listed"`
	// Proof counts the changes that the list of projects has announced; once
	// it failed to announce one, it is -1 for good.
	Proof int `json:"proof,omitempty"`
	// Skipped counts the polls in a row that trusted the list of projects.
	Skipped int `json:"skipped,omitempty"`
}

// progress is how far one type of recording was read.
type progress struct {
	Newest time.Time `json:"newest"`
	Total  int       `json:"total"` // of active ones; -1 where unknown
	// Seen are those of the overlap that were reported, by id, with their
	// updated_at in Unix milliseconds.
	Seen map[int64]int64 `json:"seen,omitempty"`
}

func (m *mark) encode() api.Mark {
	b, err := json.Marshal(m)
	if err != nil {
		return "" // a mark has nothing that JSON cannot hold
	}
	return api.Mark(base64.RawURLEncoding.EncodeToString(b))
}

// decodeMark reads a mark. One that cannot be read counts as none.
func decodeMark(s api.Mark) *mark {
	b, err := base64.RawURLEncoding.DecodeString(string(s))
	if err != nil || len(b) == 0 {
		return nil
	}
	var m mark
	if json.Unmarshal(b, &m) != nil || m.Since.IsZero() {
		return nil
	}
	if m.Types == nil {
		m.Types = map[string]*progress{}
	}
	if m.Projects == nil {
		m.Projects = map[int64]int64{}
	}
	return &m
}
