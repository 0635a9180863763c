// Package app owns every lifetime and the one State value: it composes the
// server, the tunnel, the keyring and the desktop, and draws nothing.
//
// # Decisions
//
// The bridge starts by itself once both secrets are known, and again at each
// start of the program; a Stop by the owner is remembered and lasts until they
// start it. A failed tunnel never ends the program.
//
// A running instance belongs to its data folder: it holds a lock there and
// answers commands on a unix socket there. Folder and socket are the owner's
// alone, so an answer on that socket is proof enough of who is running.
//
// Settings that the owner changes on a page go to config.json. What the
// program only remembers (the last public URL, a Stop) is in the database.
package app
