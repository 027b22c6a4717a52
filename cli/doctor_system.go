package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/adrg/xdg"

	"basecampfs/auth"
	"basecampfs/auth/store"
)

// fuseSystem is where the parts of FUSE are.
type fuseSystem struct {
	device string
	conf   string
	path   func(string) (string, error)
	euid   int
}

var systemFuse = fuseSystem{"/dev/fuse", "/etc/fuse.conf", exec.LookPath, os.Geteuid()}

func fuseFindings(sys fuseSystem) []finding {
	out := []finding{deviceFinding(sys), helperFinding(sys)}
	f := finding{Check: "sharing", State: stateNote, Detail: "other users cannot be let into a mount (user_allow_other is not set)",
		Do: "for --allow-other, add the line user_allow_other to " + sys.conf}
	if sys.euid == 0 || allowsOther(sys.conf) {
		f = finding{Check: "sharing", State: stateOK, Detail: "other users can be let into a mount with --allow-other"}
	}
	return append(out, f)
}

func deviceFinding(sys fuseSystem) finding {
	f := finding{Check: "fuse", State: stateOK, Detail: sys.device + " can be opened"}
	fd, err := os.OpenFile(sys.device, os.O_RDWR, 0)
	switch {
	case err == nil:
		fd.Close()
	case errors.Is(err, fs.ErrNotExist):
		f = finding{"fuse", stateProblem, sys.device + " is not there", "load the module: sudo modprobe fuse; in a container: --device /dev/fuse --cap-add SYS_ADMIN"}
	case errors.Is(err, syscall.ENODEV), errors.Is(err, syscall.ENXIO):
		f = finding{"fuse", stateProblem, "the kernel has no FUSE", "load the module: sudo modprobe fuse"}
	default:
		f = finding{"fuse", stateProblem, fmt.Sprintf("%s cannot be opened: %v", sys.device, errors.Unwrap(err)),
			"let everybody open it: sudo chmod 666 " + sys.device + "; in a container: --device /dev/fuse"}
	}
	return f
}

func helperFinding(sys fuseSystem) finding {
	for _, name := range []string{"fusermount3", "fusermount"} {
		path, err := sys.path(name)
		if err != nil {
			continue
		}
		i, err := os.Stat(path)
		if err != nil {
			continue
		}
		if sys.euid != 0 && i.Mode()&fs.ModeSetuid == 0 {
			return finding{"fusermount3", stateProblem, path + " is not setuid, so it cannot mount for you", "sudo chmod u+s " + path + ", or install fuse3 again"}
		}
		return finding{Check: "fusermount3", State: stateOK, Detail: path}
	}
	if sys.euid == 0 {
		return finding{"fusermount3", stateNote, "it is not installed; root mounts without it", "other users need it: apt install fuse3, or dnf install fuse3"}
	}
	return finding{"fusermount3", stateProblem, "it is not installed", "apt install fuse3, or dnf install fuse3"}
}

func allowsOther(conf string) bool {
	f, err := os.Open(conf)
	if err != nil {
		return false
	}
	defer f.Close()
	for l := bufio.NewScanner(f); l.Scan(); {
		if strings.TrimSpace(l.Text()) == "user_allow_other" {
			return true
		}
	}
	return false
}

// folderFindings checks the folders that secrets, caches and journals are in.
func folderFindings() []finding {
	var out []finding
	for _, dir := range []string{store.Folder(), filepath.Join(xdg.StateHome, "basecampfs"), filepath.Join(xdg.CacheHome, "basecampfs")} {
		if f := folderFinding(dir); f.State != stateOK {
			out = append(out, f)
		}
	}
	out = append(out, looseFiles(store.Folder())...)
	if len(out) == 0 {
		out = []finding{{Check: "folders", State: stateOK, Detail: "the folders for secrets, caches and journals are yours alone"}}
	}
	return out
}

// folderFinding checks a folder, or, where it is still to be made, the nearest
// one above it.
func folderFinding(dir string) finding {
	i, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		up := dir
		for errors.Is(err, fs.ErrNotExist) && up != filepath.Dir(up) {
			up = filepath.Dir(up)
			_, err = os.Stat(up)
		}
		if err == nil && syscall.Access(up, 2|1) == nil { // W_OK, X_OK
			return finding{Check: "folders", State: stateOK}
		}
		return finding{"folders", stateProblem, dir + " cannot be made", "make " + up + " writable, or choose others with XDG_STATE_HOME and XDG_CACHE_HOME"}
	case err != nil:
		return finding{"folders", stateProblem, fmt.Sprintf("%s: %v", dir, errors.Unwrap(err)), "check the folders above it"}
	case !i.IsDir():
		return finding{"folders", stateProblem, dir + " is no folder", "move it away"}
	case syscall.Access(dir, 2|1) != nil:
		return finding{"folders", stateProblem, dir + " cannot be written", "sudo chown -R $USER " + dir + ", or make its filesystem writable"}
	case i.Mode().Perm()&0o077 != 0:
		return finding{"folders", stateWarning, fmt.Sprintf("other users can look into %s (mode %04o)", dir, i.Mode().Perm()), "chmod 700 " + dir}
	}
	return finding{Check: "folders", State: stateOK}
}

func looseFiles(dir string) []finding {
	entries, _ := os.ReadDir(dir)
	var out []finding
	for _, e := range entries {
		i, err := e.Info()
		if err == nil && i.Mode().IsRegular() && strings.HasSuffix(e.Name(), ".json") && i.Mode().Perm()&0o077 != 0 {
			path := filepath.Join(dir, e.Name())
			out = append(out, finding{"folders", stateProblem, fmt.Sprintf("other users can reach the secrets in %s (mode %04o)", path, i.Mode().Perm()),
				"chmod 600 " + path + ", and sign in again if somebody else uses this machine"})
		}
	}
	return out
}

func keyringFinding(ctx context.Context, s *signIn) finding {
	if s.system == nil {
		return finding{Check: "keyring", State: stateOK, Detail: "not used: the sign-in is in " + s.where()}
	}
	k, err := s.system.Keyring()
	if err != nil {
		return finding{"keyring", stateNote, err.Error(), auth.HintOf(err)}
	}
	if err := k.Probe(ctx); err != nil {
		return finding{"keyring", stateWarning, err.Error(), auth.HintOf(err)}
	}
	return finding{Check: "keyring", State: stateOK, Detail: "it answers"}
}
