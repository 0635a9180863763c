package tunnel

import (
	"net"
	"time"
)

// steadyListener accepts connections whose writes have no deadline.
type steadyListener struct{ net.Listener }

func (l steadyListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return steadyConn{c}, nil
}

// steadyConn ignores write deadlines, whoever sets them: a server's WriteTimeout,
// an http.ResponseController in a handler or in a library it uses. See the
// package's decisions.
type steadyConn struct{ net.Conn }

func (c steadyConn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

func (c steadyConn) SetWriteDeadline(time.Time) error { return nil }
