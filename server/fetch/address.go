package fetch

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"
)

// ErrNotPublic says that a name or address does not lead to the internet.
var ErrNotPublic = errors.New("the name leads to an address that is not on the internet")

// Dialer makes connections to public addresses only. What is checked is the
// address that is dialled, so a name that changes its mind in between leads
// nowhere else.
type Dialer struct {
	// Resolve and Dial are the network; tests stand in for it.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)
	Dial    func(ctx context.Context, network, addr string) (net.Conn, error)

	loopback bool
}

// NewDialer makes one; with loopback it goes to this computer, too.
func NewDialer(loopback bool) *Dialer {
	d := &Dialer{loopback: loopback, Resolve: func(ctx context.Context, host string) ([]netip.Addr, error) {
		return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	}}
	d.Dial = (&net.Dialer{Control: d.lastLook}).DialContext
	return d
}

// DialContext looks a name up once, refuses it with ErrNotPublic when any of
// its addresses is not public, and dials an address of that very answer.
func (d *Dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	addrs, err := d.look(ctx, host)
	if err != nil {
		return nil, err
	}
	err = errors.New("the name has no address")
	for _, a := range addrs[:min(len(addrs), 4)] {
		var c net.Conn
		c, err = d.Dial(ctx, network, net.JoinHostPort(a.Unmap().String(), port))
		if err == nil {
			return c, nil
		}
	}
	return nil, err
}

// Check says whether a host may be asked for through a proxy, which makes the
// connection itself. A name that only the proxy can look up passes.
func (d *Dialer) Check(ctx context.Context, host string) error {
	if _, err := d.look(ctx, host); errors.Is(err, ErrNotPublic) {
		return err
	}
	return nil
}

// look gives the addresses of a host, all of which may be dialled.
func (d *Dialer) look(ctx context.Context, host string) ([]netip.Addr, error) {
	addrs, err := d.Resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(addrs, func(a netip.Addr) bool { return !d.allows(a) }) {
		return nil, ErrNotPublic
	}
	return addrs, nil
}

func (d *Dialer) allows(a netip.Addr) bool {
	return IsPublic(a) || d.loopback && a.Unmap().IsLoopback()
}

// lastLook sees the address that the system is about to use.
func (d *Dialer) lastLook(_, address string, _ syscall.RawConn) error {
	if a, err := netip.ParseAddrPort(address); err != nil || !d.allows(a.Addr()) {
		return ErrNotPublic
	}
	return nil
}

// reserved are the ranges of the IANA special-purpose registries that the
// methods of netip.Addr do not know (RFC 6890), and the address at which
// Azure's machines ask the one that runs them.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("168.63.129.16/32"),
	netip.MustParsePrefix("192.0.0.0/24"), netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"),
}

// globalV6 is all of IPv6 that is given out; what wraps an IPv4 address
// (NAT64, mapped, compatible) lies outside.
var globalV6 = netip.MustParsePrefix("2000::/3")

// IsPublic tells an address on the internet from one in a house, a provider's
// network or this computer.
func IsPublic(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() || a.Zone() != "" || (a.Is6() && (!globalV6.Contains(a) || isTunnelled(a))) {
		return false
	}
	return !slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(a) })
}

// isTunnelled recognises an IPv4 address that is carried in the lower half of
// any IPv6 prefix (ISATAP, RFC 5214).
func isTunnelled(a netip.Addr) bool {
	b := a.As16()
	return b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}
