package app

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"

	"codabridge/app/channel"
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
	if errors.Is(err, fs.ErrPermission) {
		return nil, fmt.Errorf("this user may not listen on %s (%w): ports below 1024 are often kept for administrators. Choose another with %s", addr, err, flag)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is not free: another program uses it, or it is not this computer's (%w). Choose another with %s", addr, err, flag)
	}
	return l, nil
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
