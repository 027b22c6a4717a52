package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v4"
)

const settingsHelp = `Settings:
  Every flag marked with * can also be set in the environment (--read-only is
  BASECAMPFS_READ_ONLY) and in the settings file (read-only: true). A flag goes before the
  environment, and that before the file. Secrets have no flag, which everybody could read in
  the list of processes: BASECAMPFS_TOKEN, BASECAMPFS_CLIENT_SECRET, BASECAMPFS_PROXY_PASSWORD
  and, in the environment alone, BASECAMPFS_SETTINGS_PASSPHRASE.
`

// Annotations of flags.
const (
	isSetting = "basecampfs_setting" // also in the environment and the file
	isSecret  = "basecampfs_secret"  // and never on the command line
)

// setting lets flags be set in the environment and in the settings file too,
// under the flag's own name. A flag of one name means the same wherever it is.
func setting(f *pflag.FlagSet, names ...string) {
	for _, n := range names {
		fl := f.Lookup(n)
		fl.Usage = "* " + fl.Usage
		annotate(fl, isSetting)
	}
}

// secret is setting for what everybody could read in a list of processes: it
// is refused as a flag.
func secret(f *pflag.FlagSet, names ...string) {
	for _, n := range names {
		fl := f.Lookup(n)
		fl.Hidden = true
		annotate(fl, isSetting)
		annotate(fl, isSecret)
	}
}

func annotate(fl *pflag.Flag, key string) {
	if fl.Annotations == nil {
		fl.Annotations = map[string][]string{}
	}
	fl.Annotations[key] = []string{}
}

func has(fl *pflag.Flag, key string) bool {
	_, ok := fl.Annotations[key]
	return ok
}

// envName is the variable of a setting.
func envName(flag string) string {
	return "BASECAMPFS_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// configFile is where the settings file is if --config does not say.
func configFile() string { return filepath.Join(xdg.ConfigHome, "basecampfs", "config.yaml") }

// applySettings gives every setting of cmd that is not on the command line its
// value from the environment, or else from the settings file.
func applySettings(cmd *cobra.Command) error {
	var err error
	cmd.Flags().VisitAll(func(fl *pflag.Flag) {
		if err == nil && fl.Changed && has(fl, isSecret) {
			err = &usageError{"--" + fl.Name + " would show a secret in the list of processes",
				"Set " + envName(fl.Name) + " in the environment, or " + fl.Name + " in the settings file."}
		}
	})
	if err != nil {
		return err
	}
	file, err := readConfig(cmd)
	if err != nil {
		return err
	}
	cmd.Flags().VisitAll(func(fl *pflag.Flag) {
		if err != nil || fl.Changed || !has(fl, isSetting) {
			return
		}
		if v, ok := os.LookupEnv(envName(fl.Name)); ok && v != "" {
			if e := set(fl, strings.Split(v, "\n")); e != nil {
				err = &usageError{fmt.Sprintf("%s: %s", envName(fl.Name), e), ""}
			}
		} else if v, ok := file.values[fl.Name]; ok {
			if e := set(fl, v); e != nil {
				err = &usageError{fmt.Sprintf("%s: %s: %s", file.name, fl.Name, e), ""}
			}
		}
	})
	return err
}

// set gives a flag its value, or a flag that can be repeated its values.
func set(fl *pflag.Flag, values []string) error {
	if s, ok := fl.Value.(pflag.SliceValue); ok {
		fl.Changed = true
		return s.Replace(values)
	}
	if len(values) != 1 {
		return errors.New("one value is wanted, not a list")
	}
	if err := fl.Value.Set(values[0]); err != nil {
		return err
	}
	fl.Changed = true
	return nil
}

// config is a settings file.
type config struct {
	name   string
	values map[string][]string
}

// readConfig reads the settings file. That there is none is no error unless it
// was named. A key that no command knows is one: it would silently do nothing.
func readConfig(cmd *cobra.Command) (config, error) {
	c := config{values: map[string][]string{}}
	named := cmd.Flag("config").Value.String()
	if named == "" {
		named = os.Getenv(envName("config"))
	}
	c.name = named
	if named == "" {
		c.name = configFile()
	}
	text, err := os.ReadFile(c.name)
	if errors.Is(err, fs.ErrNotExist) && named == "" {
		return c, nil
	}
	if err != nil {
		return c, &usageError{"the settings file cannot be read: " + err.Error(), ""}
	}
	var doc map[string]yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return c, &usageError{c.name + ": " + err.Error(), "It holds lines such as: read-only: true"}
	}
	known := knownSettings(cmd.Root())
	for _, key := range slices.Sorted(maps.Keys(doc)) {
		node := doc[key]
		fl, ok := known[key]
		if !ok {
			return c, &usageError{fmt.Sprintf("%s: line %d: there is no setting %q", c.name, node.Line, key), "There are: " + strings.Join(slices.Sorted(maps.Keys(known)), ", ")}
		}
		if has(fl, isSecret) {
			if err := private(c.name); err != nil {
				return c, err
			}
		}
		if c.values[key], err = scalars(&node); err != nil {
			return c, &usageError{fmt.Sprintf("%s: line %d: %s: %s", c.name, node.Line, key, err), ""}
		}
	}
	return c, nil
}

// private refuses a file with secrets that other users can read.
func private(file string) error {
	in, err := os.Stat(file)
	if err == nil && in.Mode().Perm()&0o077 != 0 {
		return &usageError{file + " holds a secret and others may read it", "chmod 600 " + file}
	}
	return nil
}

// scalars returns the texts of a value or a list of values.
func scalars(n *yaml.Node) ([]string, error) {
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag == "!!null" {
			return nil, errors.New("it has no value")
		}
		return []string{n.Value}, nil
	case yaml.SequenceNode:
		var out []string
		for _, c := range n.Content {
			if c.Kind != yaml.ScalarNode {
				return nil, errors.New("a list of plain values is wanted")
			}
			out = append(out, c.Value)
		}
		return out, nil
	}
	return nil, errors.New("a value or a list of values is wanted")
}

// knownSettings are the settings of all commands by name.
func knownSettings(root *cobra.Command) map[string]*pflag.Flag {
	known := map[string]*pflag.Flag{}
	note := func(fl *pflag.Flag) {
		if has(fl, isSetting) {
			known[fl.Name] = fl
		}
	}
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.Flags().VisitAll(note)
		c.PersistentFlags().VisitAll(note)
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	return known
}
