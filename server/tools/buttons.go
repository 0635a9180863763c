package tools

import (
	"slices"

	"codabridge/server/coda"
)

func isButton(c coda.Column) bool { return c.Format.Type == "button" }

// withoutButtons leaves out buttons: "Mark done: Done" on a task that is open
// reads as if it were done.
func withoutButtons(columns []coda.Column) []coda.Column {
	return slices.DeleteFunc(slices.Clone(columns), isButton)
}
