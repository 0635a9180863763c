// Package early is what a stdio process does before the rest of the program is
// made; see package joining. It is imported for that alone, by the program alone.
//
// Go makes packages in the order of their paths as soon as all that they import
// is made (The Go Programming Language Specification, Package initialization), so
// this one comes before any that takes its time, unless it imports one.
package early

import (
	"os"

	"codabridge/app/joining"
)

func init() {
	if len(os.Args) > 1 && os.Args[1] == "stdio" {
		joining.Begin(os.Args[2:])
	}
}
