//go:build !race

package tunnel_test

import (
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"codabridge/tunnel"
	"codabridge/tunnel/tunneltest"
)

// heartbeat is the time between two in all tests but those here.
const heartbeat = time.Second

// leftovers are the library's. It leaves the heartbeat check of a connection that
// broke to its own timer: it goes after one interval and the tolerance. A requester
// that had its echo in the moment of the end stays for good (muxado sends to a check
// that is gone), so those are not looked for.
var leftovers = []goleak.Option{goleak.IgnoreTopFunction("golang.ngrok.com/muxado/v2.(*Heartbeat).requester")}

func quick(o *tunnel.Options) { o.Heartbeat = 250 * time.Millisecond }

func TestHeartbeatsTellTheLatency(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	edge.DelayHeartbeats(30 * time.Millisecond)
	r := start(t, edge, quick)
	s := r.until(func(s tunnel.Status) bool { return s.Latency > 0 })
	if s.Phase != tunnel.Online || s.Latency < 30*time.Millisecond {
		t.Errorf("%+v", s)
	}
}

func TestASessionWithoutHeartbeatsIsGivenUpAndMadeAgain(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	r := start(t, edge, quick, func(o *tunnel.Options) { o.Tolerance = 300 * time.Millisecond })
	r.until(func(s tunnel.Status) bool { return s.Latency > 0 })
	edge.MuteHeartbeats(true)
	r.phase(tunnel.Reconnecting)
	edge.MuteHeartbeats(false)
	r.phase(tunnel.Online)
}

func TestTwentyStartsAndStopsLeaveNothingBehind(t *testing.T) {
	edge := tunneltest.Start(t)
	c := client(t, edge)
	cycle := func() {
		r := start(t, edge)
		if code, _ := get(t, c, r.phase(tunnel.Online).URL); code != 200 {
			t.Errorf("status %d", code)
		}
		r.stops()
	}
	cycle()
	before := runtime.NumGoroutine()
	for range 20 {
		cycle()
	}
	// A heartbeat goroutine of the library lives on for up to one interval.
	for began := time.Now(); runtime.NumGoroutine() > before+5; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("%d goroutines became %d", before, runtime.NumGoroutine())
		}
	}
	if !edge.WaitSessions(0, patience) {
		t.Errorf("%d sessions are left", edge.Sessions())
	}
}
