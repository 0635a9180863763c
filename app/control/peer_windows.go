package control

import (
	"net"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/windows"
)

// tcpEnd finds the process of the socket that goes from far to near, and
// whether this user runs it. Another user's process may not even be asked.
func tcpEnd(far, near netip.AddrPort) verdict {
	told := false
	for _, family := range []uint32{windows.AF_INET, windows.AF_INET6} {
		table, err := connections(family)
		if err != nil {
			continue
		}
		told = true
		if pid, ok := findProcess(table, family == windows.AF_INET6, far, near); ok {
			if runByUs(pid) {
				return ownUser
			}
			return stranger
		}
	}
	if !told {
		return untold
	}
	return stranger
}

var extendedTCPTable = windows.NewLazySystemDLL("iphlpapi.dll").NewProc("GetExtendedTcpTable")

// ownerPIDConnections is TCP_TABLE_OWNER_PID_CONNECTIONS of TCP_TABLE_CLASS.
const ownerPIDConnections = 4

// connections reads the system's table of TCP connections with their processes
// (MIB_TCPTABLE_OWNER_PID, MIB_TCP6TABLE_OWNER_PID).
func connections(family uint32) ([]byte, error) {
	if err := extendedTCPTable.Find(); err != nil {
		return nil, err
	}
	for size := uint32(64 << 10); ; {
		b := make([]byte, size)
		r, _, _ := extendedTCPTable.Call(uintptr(unsafe.Pointer(&b[0])),
			uintptr(unsafe.Pointer(&size)), 0, uintptr(family), ownerPIDConnections, 0)
		switch code := windows.Errno(r); code {
		case 0:
			return b, nil
		case windows.ERROR_INSUFFICIENT_BUFFER:
			size += 16 << 10 // it may grow meanwhile
		default:
			return nil, code
		}
	}
}

// runByUs tells whether a process runs under the user of this one.
func runByUs(pid uint32) bool {
	p, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, pid)
	if err != nil {
		return false
	}
	defer windows.CloseHandle(p)
	var token windows.Token
	if windows.OpenProcessToken(p, windows.TOKEN_QUERY, &token) != nil {
		return false
	}
	defer token.Close()
	theirs, err := token.GetTokenUser()
	if err != nil {
		return false
	}
	ours, err := windows.GetCurrentProcessToken().GetTokenUser()
	return err == nil && theirs.User.Sid.Equals(ours.User.Sid)
}

// channelEnd lets in whoever has come by the pipe: it opens for this user alone.
func channelEnd(c net.Conn) (verdict, bool) {
	return ownUser, c.LocalAddr().Network() == "pipe"
}
