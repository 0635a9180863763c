package desktop

import (
	"codabridge/assets"
	"codabridge/server/fault"
)

// appName is how notifications name us.
const appName = "codabridge"

// Longest title and body of a notification, in characters.
const (
	longestTitle = 80
	longestBody  = 240
)

// picture is the program's icon as a PNG, or nothing if that cannot be read: a
// notification without its picture still says what it has to.
func picture() []byte {
	b, err := assets.Files.ReadFile("icons/tray-on.png")
	if err != nil {
		return nil
	}
	return b
}

// plain keeps what may be shown of a text that a stranger may have chosen: no
// control characters, nothing that turns the writing direction, one line, at
// most n characters.
func plain(text string, n int) string {
	return fault.Clip(fault.OneLine(text), n)
}
