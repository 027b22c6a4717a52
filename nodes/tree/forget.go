package tree

import (
	"basecampfs/api"
	"basecampfs/nodes/records"
)

// Loaded are the kinds that a load of everything fetches.
var Loaded = []api.Kind{api.TodoList, api.Upload, api.Todo, api.Comment, api.Message, api.Vault, api.Document, api.ScheduleEntry}

// Forget drops what is cached for a node and what is below it, so that the next
// reader asks the service.
func (t *Tree) Forget(n Node) {
	switch n := n.(type) {
	case *rootDir:
		for _, a := range t.accounts {
			a.recs.ForgetProject(0)
		}
	case *accountDir:
		n.a.recs.ForgetProject(0)
	case *myDir:
		n.a.recs.ForgetProject(0)
	case *assignmentsDir:
		n.a.recs.ForgetProject(0)
	case *projectsDir:
		n.v.a.recs.ForgetProject(0)
	case *peopleDir:
		n.v.a.recs.ForgetProject(0)
	case *projectDir:
		n.v.a.recs.ForgetProject(n.i.Ref().ID)
	case *trashDir:
		n.v.a.recs.ForgetProject(n.project.Ref().ID)
	case *todosDir:
		n.v.a.recs.ForgetProject(n.project.Ref().ID)
	case *toolDir:
		n.v.a.recs.ForgetProject(n.project.Ref().ID)
	case viewer:
		if i := holder(n); i != nil {
			n.viewOf().a.recs.ForgetProject(i.Ref().Project)
		}
	case *itemFile:
		n.v.a.recs.ForgetProject(n.i.Ref().Project)
	case *jsonFile:
		n.v.a.recs.ForgetProject(n.i.Ref().Project)
	}
}

// holder is the item whose folder n is.
func holder(n viewer) *records.Item {
	switch n := n.(type) {
	case *listDir:
		return n.i
	case *completedDir:
		return n.i
	case *commentsDir:
		return n.i
	case *vaultDir:
		return n.i
	}
	return nil
}
