package bcx

import "basecampfs/api"

// commentable reports whether a kind can have comments.
func commentable(k api.Kind) bool {
	switch k {
	case api.TodoList, api.Todo, api.Message, api.Document, api.Upload, api.Forward, api.ScheduleEntry:
		return true
	}
	return false
}

// What people are told where Basecamp 2 lacks something.
const (
	noRestore = "Basecamp 2 lets its trash be emptied or restored in the browser alone, not through its API"
	noMove    = "Basecamp 2 cannot move this through its API; move it in the browser"
	noUpdate  = "Basecamp 2 lets nothing of this be changed through its API"
	noCreate  = "Basecamp 2 cannot create this through its API"
	noAcross  = "Basecamp 2 moves to-dos within their project alone"
	noBody    = "a Basecamp 2 to-do has no description: write a comment on it instead"
	noNotify  = "Basecamp 2 cannot say who is told when a to-do is completed"
	noStart   = "a Basecamp 2 to-do has a due date and no start date"
	one       = "a Basecamp 2 to-do has one assignee"
	noEdit    = "comments on Basecamp 2 cannot be edited: write another one, and trash the first if it is wrong"
	noPeople  = "people are invited and removed in the browser"
	noFile    = "Basecamp 2 keeps one version of a file: upload it under another name"
)

var can = map[api.Kind]api.Abilities{
	api.Project: {List: true, Bulk: true, Create: true, Trash: true, Archive: true, Body: api.Plain,
		Update: api.FieldTitle | api.FieldBody, With: api.FieldTitle | api.FieldBody,
		Why: map[string]string{"restore": noRestore, "comments": "projects have no comments"}},

	api.Person: {List: true, Bulk: true,
		Why: map[string]string{"create": noPeople, "update": noPeople, "trash": noPeople}},

	api.TodoSet:      ofProject,
	api.MessageBoard: ofProject,
	api.Vault: {Why: map[string]string{"create": "Basecamp 2 has no folders: files and documents lie side by side",
		"update": noUpdate, "trash": noUpdate, "move": noMove}},
	api.Schedule: ofProject,
	api.Inbox:    ofProject,

	api.TodoList: {List: true, Bulk: true, Create: true, Trash: true, Move: true, Comments: true, Body: api.Plain,
		Update: api.FieldTitle | api.FieldBody | api.FieldPosition, With: api.FieldTitle | api.FieldBody,
		Why: map[string]string{"restore": noRestore, "archive": "a Basecamp 2 to-do list is completed with its last to-do, and never archived",
			"completed": "a Basecamp 2 to-do list is completed with its last to-do", "color": "a Basecamp 2 to-do list has no color"}},

	api.TodoGroup: {Why: map[string]string{"create": "Basecamp 2 has no groups within to-do lists: make a list of its own"}},

	api.Todo: {List: true, Bulk: true, Create: true, Trash: true, Move: true, Comments: true,
		Update: api.FieldTitle | api.FieldCompleted | api.FieldDueOn | api.FieldAssignees | api.FieldPosition,
		With:   api.FieldTitle | api.FieldDueOn | api.FieldAssignees,
		Why: map[string]string{"body": noBody, "starts_on": noStart, "notify": noNotify, "notify_on_completion": noNotify,
			"assignees": one, "restore": noRestore, "archive": "a Basecamp 2 to-do is completed, and never archived",
			"move": noAcross, "across": noAcross, "color": "a Basecamp 2 to-do has no color"}},

	api.Comment: {List: true, Create: true, Trash: true, With: api.FieldBody, Body: api.HTML,
		Why: map[string]string{"update": noEdit, "body": noEdit, "restore": noRestore, "title": "comments have no title",
			"move": "a comment stays with what it is on", "comments": "a comment has no comments of its own"}},

	api.Message: {List: true, Bulk: true, Create: true, Trash: true, Archive: true, Comments: true, Body: api.HTML,
		Update: api.FieldTitle | api.FieldBody, With: api.FieldTitle | api.FieldBody,
		Why: map[string]string{"restore": noRestore, "move": noMove}},

	api.Document: {List: true, Bulk: true, Create: true, Trash: true, Comments: true, Body: api.HTML,
		Update: api.FieldTitle | api.FieldBody, With: api.FieldTitle | api.FieldBody,
		Why: map[string]string{"restore": noRestore, "move": noMove}},

	api.Upload: {List: true, Bulk: true, Create: true, Trash: true, Comments: true, Body: api.HTML,
		Update: api.FieldTitle, With: api.FieldTitle | api.FieldBody,
		Why: map[string]string{"restore": noRestore, "move": noMove, "versions": noFile, "update": noFile,
			"body": "the note of a Basecamp 2 file cannot be changed: write a comment on it instead"}},

	api.Forward: {List: true, Bulk: true, Comments: true, Body: api.HTML,
		Why: map[string]string{"create": "emails are forwarded to the project's address", "update": "a forwarded email stays as it came",
			"trash": "Basecamp 2 cannot trash a forwarded email through its API; trash it in the browser", "restore": noRestore, "move": noMove}},

	// Of an account there are lists of six weeks at most, so that to ask for
	// each project's takes as few requests.
	api.ScheduleEntry: {List: true, Create: true, Trash: true, Comments: true, Body: api.Plain,
		Update: api.FieldTitle | api.FieldBody | api.FieldTimes, With: api.FieldTitle | api.FieldBody | api.FieldTimes,
		Why: map[string]string{"restore": noRestore, "move": noMove, "assignees": "a Basecamp 2 date has no participants"}},
}

// ofProject is for what stands for a section of a project.
var ofProject = api.Abilities{Why: map[string]string{"create": "every Basecamp 2 project has the same sections",
	"update": noUpdate, "trash": "a section of a Basecamp 2 project cannot be trashed", "move": noMove}}

// Can says what Basecamp 2 can do with a kind. Callers must not change Why.
func (a *Account) Can(k api.Kind) api.Abilities {
	if c, ok := can[k]; ok {
		return c
	}
	why := "Basecamp 2 has no such thing"
	return api.Abilities{Why: map[string]string{"create": why, "update": why, "move": why, "trash": why, "restore": why, "comments": why}}
}
