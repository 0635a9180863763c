// Package control is how the owner's commands reach the running instance of a
// data folder, and how that instance tells who is at the other end.
//
// # Decisions
//
// The instance listens on a unix socket in the data folder (0700), or on one
// that a short link leads to where the path is too long for an address. Where
// the system tells the user at the far end of it, another user's commands are
// refused too.
//
// On Windows it listens on a named pipe, whose name is made of the folder's path
// and which opens for this user alone. Whoever comes first may take such a name,
// so a command looks whose pipe it is before it says anything. A pipe goes with
// its process, so nothing stale is left of one that was killed.
//
// Loopback is open to every user of a computer, so the owner's door asks the
// system whose program is at the far end of each connection: Linux by
// sock_diag(7) or /proc/net, Windows by its table of connections and the
// process behind each, macOS by the kernel's list of sockets. Who is not found
// is a stranger. On a system that cannot be asked at all (the BSDs, or a macOS
// whose list looks other than the one we know) what stands in its place is the
// session: its key never leaves the owner's own files and browser.
package control
