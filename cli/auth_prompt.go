package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"basecampfs/auth"
	"basecampfs/auth/redact"
)

// canAsk says whether in is a terminal that a person types at.
func canAsk(in io.Reader) bool {
	f, ok := in.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// askSecret asks at the terminal, showing nothing of what is typed.
func askSecret(out io.Writer, prompt string) (string, error) {
	fmt.Fprintf(out, "%s: ", prompt)
	b, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(out)
	if err != nil {
		return "", auth.Errorf(auth.Canceled, "", "nothing was typed").Because(err)
	}
	redact.Register(string(b))
	return string(b), nil
}

// ask asks at the terminal for something that is no secret.
func ask(cmd *cobra.Command, prompt string) (string, error) {
	if !canAsk(cmd.InOrStdin()) {
		return "", auth.Errorf(auth.Usage, "pass it as a flag", "there is no terminal to ask for: %s", prompt)
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s: ", prompt)
	return readLine(cmd.InOrStdin())
}

func askPassphrase(cmd *cobra.Command, confirm bool) (string, error) {
	p, err := askSecret(cmd.ErrOrStderr(), "Passphrase of the settings file")
	if err != nil || !confirm {
		return p, err
	}
	again, err := askSecret(cmd.ErrOrStderr(), "The same once more")
	if err != nil {
		return "", err
	}
	if again != p {
		return "", auth.Errorf(auth.Passphrase, "try again", "the two passphrases differ")
	}
	return p, nil
}

// readLine reads one line and nothing behind it, since what follows may be for
// somebody else.
func readLine(in io.Reader) (string, error) {
	var b strings.Builder
	one := make([]byte, 1)
	for b.Len() < 64<<10 {
		n, err := in.Read(one)
		if n == 1 {
			if one[0] == '\n' {
				break
			}
			b.WriteByte(one[0])
		}
		if err != nil {
			return strings.TrimSuffix(b.String(), "\r"), err
		}
	}
	return strings.TrimSuffix(b.String(), "\r"), nil
}
