//go:build !windows && !darwin

package tray

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"codabridge/app/desktop/sessionbus"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = dbus.ObjectPath("/StatusNotifierWatcher")
	itemPath    = "/StatusNotifierItem"
)

// setsUpEarly says that icon, title and tooltip can be given before the tray
// is there; here the title becomes the icon's identity for the panel.
const setsUpEarly = true

// Check says whether a tray icon would be seen: nil, ErrNoBus or ErrNoHost. It
// starts nothing.
func Check(ctx context.Context) error {
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return errors.Join(ErrNoBus, err)
	}
	defer conn.Close()
	var shown dbus.Variant
	err = conn.Object(watcherName, watcherPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get",
		dbus.FlagNoAutoStart, watcherName, "IsStatusNotifierHostRegistered").Store(&shown)
	if err != nil {
		return errors.Join(ErrNoHost, err)
	}
	if is, _ := shown.Value().(bool); !is {
		return ErrNoHost
	}
	return nil
}

// prepare makes the connection that the library will use, so that an error is
// seen here and not as a crash in its Quit.
func prepare() error {
	if _, err := dbus.SessionBus(); err != nil {
		return errors.Join(ErrNoBus, err)
	}
	return nil
}

// keepRegistered puts the icon back when a panel starts and the library does
// not. It returns when ctx ends or the session bus has gone.
func keepRegistered(ctx context.Context) {
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	owners := make(chan *dbus.Signal, 16)
	conn.Signal(owners)
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchSender("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)); err != nil {
		return
	}
	registerAgain(ctx, conn) // a panel may have come before we listened, as at log-in
	for {
		select {
		case <-ctx.Done():
			return
		case s, ok := <-owners:
			if !ok {
				return
			}
			if owner, _ := newOwner(s); owner != "" {
				registerAgain(ctx, conn)
			}
		}
	}
}

func newOwner(s *dbus.Signal) (owner string, ok bool) {
	if s.Name != "org.freedesktop.DBus.NameOwnerChanged" || len(s.Body) != 3 {
		return "", false
	}
	owner, ok = s.Body[2].(string)
	return owner, ok
}

// registerAgain registers the icon unless the panel already lists it. The
// library goes first: two registrations can mean two icons.
func registerAgain(ctx context.Context, conn *dbus.Conn) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(300 * time.Millisecond):
	}
	shared, err := dbus.SessionBus() // the connection that has the icon
	if err != nil || len(shared.Names()) == 0 {
		return
	}
	var listed dbus.Variant
	err = conn.Object(watcherName, watcherPath).CallWithContext(ctx, "org.freedesktop.DBus.Properties.Get",
		dbus.FlagNoAutoStart, watcherName, "RegisteredStatusNotifierItems").Store(&listed)
	if items, _ := listed.Value().([]string); err == nil && isListed(items, shared.Names()[0]) {
		return
	}
	_ = shared.Object(watcherName, watcherPath).CallWithContext(ctx, watcherName+".RegisterStatusNotifierItem",
		dbus.FlagNoAutoStart, itemPath).Err
}

// isListed knows the two ways in which panels list an icon: by the connection
// or by the name that the library takes.
func isListed(items []string, connection string) bool {
	name := fmt.Sprintf("org.kde.StatusNotifierItem-%d-1", os.Getpid())
	for _, i := range items {
		for _, mine := range []string{connection, name} {
			if i == mine || strings.HasPrefix(i, mine+"/") {
				return true
			}
		}
	}
	return false
}

// escape doubles the character that marks an access key.
func escape(label string) string { return doubled(label, "_") }
