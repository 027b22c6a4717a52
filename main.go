// Command basecampfs mounts Basecamp accounts as a file system.
package main

import (
	"os"

	"basecampfs/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
