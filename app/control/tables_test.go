package control

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

var (
	testFar  = netip.MustParseAddrPort("127.0.0.1:50123")
	testNear = netip.MustParseAddrPort("127.0.0.1:8086")
	testFar6 = netip.MustParseAddrPort("[::1]:50123")
	testNow6 = netip.MustParseAddrPort("[::1]:8086")
)

// windowsTable is a table as Windows writes it, of pairs of addresses.
func windowsTable(six bool, pairs ...[2]netip.AddrPort) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(len(pairs)))
	for i, p := range pairs {
		row := make([]byte, tcpRow)
		put := func(a netip.AddrPort, at, portAt int) {
			copy(row[at:], a.Addr().AsSlice())
			binary.BigEndian.PutUint16(row[portAt:], a.Port())
		}
		owner := 20
		if six {
			row, owner = make([]byte, tcp6Row), 52
			put(p[0], 0, 20)
			put(p[1], 24, 44)
		} else {
			put(p[0], 4, 8)
			put(p[1], 12, 16)
		}
		binary.LittleEndian.PutUint32(row[owner:], uint32(100+i))
		b = append(b, row...)
	}
	return append(b, 0xff, 0xff) // what is left of the buffer
}

func TestTheTableOfWindowsNamesTheProcess(t *testing.T) {
	mapped := func(a netip.AddrPort) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr().As16()), a.Port())
	}
	for name, c := range map[string]struct {
		table    []byte
		six      bool
		from, to netip.AddrPort
		want     uint32
	}{
		"the far end, not ours":  {windowsTable(false, [2]netip.AddrPort{testNear, testFar}, [2]netip.AddrPort{testFar, testNear}), false, testFar, testNear, 101},
		"IPv6":                   {windowsTable(true, [2]netip.AddrPort{testFar6, testNow6}), true, testFar6, testNow6, 100},
		"an IPv6 socket to IPv4": {windowsTable(true, [2]netip.AddrPort{mapped(testFar), mapped(testNear)}), true, testFar, testNear, 100},
		"not there":              {windowsTable(false, [2]netip.AddrPort{testNear, testFar}), false, testFar, testNear, 0},
		"cut short":              {windowsTable(false, [2]netip.AddrPort{testFar, testNear})[:20], false, testFar, testNear, 0},
		"empty":                  {nil, false, testFar, testNear, 0},
	} {
		if pid, ok := findProcess(c.table, c.six, c.from, c.to); pid != c.want || ok != (c.want != 0) {
			t.Errorf("%s: %d %v", name, pid, ok)
		}
	}
}

// macList is a list of sockets as macOS writes it.
func macList(sockets ...[]byte) []byte {
	b := binary.LittleEndian.AppendUint32(nil, 24)
	b = append(b, make([]byte, 20)...)
	for _, s := range sockets {
		b = append(b, s...)
		for len(b)%8 != 0 {
			b = append(b, 0)
		}
	}
	return append(b, 24, 0, 0, 0)
}

func macSocket(from, to netip.AddrPort, uid uint32) []byte {
	pcb, so := make([]byte, 100), make([]byte, 104)
	binary.LittleEndian.PutUint32(pcb, 100)
	binary.LittleEndian.PutUint32(pcb[4:], kindInpcb)
	binary.BigEndian.PutUint16(pcb[remotePortAt:], to.Port())
	binary.BigEndian.PutUint16(pcb[localPortAt:], from.Port())
	skip := 0
	pcb[versionAt] = 2
	if from.Addr().Is4() {
		pcb[versionAt], skip = 1, 12
	}
	copy(pcb[remoteAt+skip:], to.Addr().AsSlice())
	copy(pcb[localAt+skip:], from.Addr().AsSlice())
	binary.LittleEndian.PutUint32(so, 104)
	binary.LittleEndian.PutUint32(so[4:], kindSocket)
	binary.LittleEndian.PutUint32(so[userAt:], uid)
	other := []byte{12, 0, 0, 0, 2, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0} // XSO_RCVBUF
	return append(append(append(pcb, 0, 0, 0, 0), so...), other...)
}

func TestTheListOfMacOSNamesTheUser(t *testing.T) {
	list := macList(macSocket(testNear, testFar, 501), macSocket(testFar, testNear, 502), macSocket(testFar6, testNow6, 503))
	for name, c := range map[string]struct {
		list     []byte
		from, to netip.AddrPort
		want     uint32
	}{
		"ours":                {list, testNear, testFar, 501},
		"theirs":              {list, testFar, testNear, 502},
		"IPv6":                {list, testFar6, testNow6, 503},
		"not there":           {list, testNow6, testFar6, 0},
		"another form":        {append([]byte{24, 0, 0, 0}, list[5:]...), testFar, testNear, 0},
		"a length of nothing": {append(list[:24:24], make([]byte, 64)...), testFar, testNear, 0},
		"cut short":           {list[:60], testNear, testFar, 0},
		"empty":               {nil, testFar, testNear, 0},
	} {
		if uid, ok := findUser(c.list, c.from, c.to); uid != c.want || ok != (c.want != 0) {
			t.Errorf("%s: %d %v", name, uid, ok)
		}
	}
}
