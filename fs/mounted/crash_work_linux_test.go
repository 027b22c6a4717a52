package mounted

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// workbench is where the workloads of the crash and fault tests take place:
// lists of their own, made at the service.
type workbench struct {
	w     *world
	todos string            // the folder of the project's lists
	ids   map[string]string // of the lists, by name
}

const (
	benchEdits  = "Bench of edits"
	benchNews   = "Bench of new ones"
	benchMoves  = "Bench of moves"
	benchChecks = "Bench of lines"
)

// edited and moved are how many to-dos there are to work on.
const (
	edited = 6
	moved  = 4
)

func newWorkbench(w *world) *workbench {
	b := &workbench{w: w, todos: project + "/todos", ids: map[string]string{}}
	set := ""
	for _, tool := range w.exactly("GET", "/projects/2085958504.json", nil)["dock"].([]any) {
		if o := object(tool.(map[string]any)); o.text("name") == "todoset" {
			set = fmt.Sprint(o["id"])
		}
	}
	for _, name := range []string{benchEdits, benchNews, benchMoves, benchChecks} {
		o := w.exactly("POST", "/todosets/"+set+"/todolists.json", map[string]any{"name": name, "description": "<div>As it was.</div>"})
		b.ids[name] = fmt.Sprint(o["id"])
	}
	me := w.exactly("GET", "/my/profile.json", nil)["id"]
	todo := func(list, title string) {
		w.exactly("POST", "/todolists/"+b.ids[list]+"/todos.json", map[string]any{
			"content": title, "description": "<div>Kept.</div><div>text 0 of " + title + "</div>", "due_on": "2027-05-06", "starts_on": "2027-05-01",
			"assignee_ids": []any{me}, "completion_subscriber_ids": []any{me},
		})
	}
	for n := range edited {
		todo(benchEdits, fmt.Sprintf("Edit %d", n))
	}
	for n := range moved {
		todo(benchMoves, fmt.Sprintf("Move %d", n))
	}
	return b
}

func (b *workbench) path(list string, more ...string) string {
	return filepath.Join(append([]string{b.w.dir, b.todos, list}, more...)...)
}

// The rest is what people and programs do. Each can be done again after it has
// failed, as somebody would who was told that it did not work.

// way is how a text is written.
type way int

const (
	truncating way = iota // open O_TRUNC, write, close
	syncing               // open O_TRUNC, write, fsync, close
	replacing             // write beside, fsync, rename over
	ways
)

// put writes a text to a file and returns what the program is told.
func put(path, text string, how way) error {
	to, flags := path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC
	if how == replacing {
		to = filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".swap")
	}
	f, err := os.OpenFile(to, flags, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.WriteString(text); err != nil {
		_ = f.Close()
		return err
	}
	if how != truncating {
		if err := f.Sync(); err != nil {
			_ = f.Close()
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	if how == replacing {
		return os.Rename(to, path)
	}
	return nil
}

// edit gives a to-do another text and leaves the first line of it as it is.
func (b *workbench) edit(n int, text string, how way) error {
	path := b.path(benchEdits, fmt.Sprintf("Edit %d.md", n))
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, _, ok := strings.Cut(string(old), "Kept.")
	if !ok {
		return fmt.Errorf("%s has lost a line: %q", path, old)
	}
	return put(path, head+"Kept.\n\n"+text+"\n", how)
}

// create makes a to-do of a new file, or goes on with it where it is there,
// finished ones included.
func (b *workbench) create(name, text string, how way) error {
	done := b.path(benchNews, "completed", name+".md")
	switch _, err := os.Stat(done); {
	case err == nil:
		return put(done, text, how)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return put(b.path(benchNews, name+".md"), text, how)
}

// find returns the folder and name that a to-do has now.
func (b *workbench) find(prefix string) (dir, name string, err error) {
	for _, dir := range []string{b.path(benchMoves), b.path(benchMoves, "completed")} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return "", "", err
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), ".md") {
				return dir, e.Name(), nil
			}
		}
	}
	return "", "", fmt.Errorf("%s is not there: %w", prefix, fs.ErrNotExist)
}

// move gives a to-do another title and finishes or reopens it, in one step.
func (b *workbench) move(n int, title string, done bool) error {
	dir, name, err := b.find(fmt.Sprintf("Move %d", n))
	if err != nil {
		return err
	}
	to := b.path(benchMoves)
	if done {
		to = b.path(benchMoves, "completed")
	}
	if err := os.Rename(filepath.Join(dir, name), filepath.Join(to, title+".md")); err != nil {
		return err
	}
	return nil
}

// line sees to it that a checklist has a line of a title, ticked or not.
func (b *workbench) line(title string, done bool) error {
	path := b.path(benchChecks, "todolist.md")
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimRight(string(old), "\n"), "\n")
	box := "- [ ] "
	if done {
		box = "- [x] "
	}
	at := slices.IndexFunc(lines, func(l string) bool { return len(l) > 6 && strings.HasPrefix(l[6:]+" ", title+" ") })
	switch {
	case at < 0:
		lines = append(lines, box+title)
	case strings.HasPrefix(lines[at], box):
		return nil
	default:
		lines[at] = box + lines[at][6:]
	}
	return put(path, strings.Join(lines, "\n")+"\n", truncating)
}

// list makes a list.
func (b *workbench) list(name string) error {
	err := os.Mkdir(b.path(name), 0o755)
	if errors.Is(err, syscall.EEXIST) {
		return nil
	}
	return err
}

// comment says something about a to-do, unless it is said already.
func (b *workbench) comment(n int, text string) error {
	dir := b.path(benchEdits, fmt.Sprintf("Edit %d.comments", n))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".md") {
			continue
		}
		old, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return err
		}
		if strings.Contains(string(old), text) {
			return nil
		}
	}
	return put(filepath.Join(dir, text+".md"), text+"\n", truncating)
}
