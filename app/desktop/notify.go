package desktop

import (
	"codabridge/assets"
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
