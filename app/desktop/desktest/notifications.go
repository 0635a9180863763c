package desktest

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// Notification is one that reached the desktop.
type Notification struct {
	App, Icon, Title, Body string
	Hints                  map[string]dbus.Variant
}

// Notifications is a desktop's notification server.
type Notifications struct{ came chan Notification }

// StartNotifications puts a notification server on the bus, with these
// capabilities (see the Desktop Notifications Specification), "body" if none.
func StartNotifications(t testing.TB, b *Bus, capabilities ...string) *Notifications {
	t.Helper()
	if len(capabilities) == 0 {
		capabilities = []string{"body"}
	}
	n := &Notifications{came: make(chan Notification, 64)}
	b.Own(t, "org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.freedesktop.Notifications",
		&notificationDoor{n, capabilities})
	return n
}

// Next waits for the next notification.
func (n *Notifications) Next(t testing.TB) Notification {
	t.Helper()
	select {
	case got := <-n.came:
		return got
	case <-time.After(patience):
		t.Fatal("no notification came")
		return Notification{}
	}
}

// Len says how many wait to be read by Next.
func (n *Notifications) Len() int { return len(n.came) }

// notificationDoor is org.freedesktop.Notifications.
type notificationDoor struct {
	n            *Notifications
	capabilities []string
}

// Notify is the method of that name.
func (d *notificationDoor) Notify(app string, _ uint32, icon, title, body string,
	_ []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	d.n.came <- Notification{App: app, Icon: icon, Title: title, Body: body, Hints: hints}
	return 1, nil
}

// GetCapabilities is the method of that name.
func (d *notificationDoor) GetCapabilities() ([]string, *dbus.Error) { return d.capabilities, nil }
