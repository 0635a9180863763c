//go:build !windows && !darwin

package desktop

import (
	"context"
	"testing"

	"github.com/godbus/dbus/v5"

	"codabridge/app/desktop/desktest"
)

// TestASleepAndAnotherNetworkAreHeard, and what is neither is not.
func TestASleepAndAnotherNetworkAreHeard(t *testing.T) {
	b := desktest.StartBus(t)
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", b.Addr)
	system := desktest.StartSystem(t, b)
	ctx, cancel := context.WithCancel(t.Context())
	heard, over := make(chan string, 16), make(chan struct{})
	go func() { defer close(over); Wakes(ctx, func(why string) { heard <- why }) }()
	desktest.Eventually(t, "it listens", func() bool {
		system.Sleep(t, false)
		return len(heard) > 0
	})
	system.Network(t, "/org/freedesktop/NetworkManager/ActiveConnection/1")
	for why := ""; why != "the network is another one"; {
		why = <-heard
	}
	system.Sleep(t, true)
	system.Network(t, "/")
	system.Emit(t, "/org/freedesktop/NetworkManager", "org.freedesktop.DBus.Properties.PropertiesChanged", "org.freedesktop.NetworkManager",
		map[string]dbus.Variant{"Devices": dbus.MakeVariant("x")}, []string{})
	system.Network(t, "/org/freedesktop/NetworkManager/ActiveConnection/2")
	if why := <-heard; why != "the network is another one" {
		t.Error(why)
	}
	system.Sleep(t, false)
	if why := <-heard; why != "the computer woke up" {
		t.Error(why)
	}
	cancel()
	<-over
	t.Setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent")
	Wakes(t.Context(), func(string) { t.Error("without a bus") })
}
