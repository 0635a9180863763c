package main

import (
	"testing"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// TestAComputerThatWakesUpIsOnlineAtOnce: the address is still online elsewhere,
// as after a sleep, and is tried again slowly; the system says that it woke up,
// or that there is another network, and nobody clicks.
func TestAComputerThatWakesUpIsOnlineAtOnce(t *testing.T) {
	t.Parallel()
	for name, tell := range map[string]func(t *testing.T, s *desktest.System){
		"it woke up": func(t *testing.T, s *desktest.System) { s.Sleep(t, true); s.Sleep(t, false) },
		"another network": func(t *testing.T, s *desktest.System) {
			s.Network(t, "/org/freedesktop/NetworkManager/ActiveConnection/2")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, bus := newHarness(t), desktest.StartBus(t)
			system := desktest.StartSystem(t, bus)
			w.edge.RefuseSignIns("ERR_NGROK_108", -1) // asked about after a minute
			p := newProgram(t, append(w.secrets(), "DBUS_SYSTEM_BUS_ADDRESS="+bus.Addr)...)
			p.start("serve")
			p.awaitPhase(app.PhaseFailed)
			w.edge.RefuseSignIns("", 0)
			s := p.await("the tunnel, long before a minute", func(s app.State) bool {
				tell(t, system) // it may not listen yet
				return s.Phase == app.PhaseOnline
			})
			// A connection that it has is made anew, with the same URL.
			before := len(w.edge.SignIns())
			tell(t, system)
			desktest.Eventually(t, "another connection", func() bool { return len(w.edge.SignIns()) > before })
			if again := p.awaitPhase(app.PhaseOnline); again.PublicURL != s.PublicURL {
				t.Errorf("online as %s, before as %s", again.PublicURL, s.PublicURL)
			}
		})
	}
}
