package app

import (
	"context"
	"net"
	"net/http"
)

type strangerKey struct{}

// markOther notes on each connection of the owner's door whether another user
// of this computer is at its far end.
func markOther(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, strangerKey{}, otherUser(c))
}

// ownUserOnly refuses other users of this computer: loopback is open to all of
// them, and a one-time link can be seen in the list of processes while a
// browser is being started with it.
func ownUserOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if other, _ := r.Context().Value(strangerKey{}).(bool); other {
			http.Error(w, "This page belongs to another user of this computer.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
