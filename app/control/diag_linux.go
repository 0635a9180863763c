package control

import (
	"encoding/binary"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// Sizes and places in the messages of sock_diag(7): struct nlmsghdr, struct
// inet_diag_req_v2 and struct inet_diag_msg.
const (
	headerSize  = 16
	requestSize = headerSize + 8 + 48
	answerSize  = headerSize + 72
	sockDiag    = 20 // SOCK_DIAG_BY_FAMILY
	stateListen = 10 // TCP_LISTEN
)

// askKernel finds the user of the one socket that goes from an address to
// another, whatever family its program opened it with. ok is false when there
// is none, when its program has closed it, or when this kernel cannot be asked.
func askKernel(from, to netip.AddrPort) (uid int, ok bool) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return 0, false
	}
	defer unix.Close(fd)
	limit := unix.NsecToTimeval(int64(time.Second))
	if unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &limit) != nil {
		return 0, false
	}
	if unix.Sendto(fd, diagRequest(from, to), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}) != nil {
		return 0, false
	}
	b := make([]byte, 4096)
	n, _, err := unix.Recvfrom(fd, b, 0)
	if err != nil {
		return 0, false
	}
	return diagAnswer(b[:n], from, to)
}

func diagRequest(from, to netip.AddrPort) []byte {
	b := make([]byte, requestSize)
	order := binary.NativeEndian
	order.PutUint32(b[0:], requestSize)
	order.PutUint16(b[4:], sockDiag)
	order.PutUint16(b[6:], unix.NLM_F_REQUEST)
	b[headerSize] = unix.AF_INET6
	if from.Addr().Is4() {
		b[headerSize] = unix.AF_INET
	}
	b[headerSize+1] = unix.IPPROTO_TCP
	order.PutUint32(b[headerSize+4:], ^uint32(0)) // every state
	id := b[headerSize+8:]
	binary.BigEndian.PutUint16(id[0:], from.Port())
	binary.BigEndian.PutUint16(id[2:], to.Port())
	copy(id[4:20], from.Addr().AsSlice())
	copy(id[20:36], to.Addr().AsSlice())
	for i := 40; i < 48; i++ {
		id[i] = 0xff // no cookie
	}
	return b
}

// diagAnswer reads the user out of an answer. The kernel answers with a
// listener on the same port where there is no connection, so that the two ports
// and the state are looked at.
func diagAnswer(b []byte, from, to netip.AddrPort) (uid int, ok bool) {
	if len(b) < answerSize || binary.NativeEndian.Uint16(b[4:]) != sockDiag {
		return 0, false
	}
	m := b[headerSize:]
	near, far := binary.BigEndian.Uint16(m[4:]), binary.BigEndian.Uint16(m[6:])
	inode := binary.NativeEndian.Uint32(m[68:])
	if m[1] == stateListen || near != from.Port() || far != to.Port() || inode == 0 {
		return 0, false
	}
	return int(binary.NativeEndian.Uint32(m[64:])), true
}
