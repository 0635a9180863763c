package server

import (
	"io"
	"log"
)

// quiet is a log for servers that tests annoy.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
