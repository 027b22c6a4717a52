package bcx

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"basecampfs/api"
)

// section is the part of a path that addresses records of a kind within a
// project; "" for what is not addressed so.
func section(k api.Kind) string {
	switch k {
	case api.TodoList:
		return "todolists"
	case api.Todo:
		return "todos"
	case api.Message:
		return "messages"
	case api.Document:
		return "documents"
	case api.Upload:
		return "uploads"
	case api.Forward:
		return "forwards"
	case api.ScheduleEntry:
		return "calendar_events"
	case api.Comment:
		return "comments"
	}
	return ""
}

// kindOf is the kind of what the service calls by a type.
func kindOf(typ string) api.Kind {
	switch typ {
	case "Project":
		return api.Project
	case "Todolist":
		return api.TodoList
	case "Todo":
		return api.Todo
	case "Message":
		return api.Message
	case "Document":
		return api.Document
	case "Upload":
		return api.Upload
	case "Forward":
		return api.Forward
	case "CalendarEvent":
		return api.ScheduleEntry
	case "Comment":
		return api.Comment
	}
	return ""
}

// path addresses one record.
func path(r api.Ref) (string, error) {
	switch {
	case r.ID <= 0:
	case r.Kind == api.Project:
		return fmt.Sprintf("/projects/%d.json", r.ID), nil
	case r.Kind == api.Person:
		return fmt.Sprintf("/people/%d.json", r.ID), nil
	case section(r.Kind) != "" && r.Project > 0:
		return fmt.Sprintf("/projects/%d/%s/%d.json", r.Project, section(r.Kind), r.ID), nil
	}
	return "", api.Errorf(api.NotFound, "Basecamp 2 has no address for %s %d", r.Kind, r.ID)
}

// in is the path of something that a project holds.
func in(project int64, what string) string {
	if project == 0 {
		return "/" + what + ".json"
	}
	return fmt.Sprintf("/projects/%d/%s.json", project, what)
}

var (
	inProject    = regexp.MustCompile(`/projects/(\d+)`)
	inAttachment = regexp.MustCompile(`/attachments/(\d+)/`)
)

// projectIn reads the id of the project out of an address, which may have the
// project's name after it; 0 where it is none of a project.
func projectIn(url string) int64 { return match(inProject, url) }

// attachmentIn reads the id of an attachment out of its address.
func attachmentIn(url string) int64 { return match(inAttachment, url) }

func match(re *regexp.Regexp, s string) int64 {
	if m := re.FindStringSubmatch(s); m != nil {
		n, _ := strconv.ParseInt(m[1], 10, 64)
		return n
	}
	return 0
}

// idAtEnd reads the id at the end of an address: ".../605816632-bcx.json".
func idAtEnd(url string) int64 {
	s, _, _ := strings.Cut(url, "?")
	s = s[strings.LastIndexByte(s, '/')+1:]
	if end := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		s = s[:end]
	}
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// page is the address for a browser of what the API has at an address.
func page(appURL, url string) string {
	if appURL != "" || url == "" {
		return appURL
	}
	return strings.TrimSuffix(strings.Replace(url, "/api/v1/", "/", 1), ".json")
}

// site is the address for a browser of a record whose answer has none, as
// those of one project or one list.
func (a *Account) site(r api.Ref) string {
	at, err := path(r)
	if err != nil {
		return ""
	}
	return page("", strings.TrimRight(a.Info().Href, "/")+at)
}
