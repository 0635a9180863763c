//go:build !darwin || cgo

package tray

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// HasIcon tells whether this program was built with the icon.
const HasIcon = true

// ran guards against a second Run: the library allows one in a process.
var ran atomic.Bool

// Run shows the icon and blocks until ctx ends. It has to be called on the
// main goroutine, once in a process. The error wraps ErrNoBus when there is no
// session bus; a missing tray host is no error (see Check).
func Run(ctx context.Context, b Bridge) error {
	if ctx.Err() != nil {
		return nil
	}
	pictures, err := loadIcons()
	if err != nil {
		return err
	}
	err = Check(ctx)
	if ctx.Err() != nil {
		return nil // ended while it was looking, which is no fault of the bus
	}
	if err != nil && !errors.Is(err, ErrNoHost) {
		return err
	}
	if err := prepare(); err != nil {
		return err
	}
	if !ran.CompareAndSwap(false, true) {
		return fmt.Errorf("tray: run: it ran before in this process")
	}
	d := &drawer{bridge: b, pictures: pictures, taps: make(chan struct{}, 1)}
	d.run(ctx)
	return nil
}

func loadIcons() (map[look]picture, error) {
	pictures := map[look]picture{}
	for _, l := range looks {
		p, err := pictureOf(l)
		if err != nil {
			return nil, err
		}
		pictures[l] = p
	}
	return pictures, nil
}
