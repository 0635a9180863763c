// Package channel is the line on which a process of the owner's reaches the
// running instance of a data folder: a unix socket in the folder, or a named pipe
// of Windows for this user alone. It is needed before the rest of a stdio process
// is made, so it imports no client of HTTP.
package channel

import (
	"errors"
	"time"
)

// ErrNotRunning says that no instance has this data folder.
var ErrNotRunning = errors.New("codabridge is not running with this data folder; start it with: codabridge, or codabridge serve")

// dialTimeout is how long a command waits for the instance to take it.
const dialTimeout = 2 * time.Second
