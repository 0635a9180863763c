//go:build !linux && !windows && !darwin

package control

import (
	"net"
	"net/netip"
)

// socketEnd is decided by the folder, which only its user may open.
func socketEnd(*net.UnixConn) verdict { return untold }

// tcpEnd cannot be told on these systems.
func tcpEnd(netip.AddrPort, netip.AddrPort) verdict { return untold }
