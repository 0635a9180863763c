package tunnel

import (
	"net"
	"sync"
	"time"
)

// steadyListener accepts connections whose writes have no deadline.
type steadyListener struct{ net.Listener }

func (l steadyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &steadyConn{Conn: c}, nil
}

// steadyConn ignores write deadlines, whoever sets them: a server's WriteTimeout,
// an http.ResponseController in a handler or in a library it uses. See the
// package's decisions.
//
// It also leaves a stream alone after a failed write. Such a stream is closed
// already, by its peer or with its session, and a second close would use the
// frame again that the dying session's writer may still hold.
type steadyConn struct {
	net.Conn
	writing sync.Mutex // held for each write; guards failed
	failed  bool
}

func (c *steadyConn) Write(p []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	n, err := c.Conn.Write(p)
	c.failed = c.failed || err != nil
	return n, err
}

func (c *steadyConn) Close() error {
	c.writing.Lock()
	defer c.writing.Unlock()
	if c.failed {
		return nil
	}
	return c.Conn.Close()
}

func (c *steadyConn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

func (c *steadyConn) SetWriteDeadline(time.Time) error { return nil }
