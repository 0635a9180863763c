package desktest

import (
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

const (
	watcherName = "org.kde.StatusNotifierWatcher"
	watcherPath = "/StatusNotifierWatcher"
)

// Watcher is the part of a desktop panel that tray icons register with.
type Watcher struct {
	conn  *dbus.Conn
	props *prop.Properties
	came  chan Item

	mu    sync.Mutex // guards the fields below
	names []string   // what is registered, as panels list it
	asked int        // how often somebody wanted to know that
}

// StartWatcher puts a tray host on the bus.
func StartWatcher(t testing.TB, b *Bus) *Watcher {
	t.Helper()
	w := &Watcher{conn: b.Conn(t), came: make(chan Item, 64)}
	if err := w.conn.Export((*watcherDoor)(w), watcherPath, watcherName); err != nil {
		t.Fatal(err)
	}
	var err error
	w.props, err = prop.Export(w.conn, watcherPath, prop.Map{watcherName: {
		"IsStatusNotifierHostRegistered": {Value: true},
		"ProtocolVersion":                {Value: int32(0)},
		"RegisteredStatusNotifierItems":  {Value: []string{}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.conn.Export(watcherProperties{w}, watcherPath, "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
	b.take(t, w.conn, watcherName)
	return w
}

// Crash takes the tray host off the bus, as when a panel dies.
func (w *Watcher) Crash() { _ = w.conn.Close() }

// Count says how many registrations there were.
func (w *Watcher) Count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.names)
}

// Asked says how often somebody has asked what is registered.
func (w *Watcher) Asked() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked
}

// Item waits for the next icon that registers.
func (w *Watcher) Item(t testing.TB) Item {
	t.Helper()
	var it Item
	Eventually(t, "a tray icon registers", func() bool {
		select {
		case it = <-w.came:
			return true
		default:
			return false
		}
	})
	return it
}

// watcherProperties is org.freedesktop.DBus.Properties, as the library has it,
// and counts.
type watcherProperties struct{ w *Watcher }

// Get gives one property.
func (p watcherProperties) Get(iface, name string) (dbus.Variant, *dbus.Error) {
	if name == "RegisteredStatusNotifierItems" {
		p.w.mu.Lock()
		p.w.asked++
		p.w.mu.Unlock()
	}
	return p.w.props.Get(iface, name)
}

// GetAll gives all of them.
func (p watcherProperties) GetAll(iface string) (map[string]dbus.Variant, *dbus.Error) {
	return p.w.props.GetAll(iface)
}

// watcherDoor is org.kde.StatusNotifierWatcher.
type watcherDoor Watcher

// RegisterStatusNotifierItem takes a bus name, or an object path of the sender.
func (w *watcherDoor) RegisterStatusNotifierItem(sender dbus.Sender, what string) *dbus.Error {
	it := Item{conn: w.conn, Name: string(sender), Path: "/StatusNotifierItem"}
	if strings.HasPrefix(what, "/") {
		it.Path = dbus.ObjectPath(what)
	} else {
		it.Name = what
	}
	w.mu.Lock()
	w.names = append(w.names, it.Name+string(it.Path))
	names := append([]string(nil), w.names...)
	w.mu.Unlock()
	w.props.SetMust(watcherName, "RegisteredStatusNotifierItems", names)
	w.came <- it
	return nil
}

// RegisterStatusNotifierHost is accepted: we are the only host.
func (w *watcherDoor) RegisterStatusNotifierHost(string) *dbus.Error { return nil }
