package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
)

// finding is one line of doctor.
type finding struct {
	Check  string `json:"check"`
	State  string `json:"state"` // ok, note, warning or problem
	Detail string `json:"detail"`
	Do     string `json:"do,omitempty"` // what to do about it
}

// The states of a finding. A problem keeps basecampfs from working.
const (
	stateOK      = "ok"
	stateNote    = "note"
	stateWarning = "warning"
	stateProblem = "problem"
)

// doctorTime bounds a whole run of doctor, which is for when things hang.
const doctorTime = 60 * time.Second

// errUnwell makes doctor exit with a status that scripts can see, once it has
// said everything.
var errUnwell = errors.New("something keeps basecampfs from working; see above what to do")

// newDoctorCommand returns `basecampfs doctor`.
func newDoctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what basecampfs needs, and say what to do where it is missing",
		Args:  cobra.NoArgs,
		RunE:  withSignIn(doctor),
	}
	cmd.Flags().Bool("json", false, "print JSON")
	return cmd
}

func doctor(cmd *cobra.Command, _ []string, s *signIn) error {
	ctx, cancel := context.WithTimeout(cmd.Context(), doctorTime)
	defer cancel()
	all := fuseFindings(systemFuse)
	all = append(all, folderFindings()...)
	all = append(all, keyringFinding(ctx, s))
	all = append(all, networkFindings(ctx, s)...)
	all = append(all, signInFindings(ctx, s)...)

	out := cmd.OutOrStdout()
	bad := false
	for _, f := range all {
		bad = bad || f.State == stateProblem
	}
	if value(cmd, "json") == "true" {
		if err := printJSON(out, all); err != nil {
			return err
		}
	} else {
		printFindings(out, all)
	}
	if bad {
		return errUnwell
	}
	return nil
}

func printFindings(out io.Writer, all []finding) {
	for _, f := range all {
		fmt.Fprintf(out, "%-8s %-12s %s\n", f.State, f.Check, cleanLine(f.Detail))
		if f.Do != "" {
			fmt.Fprintf(out, "%-21s → %s\n", "", cleanLine(f.Do))
		}
	}
}
