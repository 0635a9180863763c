package app

import (
	"context"
	"net"
	"strings"
	"testing"

	"codabridge/app/config"
)

// TestADoorThatDoesNotStayOpenIsAFailure: the program ended with exit code 0,
// so that no service manager started it again.
func TestADoorThatDoesNotStayOpenIsAFailure(t *testing.T) {
	for name, pick := range map[string]func(doors) net.Listener{
		"the public door": func(d doors) net.Listener { return d.public },
		"the owner's":     func(d doors) net.Listener { return d.owner },
		"the socket":      func(d doors) net.Listener { return d.control },
	} {
		cfg := config.Defaults()
		cfg.DataDir, cfg.Listen, cfg.Tunnel, cfg.Index, cfg.Demo = t.TempDir(), "127.0.0.1:0", "none", false, true
		a := New(Options{Config: cfg})
		a.life, a.cancel = t.Context(), func() {}
		if err := a.openStore(); err != nil {
			t.Fatal(err)
		}
		d, err := a.openDoors()
		if err != nil {
			t.Fatal(err)
		}
		a.assemble()
		ended := make(chan error, 1)
		ctx, cancel := context.WithCancel(t.Context())
		a.cancel = cancel
		go func() { ended <- a.serve(ctx, d) }()
		<-a.Ready()
		address := pick(d).Addr().String()
		pick(d).Close()
		if err := <-ended; err == nil || !strings.Contains(err.Error(), address) {
			t.Errorf("%s: %v", name, err)
		}
		a.store.Close()
	}
}
