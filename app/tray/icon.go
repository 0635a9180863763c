package tray

import (
	"fmt"
	"runtime"

	"codabridge/assets"
	"codabridge/server/state"
)

//go:generate go run draw.go ../../assets/icons

// look is one of the four looks of the icon; its text is part of a file name.
type look string

// The four looks. Their pictures are of one size: on Linux the library changes
// a picture while it may be being sent, and only then does no harm.
const (
	lookOff     look = "off"     // grey, a broken bridge: nobody gets in, or not yet
	lookOn      look = "on"      // green, the whole bridge: works as wanted
	lookWaiting look = "waiting" // an amber dot beside it: something waits for the owner's yes
	lookTrouble look = "trouble" // red, an exclamation mark: it does not work as wanted
)

// looks are all of them.
var looks = []look{lookOff, lookOn, lookWaiting, lookTrouble}

func lookOf(s state.State) look {
	switch {
	case s.Phase == state.PhaseFailed, s.Phase == state.PhaseReconnecting, s.Coda.Problem != "", s.Warning != "":
		return lookTrouble
	case len(s.Waiting) > 0, s.Changes.Waiting > 0:
		return lookWaiting
	case !s.Paused && (s.Phase == state.PhaseOnline || s.Phase == state.PhaseLocal):
		return lookOn
	}
	return lookOff
}

// picture is a look as this system's tray wants it. Only macOS takes the
// template, which has no colour of its own.
type picture struct{ template, regular []byte }

func pictureOf(l look) (p picture, err error) {
	ending := ".png"
	if runtime.GOOS == "windows" {
		ending = ".ico"
	}
	p.regular, err = assets.Files.ReadFile("icons/tray-" + string(l) + ending)
	if err == nil {
		p.template, err = assets.Files.ReadFile("icons/tray-" + string(l) + "-mac.png")
	}
	if err != nil {
		return p, fmt.Errorf("tray: icon: %w", err)
	}
	return p, nil
}
