package control

import (
	"context"
	"net"
	"net/http"
	"net/netip"
)

// verdict is what the system says of the far end of a connection.
type verdict int

const (
	stranger verdict = iota // another user, or nobody that is known
	ownUser                 // a program of this user, or of the administrator
	untold                  // this system cannot be asked
)

type strangerKey struct{}

// MarkStranger notes on a connection whether another user of this computer is
// at its far end. It is for http.Server.ConnContext.
func MarkStranger(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, strangerKey{}, farEnd(c) == stranger)
}

// OwnUserOnly refuses other users of this computer, on connections that
// MarkStranger has seen. One that it has not seen is refused too.
func OwnUserOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if other, seen := r.Context().Value(strangerKey{}).(bool); other || !seen {
			w.Header().Set("Connection", "close")
			http.Error(w, "This page belongs to another user of this computer.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func farEnd(c net.Conn) verdict {
	if v, ok := channelEnd(c); ok {
		return v
	}
	far, farErr := netip.ParseAddrPort(c.RemoteAddr().String())
	near, nearErr := netip.ParseAddrPort(c.LocalAddr().String())
	if farErr != nil || nearErr != nil {
		return stranger
	}
	return tcpEnd(plain(far), plain(near))
}

// plain writes an IPv4 address one way only: a program that connects by an
// IPv6 socket to ::ffff:127.0.0.1 is the same far end.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}
