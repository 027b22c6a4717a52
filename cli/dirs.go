package cli

import (
	"path/filepath"

	"github.com/adrg/xdg"
)

// stateDir is where journals, logs and refused texts are kept: what must not
// be lost.
func stateDir() string { return filepath.Join(xdg.StateHome, "basecampfs") }

// cacheDir is where answers of the service are kept: what can be fetched again.
func cacheDir() string { return filepath.Join(xdg.CacheHome, "basecampfs") }
