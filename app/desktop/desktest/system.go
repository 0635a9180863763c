package desktest

import (
	"testing"

	"github.com/godbus/dbus/v5"
)

// System is what of a system bus tells of sleep and of networks: logind and
// NetworkManager.
type System struct{ conn *dbus.Conn }

// StartSystem puts both on a bus, which stands for the system's.
func StartSystem(t testing.TB, b *Bus) *System {
	t.Helper()
	s := &System{b.Conn(t)}
	b.take(t, s.conn, "org.freedesktop.login1")
	b.take(t, s.conn, "org.freedesktop.NetworkManager")
	return s
}

// Sleep tells that the computer goes to sleep (true), or has woken up.
func (s *System) Sleep(t testing.TB, begins bool) {
	t.Helper()
	s.Emit(t, "/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", begins)
}

// Network tells that the main connection is another one; "/" is none.
func (s *System) Network(t testing.TB, connection string) {
	t.Helper()
	s.Emit(t, "/org/freedesktop/NetworkManager", "org.freedesktop.DBus.Properties.PropertiesChanged", "org.freedesktop.NetworkManager",
		map[string]dbus.Variant{"PrimaryConnection": dbus.MakeVariant(dbus.ObjectPath(connection))}, []string{})
}

// Emit sends any signal.
func (s *System) Emit(t testing.TB, path dbus.ObjectPath, name string, values ...any) {
	t.Helper()
	if err := s.conn.Emit(path, name, values...); err != nil {
		t.Fatal(err)
	}
}
