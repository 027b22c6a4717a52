package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	iofs "io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"basecampfs/api"

	"github.com/cli/browser"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v4"
)

func newOpenCommand() *cobra.Command {
	var show bool
	c := &cobra.Command{
		Use:   "open PATH",
		Short: "Open an item in the browser",
		Long:  "Opens the page of an item, a list or a project in the browser, or only prints its URL.",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			u, err := itemURL(args[0])
			if err != nil {
				return err
			}
			if !show {
				browser.Stdout, browser.Stderr = cmd.ErrOrStderr(), cmd.ErrOrStderr()
				if browser.OpenURL(u) == nil {
					return nil
				}
				// No browser here, as over SSH: the address is what helps then.
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), u)
			return err
		},
	}
	c.Flags().BoolVar(&show, "print", false, "print the URL and open nothing")
	return c
}

// itemURL finds the address of what path shows, in the file itself or in the
// one that describes the folder.
func itemURL(path string) (string, error) {
	in, err := os.Stat(path)
	if err != nil {
		return "", fileError(path, err)
	}
	files := []string{path}
	if in.IsDir() {
		files = nil
		for _, name := range []string{"todolist.md", "project.md", "account.json"} {
			files = append(files, filepath.Join(path, name))
		}
		for _, suffix := range []string{".comments", ".files"} {
			if item, ok := strings.CutSuffix(filepath.Clean(path), suffix); ok {
				files = append(files, item+".md")
			}
		}
		files = append(files, filepath.Clean(path)+".json")
	} else if !strings.HasSuffix(path, ".md") && !strings.HasSuffix(path, ".json") {
		files = append(files, path+".json")
	}
	var last error
	for _, f := range files {
		u, err := urlIn(f)
		if err != nil && !errors.Is(err, iofs.ErrNotExist) {
			last = err
		}
		if u != "" {
			return checkWeb(path, u)
		}
	}
	if last != nil {
		return "", fileError(path, last)
	}
	return "", &api.Error{Code: api.NotFound, Message: path + " has no page in Basecamp that is known here",
		Hint: "Name an item, a list or a project inside a mount."}
}

// fileError is a failure to look at a path.
func fileError(path string, err error) error {
	code := api.Failed
	switch {
	case errors.Is(err, iofs.ErrNotExist):
		code = api.NotFound
	case errors.Is(err, iofs.ErrPermission):
		code = api.Forbidden
	}
	var pe *iofs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return &api.Error{Code: code, Op: path, Message: err.Error(), Err: err}
}

// urlIn reads the url of a file's front matter or JSON object; "" without one.
func urlIn(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if strings.HasSuffix(file, ".json") {
		var o struct {
			AppURL  string `json:"app_url"`
			AppHref string `json:"app_href"`
		}
		if err := json.NewDecoder(f).Decode(&o); err != nil {
			return "", nil // a list, or something else with no page of its own
		}
		for _, u := range []string{o.AppURL, o.AppHref} {
			if u != "" {
				return u, nil
			}
		}
		return "", nil
	}
	head := &strings.Builder{}
	for s := bufio.NewScanner(f); s.Scan(); {
		line := s.Text()
		if line == "---" {
			if head.Len() > 0 {
				break
			}
			head.WriteString("\n")
			continue
		}
		if head.Len() == 0 {
			return "", nil // no front matter
		}
		head.WriteString(line + "\n")
	}
	var o struct {
		URL string `yaml:"url"`
	}
	if err := yaml.Unmarshal([]byte(head.String()), &o); err != nil {
		return "", err
	}
	return o.URL, nil
}

// checkWeb lets only web addresses through to the browser, which could be told
// to do other things with an address of a server's choosing.
func checkWeb(path, s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || strings.IndexFunc(s, unsafeRune) >= 0 {
		return "", &api.Error{Code: api.Malformed, Message: "the address of " + path + " is not one of a web page"}
	}
	return u.String(), nil
}
