package signin

import (
	"io"
	"os"
	"runtime"

	"github.com/cli/browser"

	"basecampfs/auth"
)

// Headless says why no browser can be opened here; "" where one may.
func Headless() string {
	switch {
	case os.Getenv("SSH_CONNECTION") != "" || os.Getenv("SSH_TTY") != "":
		return "this is a session over SSH"
	case os.Getenv("BROWSER") != "":
		return ""
	case runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" && os.Getenv("WSL_DISTRO_NAME") == "":
		return "this machine has no display"
	}
	return ""
}

// OpenBrowser opens the desktop's browser.
func OpenBrowser(address string) error {
	browser.Stdout, browser.Stderr = io.Discard, io.Discard
	if err := browser.OpenURL(address); err != nil {
		return auth.Errorf(auth.Failed, "open the address yourself", "no browser could be opened").Because(err)
	}
	return nil
}
