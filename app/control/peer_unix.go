//go:build unix

package control

import "net"

// channelEnd is who is at the far end of the owner's channel; false for another
// kind of connection.
func channelEnd(c net.Conn) (verdict, bool) {
	u, ok := c.(*net.UnixConn)
	if !ok {
		return stranger, false
	}
	return socketEnd(u), true
}
