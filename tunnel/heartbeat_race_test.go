//go:build race

package tunnel_test

import (
	"time"

	"go.uber.org/goleak"
)

// heartbeat is so long that there is none. The library writes the name of its
// session at the sign-in (rawSession.Auth) and reads it at each heartbeat, without
// a lock: a data race, and not ours. What heartbeats do is tested without the race
// detector.
const heartbeat = time.Hour

// leftovers are the library's: without heartbeats, their goroutines outlive a
// connection.
var leftovers = []goleak.Option{
	goleak.IgnoreTopFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).requester"),
	goleak.IgnoreTopFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).check"),
}
