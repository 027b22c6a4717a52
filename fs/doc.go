// Package fs puts a tree of go-fuse nodes where people can see it: it mounts,
// watches and unmounts. What is in the tree is no concern of this package.
//
// # Mounting
//
// Mount serves a tree on an empty folder until somebody unmounts it. As root
// it calls mount(2) itself; anybody else needs fusermount3 from the package
// fuse3. A folder on which a mount of ours died (its process was killed, and
// every access answers "Transport endpoint is not connected") is cleared
// first. Any other mount there is refused, since the kernel would silently
// stack a second one over it.
//
// # Talking to a mount
//
// Each mount listens on a Unix socket in the owner's runtime folder. Through
// it Call asks the process behind a folder to drop caches, send what is
// pending, or unmount and confirm that everything was flushed. The socket
// belongs to the owner alone, and nothing about the service passes over it.
//
// # Limitations
//
// A folder can be mounted only where the kernel has FUSE: Linux, or macOS with
// macFUSE installed. Other systems compile but cannot mount.
//
// File locks stay inside the kernel: they hold between programs on this
// machine and mean nothing to other people in Basecamp. Access times are not
// kept. Nothing on a mount can be executed as a program, whatever its mode.
//
// A mount that is in use (a shell stands in it, a file is open) is not
// unmounted by Unmount; Detach takes it away all the same, and the programs
// that use it get errors from then on.
package fs
