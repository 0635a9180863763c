package app

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// otherUser tells that the far end of a loopback connection belongs to another
// user of this computer: one who saw a one-time link in the list of processes,
// say. Where the system does not tell, as in a root without /proc, it is false.
func otherUser(c net.Conn) bool {
	far, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return false
	}
	near, err := netip.ParseAddrPort(c.LocalAddr().String())
	if err != nil {
		return false
	}
	uid, ok := ownerOf(far, near)
	return ok && uid != 0 && uid != os.Getuid()
}

// ownerOf finds the user of the socket that goes from one address to the
// other (proc(5), /proc/net/tcp).
func ownerOf(from, to netip.AddrPort) (uid int, ok bool) {
	name := "/proc/net/tcp"
	if from.Addr().Is6() && !from.Addr().Is4In6() {
		name = "/proc/net/tcp6"
	}
	f, err := os.Open(name)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	a, b := kernelForm(from), kernelForm(to)
	for lines := bufio.NewScanner(f); lines.Scan(); {
		// sl local_address rem_address st tx:rx tr:when retrnsmt uid ...
		if w := strings.Fields(lines.Text()); len(w) > 7 && w[1] == a && w[2] == b {
			uid, err := strconv.Atoi(w[7])
			return uid, err == nil
		}
	}
	return 0, false
}

// kernelForm writes an address as the kernel does: words in the order of this
// machine's memory, then the port.
func kernelForm(a netip.AddrPort) string {
	b := a.Addr().Unmap().AsSlice()
	s := ""
	for i := 0; i < len(b); i += 4 {
		s += fmt.Sprintf("%08X", binary.NativeEndian.Uint32(b[i:]))
	}
	return s + fmt.Sprintf(":%04X", a.Port())
}
