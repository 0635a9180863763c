package oauth

import "context"

type contextKey int

const (
	issuerKey contextKey = iota
	fromKey
	patienceKey
)

// from is where a request came from.
type from struct {
	addr  string // an IP address, or what the caller said instead
	key   string // what is counted as one caller; see addressKey
	local bool   // it came by this computer's own door, from this computer
}

// WithIssuer says which of our origins a request came to: scheme and host
// without a trailing slash (RFC 8414 section 2, "issuer").
func WithIssuer(ctx context.Context, origin string) context.Context {
	return context.WithValue(ctx, issuerKey, origin)
}

// WithClientAddr says which address a request came from: an IP address, with
// or without a port. Requests without one share one allowance.
func WithClientAddr(ctx context.Context, addr string) context.Context {
	f := from{addr: clip(addr, 64), key: addressKey(addr)}
	if ip, ok := parseAddr(addr); ok {
		f.addr = ip.String()
	}
	return context.WithValue(ctx, fromKey, f)
}

// WithLocalClient says that a request came by the door on this computer, from
// a program on this computer. Only then do our pages say so.
func WithLocalClient(ctx context.Context) context.Context {
	f := fromOf(ctx)
	f.local = true
	return context.WithValue(ctx, fromKey, f)
}

// WithPatience says until when a request may be held that waits for the owner;
// it is answered as things stand once that context ends. Without one it is held
// as long as the request lives.
func WithPatience(ctx, until context.Context) context.Context {
	return context.WithValue(ctx, patienceKey, until)
}

func patienceOf(ctx context.Context) context.Context {
	if until, ok := ctx.Value(patienceKey).(context.Context); ok {
		return until
	}
	return ctx
}

func issuerOf(ctx context.Context) string {
	s, _ := ctx.Value(issuerKey).(string)
	return s
}

func fromOf(ctx context.Context) from {
	f, _ := ctx.Value(fromKey).(from)
	return f
}

// ClientAddr returns what WithClientAddr put in, as it is counted: an IPv4
// address or an IPv6 /64; empty when nothing was.
func ClientAddr(ctx context.Context) string { return fromOf(ctx).key }

// String names where a request came from, for people.
func (f from) String() string {
	switch {
	case f.local:
		return thisComputer
	case f.addr == "":
		return "an unknown address"
	}
	return f.addr
}

const thisComputer = "this computer"
