package tunnel

import (
	"net"
	"sync"
	"time"
)

const (
	// mostGathered is how many bytes are taken before one that writes has to wait.
	mostGathered = 64 << 10
	// mostKept is the size of buffers that are kept while nothing is sent.
	mostKept = 32 << 10
	// lastWords is how long what was taken may need to go out when the end comes.
	lastWords = 250 * time.Millisecond
)

// gathering joins writes. The library writes each frame in two pieces, its head and
// its content, tells of each read by a frame of its own, and makes a record of TLS
// of each piece. It takes no buffer and no framer, but a connection of ours below
// its TLS: so the records stay, and what is written together goes out by one system
// call instead of one for each.
//
// Nothing waits for time: the first byte that is taken starts a goroutine that sends
// all there is as soon as it gets to run, and again until nothing is left. What was
// taken is not lost at an end of ours, for Close sends it first.
type gathering struct {
	net.Conn

	mu      sync.Mutex // guards what follows; not held while anything is sent
	changed sync.Cond  // of any of it
	taken   []byte     // to be sent
	spare   []byte     // the other buffer
	sending bool       // a goroutine is in send
	closed  bool
	err     error // of the write that failed; none is made after it
}

func gather(conn net.Conn) *gathering {
	g := &gathering{Conn: conn}
	g.changed.L = &g.mu
	return g
}

// Write takes p, and waits for the network only where much waits already. An error
// may be that of a write before it.
func (g *gathering) Write(p []byte) (n int, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for n < len(p) {
		for len(g.taken) >= mostGathered && g.ended() == nil {
			g.changed.Wait()
		}
		if err := g.ended(); err != nil {
			return n, err
		}
		some := min(len(p)-n, mostGathered-len(g.taken))
		g.taken = append(g.taken, p[n:n+some]...)
		n += some
		if !g.sending {
			g.sending = true
			go g.send()
		}
	}
	return n, g.ended()
}

// ended is why nothing can be written any more. The caller holds mu.
func (g *gathering) ended() error {
	if g.err == nil && g.closed {
		return net.ErrClosed
	}
	return g.err
}

// send sends until nothing is left.
func (g *gathering) send() {
	var err error
	for out := g.next(nil, nil); out != nil; out = g.next(out, err) {
		_, err = g.Conn.Write(out)
	}
}

// next takes back what was sent, with the error of that, and gives what is to be
// sent now. After an error it closes the connection, so that who reads from it
// learns of the end too.
func (g *gathering) next(sent []byte, err error) []byte {
	g.mu.Lock()
	defer g.mu.Unlock()
	defer g.changed.Broadcast()
	if sent != nil {
		g.spare = sent[:0]
	}
	if err != nil {
		g.err, g.taken = err, nil
		_ = g.Conn.Close()
	}
	if len(g.taken) == 0 {
		g.sending = false
		if cap(g.spare) > mostKept {
			g.spare, g.taken = nil, nil
		}
		return nil
	}
	out := g.taken
	g.taken = g.spare
	return out
}

// Close sends what was taken, as far as lastWords allow, and closes.
func (g *gathering) Close() error {
	g.finish()
	return g.Conn.Close()
}

func (g *gathering) finish() {
	g.mu.Lock()
	defer g.mu.Unlock()
	defer g.changed.Broadcast()
	g.closed = true
	if g.sending {
		_ = g.Conn.SetWriteDeadline(time.Now().Add(lastWords))
	}
	for g.sending {
		g.changed.Wait()
	}
}

// SetDeadline is that of reads alone; see SetWriteDeadline.
func (g *gathering) SetDeadline(t time.Time) error { return g.SetReadDeadline(t) }

// SetWriteDeadline does nothing. It would cut off what was taken before, and TLS
// sets one that is over right before it closes.
func (g *gathering) SetWriteDeadline(time.Time) error { return nil }
