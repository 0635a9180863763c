package tunnel

import (
	"net"
	"sync"
	"time"
)

// The library writes each frame in two pieces, its head and its content, and each
// piece becomes a record of TLS with a system call of its own. It has no option
// for a buffer, but takes a connection of ours: what comes while a write is under
// way, or right behind it, goes out together.
const (
	// mostGathered is how many bytes wait at most; then writers wait.
	mostGathered = 256 << 10
	// lastWords is how long what was written may take at the end.
	lastWords = 250 * time.Millisecond
)

// gathering is a connection whose writes are made by a goroutine of its own, which
// ends with Close.
type gathering struct {
	net.Conn

	mu      sync.Mutex // guards what follows
	changed *sync.Cond
	waiting []byte
	writing bool // some is on its way
	closed  bool
	err     error // of the write that failed
}

func newGathering(conn net.Conn) *gathering {
	g := &gathering{Conn: conn}
	g.changed = sync.NewCond(&g.mu)
	go g.send()
	return g
}

// Write keeps what is written; an error is that of an earlier write.
func (g *gathering) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.waiting) > mostGathered && g.err == nil && !g.closed {
		g.changed.Wait()
	}
	switch {
	case g.err != nil:
		return 0, g.err
	case g.closed:
		return 0, net.ErrClosed
	}
	if len(g.waiting) == 0 {
		g.changed.Broadcast()
	}
	g.waiting = append(g.waiting, p...)
	return len(p), nil
}

// send writes what waits until the connection is closed.
func (g *gathering) send() {
	var spare []byte
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		for len(g.waiting) == 0 && !g.closed {
			g.changed.Wait()
		}
		if len(g.waiting) == 0 || g.err != nil {
			return
		}
		out := g.waiting
		g.waiting, g.writing = spare[:0], true
		g.mu.Unlock()
		_, err := g.Conn.Write(out)
		g.mu.Lock()
		spare, g.writing = out, false
		if cap(spare) > mostGathered {
			spare = nil
		}
		if err != nil {
			g.err, g.waiting = err, nil
		}
		g.changed.Broadcast()
		if err != nil {
			return
		}
	}
}

// Close sends what waits, if that does not take long, and closes.
func (g *gathering) Close() error {
	g.mu.Lock()
	g.closed = true
	g.changed.Broadcast()
	late := false
	end := time.AfterFunc(lastWords, func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		late = true
		g.changed.Broadcast()
	})
	defer end.Stop()
	for (len(g.waiting) > 0 || g.writing) && g.err == nil && !late {
		g.changed.Wait()
	}
	g.mu.Unlock()
	return g.Conn.Close()
}
