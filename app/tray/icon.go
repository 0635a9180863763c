package tray

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image/png"
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
	lookOff       look = "off"       // grey, no bridge: stopped or not set up
	lookBusy      look = "busy"      // amber, a gap in the bridge: connecting
	lookOn        look = "on"        // green, the whole bridge: works as wanted
	lookAttention look = "attention" // red, an exclamation mark: the owner must act
)

func lookOf(s state.State) look {
	switch {
	case s.Phase == state.PhaseFailed, len(s.Waiting) > 0, s.Coda.Problem != "", s.Warning != "":
		return lookAttention
	case s.Phase == state.PhaseConnecting, s.Phase == state.PhaseReconnecting:
		return lookBusy
	case s.Phase == state.PhaseOnline, s.Phase == state.PhaseLocal:
		return lookOn
	}
	return lookOff
}

// icon is the picture of a look as this system's tray wants it.
func icon(l look) ([]byte, error) {
	b, err := assets.Files.ReadFile("icons/tray-" + string(l) + ".png")
	if err != nil {
		return nil, fmt.Errorf("tray: icon: %w", err)
	}
	if runtime.GOOS == "windows" {
		return ico(b)
	}
	return b, nil
}

// ico wraps one square PNG of at most 256 pixels as a Windows icon: a header
// of 6 bytes, one entry of 16, and the PNG as it is (Windows Vista and later).
func ico(picture []byte) ([]byte, error) {
	c, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("tray: icon: %w", err)
	}
	const header = 22
	b := make([]byte, header, header+len(picture))
	b[2], b[4] = 1, 1 // it is an icon, with one picture
	b[6], b[7] = byte(c.Width), byte(c.Height)
	b[10], b[12] = 1, 32 // planes, bits per pixel
	binary.LittleEndian.PutUint32(b[14:], uint32(len(picture)))
	binary.LittleEndian.PutUint32(b[18:], header)
	return append(b, picture...), nil
}
