package door

import (
	"fmt"
	"net/http"
	"strings"
)

// Name names one of the doors.
type Name string

// The doors. The first two have the same routes under names of their own, so
// that a token for the one is none for the other: what is not in their table
// cannot be reached from the internet.
const (
	Public Name = "public" // what the tunnel serves
	Local  Name = "local"  // for clients on this computer, and the owner's own proxy
	Owner  Name = "owner"
)

// Origins is which web pages may call a route (the Origin header).
type Origins string

// Which pages may call.
const (
	AnyOrigin  Origins = "any"   // public documents and OAuth endpoints, without credentials
	KnownOnly  Origins = "known" // the allow-list of clients, our own origin, none
	SameOrigin Origins = "own"   // our own pages, none, or "null"
)

// Route is one row of the table that decides what exists.
type Route struct {
	Paths   []string
	Methods []string
	Guard   Guard
	Origins Origins
	Handler http.HandlerFunc
}

// At makes a row: the methods, separated by commas, the guard, which web pages
// may call, the handler, and the paths that lead to it.
func At(methods string, g Guard, o Origins, h http.HandlerFunc, paths ...string) Route {
	return Route{Paths: paths, Methods: strings.Split(methods, ","), Guard: g, Origins: o, Handler: h}
}

// Table renders the routes of a door for a reader, one line a path.
func Table(d Name, routes []Route) string {
	var lines []string
	for _, r := range routes {
		for _, p := range r.Paths {
			lines = append(lines, fmt.Sprintf("%-6s  %-7s  %-5s  %-15s  %s", d, r.Guard.Name, r.Origins, strings.Join(r.Methods, ","), p))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}
