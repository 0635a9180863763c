//go:build race

package tunneltest_test

import (
	"time"

	"go.uber.org/goleak"
)

// heartbeat is so long that there is none: the library has a data race between
// its sign-in and a heartbeat.
const heartbeat = time.Hour

// leftovers are the goroutines of heartbeats, which outlive a connection.
var leftovers = []goleak.Option{
	goleak.IgnoreTopFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).requester"),
	goleak.IgnoreTopFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).check"),
}
