// Package sessionbus opens D-Bus connections that belong to their caller.
//
// # Decisions
//
//   - dbus.SessionBus is one connection for the whole process, and gives each
//     signal to everybody who listens: the tray's library and the keyring's
//     already confuse each other on it
//     (https://github.com/fyne-io/systray/issues/131). Our own code stays off
//     it.
//   - A bus is never started: dbus-launch would leave a daemon behind for each
//     process.
package sessionbus

import (
	"context"
	"fmt"

	"github.com/godbus/dbus/v5"
)

// Connect connects to the session bus that is there. The connection closes
// when ctx ends, and a bus that does not answer cannot hold Connect longer
// than ctx. The caller closes it when done.
func Connect(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("session bus: dial: %w", err)
	}
	return greeted(conn, "session bus")
}

// ConnectSystem is Connect for the bus of the whole computer.
func ConnectSystem(ctx context.Context) (*dbus.Conn, error) {
	conn, err := dbus.SystemBusPrivate(dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("system bus: dial: %w", err)
	}
	return greeted(conn, "system bus")
}

func greeted(conn *dbus.Conn, bus string) (*dbus.Conn, error) {
	if err := conn.Auth(nil); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("%s: log in: %w", bus, err)
	}
	if err := conn.Hello(); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("%s: hello: %w", bus, err)
	}
	return conn, nil
}
