//go:build !windows

package desktop

// OwnConsole is false where no system opens a console by itself.
func OwnConsole() bool { return false }
