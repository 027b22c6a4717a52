package mounted

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestModes looks at the mode bits: what cannot be done is to be seen before
// anybody tries.
func TestModes(t *testing.T) {
	t.Parallel()
	const file, shown, dir, closed = "-rw-r--r--", "-r--r--r--", "drwxr-xr-x", "dr-xr-xr-x"
	modes := []struct {
		path string // a pattern: all that match have the mode
		bc3  string
		bcx  string
	}{
		{"project.md", file, file},
		{"project.json", shown, shown},
		{"todos", dir, dir},
		{"todos/Strategy ideas", dir, dir},
		{"todos/Strategy ideas/*.md", file, file},
		{"todos/Strategy ideas/completed", dir, dir},
		{"todos/Strategy ideas/completed/*.md", file, file},
		{"todos/Strategy ideas/Clear and simple UI.json", shown, shown},
		{"todos/Strategy ideas/Clear and simple UI.comments", dir, dir},
		{"todos/Strategy ideas/Clear and simple UI.comments/*.md", file, shown}, // comments are not edited
		{"todos/Strategy ideas/Clear and simple UI.files", closed, closed},
		{"docs", dir, dir},
		{"docs/*.md", file, file},
		{"messages", dir, dir},
		{"messages/*.md", file, file},
		{"schedule", dir, dir},
		{"schedule/*.md", file, file},
		{"forwards", closed, closed},
		{"forwards/*.md", shown, shown},
		{"trash", closed, closed},
		{"../../people/*.md", shown, shown},
		{"../../archived", closed, closed},
		{"../../archived/*/project.md", shown, shown},
		{"..", dir, dir},
	}
	eachDialect(t, func(t *testing.T, d dialect) {
		w := d.start(t)
		for _, m := range modes {
			want := m.bc3
			if d.product == "bcx" {
				want = m.bcx
			}
			pattern := strings.ReplaceAll(`"`+w.path(project+"/"+m.path)+`"`, "*", `"*"`)
			out, _, _ := w.try(fmt.Sprintf("stat -c %%A %s | sort -u", pattern))
			if got := strings.TrimSpace(out); got != want {
				t.Errorf("%s: %q, want %q", m.path, got, want)
			}
		}
	})
}

// TestNoDialectInNodes has the tree ask what can be done, and never which
// product an account is of.
func TestNoDialectInNodes(t *testing.T) {
	t.Parallel()
	names := regexp.MustCompile(`(?i)\bbc3\b|\bbcx\b|Basecamp ?[23]\b|BasecampClassic|Basecamp Classic`)
	files := 0
	err := filepath.WalkDir("../../nodes", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for n, line := range strings.Split(string(src), "\n") {
			if names.MatchString(line) {
				t.Errorf("%s:%d names a product: %s", path, n+1, line)
			}
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, src, 0)
		if err != nil {
			return err
		}
		// A product may be part of a key or of what is shown, and nothing may
		// depend on which it is.
		ast.Inspect(f, func(n ast.Node) bool {
			var on ast.Node
			switch n := n.(type) {
			case *ast.BinaryExpr:
				on = n
			case *ast.SwitchStmt:
				if n.Tag == nil {
					return true
				}
				on = n.Tag
			case *ast.IndexExpr:
				on = n.Index
			default:
				return true
			}
			ast.Inspect(on, func(x ast.Node) bool {
				if s, ok := x.(*ast.SelectorExpr); ok && s.Sel.Name == "Product" {
					t.Errorf("%s asks for the product", set.Position(s.Pos()))
				}
				return true
			})
			return true
		})
		return nil
	})
	if err != nil || files < 50 {
		t.Fatal(files, err)
	}
}
