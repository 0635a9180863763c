//go:build !windows

package autostart

import "io/fs"

// noRegistry stands where there is none.
type noRegistry struct{}

func systemRegistry() registry { return noRegistry{} }

func (noRegistry) text(_, _ string) (string, error)  { return "", fs.ErrNotExist }
func (noRegistry) bytes(_, _ string) ([]byte, error) { return nil, fs.ErrNotExist }
func (noRegistry) setText(_, _, _ string) error      { return fs.ErrInvalid }
func (noRegistry) remove(_, _ string) error          { return fs.ErrNotExist }
