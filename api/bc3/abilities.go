package bc3

import "basecampfs/api"

const (
	text  = api.FieldTitle | api.FieldBody
	dates = api.FieldStartsOn | api.FieldDueOn
)

// Reasons for what the service's API cannot do, for a person to read.
const (
	noMoveFiles   = "Basecamp's API cannot move documents, files or folders; copying and trashing would lose comments and history"
	noAcross      = "Basecamp's API cannot move this to another project; copying and trashing would lose comments and history"
	noDone        = "a card is finished by moving it to the Done column"
	noCardStart   = "a card has no starting date"
	noRepeats     = "a question needs a schedule, which is set up in Basecamp"
	forwards      = "email forwards are made by mailing the project"
	wholeTool     = "tools are set up in Basecamp itself"
	noPerson      = "people are managed in Basecamp itself"
	noTrashPeople = "people cannot be trashed"
)

// can has the abilities of every kind.
var can = map[api.Kind]api.Abilities{
	api.Project: {List: true, Bulk: true, Create: true, Update: text, With: text, Trash: true, Restore: true, Archive: true,
		Body: api.HTML, Why: why("move", "a project is in nothing that it could be moved out of", "comments", "projects have no comments")},
	api.Person: {List: true, Bulk: true,
		Why: why("create", noPerson, "update", noPerson, "move", noPerson, "trash", noTrashPeople, "comments", "people have no comments")},
	api.TodoSet: dockTool(api.TodoSet), api.MessageBoard: dockTool(api.MessageBoard), api.CardTable: dockTool(api.CardTable),
	api.Schedule: dockTool(api.Schedule), api.Chat: dockTool(api.Chat), api.Questionnaire: dockTool(api.Questionnaire), api.Inbox: dockTool(api.Inbox),

	api.TodoList: {List: true, Bulk: true, Create: true, Update: text | api.FieldPosition, With: text, Trash: true, Restore: true, Archive: true,
		Comments: true, Body: api.HTML, Why: why("move", "a list stays in its to-do set; "+noAcross)},
	api.TodoGroup: {List: true, Bulk: true, Create: true, Update: text | api.FieldPosition, With: text | api.FieldColor, Trash: true, Restore: true, Archive: true,
		Comments: true, Body: api.HTML, Why: why("move", "a group stays in its list", "color", "the color of a group is set when it is made")},
	api.Todo: {List: true, Bulk: true, Create: true, Move: true, Trash: true, Restore: true, Archive: true, Comments: true, Body: api.HTML,
		Update: text | dates | api.FieldCompleted | api.FieldAssignees | api.FieldNotify | api.FieldPosition,
		With:   text | dates | api.FieldCompleted | api.FieldAssignees | api.FieldNotify, Why: why("across", noAcross)},
	api.Comment: {List: true, Bulk: true, Create: true, Update: api.FieldBody, With: api.FieldBody, Trash: true, Restore: true, Archive: true, Body: api.HTML,
		Why: why("title", "a comment has no title", "move", "a comment stays with what it is about", "comments", "comments have no comments")},
	api.Vault: {List: true, Bulk: true, Create: true, Update: api.FieldTitle, With: api.FieldTitle, Trash: true, Restore: true, Archive: true,
		Why: why("move", noMoveFiles, "comments", "folders have no comments")},
	api.Document: {List: true, Bulk: true, Create: true, Update: text, With: text, Trash: true, Restore: true, Archive: true, Comments: true,
		Body: api.HTML, Why: why("move", noMoveFiles)},
	api.Upload: {List: true, Bulk: true, Create: true, Update: text, With: text, Trash: true, Restore: true, Archive: true, Comments: true,
		Body: api.HTML, Why: why("move", noMoveFiles)},
	api.Message: {List: true, Bulk: true, Create: true, Update: text, With: text, Trash: true, Restore: true, Archive: true, Comments: true,
		Body: api.HTML, Why: why("move", noAcross)},
	api.Column: {List: true, Create: true, Update: text | api.FieldColor, With: text, Trash: true, Restore: true, Archive: true, Body: api.HTML,
		Why: why("move", "a column stays in its card table", "position", "columns are ordered in Basecamp itself", "comments", "columns have no comments")},
	api.Card: {List: true, Bulk: true, Create: true, Update: text | api.FieldDueOn | api.FieldAssignees | api.FieldPosition,
		With: text | api.FieldDueOn | api.FieldAssignees, Move: true, Trash: true, Restore: true, Archive: true, Comments: true, Body: api.HTML,
		Why: why("completed", noDone, "starts_on", noCardStart, "across", noAcross, "notify", "Basecamp's API cannot set who is told when a card is done")},
	api.ScheduleEntry: {List: true, Bulk: true, Create: true, Update: text | api.FieldTimes | api.FieldAssignees,
		With: text | api.FieldTimes | api.FieldAssignees, Trash: true, Restore: true, Archive: true, Comments: true, Body: api.HTML,
		Why: why("move", noAcross)},
	api.ChatLine: {List: true, Create: true, Update: api.FieldBody, With: api.FieldBody, Trash: true, Body: api.HTML,
		Why: why("title", "a line has no title", "restore", "a line that is deleted is gone", "move", "a line stays in its chat", "comments", "lines have no comments")},
	api.Question: {List: true, Update: api.FieldTitle, Trash: true, Restore: true, Archive: true,
		Why: why("create", noRepeats, "move", noAcross, "comments", "questions have answers")},
	api.Answer: {List: true, Bulk: true, Create: true, Update: api.FieldBody, With: api.FieldBody, Trash: true, Restore: true, Archive: true, Comments: true, Body: api.HTML,
		Why: why("title", "an answer has no title", "move", "an answer stays with its question")},
	api.Forward: {List: true, Trash: true, Restore: true, Archive: true, Body: api.HTML,
		Why: why("create", forwards, "update", "an email cannot be changed", "move", noAcross, "comments", "forwards have replies")},
}

func dockTool(k api.Kind) api.Abilities {
	return api.Abilities{List: true, Bulk: k == api.Chat,
		Why: why("create", wholeTool, "update", wholeTool, "move", wholeTool, "trash", wholeTool, "comments", "tools have no comments")}
}

func why(pairs ...string) map[string]string {
	m := make(map[string]string, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return m
}

// maxChunk is how many projects one address names: a limit of sense, since the
// guide states none.
const maxChunk = 64

// Can says what the API of Basecamp 3 can do with a kind.
func (a *Account) Can(k api.Kind) api.Abilities {
	c := can[k]
	if c.Bulk && bulkType(k) != "" {
		c.Chunk = maxChunk
	}
	return c
}
