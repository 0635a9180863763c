package control

import (
	"encoding/binary"
	"net/netip"
)

// The tables of Windows and macOS are read here, in a file that every system
// builds, so that its test runs everywhere.

// Rows of the tables of Windows, in bytes: a count, then rows (iphlpapi.h,
// MIB_TCPROW_OWNER_PID and MIB_TCP6ROW_OWNER_PID). Ports are in network order
// in the first two bytes of their word.
const (
	tcpRow  = 24
	tcp6Row = 56
)

// findProcess gives the process of the connection that goes from one address
// to the other.
func findProcess(table []byte, six bool, from, to netip.AddrPort) (pid uint32, ok bool) {
	if len(table) < 4 {
		return 0, false
	}
	size, local, localPort, remote, remotePort, owner, width := tcpRow, 4, 8, 12, 16, 20, 4
	if six {
		size, local, localPort, remote, remotePort, owner, width = tcp6Row, 0, 20, 24, 44, 52, 16
	}
	n := int(binary.LittleEndian.Uint32(table))
	for rows := table[4:]; n > 0 && len(rows) >= size; n, rows = n-1, rows[size:] {
		if addressAt(rows, local, width, localPort) == from && addressAt(rows, remote, width, remotePort) == to {
			return binary.LittleEndian.Uint32(rows[owner:]), true
		}
	}
	return 0, false
}

// addressAt reads an address of so many bytes, and a port.
func addressAt(b []byte, at, width, portAt int) netip.AddrPort {
	ip, ok := netip.AddrFromSlice(b[at : at+width])
	if !ok {
		return netip.AddrPort{}
	}
	return plain(netip.AddrPortFrom(ip, binary.BigEndian.Uint16(b[portAt:])))
}

// Records of the list of sockets of macOS, sysctl net.inet.tcp.pcblist_n: each
// begins with its length and kind and ends at a multiple of eight bytes; an
// xinpcb_n is followed by the xsocket_n of the same socket (xnu,
// bsd/netinet/in_pcb.h and bsd/sys/socketvar.h).
const (
	kindSocket = 0x001 // XSO_SOCKET
	kindInpcb  = 0x010 // XSO_INPCB

	remotePortAt, localPortAt = 16, 18
	versionAt                 = 44 // inp_vflag: 1 for IPv4, 2 for IPv6
	remoteAt, localAt         = 48, 64
	userAt                    = 64 // so_uid
)

// findUser gives the user of the socket that goes from one address to the
// other.
func findUser(list []byte, from, to netip.AddrPort) (uid uint32, ok bool) {
	if len(list) < 8 {
		return 0, false
	}
	ours := false
	for b := list[min(len(list), int(binary.LittleEndian.Uint32(list))):]; len(b) >= 8; {
		size, kind := int(binary.LittleEndian.Uint32(b)), binary.LittleEndian.Uint32(b[4:])
		if size < 8 || size > len(b) {
			return 0, false
		}
		switch {
		case kind == kindInpcb && size >= localAt+16:
			ours = pcbAddress(b, localAt, localPortAt) == from && pcbAddress(b, remoteAt, remotePortAt) == to
		case kind == kindSocket && ours && size >= userAt+4:
			return binary.LittleEndian.Uint32(b[userAt:]), true
		}
		b = b[min(len(b), (size+7)&^7):]
	}
	return 0, false
}

// pcbAddress reads an address; an IPv4 one stands in the last four bytes.
func pcbAddress(b []byte, at, portAt int) netip.AddrPort {
	if b[versionAt]&1 != 0 {
		return addressAt(b, at+12, 4, portAt)
	}
	return addressAt(b, at, 16, portAt)
}
