package tree

import (
	"basecampfs/api"
	"basecampfs/nodes/records"
)

// Lasting reports whether what a node shows stays until a change is told of:
// then the kernel may keep it, and is told to drop it. What is found by asking
// again has to be asked for again.
func Lasting(n Node) bool {
	switch n := n.(type) {
	case *itemFile:
		return records.Followed(n.i.Ref().Kind)
	case *jsonFile:
		return records.Followed(n.i.Ref().Kind)
	case *toolDir:
		for _, k := range n.kinds {
			if !records.Followed(k) {
				return false
			}
		}
		return true
	case *peopleDir, *assignmentsDir, *assignment, *madeFile, *diskFile, *rejectedDir, *Scratch, *scratchLink, *Fresh:
		return false
	}
	return true
}

// ItemOf returns the item that a node shows, if it shows one.
func ItemOf(n Node) *records.Item {
	switch n := n.(type) {
	case *itemFile:
		return n.i
	case *jsonFile:
		return n.i
	case *filesDir:
		return n.i
	case *blobFile:
		return n.i
	case *upload:
		return n.i
	case *projectDir:
		return n.i
	case viewer:
		return holder(n)
	}
	return nil
}

// Affected returns the folders in which a record of an account shows, or whose
// attributes or derived files depend on it.
func (a *Account) Affected(r *api.Record) []uint64 {
	in := func(ref api.Ref, f facet) uint64 { return inode(a.info, ref, f) }
	out := []uint64{in(r.Ref, asFolder), in(r.Ref, asCompleted), in(r.Ref, asComments)}
	if r.Kind == api.Project {
		return append(out, a.fixed("/"), a.fixed("projects/"), a.fixed("projects/"+string(api.ArchivedState)))
	}
	out = append(out, in(api.Ref{Kind: api.Project, ID: r.Project}, asTrash))
	for p := r.Parent; !p.IsZero(); {
		out = append(out, in(p, asFolder), in(p, asCompleted), in(p, asComments))
		up := a.recs.Known(p)
		if up == nil || up.Ref().Kind == api.Project {
			break
		}
		p = up.Record().Parent
	}
	return out
}
