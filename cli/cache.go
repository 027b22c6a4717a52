package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"basecampfs/api"
	"basecampfs/cache/disk"

	"github.com/spf13/cobra"
)

func newCacheCommand() *cobra.Command {
	c := &cobra.Command{Use: "cache", Short: "Look after what is kept on disk between mounts"}
	c.AddCommand(&cobra.Command{
		Use:   "clear",
		Short: "Delete what was fetched from Basecamp",
		Long: "Deletes the answers of Basecamp that are kept to make the next mount fast. Nothing that was\n" +
			"written here and not yet sent is touched: that is kept elsewhere.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			size, err := clearCache(cacheDir())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Deleted %s from %s\n", bytesText(size), cacheDir())
			return err
		},
	})
	return c
}

// clearCache empties a folder and returns how many bytes it held. A store that
// a running mount has open is a conflict.
func clearCache(dir string) (int64, error) {
	var size int64
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if in, err := d.Info(); err == nil {
			size += in.Size()
		}
		if filepath.Ext(path) == ".db" {
			return disk.Remove(path)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if errors.Is(err, disk.ErrLocked) {
		return 0, &api.Error{Code: api.Conflict, Op: "clear the cache", Message: "a mount uses it", Hint: "Unmount first: basecampfs status lists what is mounted.", Err: err}
	}
	if err != nil {
		code := api.Failed
		if errors.Is(err, fs.ErrPermission) {
			code = api.Forbidden
		}
		return 0, &api.Error{Code: code, Op: "clear the cache", Message: err.Error(), Err: err}
	}
	return size, nil
}

// bytesText is a size for a person.
func bytesText(n int64) string {
	const unit = 1024
	if n < unit {
		return fmt.Sprintf("%d bytes", n)
	}
	v, i := float64(n)/unit, 0
	for ; v >= unit && i < 3; i++ {
		v /= unit
	}
	return fmt.Sprintf("%.1f %ciB", v, "KMGT"[i])
}
