package fs

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"

	"basecampfs/api"

	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

const (
	device   = "/dev/fuse"
	fuseConf = "/etc/fuse.conf"
)

// system checks what mounting needs of this machine.
func system(opts Options) error {
	if _, err := os.Stat(device); errors.Is(err, fs.ErrNotExist) {
		return &api.Error{Code: api.Unsupported, Message: "there is no " + device,
			Hint: "Load the kernel's module (modprobe fuse); a container needs --device /dev/fuse --cap-add SYS_ADMIN."}
	}
	if os.Geteuid() == 0 {
		return nil
	}
	if _, err := helper("fusermount3"); err != nil {
		return err
	}
	if unix.Access(device, unix.R_OK|unix.W_OK) != nil {
		return &api.Error{Code: api.Forbidden, Message: "this user may not open " + device,
			Hint: "Its mode should be 0666, as udev sets it. Root can: chmod 0666 /dev/fuse"}
	}
	if opts.AllowOther && !otherAllowed() {
		return &api.Error{Code: api.Forbidden, Message: "--allow-other is not allowed here",
			Hint: "Root can allow it with the line user_allow_other in " + fuseConf + "."}
	}
	return nil
}

// ready waits for nothing: a mount on Linux answers from the start. WaitMount
// would open a file on it to make the kernel forget about poll(2), without
// which a Go program that opens files on its own mount can stop for ever.
func ready(s *fuse.Server, selfUse bool) error {
	if selfUse {
		return s.WaitMount()
	}
	return nil
}

// otherAllowed reads the one setting of fusermount3 that matters here.
func otherAllowed() bool {
	f, err := os.Open(fuseConf)
	if err != nil {
		return false
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.TrimSpace(s.Text()) == "user_allow_other" {
			return true
		}
	}
	return false
}

// helper finds fusermount3, or the fusermount of FUSE 2.
func helper(name string) (string, error) {
	for _, n := range []string{name, "/bin/" + name, strings.TrimSuffix(name, "3"), "/bin/" + strings.TrimSuffix(name, "3")} {
		if bin, err := exec.LookPath(n); err == nil {
			return bin, nil
		}
	}
	return "", &api.Error{Code: api.Unsupported, Message: name + " is not installed, and only root can mount without it",
		Hint: "Install it: sudo apt-get install fuse3 (Debian, Ubuntu), sudo dnf install fuse3 (Fedora), sudo pacman -S fuse3 (Arch)."}
}

func unmountHelper(path string, lazy bool) (string, []string) {
	if lazy {
		return "fusermount3", []string{"-u", "-z", "--", path}
	}
	return "fusermount3", []string{"-u", "--", path}
}

func unmountCall(path string, lazy bool) error {
	flags := unix.UMOUNT_NOFOLLOW
	if lazy {
		flags |= unix.MNT_DETACH
	}
	return unix.Unmount(path, flags)
}
