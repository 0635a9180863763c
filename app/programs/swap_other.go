//go:build !linux && !darwin

package programs

// swap would let two files trade places in one step; this system cannot.
func swap(_, _ string) (bool, error) { return false, nil }
