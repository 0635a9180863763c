//go:build !windows && !darwin

package desktop

import (
	"context"

	"github.com/godbus/dbus/v5"

	"codabridge/app/desktop/sessionbus"
)

// Who tells of a sleep and of another network, on the system bus: logind, and
// the two usual managers of networks (org.freedesktop.login1(5),
// org.freedesktop.network1(5), NetworkManager's D-Bus reference).
const (
	logind         = "org.freedesktop.login1"
	networkManager = "org.freedesktop.NetworkManager"
	networkd       = "org.freedesktop.network1"
	changes        = "org.freedesktop.DBus.Properties"
)

// Wakes calls woke when the computer has woken up, and when it is on another
// network, as far as the system tells, until ctx ends. Without a system bus it
// returns at once.
func Wakes(ctx context.Context, woke func(why string)) {
	conn, err := sessionbus.ConnectSystem(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	signals := make(chan *dbus.Signal, 16)
	conn.Signal(signals)
	for _, rule := range [][]dbus.MatchOption{
		{dbus.WithMatchSender(logind), dbus.WithMatchInterface(logind + ".Manager"), dbus.WithMatchMember("PrepareForSleep")},
		{dbus.WithMatchSender(networkManager), dbus.WithMatchInterface(changes), dbus.WithMatchArg(0, networkManager)},
		{dbus.WithMatchSender(networkd), dbus.WithMatchInterface(changes), dbus.WithMatchArg(0, networkd+".Manager")},
	} {
		if err := conn.AddMatchSignalContext(ctx, rule...); err != nil {
			return
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case s, ok := <-signals:
			if !ok {
				return // the bus has gone
			}
			if why := wakes(s); why != "" {
				woke(why)
			}
		}
	}
}

// wakes says what a signal means for who is on the network; empty is nothing.
func wakes(s *dbus.Signal) (why string) {
	switch s.Name {
	case logind + ".Manager.PrepareForSleep":
		if len(s.Body) == 1 && s.Body[0] == false {
			return "the computer woke up"
		}
	case changes + ".PropertiesChanged":
		if len(s.Body) < 2 {
			return ""
		}
		values, _ := s.Body[1].(map[string]dbus.Variant)
		path, _ := values["PrimaryConnection"].Value().(dbus.ObjectPath)
		state, _ := values["OnlineState"].Value().(string)
		if path != "" && path != "/" || state == "online" {
			return "the network is another one"
		}
	}
	return ""
}
