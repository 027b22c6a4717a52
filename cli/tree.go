package cli

import (
	"context"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"basecampfs/api"
	"basecampfs/auth"
	"basecampfs/auth/network"
	"basecampfs/fs"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// treeOptions are the settings of what is shown, of mount and demo alike.
type treeOptions struct {
	readOnly          bool
	ttl               time.Duration
	json              string
	xattr             bool
	allowOther        bool
	allowProjectTrash bool
	accounts          []string
	projects          []string

	state, cache string // folders; "" for those of the identity
}

const defaultTTL = time.Minute

func (o *treeOptions) addFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.readOnly, "read-only", false, "refuse every change; also the fastest to read")
	f.DurationVar(&o.ttl, "ttl", defaultTTL, "how long an answer is used before asking again")
	f.StringVar(&o.json, "json", "containers", "which raw objects are listed: all, containers or none; all can be read")
	f.BoolVar(&o.xattr, "xattr", false, "show ids and URLs as extended attributes, which slows ls -l down")
	f.BoolVar(&o.allowOther, "allow-other", false, "let other users of this machine in")
	f.BoolVar(&o.allowProjectTrash, "allow-project-trash", false, "let rmdir of a project trash it")
	f.StringArrayVar(&o.accounts, "account", nil, "only this account, by `name` or id; may be repeated")
	f.StringArrayVar(&o.projects, "project", nil, "only this project, by `name` or id; may be repeated")
	setting(f, "read-only", "ttl", "json", "xattr", "allow-other", "allow-project-trash", "account", "project")
}

// check refuses what no tree can be made of before anything is started.
func (o *treeOptions) check() error {
	if !slices.Contains([]string{"all", "containers", "none"}, o.json) {
		return usageErrorf("--json takes all, containers or none, not %q", o.json)
	}
	if o.ttl < 0 {
		return usageErrorf("--ttl takes a time such as 30s or 5m")
	}
	return nil
}

// choose narrows the accounts of an identity to those that were asked for.
func (o *treeOptions) choose(id *identity) error {
	if len(o.accounts) == 0 {
		return nil
	}
	var chosen []api.Account
	for _, want := range o.accounts {
		a, err := auth.Pick(id.accounts, want, "account", "--account", func(a api.Account) (int64, string) { return a.Info().ID, a.Info().Name })
		if err != nil {
			for _, u := range id.unmountable {
				if strconv.FormatInt(u.info.ID, 10) == want || strings.EqualFold(u.info.Name, want) {
					return &api.Error{Code: api.Unsupported, Message: "the account " + u.info.Name + " cannot be mounted: " + u.reason}
				}
			}
			return err
		}
		if !slices.Contains(chosen, a) {
			chosen = append(chosen, a)
		}
	}
	id.accounts, id.unmountable = chosen, nil
	return nil
}

// mountOptions is how the tree is put into the file system.
func (o *treeOptions) mountOptions(l *network.Log) fs.Options {
	opts := fs.Options{ReadOnly: o.readOnly, AllowOther: o.allowOther, XAttr: o.xattr}
	if l != nil {
		opts.Logger = log.New(logWriter{l}, "", 0)
		opts.Debug = l.Verbosity() >= network.LevelAll
	}
	return opts
}

// logWriter is a log for packages that know only io.Writer.
type logWriter struct{ l *network.Log }

func (w logWriter) Write(p []byte) (int, error) {
	w.l.Logf(network.LevelOperations, strings.TrimRight(string(p), "\n"))
	return len(p), nil
}

// serve mounts the accounts of an identity on dir and stays until somebody
// unmounts or ctx ends. Ready is called once the mount answers.
func serve(cmd *cobra.Command, dir string, c *connection, o *treeOptions, ready func(dir string)) error {
	ctx := cmd.Context()
	opts := o.mountOptions(c.log)
	if err := fs.Prepare(dir, opts); err != nil {
		return err
	}
	id, err := c.open(ctx)
	if err != nil {
		return err
	}
	if err := o.choose(id); err != nil {
		return err
	}
	if id.accounts, err = chooseProjects(ctx, id.accounts, o.projects); err != nil {
		return err
	}
	if o.state == "" {
		name := "identity-" + strconv.FormatInt(id.ID, 10)
		o.state, o.cache = filepath.Join(stateDir(), name), filepath.Join(cacheDir(), name)
	}
	root, err := newTree(treeConfig{o, id, c.net.Timeout, uint32(os.Getuid()), uint32(os.Getgid())})
	if err != nil {
		return err
	}
	m, err := fs.Mount(dir, root, opts)
	if err != nil {
		return closing(root, err)
	}
	ready(m.Dir())
	return m.Run(ctx, flushPatience)
}

// flushPatience is how long an ending mount goes on sending what is pending.
// What is left then is kept, and sent by the next mount.
const flushPatience = 2 * time.Minute

// closing gives up a tree that could not be mounted, and returns err.
func closing(root fs.Tree, err error) error {
	if f, ok := root.(fs.Flusher); ok {
		ctx, stop := context.WithTimeout(context.Background(), flushPatience)
		defer stop()
		_ = f.Close(ctx) // err says what matters
	}
	return err
}

// treeConfig is what a tree is made from.
type treeConfig struct {
	*treeOptions
	id       *identity
	timeout  time.Duration // of the connection; 0 for none
	uid, gid uint32
}
