package tree

import (
	"os"
	"strings"
	"time"

	"basecampfs/api"
	"basecampfs/cache/journal"
	"basecampfs/nodes/records"
)

// Status is how the mount is, for a person and for scripts.
type Status struct {
	ReadOnly bool            `json:"read_only"`
	Accounts []AccountStatus `json:"accounts"`
	// Waiting is how many texts are neither in Basecamp nor rejected.
	Waiting int `json:"waiting"`
	// Rejected are the texts that could not be saved, in .basecampfs/rejected/.
	Rejected []string `json:"rejected"`
	// TrashingStopped is set where a burst of trashing was stopped; it goes on
	// once "basecampfs confirm" was run.
	TrashingStopped bool `json:"trashing_stopped"`
}

// AccountStatus is how one account is.
type AccountStatus struct {
	Name    string      `json:"name"`
	Product api.Product `json:"product"`
	ID      int64       `json:"id"`
	Folder  string      `json:"folder"`
	// State is "ok", or "unreachable" while what is cached is served.
	State string `json:"state"`
	// Since is when an account that cannot be reached was reached last.
	Since *time.Time `json:"since,omitempty"`
	// Error is why the last attempt failed.
	Error string `json:"error,omitempty"`
	// Loading is how far a walk has come that is being fetched ahead.
	Loading *records.Progress `json:"loading,omitempty"`
}

// Status returns how the tree is.
func (t *Tree) Status() Status {
	s := Status{ReadOnly: t.cfg.ReadOnly, Accounts: []AccountStatus{}, Rejected: []string{}, TrashingStopped: t.TrashingStopped()}
	for _, a := range t.accounts {
		x := AccountStatus{Name: a.info.Name, Product: a.info.Product, ID: a.info.ID, Folder: a.name, State: "ok"}
		if since, err := a.recs.Outage(); err != nil {
			x.State, x.Error = "unreachable", err.Error()
			if !since.IsZero() {
				x.Since = &since
			}
		}
		x.Loading = a.recs.Loading()
		s.Accounts = append(s.Accounts, x)
	}
	if t.cfg.Saver != nil {
		s.Waiting = t.cfg.Saver.Waiting()
	}
	files, err := os.ReadDir(t.cfg.RejectedDir)
	if err != nil {
		return s
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), journal.ReasonSuffix) {
			s.Rejected = append(s.Rejected, f.Name())
		}
	}
	return s
}
