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
//
// And it reads ahead: a server waits for the next request by reading one byte, and
// the library answers each read with a frame of its own.
type steadyConn struct {
	net.Conn
	ahead, buffer []byte // what was read and not asked for yet; of the one reader

	writing sync.Mutex // held for each write; guards failed
	failed  bool
}

// fewBytes is how small a read is that reads ahead, and aheadBytes how far.
const (
	fewBytes   = 512
	aheadBytes = 4 << 10
)

func (c *steadyConn) Read(p []byte) (int, error) {
	if len(c.ahead) == 0 && len(p) < fewBytes && len(p) > 0 {
		if c.buffer == nil {
			c.buffer = make([]byte, aheadBytes)
		}
		n, err := c.Conn.Read(c.buffer)
		c.ahead = c.buffer[:n]
		if n == 0 {
			return 0, err
		}
	}
	if len(c.ahead) > 0 {
		n := copy(p, c.ahead)
		c.ahead = c.ahead[n:]
		return n, nil
	}
	return c.Conn.Read(p)
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
