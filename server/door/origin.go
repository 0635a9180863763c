package door

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"codabridge/server/caller"
)

// clientOrigins are the web origins of known clients that may call MCP from a
// browser. Anything else that sends an Origin gets 403 (MCP 2025-11-25 and
// later, Streamable HTTP, Security).
var clientOrigins = []string{
	"https://chatgpt.com", "https://chat.openai.com",
	"https://claude.ai", "https://claude.com",
	"https://vscode.dev", "https://insiders.vscode.dev",
}

// originOf finds the known origin of a door that has this Host. The answer is
// never made from the header itself.
func (f *Frame) originOf(d Name, host string) (string, bool) {
	for _, o := range f.knownOrigins(d) {
		if u, err := url.Parse(o); err == nil && strings.EqualFold(u.Host, strings.TrimSuffix(host, ":443")) {
			return o, true
		}
	}
	return "", false
}

// knownOrigins are the names that lead to a door. The public one is a name of
// the tunnel's alone, or of the local door's when the owner's proxy stands there.
func (f *Frame) knownOrigins(d Name) []string {
	public := []string{f.o.PublicURL()}
	if public[0] == "" {
		public = nil
	}
	switch {
	case d == Owner:
		return loopbackNames(f.o.OwnerURL())
	case d == Public:
		return public
	case f.proxied():
		return append(public, f.localNames()...)
	}
	return f.localNames()
}

// localNames are the names of the local door: those of loopback, and those
// under which containers on this computer reach it, if the owner gave any.
func (f *Frame) localNames() []string {
	names := loopbackNames(f.o.LocalURL())
	u, err := url.Parse(f.o.LocalURL())
	if err != nil || f.o.LocalHosts == nil {
		return names
	}
	for _, host := range f.o.LocalHosts() {
		names = append(names, "http://"+strings.TrimSuffix(net.JoinHostPort(host, u.Port()), ":"))
	}
	return names
}

func (f *Frame) proxied() bool { return f.o.Proxied != nil && f.o.Proxied() }

// loopbackNames gives the spellings under which a loopback origin is typed.
// An origin that listens elsewhere (a container) is taken as it is.
func loopbackNames(origin string) []string {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return nil
	}
	names := []string{origin}
	for _, h := range []string{"127.0.0.1", "localhost", "[::1]"} {
		o := u.Scheme + "://" + h
		if u.Port() != "" {
			o += ":" + u.Port()
		}
		if !slices.Contains(names, o) {
			names = append(names, o)
		}
	}
	return names
}

// originAllowed decides on the Origin header. A browser always sends one value
// on a cross-origin call; two or more are a trick.
func originAllowed(d Name, r Route, values []string, own string) bool {
	if len(values) == 0 || r.Origins == AnyOrigin {
		return true
	}
	if len(values) > 1 {
		return false
	}
	o := values[0]
	switch {
	case o == own:
		return true
	case r.Origins == SameOrigin:
		// A page that was sent with a strict referrer policy, or opened from a
		// sandbox, posts with "null"; only open pages of the public door take it.
		return o == "null" && d != Owner
	default:
		return slices.Contains(clientOrigins, o) || isLoopbackOrigin(o)
	}
}

// isLoopbackOrigin recognises pages that this computer serves, such as the MCP
// Inspector at http://localhost:6274.
func isLoopbackOrigin(o string) bool {
	u, err := url.Parse(o)
	if err != nil || u.Scheme != "http" || u.User != nil || u.Path != "" {
		return false
	}
	switch u.Hostname() {
	case "localhost", "127.0.0.1", "::1":
		return true
	}
	return false
}

// identify attaches what later rooms may know of a request: the origin it came
// to, empty when that is none of ours, and where it came from.
func (f *Frame) identify(req *http.Request, d Name, origin string) *http.Request {
	proxied := d == Public || d == Local && f.proxied() && origin != "" && origin == f.o.PublicURL()
	from := caller.AddressOf(clientAddr(req, proxied))
	from.Local = !proxied && fromHere(req)
	return req.WithContext(caller.WithAddress(caller.WithOrigin(req.Context(), origin), from))
}

// clientAddr is the address that limits count by. Behind the tunnel or
// the owner's proxy it is the last X-Forwarded-For value, the only one that
// the proxy itself wrote.
func clientAddr(req *http.Request, proxied bool) string {
	if v := req.Header.Values("X-Forwarded-For"); proxied && len(v) > 0 {
		parts := strings.Split(v[len(v)-1], ",")
		if last := strings.TrimSpace(parts[len(parts)-1]); isAddr(last) {
			return last
		}
	}
	return req.RemoteAddr
}

func isAddr(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

// forwarding are the headers by which a proxy tells that it passes something on.
var forwarding = []string{"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-Ip", "Via"}

// fromHere tells that a program on this computer sent the request, and passes
// on nobody else's.
func fromHere(req *http.Request) bool {
	ap, err := netip.ParseAddrPort(req.RemoteAddr)
	return err == nil && ap.Addr().Unmap().IsLoopback() &&
		!slices.ContainsFunc(forwarding, func(h string) bool { return req.Header.Get(h) != "" })
}
