package tunnel

import (
	"strings"
	"sync"
	"time"

	"codabridge/server/fault"
)

// Phase is where a tunnel stands.
type Phase string

// The phases. Connecting and Reconnecting go on by themselves. Failed does so
// where the cause may pass, but slowly; else it is the last status of Run.
const (
	Off          Phase = "off"
	Connecting   Phase = "connecting"
	Online       Phase = "online"
	Reconnecting Phase = "reconnecting"
	Failed       Phase = "failed"
)

// Status is what there is to show of a tunnel.
type Status struct {
	Phase Phase
	Since time.Time // when the phase began

	// URL is the public address without a slash at its end, while Online and
	// Reconnecting. It can change from one Online to the next.
	URL     string
	Region  string        // of the ngrok edge, such as "eu"
	Account string        // name of the ngrok account
	Plan    string        // its plan, as ngrok calls it
	Latency time.Duration // of the last heartbeat; 0 until there was one

	// Sentence says what happened and what to do next: always when Failed, after
	// the first trouble when Connecting or Reconnecting, and when Online only for
	// a warning. Code is ngrok's ("ERR_NGROK_105") where it gave one, and Link
	// leads to the page that helps.
	Code, Sentence, Link string
}

// lose turns Online into Reconnecting.
func (s *Status) lose() {
	if s.Phase == Online {
		s.Phase = Reconnecting
	}
	s.Latency = 0
}

// Codes of the faults that end Run: going on would not help until the owner
// gave codabridge something else. What ngrok refuses has its own code, such as
// CodeTaken.
const (
	// CodeSettings: the settings cannot work.
	CodeSettings fault.Code = "tunnel_settings"
	// CodeStopped: the owner stopped the tunnel from ngrok's dashboard.
	CodeStopped fault.Code = "tunnel_stopped"
	// CodeNoWay: ngrok cannot be reached. It does not end Run.
	CodeNoWay fault.Code = "tunnel_no_way"
	// CodeTaken: another program already serves the address.
	CodeTaken fault.Code = "ERR_NGROK_334"
)

// NgrokCode is a code where it is one of ngrok's, else empty.
func NgrokCode(c fault.Code) string {
	if strings.HasPrefix(string(c), "ERR_NGROK_") {
		return string(c)
	}
	return ""
}

// failed is the status of a fault.
func failed(f *fault.Error) Status {
	return Status{Phase: Failed, Code: NgrokCode(f.Code), Sentence: f.Sentence, Link: f.Link}
}

// mayPass tells that ngrok refuses for a reason that ends without codabridge.
func mayPass(c fault.Code) bool { return advices[string(c)].slow }

// announcer hands statuses to OnStatus in order, from one goroutine.
type announcer struct {
	tell func(Status)

	mu    sync.Mutex // guards all below
	now   Status
	queue []Status
	wake  chan struct{}
}

// start begins to deliver. The function it returns waits until all is delivered,
// or a moment at most when OnStatus does not come back.
func (a *announcer) start() (stop func()) {
	wake, over := make(chan struct{}, 1), make(chan struct{})
	a.mu.Lock()
	a.wake, a.queue, a.now = wake, nil, Status{}
	a.mu.Unlock()
	go func() {
		defer close(over)
		for range wake {
			a.deliver()
		}
		a.deliver()
	}()
	return func() {
		a.mu.Lock()
		a.wake = nil
		a.mu.Unlock()
		close(wake)
		select {
		case <-over:
		case <-time.After(300 * time.Millisecond):
		}
	}
}

func (a *announcer) deliver() {
	a.mu.Lock()
	all := a.queue
	a.queue = nil
	a.mu.Unlock()
	for _, s := range all {
		if a.tell != nil {
			a.tell(s)
		}
	}
}

// last is the status as it is now.
func (a *announcer) last() Status {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

// set makes s the status. Since is filled in: a phase keeps the time it began.
func (a *announcer) set(s Status) {
	a.change(func(now *Status) { *now = s })
}

// change alters the status and announces it if it is another one then.
func (a *announcer) change(f func(*Status)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before := a.now
	f(&a.now)
	a.now.Since = before.Since
	if a.now.Phase != before.Phase {
		a.now.Since = time.Now()
	}
	if a.now == before || a.wake == nil {
		return
	}
	if n := len(a.queue); n > 0 && onlyLatency(a.queue[n-1], a.now) {
		a.queue = a.queue[:n-1] // a slow receiver needs the newest of them alone
	}
	a.queue = append(a.queue, a.now)
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

func onlyLatency(a, b Status) bool {
	a.Latency = b.Latency
	return a == b
}
