package control

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// socketEnd asks who opened the far end of a unix socket (unix(7), SO_PEERCRED).
func socketEnd(c *net.UnixConn) verdict {
	raw, err := c.SyscallConn()
	if err != nil {
		return stranger
	}
	var cred *unix.Ucred
	ctlErr := raw.Control(func(fd uintptr) { cred, err = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) })
	if ctlErr != nil || err != nil {
		return stranger
	}
	return verdictOn(int(cred.Uid))
}

// tcpEnd finds the user of the socket that goes from far to near. The kernel is
// asked by the two addresses; where it has no sock_diag, or answers as if, its
// tables are read. A socket in neither is a stranger's: one that is closed
// already, or one in another network namespace.
func tcpEnd(far, near netip.AddrPort) verdict {
	if uid, ok := askKernel(far, near); ok {
		return verdictOn(uid)
	}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue
		}
		uid, ok := findSocket(f, far, near)
		f.Close()
		if ok {
			return verdictOn(uid)
		}
	}
	return stranger
}

// verdictOn lets the administrator pass, who could read our memory as well.
func verdictOn(uid int) verdict {
	if uid == 0 || uid == os.Getuid() {
		return ownUser
	}
	return stranger
}

// findSocket looks for a connection in a table of the kernel (proc(5),
// /proc/net/tcp). A connection without a socket, which its program has closed,
// is shown with the administrator's number and does not count.
func findSocket(table io.Reader, from, to netip.AddrPort) (uid int, ok bool) {
	a, b := tableForms(from), tableForms(to)
	for lines := bufio.NewScanner(table); lines.Scan(); {
		// sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode ...
		w := strings.Fields(lines.Text())
		if len(w) < 10 || w[9] == "0" {
			continue
		}
		for i := range a {
			if w[1] == a[i] && w[2] == b[i] {
				uid, err := strconv.Atoi(w[7])
				return uid, err == nil
			}
		}
	}
	return 0, false
}

// tableForms writes an address as the kernel's tables do: words in the order of
// this machine's memory, then the port; an IPv4 one also as an IPv6 socket has
// it.
func tableForms(a netip.AddrPort) []string {
	forms := [][]byte{a.Addr().AsSlice()}
	if a.Addr().Is4() {
		mapped := a.Addr().As16()
		forms = append(forms, mapped[:])
	}
	var out []string
	for _, b := range forms {
		s := ""
		for i := 0; i < len(b); i += 4 {
			s += fmt.Sprintf("%08X", binary.NativeEndian.Uint32(b[i:]))
		}
		out = append(out, s+fmt.Sprintf(":%04X", a.Port()))
	}
	return out
}
