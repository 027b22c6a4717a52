package bcx_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"basecampfs/api"
	"basecampfs/api/bcx"
	sim "basecampfs/api/simulator/bcx"
	"basecampfs/api/simulator/product"
)

func TestATodoIsCreatedChangedMovedAndTrashed(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	ctx := t.Context()
	lists := list(t, a, api.Query{Kind: api.TodoList, Project: leto(t, a).ID})
	ideas, launch := named(t, lists, "Strategy ideas"), named(t, lists, "Launch list")
	people := list(t, a, api.Query{Kind: api.Person})
	annie := &api.Human{ID: named(t, people, "Annie Bryan").ID}

	r, err := a.Create(ctx, ideas.Ref, &api.Record{Ref: api.Ref{Kind: api.Todo}, Title: "Ask <everyone> & more", DueOn: "2026-09-01", Assignees: []*api.Human{annie}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Title != "Ask <everyone> & more" || r.DueOn != "2026-09-01" || len(r.Assignees) != 1 || !r.Parent.Is(ideas.Ref) || r.Project != ideas.Project {
		t.Fatalf("created %+v", r)
	}

	s.requests()
	same := r.Clone()
	if got, err := a.Update(ctx, r, same); err != nil || got != r || len(s.requests()) != 0 {
		t.Errorf("an update of nothing: %v, %v", got, err)
	}

	want := r.Clone()
	want.DueOn, want.Completed = "", true
	sent := s.bodies(func() {
		if r, err = a.Update(ctx, r, want); err != nil {
			t.Fatal(err)
		}
	})
	if len(sent) != 1 || sent[0] != `{"completed":true,"due_at":null}` {
		t.Errorf("sent %v", sent)
	}
	if !r.Completed || r.CompletedAt.IsZero() || r.DueOn != "" || len(r.Assignees) != 1 || r.Title != want.Title {
		t.Errorf("updated %+v", r)
	}
	want = r.Clone()
	want.Completed, want.Assignees = false, nil
	if r, err = a.Update(ctx, r, want); err != nil || r.Completed || !r.CompletedAt.IsZero() || len(r.Assignees) != 0 {
		t.Errorf("reopened %+v, %v", r, err)
	}

	if r, err = a.Move(ctx, r.Ref, launch.Ref, 2); err != nil || !r.Parent.Is(launch.Ref) || r.Position != 2 {
		t.Errorf("moved %+v, %v", r, err)
	}
	if r, err = a.Move(ctx, r.Ref, launch.Ref, 0); err != nil || r.Position != 65 {
		t.Errorf("moved to the end: %+v, %v", r, err)
	}
	if err := a.SetStatus(ctx, r.Ref, api.Trashed); err != nil {
		t.Fatal(err)
	}
	if r, err = a.Get(ctx, r.Ref); err != nil || r.Status != api.Trashed {
		t.Errorf("trashed %+v, %v", r, err)
	}
	err = a.SetStatus(ctx, r.Ref, api.Active)
	if api.CodeOf(err) != api.Unsupported || !strings.Contains(err.Error(), "trash") {
		t.Errorf("restored: %v", err)
	}
}

// TestWhatBasecamp2CannotDo has everything that is refused before a request
// is sent, and that it was announced.
func TestWhatBasecamp2CannotDo(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	ctx := t.Context()
	p := leto(t, a)
	lists := list(t, a, api.Query{Kind: api.TodoList, Project: p.ID})
	ideas := named(t, lists, "Strategy ideas")
	todo := named(t, list(t, a, api.Query{Kind: api.Todo, In: ideas.Ref}), "Clear and simple UI")
	comment := list(t, a, api.Query{Kind: api.Comment, In: todo.Ref})[0]
	forward := list(t, a, api.Query{Kind: api.Forward, Project: p.ID})[0]
	other := named(t, list(t, a, api.Query{Kind: api.TodoList}), "For the client")
	upload := list(t, a, api.Query{Kind: api.Upload, Project: p.ID})[0]
	linked := named(t, list(t, a, api.Query{Kind: api.Upload, Project: p.ID}), "Business ponderings")
	edit := func(r *api.Record, f func(*api.Record)) func() error {
		return func() error {
			w := r.Clone()
			f(w)
			_, err := a.Update(ctx, r, w)
			return err
		}
	}
	two := []*api.Human{{ID: 1}, {ID: 2}}
	for name, c := range map[string]struct {
		do   func() error
		code api.Code
		says string
		kind api.Kind
		key  string // in Why
	}{
		"a body of a to-do":     {edit(todo, func(r *api.Record) { r.Body = "<div>x</div>" }), api.Unsupported, "comment", api.Todo, "body"},
		"a start date":          {edit(todo, func(r *api.Record) { r.StartsOn = "2026-01-01" }), api.Unsupported, "start", api.Todo, "starts_on"},
		"who is told":           {edit(todo, func(r *api.Record) { r.Notify = two }), api.Unsupported, "told", api.Todo, "notify"},
		"two assignees":         {edit(todo, func(r *api.Record) { r.Assignees = two }), api.Unsupported, "one assignee", api.Todo, "assignees"},
		"an empty title":        {edit(todo, func(r *api.Record) { r.Title = " " }), api.Invalid, "empty", "", ""},
		"a date that is none":   {edit(todo, func(r *api.Record) { r.DueOn = "soon" }), api.Invalid, "date", "", ""},
		"an edit of a comment":  {edit(comment, func(r *api.Record) { r.Body = "y" }), api.Unsupported, "cannot be edited", api.Comment, "update"},
		"an edit of an email":   {edit(forward, func(r *api.Record) { r.Title = "y" }), api.Unsupported, "stays as it came", api.Forward, "update"},
		"the note of a file":    {edit(upload, func(r *api.Record) { r.Body = "y" }), api.Unsupported, "comment", api.Upload, "body"},
		"a name that has no .":  {edit(upload, func(r *api.Record) { r.Title = "noextension" }), api.Invalid, "extension", "", ""},
		"renaming a cloud file": {edit(linked, func(r *api.Record) { r.Title = "b.doc" }), api.Unsupported, "another service", "", ""},
		"a new to-do with a body": {func() error {
			_, err := a.Create(ctx, ideas.Ref, &api.Record{Ref: api.Ref{Kind: api.Todo}, Title: "x", Body: "y"})
			return err
		}, api.Unsupported, "comment", api.Todo, "body"},
		"a to-do on no list": {func() error {
			_, err := a.Create(ctx, tool(t, p, api.TodoSet), &api.Record{Ref: api.Ref{Kind: api.Todo}, Title: "x"})
			return err
		}, api.Unsupported, "list", "", ""},
		"a folder": {func() error {
			_, err := a.Create(ctx, tool(t, p, api.Vault), &api.Record{Ref: api.Ref{Kind: api.Vault}, Title: "x"})
			return err
		}, api.Unsupported, "folders", api.Vault, "create"},
		"a group": {func() error {
			_, err := a.Create(ctx, ideas.Ref, &api.Record{Ref: api.Ref{Kind: api.TodoGroup}, Title: "x"})
			return err
		}, api.Unsupported, "groups", api.TodoGroup, "create"},
		"a card": {func() error {
			_, err := a.Create(ctx, ideas.Ref, &api.Record{Ref: api.Ref{Kind: api.Card}, Title: "x"})
			return err
		}, api.Unsupported, "no such thing", api.Card, "create"},
		"another project": {func() error { _, err := a.Move(ctx, todo.Ref, other.Ref, 0); return err }, api.Unsupported, "within their project", api.Todo, "move"},
		"moving a message": {func() error {
			_, err := a.Move(ctx, api.Ref{Kind: api.Message, Project: p.ID, ID: 1}, tool(t, p, api.MessageBoard), 0)
			return err
		}, api.Unsupported, "cannot move", api.Message, "move"},
		"trashing an email": {func() error { return a.SetStatus(ctx, forward.Ref, api.Trashed) }, api.Unsupported, "browser", api.Forward, "trash"},
		"trashing a person": {func() error { return a.SetStatus(ctx, api.Ref{Kind: api.Person, ID: 1}, api.Trashed) }, api.Unsupported, "browser", api.Person, "trash"},
		"archiving a list":  {func() error { return a.SetStatus(ctx, ideas.Ref, api.Archived) }, api.Unsupported, "never archived", api.TodoList, "archive"},
		"a file without an extension": {func() error {
			_, err := a.Upload(ctx, "README", "text/plain", 1, strings.NewReader("x"))
			return err
		}, api.Invalid, "extension", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s.requests()
			err := c.do()
			if api.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v (%s)", err, api.CodeOf(err))
			}
			if got := s.requests(); len(got) != 0 {
				t.Errorf("it was tried: %v", got)
			}
			if c.key != "" && !strings.Contains(a.Can(c.kind).Why[c.key], c.says) {
				t.Errorf("Why[%q] of %s is %q", c.key, c.kind, a.Can(c.kind).Why[c.key])
			}
		})
	}
}

func TestListsMessagesDocumentsAndProjects(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	ctx := t.Context()
	p := leto(t, a)
	for _, c := range []struct {
		parent api.Ref
		kind   api.Kind
	}{
		{tool(t, p, api.TodoSet), api.TodoList}, {tool(t, p, api.MessageBoard), api.Message},
		{tool(t, p, api.Vault), api.Document}, {tool(t, p, api.Schedule), api.ScheduleEntry}, {api.Ref{}, api.Project},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			want := &api.Record{Ref: api.Ref{Kind: c.kind}, Title: "A/B " + string(c.kind), Body: "One & two"}
			if c.kind == api.ScheduleEntry {
				want.StartsAt, want.AllDay = time.Date(2031, 7, 1, 0, 0, 0, 0, time.UTC), true
			}
			r, err := a.Create(ctx, c.parent, want)
			if err != nil {
				t.Fatal(err)
			}
			if r.Title != want.Title || r.Body != want.Body || r.Kind != c.kind || r.ID == 0 || !r.StartsAt.Equal(want.StartsAt) || r.AllDay != want.AllDay {
				t.Errorf("created %+v", r)
			}
			if c.kind != api.Project && !r.Parent.Is(c.parent) {
				t.Errorf("its parent is %+v", r.Parent)
			}
			w := r.Clone()
			w.Body = "Three"
			sent := s.bodies(func() {
				if r, err = a.Update(ctx, r, w); err != nil {
					t.Fatal(err)
				}
			})
			if len(sent) != 1 || strings.Contains(sent[0], "A/B") || r.Body != "Three" || r.Title != want.Title {
				t.Errorf("sent %v, got %+v", sent, r)
			}
			found := false
			for _, l := range list(t, a, api.Query{Kind: c.kind, Project: c.parent.Project}) {
				if l.ID == r.ID {
					found = l.Body == "Three"
				}
			}
			if !found {
				t.Error("it is not listed with its new body")
			}
			if a.Can(c.kind).Archive {
				if err := a.SetStatus(ctx, r.Ref, api.Archived); err != nil {
					t.Fatal(err)
				}
				all := list(t, a, api.Query{Kind: c.kind, Project: c.parent.Project, State: api.ArchivedState})
				named(t, all, want.Title)
				if err := a.SetStatus(ctx, r.Ref, api.Active); err != nil {
					t.Fatal(err)
				}
				named(t, list(t, a, api.Query{Kind: c.kind, Project: c.parent.Project}), want.Title)
			}
			if err := a.SetStatus(ctx, r.Ref, api.Trashed); err != nil {
				t.Fatal(err)
			}
			for _, l := range list(t, a, api.Query{Kind: c.kind, Project: c.parent.Project}) {
				if l.ID == r.ID {
					t.Error("it is still listed")
				}
			}
		})
	}
}

func TestTodoListsKeepTheirOrder(t *testing.T) {
	s := serve(t, product.Size{Projects: 1, Lists: 4, Todos: 1}, sim.Options{})
	a := s.account(t)
	lists := list(t, a, api.Query{Kind: api.TodoList})
	set := lists[0].Parent
	r, err := a.Move(t.Context(), lists[3].Ref, set, 2)
	if err != nil || r.Position != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	var got []string
	for _, l := range list(t, a, api.Query{Kind: api.TodoList}) {
		got = append(got, l.Title)
	}
	if want := "List 001 List 004 List 002 List 003"; strings.Join(got, " ") != want {
		t.Errorf("%v", got)
	}
}

func TestCommentsOnEverything(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{})
	a := s.account(t)
	ctx := t.Context()
	p := leto(t, a)
	for _, k := range []api.Kind{api.TodoList, api.Todo, api.Message, api.Document, api.Upload, api.Forward, api.ScheduleEntry} {
		on := list(t, a, api.Query{Kind: k, Project: p.ID})[0]
		before := list(t, a, api.Query{Kind: api.Comment, In: on.Ref})
		c, err := a.Create(ctx, on.Ref, &api.Record{Ref: api.Ref{Kind: api.Comment}, Body: "<div>Noted.</div>"})
		if err != nil {
			t.Fatalf("%s: %v", k, err)
		}
		if c.Parent != on.Ref || c.Body != "<div>Noted.</div>" || c.Comments != -1 || c.Creator == nil {
			t.Errorf("%s: %+v", k, c)
		}
		after := list(t, a, api.Query{Kind: api.Comment, In: on.Ref})
		if len(after) != len(before)+1 {
			t.Errorf("%s: %d comments after %d", k, len(after), len(before))
		}
		if g, err := a.Get(ctx, on.Ref); err != nil || g.Comments != len(after) {
			t.Errorf("%s: %+v, %v", k, g, err)
		}
		if g, err := a.Get(ctx, c.Ref); err != nil || g.Body != c.Body {
			t.Errorf("%s: the comment alone: %+v, %v", k, g, err)
		}
		if err := a.SetStatus(ctx, c.Ref, api.Trashed); err != nil {
			t.Errorf("%s: %v", k, err)
		}
		if _, err := a.Get(ctx, c.Ref); api.CodeOf(err) != api.NotFound {
			t.Errorf("%s: trashed and found: %v", k, err)
		}
	}
}

func TestFiles(t *testing.T) {
	s := serve(t, product.Size{}, sim.Options{StorageLimit: 100})
	a := s.account(t)
	ctx := t.Context()
	p := leto(t, a)
	token, err := a.Upload(ctx, "notes.txt", "text/plain", 5, strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	vault := tool(t, p, api.Vault)
	u, err := a.Create(ctx, vault, &api.Record{Ref: api.Ref{Kind: api.Upload}, Title: "notes.txt", Body: "<div>Mine</div>", Token: token})
	if err != nil {
		t.Fatal(err)
	}
	if len(u.Files) != 1 || u.Files[0].Size != 5 || u.Files[0].Name != "notes.txt" || u.Title != "notes.txt" || u.Body != "<div>Mine</div>" || u.Files[0].ContentType != "text/plain" {
		t.Fatalf("%+v", u)
	}
	if got := read(t, a, u.Files[0]); got != "hello" {
		t.Errorf("read %q", got)
	}
	f := u.Files[0]
	f.URL = strings.Replace(f.URL, s.url, "https://asset1.basecamp.example", 1)
	if got := read(t, a, f); got != "hello" {
		t.Errorf("read %q from an asset host's address", got)
	}
	for _, at := range s.stored {
		if at != "" {
			t.Errorf("the storage got %q", at)
		}
	}
	f.URL = "https://elsewhere.example/file"
	if _, err := a.Open(ctx, f); api.CodeOf(err) != api.Malformed {
		t.Errorf("a file of another host: %v", err)
	}
	w := u.Clone()
	w.Title = "minutes of May.txt"
	if u, err = a.Update(ctx, u, w); err != nil || u.Title != w.Title || u.Files[0].Name != w.Title {
		t.Errorf("renamed %+v, %v", u, err)
	}
	if got := read(t, a, u.Files[0]); got != "hello" {
		t.Errorf("read %q after the rename", got)
	}
	if _, err := a.Create(ctx, vault, &api.Record{Ref: api.Ref{Kind: api.Upload}, Title: "again.txt", Token: token}); api.CodeOf(err) != api.Invalid {
		t.Errorf("a token used twice: %v", err)
	}
	if _, err := a.Upload(ctx, "big.bin", "", 200, strings.NewReader(strings.Repeat("x", 200))); api.CodeOf(err) != api.Limit {
		t.Errorf("over the limit: %v", err)
	}
	linked := named(t, list(t, a, api.Query{Kind: api.Upload, In: vault}), "Business ponderings")
	l := linked.Files[0]
	if text := read(t, a, l); int64(len(text)) != l.Size || !strings.Contains(text, "https://docs.google.example/") || l.Name != "Business ponderings.url" {
		t.Errorf("a cloud file: %+v, %q", l, text)
	}
	todo, err := a.Get(ctx, named(t, list(t, a, api.Query{Kind: api.Todo, Project: p.ID}), "Clear and simple UI").Ref)
	if err != nil || len(todo.Files) != 1 || read(t, a, todo.Files[0]) != "One screen, one button.\n" {
		t.Errorf("%+v, %v", todo, err)
	}
}

func read(t *testing.T, a *bcx.Account, f api.File) string {
	t.Helper()
	r, err := a.Open(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestProjectLimit(t *testing.T) {
	s := serve(t, product.Size{Projects: 1}, sim.Options{ProjectLimit: 1})
	a := s.account(t)
	if _, err := a.Create(t.Context(), api.Ref{}, &api.Record{Ref: api.Ref{Kind: api.Project}, Title: "x"}); api.CodeOf(err) != api.Limit {
		t.Errorf("%v", err)
	}
}

func TestAMoveThatTheServiceIgnoresIsAnError(t *testing.T) {
	s := serve(t, product.Size{Projects: 1, Lists: 2, Todos: 1}, sim.Options{})
	a := s.account(t)
	todos := list(t, a, api.Query{Kind: api.Todo})
	s.hook = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			product.Write(w, r, http.StatusOK, todos[0].Raw, noTime)
			return true
		}
		return false
	}
	if _, err := a.Move(t.Context(), todos[0].Ref, todos[1].Parent, 0); api.CodeOf(err) != api.Unsupported {
		t.Errorf("%v", err)
	}
}

func TestBasicAuth(t *testing.T) {
	for p, ok := range map[api.Product]bool{api.Basecamp2: true, api.Basecamp3: false, api.BasecampClassic: false, "campfire": false} {
		err := bcx.CheckBasic(api.AccountInfo{Product: p, Name: "Honcho Design"})
		if (err == nil) != ok {
			t.Errorf("%s: %v", p, err)
		}
		if !ok && (api.CodeOf(err) != api.SignIn || !strings.Contains(err.Error(), "Basecamp 2") || !strings.Contains(err.Error(), "Honcho Design")) {
			t.Errorf("%s: %v", p, err)
		}
	}
	s := serve(t, product.Size{}, sim.Options{})
	a := s.accountWith(t, func(_ context.Context, r *http.Request) error {
		r.SetBasicAuth(annie.Email, annie.Password)
		return nil
	})
	me, err := a.Me(t.Context())
	if err != nil || me.Title != "Annie Bryan" || me.Email != annie.Email {
		t.Fatalf("%+v, %v", me, err)
	}
	todo, err := a.Get(t.Context(), named(t, list(t, a, api.Query{Kind: api.Todo, Project: leto(t, a).ID}), "Clear and simple UI").Ref)
	if err != nil {
		t.Fatal(err)
	}
	read(t, a, todo.Files[0])
	for _, at := range s.stored {
		if at != "" {
			t.Errorf("the storage got a password")
		}
	}
}
