package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"codabridge/app/control"
	"codabridge/server/door"
)

// How long the end waits for requests, and then for calls whose client was cut
// off.
const (
	shutdownPatience = 1500 * time.Millisecond
	callPatience     = 500 * time.Millisecond
)

// serve runs everything until ctx ends, then stops it in order: the tunnel
// first, so that nothing new comes in, then streams, then the doors, and the
// record of calls last. The error says which door did not stay open.
func (a *App) serve(ctx context.Context, d doors) error {
	servers, fell := a.serveDoors(d)
	var working, noting sync.WaitGroup
	noteCtx, endNotes := context.WithCancel(context.WithoutCancel(ctx))
	noting.Go(func() { a.notes.keep(noteCtx) })
	working.Go(func() {
		dialog := a.readSecrets(ctx)
		working.Go(func() { a.index.Run(ctx) }) // before, it would say that there is no token
		a.takeSecrets(ctx)
		a.openSetUp()
		if dialog {
			a.awaitKeyring(ctx)
		}
	})
	working.Go(func() { a.keepKeyring(ctx) })
	working.Go(func() { a.keepIdentified(ctx) })
	working.Go(func() { a.keepTunnel(ctx) })
	working.Go(func() { a.keepAwake(ctx) })
	working.Go(func() { a.keepLineFresh(ctx) })
	working.Go(func() { a.keepTelling(ctx) })
	working.Go(func() { a.keepAskers(ctx) })
	working.Go(func() { a.keepUpdated(ctx) })
	close(a.ready)
	var err error
	select {
	case err = <-fell:
		a.Quit()
	case <-ctx.Done():
	}
	a.journal.Drain()
	working.Wait()
	a.server.Drain()
	a.joined.drain()
	servers.end()
	if requests, taken := a.calling.Wait(callPatience), a.server.Wait(callPatience); !requests || !taken {
		a.log.Warn("app: calls at work did not end in time, and are not noted")
	}
	a.joined.end(callPatience)
	endNotes()
	noting.Wait()
	a.quiet()
	a.errands.Wait()
	a.keepQuota()
	return err
}

// served are the doors that are being served.
type served struct {
	all     []*http.Server
	serving sync.WaitGroup
}

// serveDoors serves the doors; one that does not stay open says why.
func (a *App) serveDoors(d doors) (s *served, fell <-chan error) {
	s = &served{all: []*http.Server{door.HTTPServer(a.calling.Counted(a.server.Local()), a.log),
		door.HTTPServer(control.OwnUserOnly(a.server.Owner()), a.log),
		door.HTTPServer(control.OwnUserOnly(a.socket()), a.log)}}
	door.OnConnection(s.all[1], control.MarkStranger)
	door.OnConnection(s.all[2], control.MarkStranger)
	listeners := []net.Listener{d.public, d.owner, d.control}
	faults := make(chan error, len(s.all))
	for i, server := range s.all {
		s.serving.Go(func() {
			if err := server.Serve(listeners[i]); !errors.Is(err, http.ErrServerClosed) {
				a.log.Error("app: door closed", "addr", listeners[i].Addr().String(), "err", err)
				faults <- fmt.Errorf("codabridge has ended, since %s could not be served any longer: %w", listeners[i].Addr(), err)
			}
		})
	}
	return s, faults
}

// end closes the doors, after the short requests that are at work.
func (s *served) end() {
	ctx, cancel := context.WithTimeout(context.Background(), shutdownPatience)
	defer cancel()
	for _, server := range s.all {
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	}
	s.serving.Wait()
}
