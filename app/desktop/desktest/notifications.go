package desktest

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// Notification is one that reached the desktop.
type Notification struct {
	ID                     uint32
	App, Icon, Title, Body string
	Actions                []string
	Hints                  map[string]dbus.Variant
}

// Notifications is a desktop's notification server.
type Notifications struct {
	came chan Notification
	conn *dbus.Conn
}

const notificationsName = "org.freedesktop.Notifications"

// StartNotifications puts a notification server on the bus, with these
// capabilities (see the Desktop Notifications Specification), "body" if none.
func StartNotifications(t testing.TB, b *Bus, capabilities ...string) *Notifications {
	t.Helper()
	if len(capabilities) == 0 {
		capabilities = []string{"body"}
	}
	n := &Notifications{came: make(chan Notification, 64)}
	n.conn = b.Own(t, notificationsName, "/org/freedesktop/Notifications", notificationsName,
		&notificationDoor{n: n, capabilities: capabilities})
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

// Click does what a desktop does when a notification is clicked.
func (n *Notifications) Click(t testing.TB, id uint32) {
	t.Helper()
	n.emit(t, "ActionInvoked", id, "default")
	n.Close(t, id)
}

// Close closes a notification.
func (n *Notifications) Close(t testing.TB, id uint32) {
	t.Helper()
	n.emit(t, "NotificationClosed", id, uint32(2))
}

func (n *Notifications) emit(t testing.TB, signal string, values ...any) {
	t.Helper()
	if err := n.conn.Emit("/org/freedesktop/Notifications", notificationsName+"."+signal, values...); err != nil {
		t.Fatal(err)
	}
}

// notificationDoor is org.freedesktop.Notifications.
type notificationDoor struct {
	n            *Notifications
	capabilities []string
	last         uint32
}

// Notify is the method of that name.
func (d *notificationDoor) Notify(app string, _ uint32, icon, title, body string,
	actions []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	d.last++
	d.n.came <- Notification{ID: d.last, App: app, Icon: icon, Title: title, Body: body, Actions: actions, Hints: hints}
	return d.last, nil
}

// GetCapabilities is the method of that name.
func (d *notificationDoor) GetCapabilities() ([]string, *dbus.Error) { return d.capabilities, nil }
