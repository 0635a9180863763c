//go:build !windows && !darwin

package secret

import (
	"context"
	"time"

	"github.com/godbus/dbus/v5"

	"codabridge/app/desktop/sessionbus"
)

// How often it is looked without a word of the service, which does not tell of
// each unlocking: often as long as somebody may be at it, then seldom.
const (
	oftenLook  = time.Second
	seldomLook = 5 * time.Second
	rarelyLook = time.Minute // for a bus
	often      = 60          // looks
	// reviving is which look, of how many, may have the bus start the service.
	reviving = 12
)

// await waits on one connection after the other, since a bus may come late too.
func (*unlocker) await(ctx context.Context, missing bool) error {
	for wait := oftenLook; ; wait = min(2*wait, rarelyLook) {
		if watch(ctx, missing) {
			return nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// watch waits until the keyring can be asked; it is false when there is no bus,
// or the bus has gone.
func watch(ctx context.Context, missing bool) bool {
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return false
	}
	defer conn.Close()
	heard := make(chan *dbus.Signal, 16)
	conn.Signal(heard)
	for _, rule := range [][]dbus.MatchOption{
		{dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, serviceName)},
		{dbus.WithMatchSender(serviceName), dbus.WithMatchPathNamespace(servicePath)},
	} {
		if err := conn.AddMatchSignalContext(ctx, rule...); err != nil {
			return false
		}
	}
	s := &service{conn: conn}
	for look := 0; !s.ready(ctx, missing, look%reviving == 0); look++ {
		wait := oftenLook
		if look > often {
			wait = seldomLook
		}
		select {
		case _, there := <-heard:
			if !there {
				return false
			}
		case <-time.After(wait):
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// ready tells whether there is a keyring, where there was none, or one that is
// unlocked. A question starts a service that the bus can start; unless it revives,
// none is put to one that does not run.
func (s *service) ready(ctx context.Context, missing, revives bool) bool {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	var runs bool
	err := s.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, serviceName).Store(&runs)
	if err != nil || !runs && !revives {
		return false
	}
	s.collection, err = s.findCollection(ctx)
	if err != nil || missing {
		return err == nil
	}
	unlocked, err := s.unlocked(ctx)
	return err == nil && unlocked
}
