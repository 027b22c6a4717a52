package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"basecampfs/fs"

	"github.com/spf13/cobra"
)

// mountStatus is what is known of one mount.
type mountStatus struct {
	Dir    string          `json:"dir"`
	State  fs.State        `json:"state"`
	Tree   json.RawMessage `json:"status,omitempty"` // its .basecampfs/status.json
	Counts json.RawMessage `json:"stats,omitempty"`  // its .basecampfs/stats.json
	Error  string          `json:"error,omitempty"`
	Hint   string          `json:"hint,omitempty"`
}

func newStatusCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "status [DIR]",
		Short: "Say how the mounts are: what is pending, refused, or old",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			mounts, err := statusOf(args)
			if err != nil {
				return err
			}
			all := make([]mountStatus, 0, len(mounts))
			for _, m := range mounts {
				all = append(all, readStatus(m))
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), all)
			}
			printStatus(cmd.OutOrStdout(), all)
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func statusOf(args []string) ([]fs.Mountpoint, error) {
	if len(args) == 0 {
		return fs.Mounts()
	}
	m, _, err := fs.Containing(args[0])
	return []fs.Mountpoint{m}, err
}

// readIn bounds how long a mount that hangs may keep status waiting.
const readIn = 10 * time.Second

func readStatus(m fs.Mountpoint) mountStatus {
	s := mountStatus{Dir: m.Path, State: m.State}
	switch m.State {
	case fs.Dead:
		s.Hint = "Its process has ended. Clear it with: basecampfs unmount " + shellQuote(m.Path)
		return s
	case fs.Hung:
		s.Hint = "It does not answer. To take it away: basecampfs unmount --lazy " + shellQuote(m.Path)
		return s
	}
	var err error
	if s.Tree, err = readJSON(filepath.Join(m.Path, ".basecampfs", "status.json")); err != nil {
		s.Error = err.Error()
		return s
	}
	// Counters are for the curious: a tree need not have any.
	s.Counts, _ = readJSON(filepath.Join(m.Path, ".basecampfs", "stats.json"))
	return s
}

// readJSON reads a file of a mount. A read that hangs is left behind: this
// program ends soon.
func readJSON(path string) (json.RawMessage, error) {
	type result struct {
		b   []byte
		err error
	}
	got := make(chan result, 1)
	go func() {
		b, err := os.ReadFile(path)
		got <- result{b, err}
	}()
	select {
	case r := <-got:
		if r.err != nil {
			return nil, fileError(path, r.err)
		}
		if !json.Valid(r.b) {
			return nil, fmt.Errorf("%s is not JSON", path)
		}
		return r.b, nil
	case <-time.After(readIn):
		return nil, fmt.Errorf("%s: no answer", path)
	}
}

func printStatus(w io.Writer, all []mountStatus) {
	if len(all) == 0 {
		fmt.Fprintln(w, "Nothing is mounted.")
	}
	for i, s := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s: %s\n", cleanLine(s.Dir), s.State)
		for _, line := range []string{s.Error, s.Hint} {
			if line != "" {
				fmt.Fprintf(w, "  %s\n", cleanLine(line))
			}
		}
		var v any
		if json.Unmarshal(s.Tree, &v) == nil {
			printValue(w, v, "  ")
		}
	}
}

// printValue prints JSON for a person: a line for each plain value, deeper
// things indented below their name.
func printValue(w io.Writer, v any, indent string) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			printMember(w, strings.ReplaceAll(cleanLine(k), "_", " "), v[k], indent)
		}
	case []any:
		for _, e := range v {
			printMember(w, "-", e, indent)
		}
	default:
		fmt.Fprintf(w, "%s%s\n", indent, cleanLine(fmt.Sprint(v)))
	}
}

func printMember(w io.Writer, name string, v any, indent string) {
	switch e := v.(type) {
	case nil:
	case map[string]any, []any:
		if isEmpty(e) {
			return
		}
		fmt.Fprintf(w, "%s%s\n", indent, name)
		printValue(w, e, indent+"  ")
	case float64:
		fmt.Fprintf(w, "%s%s: %s\n", indent, name, cleanLine(fmt.Sprintf("%.15g", e)))
	default:
		fmt.Fprintf(w, "%s%s: %s\n", indent, name, cleanLine(fmt.Sprint(e)))
	}
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}
