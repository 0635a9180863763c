package caller

import (
	"context"
	"net/netip"
)

// Address is where a request came from.
type Address struct {
	Text  string // an IP address; empty when none is known
	Key   string // what is counted as one caller: an IPv4 address or an IPv6 /64
	Local bool   // it came by this computer's own door, from this computer
}

// AddressOf reads an IP address, with or without a port. All that is none is
// one unknown address.
func AddressOf(text string) Address {
	ip, ok := parse(text)
	if !ok {
		return Address{}
	}
	return Address{Text: ip.String(), Key: keyOf(ip)}
}

// keyOf is an IPv4 address, or an IPv6 /64, which one customer has to itself.
func keyOf(ip netip.Addr) string {
	if ip.Is4() || ip.IsLoopback() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}

func parse(text string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	ip, err := netip.ParseAddr(text)
	return ip.Unmap().WithZone(""), err == nil
}

// IP is the address where it is one.
func (a Address) IP() (netip.Addr, bool) { return parse(a.Text) }

// ThisComputer is how people are told that a request came from where they sit.
const ThisComputer = "this computer"

// String names where a request came from, for people.
func (a Address) String() string {
	switch {
	case a.Local:
		return ThisComputer
	case a.Text == "":
		return "an unknown address"
	}
	return a.Text
}

type (
	originKey  struct{}
	addressKey struct{}
)

// WithOrigin says which of our origins a request came to: scheme and host
// without a trailing slash (RFC 8414 section 2, "issuer"); empty when that is
// none of ours.
func WithOrigin(ctx context.Context, origin string) context.Context {
	return context.WithValue(ctx, originKey{}, origin)
}

// Origin is what WithOrigin put in.
func Origin(ctx context.Context) string {
	s, _ := ctx.Value(originKey{}).(string)
	return s
}

// WithAddress says where a request came from. Requests without an address
// share one allowance.
func WithAddress(ctx context.Context, a Address) context.Context {
	return context.WithValue(ctx, addressKey{}, a)
}

// AddressFrom is what WithAddress put in.
func AddressFrom(ctx context.Context) Address {
	a, _ := ctx.Value(addressKey{}).(Address)
	return a
}
