package control

import (
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"
)

// socketEnd asks who opened the far end of a unix socket (LOCAL_PEERCRED).
func socketEnd(c *net.UnixConn) verdict {
	raw, err := c.SyscallConn()
	if err != nil {
		return stranger
	}
	var cred *unix.Xucred
	ctlErr := raw.Control(func(fd uintptr) { cred, err = unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED) })
	if ctlErr != nil || err != nil {
		return stranger
	}
	return verdictOn(cred.Uid)
}

// tcpEnd finds the user of the socket that goes from far to near in the
// kernel's list of sockets. The list has no promised form, so that our own end,
// whose user we know, is looked up first: only where that is found right does
// the list decide.
func tcpEnd(far, near netip.AddrPort) verdict {
	list, err := unix.SysctlRaw("net.inet.tcp.pcblist_n")
	if err != nil {
		return untold
	}
	if uid, ok := findUser(list, near, far); !ok || uid != uint32(os.Getuid()) {
		return untold
	}
	uid, ok := findUser(list, far, near)
	if !ok {
		return stranger
	}
	return verdictOn(uid)
}

// verdictOn lets the administrator pass, who could read our memory as well.
func verdictOn(uid uint32) verdict {
	if uid == 0 || uid == uint32(os.Getuid()) {
		return ownUser
	}
	return stranger
}
