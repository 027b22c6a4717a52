package cli

import (
	"os"
	"path/filepath"
	"testing"

	"basecampfs/api"
	"basecampfs/cache/disk"
)

func TestItemURL(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{
		"todo.md":              "---\ntitle: A\nurl: https://3.basecamp.com/1/todos/2\n---\nurl: https://evil.example\n",
		"plain.md":             "url: https://evil.example\n",
		"broken.md":            "---\ntitle: [\nurl: https://x\n---\n",
		"script.md":            "---\nurl: javascript:alert(1)\n---\n",
		"file.md":              "---\nurl: file:///etc/passwd\n---\n",
		"escape.md":            "---\nurl: \"https://a.example/\\x1b[31m\"\n---\n",
		"raw.json":             `{"id": 1, "url": "https://3.basecampapi.com/1/todos/2.json", "app_url": "https://3.basecamp.com/1/todos/2"}`,
		"list.json":            `[1, 2]`,
		"photo.png":            "\x89PNG",
		"photo.png.json":       `{"app_url": "https://3.basecamp.com/1/uploads/3"}`,
		"List/todolist.md":     "---\nurl: https://3.basecamp.com/1/todolists/4\n---\n- [ ] a\n",
		"todo.comments/one.md": "",
		"Docs.json":            `{"app_url": "https://3.basecamp.com/1/vaults/5"}`,
		"Docs/x.md":            "",
		"Empty/x.md":           "",
	}
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{
		"todo.md":        "https://3.basecamp.com/1/todos/2",
		"raw.json":       "https://3.basecamp.com/1/todos/2",
		"photo.png":      "https://3.basecamp.com/1/uploads/3",
		"List":           "https://3.basecamp.com/1/todolists/4",
		"todo.comments/": "https://3.basecamp.com/1/todos/2",
		"Docs":           "https://3.basecamp.com/1/vaults/5",
	} {
		if got, err := itemURL(filepath.Join(dir, name)); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	for name, want := range map[string]api.Code{
		"nothing.md": api.NotFound, "plain.md": api.NotFound, "list.json": api.NotFound, "Empty": api.NotFound,
		"script.md": api.Malformed, "file.md": api.Malformed, "escape.md": api.Malformed, "broken.md": api.Failed,
	} {
		if got, err := itemURL(filepath.Join(dir, name)); api.CodeOf(err) != want {
			t.Errorf("%s: %q, %v; want an error %s", name, got, err, want)
		}
	}
}

func TestClearCache(t *testing.T) {
	atHome(t)
	file := filepath.Join(cacheDir(), "identity-1", "pages.db")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, make([]byte, 2048), 0o600); err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(stateDir(), "identity-1", "journal")
	if err := os.MkdirAll(kept, 0o700); err != nil {
		t.Fatal(err)
	}
	locked := filepath.Join(cacheDir(), "identity-2", "store.db")
	open := disk.Open(locked, disk.Options{})
	want(t, "while in use", inside(t, "cache", "clear"), ExitConflict)
	if err := open.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Dir(locked)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, make([]byte, 2048), 0o600); err != nil {
		t.Fatal(err)
	}
	r := inside(t, "cache", "clear")
	if want := "Deleted 2.0 KiB from " + cacheDir() + "\n"; r.code != ExitOK || r.out != want {
		t.Errorf("%+v, want %q", r, want)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the cache is still there: %v", err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Errorf("what is not cache went: %v", err)
	}
	if r := inside(t, "cache", "clear"); r.code != ExitOK {
		t.Errorf("with nothing there: %+v", r)
	}
}
