package save

import (
	"slices"
	"sync"
	"time"

	"basecampfs/api"
)

// past is what was saved last of texts that name a version. An editor goes on
// naming the version that it has read, however often it saves: its next text is
// an edit of the one that it saved last.
type past struct {
	mu sync.Mutex
	m  map[lockKey][]said // newest last
}

type said struct {
	named time.Time
	want  *api.Record
}

// versions is of how many versions of an item it is remembered.
const versions = 8

func (p *past) get(k lockKey, named time.Time) *api.Record {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.m[k] {
		if s.named.Equal(named) {
			return s.want
		}
	}
	return nil
}

func (p *past) put(k lockKey, named time.Time, want *api.Record) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.m == nil {
		p.m = map[lockKey][]said{}
	}
	all := slices.DeleteFunc(p.m[k], func(s said) bool { return s.named.Equal(named) })
	all = append(all, said{named, want})
	p.m[k] = all[max(0, len(all)-versions):]
}
