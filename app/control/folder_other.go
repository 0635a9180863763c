//go:build !unix

package control

import "io/fs"

// ownedByUs is decided by the user's own profile folder on these systems.
func ownedByUs(fs.FileInfo) bool { return true }
