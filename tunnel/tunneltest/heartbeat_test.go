//go:build !race

package tunneltest_test

import (
	"time"

	"go.uber.org/goleak"
)

// heartbeat is the time between two.
const heartbeat = time.Second

// leftovers are those of muxado that stay for good (see the package comment).
var leftovers = []goleak.Option{goleak.IgnoreTopFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).requester")}
