// Package app owns every lifetime and the one State value: it composes the
// server, the tunnel, the keyring and the desktop, and draws nothing.
package app
