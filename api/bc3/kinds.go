package bc3

import (
	"strconv"
	"strings"

	"basecampfs/api"
)

// kindOf is the kind of what the service calls by a type. Groups of to-do
// lists share the type of lists; isGroup tells them apart.
func kindOf(typ string) api.Kind {
	switch typ {
	case "Project":
		return api.Project
	case "Todoset":
		return api.TodoSet
	case "Todolist":
		return api.TodoList
	case "Todo":
		return api.Todo
	case "Comment":
		return api.Comment
	case "Message::Board":
		return api.MessageBoard
	case "Message":
		return api.Message
	case "Vault":
		return api.Vault
	case "Document":
		return api.Document
	case "Upload":
		return api.Upload
	case "Kanban::Board":
		return api.CardTable
	case "Kanban::Triage", "Kanban::Column", "Kanban::DoneColumn", "Kanban::NotNowColumn":
		return api.Column
	case "Kanban::Card":
		return api.Card
	case "Schedule":
		return api.Schedule
	case "Schedule::Entry":
		return api.ScheduleEntry
	case "Chat::Transcript":
		return api.Chat
	case "Questionnaire":
		return api.Questionnaire
	case "Question":
		return api.Question
	case "Question::Answer":
		return api.Answer
	case "Inbox":
		return api.Inbox
	case "Inbox::Forward":
		return api.Forward
	}
	if strings.HasPrefix(typ, "Chat::Lines::") {
		return api.ChatLine
	}
	return ""
}

// toolKind is the kind of an entry of a project's dock.
func toolKind(name string) api.Kind {
	switch name {
	case "todoset":
		return api.TodoSet
	case "message_board":
		return api.MessageBoard
	case "vault":
		return api.Vault
	case "kanban_board":
		return api.CardTable
	case "schedule":
		return api.Schedule
	case "chat":
		return api.Chat
	case "questionnaire":
		return api.Questionnaire
	case "inbox":
		return api.Inbox
	}
	return ""
}

// bulkType is the type by which /projects/recordings.json lists a kind; "" for
// a kind that it does not list.
func bulkType(k api.Kind) string {
	switch k {
	case api.Comment:
		return "Comment"
	case api.Document:
		return "Document"
	case api.Card:
		return "Kanban::Card"
	case api.Message:
		return "Message"
	case api.Answer:
		return "Question::Answer"
	case api.ScheduleEntry:
		return "Schedule::Entry"
	case api.Todo:
		return "Todo"
	case api.TodoList, api.TodoGroup:
		return "Todolist"
	case api.Upload:
		return "Upload"
	case api.Vault:
		return "Vault"
	}
	return ""
}

// folder is the part of a path that addresses records of a kind.
func folder(k api.Kind) string {
	switch k {
	case api.Project:
		return "projects"
	case api.Person:
		return "people"
	case api.TodoSet:
		return "todosets"
	case api.TodoList, api.TodoGroup:
		return "todolists"
	case api.Todo:
		return "todos"
	case api.Comment:
		return "comments"
	case api.MessageBoard:
		return "message_boards"
	case api.Message:
		return "messages"
	case api.Vault:
		return "vaults"
	case api.Document:
		return "documents"
	case api.Upload:
		return "uploads"
	case api.CardTable:
		return "card_tables"
	case api.Column:
		return "card_tables/columns"
	case api.Card:
		return "card_tables/cards"
	case api.Schedule:
		return "schedules"
	case api.ScheduleEntry:
		return "schedule_entries"
	case api.Chat:
		return "chats"
	case api.Questionnaire:
		return "questionnaires"
	case api.Question:
		return "questions"
	case api.Answer:
		return "question_answers"
	case api.Inbox:
		return "inboxes"
	case api.Forward:
		return "inbox_forwards"
	}
	return ""
}

func pathOf(k api.Kind, id int64) string { return "/" + folder(k) + "/" + num(id) + ".json" }

// below is the path of what a record holds.
func below(k api.Kind, id int64, what string) string {
	return "/" + folder(k) + "/" + num(id) + "/" + what + ".json"
}

func num(id int64) string { return strconv.FormatInt(id, 10) }
