package app

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"slices"
	"strconv"
	"syscall"

	"codabridge/app/channel"
	"codabridge/server/fault"
)

// doors are the open listeners.
type doors struct{ public, owner, control net.Listener }

func (d doors) close() {
	for _, l := range []net.Listener{d.public, d.owner, d.control} {
		if l != nil {
			l.Close()
		}
	}
}

func (a *App) openDoors() (d doors, err error) {
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	d.public, err = listen("--listen", a.config().Listen)
	if err != nil {
		return d, err
	}
	d.owner, err = listen("--owner-listen", a.config().OwnerListen)
	if err != nil {
		return d, err
	}
	d.control, err = channel.Listen(a.config().DataDir)
	if err != nil {
		return d, fmt.Errorf("the socket in %s cannot be opened: %w", a.config().DataDir, err)
	}
	a.local, a.owner = originOf(d.public), originOf(d.owner)
	return d, nil
}

func listen(flag, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s, so codabridge cannot begin. Choose another with %s, such as %s %s", whyClosed(addr, err), flag, flag, nextTo(addr))
	}
	return l, nil
}

// What Windows says of an address, which package syscall does not know by a name
// that other systems have.
const (
	wsaDenied    = syscall.Errno(10013)
	wsaInUse     = syscall.Errno(10048)
	wsaNotOurs   = syscall.Errno(10049)
	usualAddress = "127.0.0.1"
)

// whyClosed says in words why nothing can be served at an address.
func whyClosed(addr string, err error) string {
	host, port, _ := net.SplitHostPort(addr)
	is := func(all ...error) bool {
		return slices.ContainsFunc(all, func(e error) bool { return errors.Is(err, e) })
	}
	var unknown *net.DNSError
	switch {
	case is(syscall.EADDRINUSE, wsaInUse):
		return fmt.Sprintf("port %s of %s is taken: another program is using it, perhaps another codabridge", port, host)
	case is(syscall.EADDRNOTAVAIL, wsaNotOurs), errors.As(err, &unknown):
		return fmt.Sprintf("%s is no address of this computer", host)
	case is(fs.ErrPermission, wsaDenied):
		return fmt.Sprintf("this user may not serve at %s: ports below 1024 are often kept for administrators", addr)
	}
	return fmt.Sprintf("nothing can be served at %s (%v)", addr, fault.Reason(err))
}

// nextTo is an address that may do where another did not.
func nextTo(addr string) string {
	_, port, _ := net.SplitHostPort(addr)
	n, err := strconv.Atoi(port)
	if err != nil || n < 1024 || n > 65000 {
		n = 8085
	}
	return net.JoinHostPort(usualAddress, strconv.Itoa(n+1))
}

// originOf is the address at which this computer reaches a listener.
func originOf(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return (&url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}).String()
}
